#include "engine/freeze.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::engine {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr std::array<std::string_view, 7> k_weekdays{"monday", "tuesday",  "wednesday", "thursday",
                                                     "friday", "saturday", "sunday"};
constexpr const char* k_accepted_forms =
    "windows as 'Fri 18:00 - Mon 06:00' (every week), '22:00 - 05:00' (every day) or '2026-12-24 12:00 - 2027-01-02' "
    "(once), separated by ';' or line ends";

/// Longest chain of windows that is followed to its end.
constexpr auto k_longest_freeze = days{366};

/// One end of a window as it is written.
struct Moment {
    std::optional<days> weekday;  ///< since Monday
    std::optional<std::chrono::local_days> date;
    std::optional<minutes> time;  ///< since 00:00, at most 24 h
};

/// Reads a window from left to right.
class FreezeScanner {
public:
    explicit FreezeScanner(std::string_view text) : rest_(text) {}

    std::optional<Moment> moment() {
        Moment read;
        skip_spaces();
        if (const auto word = letters(); !word.empty()) {
            read.weekday = weekday_of(word);
            if (!read.weekday) return std::nullopt;
        } else if (rest_.size() > 4 && rest_[4] == '-') {
            read.date = date();
            if (!read.date) return std::nullopt;
        }
        const bool has_day = read.weekday || read.date;
        skip_spaces();
        const bool has_time = !rest_.empty() && is_digit(rest_.front());
        if (has_time) {
            read.time = time();
            if (!read.time) return std::nullopt;
        }
        return has_day || has_time ? std::optional(read) : std::nullopt;
    }

    /// "-" or an en dash.
    bool dash() {
        skip_spaces();
        for (const std::string_view dash : {"-", "\u2013"}) {
            if (!rest_.starts_with(dash)) continue;
            rest_.remove_prefix(dash.size());
            return true;
        }
        return false;
    }

    bool at_end() {
        skip_spaces();
        return rest_.empty();
    }

private:
    static bool is_digit(char c) { return c >= '0' && c <= '9'; }

    void skip_spaces() {
        while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) rest_.remove_prefix(1);
    }

    std::string letters() {
        std::size_t length = 0;
        const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
        while (length < rest_.size() && is_letter(rest_[length])) ++length;
        auto word = to_lower(rest_.substr(0, length));
        rest_.remove_prefix(length);
        return word;
    }

    static std::optional<days> weekday_of(const std::string& word) {
        for (std::size_t i = 0; word.size() >= 3 && i < k_weekdays.size(); ++i) {
            if (k_weekdays[i].starts_with(word)) return days{static_cast<int>(i)};
        }
        return std::nullopt;
    }

    /// `most` digits at the most and one at least.
    std::optional<int> number(std::size_t most) {
        int value = 0;
        std::size_t length = 0;
        for (; length < most && length < rest_.size() && is_digit(rest_[length]); ++length) {
            value = value * 10 + (rest_[length] - '0');
        }
        if (length == 0) return std::nullopt;
        rest_.remove_prefix(length);
        return value;
    }

    bool sign(char wanted) {
        if (rest_.empty() || rest_.front() != wanted) return false;
        rest_.remove_prefix(1);
        return true;
    }

    std::optional<std::chrono::local_days> date() {
        const auto year = number(4);
        if (!year || !sign('-')) return std::nullopt;
        const auto month = number(2);
        if (!month || !sign('-')) return std::nullopt;
        const auto day = number(2);
        if (!day) return std::nullopt;
        const std::chrono::year_month_day read{std::chrono::year{*year},
                                               std::chrono::month{static_cast<unsigned>(*month)},
                                               std::chrono::day{static_cast<unsigned>(*day)}};
        if (!read.ok()) return std::nullopt;
        return std::chrono::local_days{read};
    }

    std::optional<minutes> time() {
        const auto hour = number(2);
        if (!hour || !sign(':') || rest_.size() < 2 || !is_digit(rest_[1])) return std::nullopt;
        const auto minute = number(2);
        if (!minute || *minute > 59) return std::nullopt;
        const auto read = hours{*hour} + minutes{*minute};
        return read <= hours{24} ? std::optional(read) : std::nullopt;
    }

    std::string_view rest_;
};

/// An end without a time includes its day.
minutes time_of_end(const Moment& end) {
    return end.time.value_or(hours{24});
}

std::optional<FreezeWindow> window_between(const Moment& from, const Moment& to) {
    if (from.date && to.date) {
        const DatedWindow window{*from.date + from.time.value_or(minutes{0}), *to.date + time_of_end(to)};
        return window.from < window.to ? std::optional<FreezeWindow>(window) : std::nullopt;
    }
    if (from.weekday && to.weekday) {
        const WeeklyWindow window{*from.weekday + from.time.value_or(minutes{0}), *to.weekday + time_of_end(to)};
        return window.from != window.to ? std::optional<FreezeWindow>(window) : std::nullopt;
    }
    if (from.weekday || from.date || to.weekday || to.date) return std::nullopt;
    const DailyWindow window{*from.time, *to.time};
    return window.from != window.to ? std::optional<FreezeWindow>(window) : std::nullopt;
}

std::optional<FreezeWindow> parse_window(std::string_view text) {
    FreezeScanner scanner(text);
    const auto from = scanner.moment();
    if (!from || !scanner.dash()) return std::nullopt;
    const auto to = scanner.moment();
    if (!to || !scanner.at_end()) return std::nullopt;
    return window_between(*from, *to);
}

/// The end of the stretch [from, to) of a circle of `length` that `position` lies in; as a distance from it.
std::optional<minutes> left_of_stretch(minutes from, minutes to, minutes length, minutes position) {
    const auto since_start = (position - from + 2 * length) % length;
    auto size = (to - from + length) % length;
    if (size == minutes{0}) size = length;  // "00:00 - 24:00"
    if (since_start >= size) return std::nullopt;
    return size - since_start;
}

/// When the window that `moment` lies in ends; nullopt where it does not lie in it.
std::optional<WallTime> end_of(const FreezeWindow& window, WallTime moment) {
    if (const auto* dated = std::get_if<DatedWindow>(&window)) {
        return dated->from <= moment && moment < dated->to ? std::optional(dated->to) : std::nullopt;
    }
    const auto day = std::chrono::floor<days>(moment);
    const auto time = moment - day;
    std::optional<minutes> left;
    if (const auto* daily = std::get_if<DailyWindow>(&window)) {
        left = left_of_stretch(daily->from, daily->to, days{1}, time);
    } else if (const auto* weekly = std::get_if<WeeklyWindow>(&window)) {
        const auto weekday = days{static_cast<int>(std::chrono::weekday{day}.iso_encoding()) - 1};
        left = left_of_stretch(weekly->from, weekly->to, days{7}, weekday + time);
    }
    return left ? std::optional(moment + *left) : std::nullopt;
}

}  // namespace

Result<std::vector<FreezeWindow>> parse_freeze(std::string_view text) {
    std::string lines(text);
    std::replace_if(
        lines.begin(), lines.end(), [](char c) { return c == '\n' || c == '\r'; }, ';');
    std::vector<FreezeWindow> windows;
    for (const auto part : split(lines, ';')) {
        const auto written = trim(part);
        if (written.empty()) continue;
        const auto window = parse_window(written);
        if (!window) {
            return fail(Code::invalid, fmt::format("{}; '{}' is none", k_accepted_forms, printable(written, 60)));
        }
        windows.push_back(*window);
    }
    return windows;
}

WallTime wall_time(Time moment, FreezeZone zone) {
    const auto second = std::chrono::floor<std::chrono::seconds>(moment);
    if (zone == FreezeZone::utc) return WallTime{std::chrono::floor<minutes>(second.time_since_epoch())};
    const std::time_t since_epoch = second.time_since_epoch().count();
    std::tm wall{};
    if (::localtime_r(&since_epoch, &wall) == nullptr) return wall_time(moment, FreezeZone::utc);
    const std::chrono::year_month_day date{std::chrono::year{wall.tm_year + 1900},
                                           std::chrono::month{static_cast<unsigned>(wall.tm_mon + 1)},
                                           std::chrono::day{static_cast<unsigned>(wall.tm_mday)}};
    return std::chrono::local_days{date} + hours{wall.tm_hour} + minutes{wall.tm_min};
}

std::optional<Freeze> freeze_at(std::span<const FreezeWindow> windows, WallTime moment) {
    auto until = moment;
    for (bool has_moved = true; has_moved;) {
        has_moved = false;
        for (const auto& window : windows) {
            const auto end = end_of(window, until);
            if (!end) continue;
            until = *end;
            has_moved = true;
            if (until - moment > k_longest_freeze) return Freeze{};
        }
    }
    return until == moment ? std::nullopt : std::optional(Freeze{until});
}

std::string text_of(WallTime moment, FreezeZone zone) {
    const auto day = std::chrono::floor<days>(moment);
    const std::chrono::year_month_day date{day};
    const auto weekday = k_weekdays[std::chrono::weekday{day}.iso_encoding() - 1];
    const auto time = moment - day;
    return fmt::format("{}{} {:04}-{:02}-{:02} {:02}:{:02} {}", static_cast<char>(weekday[0] - 'a' + 'A'),
                       weekday.substr(1, 2), static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()), std::chrono::floor<hours>(time).count(),
                       (time % hours{1}).count(), zone == FreezeZone::utc ? "UTC" : "local time");
}

}  // namespace cordon::engine
