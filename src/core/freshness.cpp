#include "core/freshness.hpp"

#include <algorithm>

namespace cordon::core {

void note_freshness(const RunReport& report, Freshness& freshness, Time now) {
    for (const auto& list : report.lists) {
        if (!list.in_step_as_of || *list.in_step_as_of > now) continue;
        auto& last = freshness[list.list];
        if (last < *list.in_step_as_of || last > now) last = *list.in_step_as_of;
    }
}

Readiness readiness_of(const std::vector<std::string>& lists, const Freshness& freshness, Time now,
                       std::chrono::seconds max_staleness) {
    Readiness readiness;
    for (const auto& list : lists) {
        const auto known = freshness.find(list);
        const bool is_known = known != freshness.end() && known->second <= now;
        if (!is_known || now - known->second > max_staleness) readiness.stale.push_back(list);
        if (!is_known) continue;
        readiness.oldest = readiness.oldest ? std::min(*readiness.oldest, known->second) : known->second;
    }
    std::sort(readiness.stale.begin(), readiness.stale.end());
    readiness.is_ready = readiness.stale.empty() && !lists.empty();
    return readiness;
}

}  // namespace cordon::core
