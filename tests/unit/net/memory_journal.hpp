#pragma once

#include <algorithm>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "net/rate_budget.hpp"

namespace cordon::net::testing {

/// Keeps the journal as the store would.
class MemoryJournal final : public BudgetJournal {
public:
    Result<std::vector<Time>> requests(const std::string& key, Time since) override {
        const std::lock_guard lock(mutex_);
        if (is_broken) return fail(Code::corrupt, "the journal is damaged");
        auto times = kept[key];
        std::erase_if(times, [&](Time time) { return time < since; });
        return times;
    }
    Result<std::optional<UsedUp>> try_take(const std::string& key, const std::vector<RateWindow>& windows,
                                           const Clock& clock) override {
        const std::lock_guard lock(mutex_);
        if (is_broken) return fail(Code::corrupt, "the journal is damaged");
        const Time now = clock.now();
        auto& times = kept[key];
        for (auto& time : times) time = std::min(time, now);
        std::erase_if(times, [&](Time time) { return time < now - reach_of(windows); });
        const auto full = used_up(windows, times, now);
        if (!full) times.push_back(now);
        return full;
    }
    std::map<std::string, std::vector<Time>> kept;
    bool is_broken = false;

private:
    std::mutex mutex_;
};

}  // namespace cordon::net::testing
