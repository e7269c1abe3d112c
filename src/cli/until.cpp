#include "cli/until.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::cli {
namespace {

/// "2026-11-30T12:00:00Z", or without seconds, or a day alone; UTC.
Result<Time> parse_moment(const std::string& text) {
    constexpr std::size_t k_day = 10;     // 2026-11-30
    constexpr std::size_t k_minute = 16;  // 2026-11-30 12:00
    auto whole = text;
    if (whole.size() == k_day) whole += "T00:00:00Z";
    if (whole.size() == k_minute) whole += ":00Z";
    if (whole.size() > k_day && whole[k_day] == ' ') whole[k_day] = 'T';
    auto moment = parse_iso8601(whole);
    if (moment) return moment;
    return fail(Code::invalid, fmt::format("--until '{}' is no moment: write 2026-11-30, '2026-11-30 12:00' or "
                                           "2026-11-30T12:00:00Z (UTC)",
                                           printable(text, 60)));
}

/// Longer is what nobody looks at any more; a setting is the place for it.
constexpr std::chrono::days k_longest{366};

Result<std::chrono::seconds> parse_length(const std::string& text) {
    auto length = parse_duration(text);
    if (length && length->count() > 0) return length;
    const auto shown = printable(text, 60);
    if (length) return fail(Code::invalid, fmt::format("--for {} is over at once: write 90m, 24h or 7d", shown));
    const auto unit = text.find_first_not_of("0123456789");
    const bool is_huge = unit != 0 && unit != std::string::npos && unit + 1 == text.size() &&
                         std::string_view("smhdw").find(text[unit]) != std::string_view::npos;
    if (is_huge) return std::chrono::seconds::max();
    const auto second = unit == std::string::npos ? unit : text.find_first_of("0123456789", unit);
    if (unit != 0 && second != std::string::npos) {
        return fail(Code::invalid, fmt::format("--for '{}' is no length of time: units cannot be combined; write 90m "
                                               "for an hour and a half, or 24h, or 7d",
                                               shown));
    }
    return fail(Code::invalid, fmt::format("--for '{}' is no length of time: write 90m, 24h or 7d", shown));
}

Result<void> require_sane(bool is_too_long, const std::string& given) {
    if (!is_too_long) return {};
    return fail(Code::invalid, fmt::format("{} is too long: at most {}d; what is to last belongs in the settings",
                                           printable(given, 60), k_longest.count()));
}

}  // namespace

Result<Time> end_asked_for(const Arguments& arguments, Time now) {
    if (arguments.until.empty() && arguments.length.empty()) {
        return fail(Code::invalid, "say how long: either --for 2d or --until 2026-11-30");
    }
    if (!arguments.until.empty() && !arguments.length.empty()) {
        return fail(Code::invalid, "--for and --until both say how long: give one of them");
    }
    if (!arguments.until.empty()) {
        CORDON_TRY_ASSIGN(const auto until, parse_moment(arguments.until));
        if (until <= now) return fail(Code::invalid, fmt::format("--until {} is over already", to_readable_utc(until)));
        CORDON_TRY(require_sane(until > now + k_longest, "--until " + arguments.until));
        return until;
    }
    CORDON_TRY_ASSIGN(const auto length, parse_length(arguments.length));
    CORDON_TRY(require_sane(length > k_longest, "--for " + arguments.length));
    return now + length;
}

}  // namespace cordon::cli
