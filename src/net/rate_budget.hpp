#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
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

/// Keeps the times of requests across restarts. The store implements it.
class BudgetJournal {
public:
    virtual ~BudgetJournal() = default;
    /// Times of the requests of `key` at or after `since`, ascending.
    [[nodiscard]] virtual Result<std::vector<Time>> requests(const std::string& key, Time since) = 0;
    /// Written before the request is sent. May drop times older than `keep_since`.
    virtual Result<void> record(const std::string& key, Time moment, Time keep_since) = 0;
};

/// Rate budgets that are kept before a request is sent and survive a restart (design rule 11).
/// Thread-safe.
class RateBudget {
public:
    RateBudget(Clock& clock, BudgetJournal& journal) : clock_(clock), journal_(journal) {}

    /// Waits until one more request of `key` ("zia PUT /urlCategories/{id}") fits every window, then
    /// records it. `throttled` when that would take longer than `patience` (says until when), or the
    /// journal's error; `cancelled` on stop.
    Result<void> take(const std::string& key, const std::vector<RateWindow>& windows,
                      std::chrono::seconds patience, const std::stop_token& stop);

    /// How many requests of `key` fit the longest window now.
    [[nodiscard]] Result<std::size_t> remaining(const std::string& key, const std::vector<RateWindow>& windows);

private:
    /// The times of one key's requests, as far back as `reach`.
    struct History {
        std::vector<Time> times;  ///< ascending, none in the future
        std::chrono::seconds reach{0};
    };

    Result<History*> history(const std::string& key, std::chrono::seconds longest, Time now);

    Clock& clock_;
    BudgetJournal& journal_;
    std::mutex mutex_;
    std::map<std::string, History> histories_;
};

}  // namespace cordon::net
