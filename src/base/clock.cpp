#include "base/clock.hpp"

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <mutex>

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::sys_days;

struct Civil {
    int year;
    unsigned month, day;
    long hour, minute, second;
};

Civil civil_of(Time moment) {
    const auto day = floor<days>(moment);
    const std::chrono::year_month_day date{day};
    const long rest = static_cast<long>(floor<seconds>(moment - day).count());
    return {static_cast<int>(date.year()),
            static_cast<unsigned>(date.month()),
            static_cast<unsigned>(date.day()),
            rest / 3600,
            rest / 60 % 60,
            rest % 60};
}

/// Takes exactly `Width` digits off the front of `text`.
template <std::size_t Width>
bool take_digits(std::string_view& text, int& value) {
    if (text.size() < Width) return false;
    int read = 0;
    for (std::size_t i = 0; i < Width; ++i) {
        if (text[i] < '0' || text[i] > '9') return false;
        read = read * 10 + (text[i] - '0');
    }
    value = read;
    text.remove_prefix(Width);
    return true;
}

bool take(std::string_view& text, char wanted) {
    if (text.empty() || text.front() != wanted) return false;
    text.remove_prefix(1);
    return true;
}

/// Takes "Z", "+hh:mm", "+hhmm" or nothing; gives the offset from UTC.
bool take_zone(std::string_view& text, std::chrono::minutes& offset) {
    offset = {};
    if (text.empty() || take(text, 'Z') || take(text, 'z')) return true;
    const bool is_east = text.front() == '+';
    if (!is_east && text.front() != '-') return false;
    text.remove_prefix(1);
    int hours = 0;
    int minutes = 0;
    if (!take_digits<2>(text, hours)) return false;
    const bool has_minutes = take(text, ':') || !text.empty();
    if (has_minutes && !take_digits<2>(text, minutes)) return false;
    if (hours > 23 || minutes > 59) return false;
    offset = std::chrono::minutes{(is_east ? 1 : -1) * (hours * 60 + minutes)};
    return true;
}

}  // namespace

Time SystemClock::now() const {
    return floor<milliseconds>(std::chrono::system_clock::now());
}

bool SystemClock::wait_until(Time moment, const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    // Waits on the steady clock: a jump of the wall clock must not make a wait endless.
    for (;;) {
        // In days at most: Time::max() in nanoseconds, as the wait below counts, would overflow.
        const auto length = std::min<milliseconds>(moment - now(), days{1});
        if (stop.stop_requested()) return false;
        if (length <= milliseconds::zero()) return true;
        const auto begun = std::chrono::steady_clock::now();
        changed.wait_for(lock, stop, length, [] { return false; });
        const bool is_over = std::chrono::steady_clock::now() - begun >= length;
        if (is_over && length < days{1}) return !stop.stop_requested();
    }
}

bool ManualClock::wait_until(Time moment, const std::stop_token& stop) {
    if (stop.stop_requested()) return false;
    auto before = now_.load();
    while (before < moment && !now_.compare_exchange_weak(before, moment)) {
    }
    return true;
}

std::string to_iso8601(Time moment) {
    const auto c = civil_of(moment);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

std::string to_readable_utc(Time moment) {
    const auto c = civil_of(moment);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

Result<Time> parse_iso8601(std::string_view text) {
    const auto refuse = [whole = text] {
        return fail(Code::invalid, fmt::format("'{}' is no ISO 8601 date", printable(whole, 60)));
    };
    int year = 0;
    int month = 0;
    int day = 0;
    if (!take_digits<4>(text, year) || !take(text, '-') || !take_digits<2>(text, month) || !take(text, '-') ||
        !take_digits<2>(text, day)) {
        return refuse();
    }
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok()) return refuse();
    Time moment = sys_days{date};
    if (text.empty()) return moment;
    if (!take(text, 'T') && !take(text, ' ')) return refuse();
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!take_digits<2>(text, hour) || !take(text, ':') || !take_digits<2>(text, minute)) return refuse();
    if (take(text, ':') && !take_digits<2>(text, second)) return refuse();
    if (hour > 23 || minute > 59 || second > 60) return refuse();
    moment += std::chrono::hours{hour};
    moment += std::chrono::minutes{minute};
    moment += seconds{second};
    if (take(text, '.')) {
        if (text.empty() || text.front() < '0' || text.front() > '9') return refuse();
        int scale = 100;
        while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
            moment += milliseconds{(text.front() - '0') * scale};
            scale /= 10;
            text.remove_prefix(1);
        }
    }
    std::chrono::minutes offset{};
    if (!take_zone(text, offset) || !text.empty()) return refuse();
    return moment - offset;
}

Result<std::chrono::seconds> parse_duration(std::string_view text) {
    const auto refuse = [&] {
        return fail(Code::invalid,
                    fmt::format("'{}' is no length of time; write a whole number and one of s, m, h, d, w, "
                                "as in 35s, 24h or 7d",
                                printable(text, 60)));
    };
    long long number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc{} || number < 0) return refuse();
    const std::string_view unit(parsed.ptr, static_cast<std::size_t>(text.data() + text.size() - parsed.ptr));
    long long scale = 0;
    if (unit == "s") scale = 1;
    if (unit == "m") scale = 60;
    if (unit == "h") scale = 3600;
    if (unit == "d") scale = 86400;
    if (unit == "w") scale = 604800;
    if (unit.empty() && number == 0) scale = 1;
    constexpr long long k_longest = 100LL * 366 * 86400;
    if (scale == 0 || number > k_longest / scale) return refuse();
    return seconds{number * scale};
}

std::string to_text(std::chrono::seconds length) {
    const auto count = length.count();
    if (count == 0) return "0";
    if (count % 86400 == 0) return fmt::format("{}d", count / 86400);
    if (count % 3600 == 0) return fmt::format("{}h", count / 3600);
    if (count % 60 == 0) return fmt::format("{}m", count / 60);
    return fmt::format("{}s", count);
}

}  // namespace cordon
