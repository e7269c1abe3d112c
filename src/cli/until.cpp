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

}  // namespace

Result<Time> end_asked_for(const Arguments& arguments, Time now) {
    if (arguments.until.empty() == arguments.length.empty()) {
        return fail(Code::invalid, "say how long: either --for 2d or --until 2026-11-30");
    }
    if (!arguments.until.empty()) {
        CORDON_TRY_ASSIGN(const auto until, parse_moment(arguments.until));
        if (until > now) return until;
        return fail(Code::invalid, fmt::format("--until {} is over already", to_readable_utc(until)));
    }
    const auto length = parse_duration(arguments.length);
    if (length && length->count() > 0) return now + *length;
    return fail(Code::invalid,
                fmt::format("--for '{}' is no length of time: write 90m, 24h or 7d", printable(arguments.length, 60)));
}

}  // namespace cordon::cli
