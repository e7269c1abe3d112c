#include "net/rate_budget.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/log.hpp"

namespace cordon::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// We note when a request leaves, the cloud counts when it arrives: a slow way for one and a fast one for
/// a later must not bring them into one window. Our choice: more than the jitter of an ordinary line, and
/// little beside the shortest window (1 s, zia-api.md 9.2).
constexpr milliseconds k_margin{100};

/// A shorter wait is no news to whoever watches.
constexpr seconds k_worth_telling{5};

/// When one more request fits `window`, given the times of the earlier ones.
Time fits_at(const RateWindow& window, const std::vector<Time>& times) {
    if (window.most == 0) return Time::max();
    if (times.size() < window.most) return Time::min();
    return times[times.size() - window.most] + window.window + k_margin;
}

}  // namespace

std::optional<UsedUp> used_up(const std::vector<RateWindow>& windows, const std::vector<Time>& times, Time now) {
    std::optional<UsedUp> tightest;
    for (const auto& window : windows) {
        const Time free_at = fits_at(window, times);
        if (free_at > now && (!tightest || free_at > tightest->free_at)) tightest = UsedUp{window, free_at};
    }
    return tightest;
}

milliseconds reach_of(const std::vector<RateWindow>& windows) {
    seconds longest{0};
    for (const auto& window : windows) longest = std::max(longest, window.window);
    return longest + k_margin;
}

Result<milliseconds> RateBudget::take(const std::string& key, const std::vector<RateWindow>& windows, seconds patience,
                                      const std::stop_token& stop) {
    milliseconds waited{0};
    if (windows.empty()) return waited;
    for (;;) {
        if (stop.stop_requested()) return fail(Code::cancelled, fmt::format("stopped while waiting to send {}", key));
        CORDON_TRY_ASSIGN(const std::optional<UsedUp> full, journal_.try_take(key, windows, clock_));
        if (!full) return waited;
        if (full->window.most == 0)
            return fail(Code::throttled, fmt::format("the rate budget allows no {} at all", key));
        const milliseconds wait = full->free_at - clock_.now();
        if (waited + wait > patience) {
            return fail(Code::throttled,
                        fmt::format("the rate budget of {} ({} in {} s) is used up until {}; run again then", key,
                                    full->window.most, full->window.window.count(), to_readable_utc(full->free_at)));
        }
        if (wait > k_worth_telling) {
            log_wait(
                fmt::format("the rate budget of {} is used up; going on at {}", key, to_readable_utc(full->free_at)));
        }
        if (!clock_.wait_until(full->free_at, stop)) {
            return fail(Code::cancelled, fmt::format("stopped while waiting to send {}", key));
        }
        waited += wait;
    }
}

Result<std::size_t> RateBudget::remaining(const std::string& key, const std::vector<RateWindow>& windows) {
    if (windows.empty()) return std::numeric_limits<std::size_t>::max();
    const auto longest = std::max_element(windows.begin(), windows.end(),
                                          [](const auto& a, const auto& b) { return a.window < b.window; });
    // A time in the future counts too: see try_take().
    CORDON_TRY_ASSIGN(const auto times, journal_.requests(key, clock_.now() - reach_of(windows) + milliseconds{1}));
    return longest->most - std::min(longest->most, times.size());
}

}  // namespace cordon::net
