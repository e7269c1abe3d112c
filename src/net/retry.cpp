#include "net/retry.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>

#include <curl/curl.h>

#include "base/text.hpp"

namespace cordon::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds k_shortest = seconds{1};  // "0 seconds" is documented (zia-api.md 9.3)
constexpr milliseconds k_longest = std::chrono::hours{24 * 366};

struct Unit {
    std::string_view name;  ///< those of two letters and more also with "s" behind them
    double milliseconds;
};

constexpr std::array<Unit, 14> k_units{{
    {"", 1e3},
    {"s", 1e3},
    {"sec", 1e3},
    {"second", 1e3},
    {"m", 6e4},
    {"min", 6e4},
    {"minute", 6e4},
    {"h", 3.6e6},
    {"hr", 3.6e6},
    {"hour", 3.6e6},
    {"d", 8.64e7},
    {"day", 8.64e7},
    {"ms", 1.0},
    {"millisecond", 1.0},
}};

std::optional<double> unit_in_milliseconds(std::string_view word) {
    const std::string lower = to_lower(word);
    for (const auto& [name, length] : k_units) {
        if (lower == name || (name.size() >= 2 && lower == std::string(name) + "s")) return length;
    }
    return std::nullopt;
}

std::optional<milliseconds> parse_length(std::string_view text) {
    if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;  // from_chars reads "inf"
    double number = 0;
    const auto end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number, std::chars_format::fixed);
    const auto unit = unit_in_milliseconds(trim({parsed.ptr, static_cast<std::size_t>(end - parsed.ptr)}));
    if (!unit) return std::nullopt;
    const double length = std::ceil(number * *unit);
    const bool is_too_long =
        parsed.ec == std::errc::result_out_of_range || !(length < static_cast<double>(k_longest.count()));
    return is_too_long ? k_longest : milliseconds{static_cast<milliseconds::rep>(length)};
}

/// An HTTP date in the three forms of RFC 9110 5.6.7, as a length from `now`.
std::optional<milliseconds> parse_date(std::string_view text, Time now) {
    const bool may_be_date = text.find(':') != std::string_view::npos && text.find('\0') == std::string_view::npos;
    if (!may_be_date) return std::nullopt;
    const std::time_t moment = curl_getdate(std::string(text).c_str(), nullptr);
    if (moment == -1) return std::nullopt;
    const auto since_epoch = std::chrono::floor<seconds>(now.time_since_epoch());
    const std::int64_t length = std::int64_t{moment} - since_epoch.count();
    return milliseconds(seconds{std::clamp<std::int64_t>(length, 0, k_longest.count() / 1000)});
}

}  // namespace

std::optional<milliseconds> wait_before_retry(const RetryRule& rule, int attempt,
                                              std::optional<milliseconds> retry_after, std::mt19937_64& random) {
    if (attempt >= rule.most_attempts) return std::nullopt;
    const int doublings = std::max(attempt - 1, 0);
    const double jitter = std::clamp(rule.jitter, 0.0, 1.0);
    const double share = std::uniform_real_distribution<double>(1 - jitter, std::nextafter(1 + jitter, 3.0))(random);
    const double grown = std::ldexp(static_cast<double>(rule.base.count()), doublings);
    const double most = static_cast<double>(std::max(rule.ceiling, milliseconds{0}).count());
    // Capped before and after the jitter: clients at the ceiling must not move in step.
    const double wait = std::clamp(std::min(grown, most) * share, 0.0, most);
    return std::max(milliseconds{static_cast<milliseconds::rep>(wait)}, retry_after.value_or(milliseconds{0}));
}

std::optional<milliseconds> parse_retry_after(std::string_view text, Time now) {
    text = trim(text);
    auto wait = parse_length(text);
    if (!wait) wait = parse_date(text, now);
    if (wait) *wait = std::max(*wait, k_shortest);
    return wait;
}

}  // namespace cordon::net
