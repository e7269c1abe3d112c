#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace cordon::net {

/// At most `most` requests within any `window` (sliding).
struct RateWindow {
    std::size_t most = 1;
    std::chrono::seconds window{1};
};

/// A window that has no room for one more request.
struct UsedUp {
    RateWindow window;
    Time free_at;  ///< when it has; Time::max() where it never has
};

/// The window that keeps one more request waiting for longest at `now`, given the times of the earlier ones
/// (ascending, none after `now`); nullopt where it fits all. Pure.
[[nodiscard]] std::optional<UsedUp> used_up(const std::vector<RateWindow>& windows, const std::vector<Time>& times,
                                            Time now);

/// How far back the times of requests matter to `windows`.
[[nodiscard]] std::chrono::milliseconds reach_of(const std::vector<RateWindow>& windows);

/// Keeps the times of requests across restarts and for all processes. The store implements it. Thread-safe.
class BudgetJournal {
public:
    virtual ~BudgetJournal() = default;
    /// Times of the requests of `key` at or after `since`, ascending.
    [[nodiscard]] virtual Result<std::vector<Time>> requests(const std::string& key, Time since) = 0;
    /// Records a request of `key` where it fits all `windows`, else says what is used_up(). Reading the clock and the
    /// earlier times, deciding and recording are one step, also between processes. What lies in the future (the clock
    /// was set back) then happened just now; what is older than reach_of(windows) may be dropped.
    virtual Result<std::optional<UsedUp>> try_take(const std::string& key, const std::vector<RateWindow>& windows,
                                                   const Clock& clock) = 0;
};

/// Rate budgets that are kept before a request is sent, by all processes of one journal together, and that survive
/// a restart (design rule 11). Thread-safe.
class RateBudget {
public:
    RateBudget(Clock& clock, BudgetJournal& journal) : clock_(clock), journal_(journal) {}

    /// Waits until one more request of `key` ("zia PUT /urlCategories/{id}") fits every window, then
    /// records it; gives how long it waited. `throttled` when that would take longer than `patience` (says until when),
    /// or the journal's error; `cancelled` on stop.
    Result<std::chrono::milliseconds> take(const std::string& key, const std::vector<RateWindow>& windows,
                                           std::chrono::seconds patience, const std::stop_token& stop);

    /// How many requests of `key` fit the longest window now.
    [[nodiscard]] Result<std::size_t> remaining(const std::string& key, const std::vector<RateWindow>& windows);

private:
    Clock& clock_;
    BudgetJournal& journal_;
};

}  // namespace cordon::net
