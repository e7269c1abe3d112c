#include "net/rate_budget.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace cordon::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// We note when a request leaves, the cloud counts when it arrives: a slow way for one and a fast one for
/// a later must not bring them into one window.
constexpr milliseconds k_margin{100};

seconds longest_of(const std::vector<RateWindow>& windows) {
    seconds longest{0};
    for (const auto& window : windows) longest = std::max(longest, window.window);
    return longest;
}

/// When one more request fits `window`, given the times of the earlier ones.
Time fits_at(const RateWindow& window, const std::vector<Time>& times) {
    if (window.most == 0) return Time::max();
    if (times.size() < window.most) return Time::min();
    return times[times.size() - window.most] + window.window + k_margin;
}

}  // namespace

Result<RateBudget::History*> RateBudget::history(const std::string& key, seconds longest, Time now) {
    auto& history = histories_[key];
    if (history.reach < longest) {
        CORDON_TRY_ASSIGN(history.times, journal_.requests(key, now - longest - k_margin));
        std::sort(history.times.begin(), history.times.end());
        history.reach = longest;
    }
    // The clock may have been set back. What lies in the future then happened just now at the latest.
    for (auto& time : history.times) time = std::min(time, now);
    const auto is_old = [&](Time time) { return time < now - history.reach - k_margin; };
    history.times.erase(history.times.begin(), std::find_if_not(history.times.begin(), history.times.end(), is_old));
    return &history;
}

Result<void> RateBudget::take(const std::string& key, const std::vector<RateWindow>& windows, seconds patience,
                              const std::stop_token& stop) {
    if (windows.empty()) return {};
    const auto longest = longest_of(windows);
    milliseconds waited{0};
    for (;;) {
        if (stop.stop_requested()) return fail(Code::cancelled, fmt::format("stopped while waiting to send {}", key));
        Time free_at = Time::min();
        const RateWindow* tightest = nullptr;
        const Time now = clock_.now();
        {
            const std::lock_guard lock(mutex_);
            CORDON_TRY_ASSIGN(History* const past, history(key, longest, now));
            for (const auto& window : windows) {
                if (const auto at = fits_at(window, past->times); at > free_at) {
                    free_at = at;
                    tightest = &window;
                }
            }
            if (free_at <= now) {
                CORDON_TRY(journal_.record(key, now, now - longest - k_margin));
                past->times.push_back(now);
                return {};
            }
        }
        if (tightest->most == 0) return fail(Code::throttled, fmt::format("the rate budget allows no {} at all", key));
        const milliseconds wait = free_at - now;
        if (waited + wait > patience) {
            return fail(Code::throttled,
                        fmt::format("the rate budget of {} ({} in {} s) is used up until {}; run again then", key,
                                    tightest->most, tightest->window.count(), to_readable_utc(free_at)));
        }
        if (!clock_.wait_until(free_at, stop)) {
            return fail(Code::cancelled, fmt::format("stopped while waiting to send {}", key));
        }
        waited += wait;
    }
}

Result<std::size_t> RateBudget::remaining(const std::string& key, const std::vector<RateWindow>& windows) {
    if (windows.empty()) return std::numeric_limits<std::size_t>::max();
    const auto longest =
        std::max_element(windows.begin(), windows.end(), [](const auto& a, const auto& b) { return a.window < b.window; });
    const std::lock_guard lock(mutex_);
    const Time now = clock_.now();
    CORDON_TRY_ASSIGN(const History* const past, history(key, longest->window, now));
    const auto first = std::upper_bound(past->times.begin(), past->times.end(), now - longest->window - k_margin);
    const auto used = static_cast<std::size_t>(past->times.end() - first);
    return longest->most - std::min(longest->most, used);
}

}  // namespace cordon::net
