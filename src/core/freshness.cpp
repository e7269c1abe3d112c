#include "core/freshness.hpp"

#include <algorithm>

namespace cordon::core {

void note_freshness(const RunReport& report, Freshness& freshness) {
    if (report.command != "run") return;
    for (const auto& list : report.lists) {
        if (list.outcome != Outcome::done && list.outcome != Outcome::unchanged) continue;
        auto& last = freshness[list.list];
        last = std::max(last, report.finished);
    }
}

Readiness readiness_of(const std::vector<std::string>& lists, const Freshness& freshness, Time now,
                       std::chrono::seconds max_staleness) {
    Readiness readiness;
    for (const auto& list : lists) {
        const auto known = freshness.find(list);
        if (known == freshness.end() || now - known->second > max_staleness) readiness.stale.push_back(list);
        if (known == freshness.end()) continue;
        readiness.oldest = readiness.oldest ? std::min(*readiness.oldest, known->second) : known->second;
    }
    std::sort(readiness.stale.begin(), readiness.stale.end());
    readiness.is_ready = readiness.stale.empty() && !lists.empty();
    return readiness;
}

}  // namespace cordon::core
