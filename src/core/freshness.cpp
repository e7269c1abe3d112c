#include "core/freshness.hpp"

#include <algorithm>

namespace cordon::core {

namespace {

/// When the feed of the list that was asked longest ago was confirmed, at most `ended`.
Time confirmed(const ListReport& list, const std::vector<FeedReport>& feeds, Time ended) {
    Time oldest = ended;
    for (const auto& feed : feeds) {
        const bool is_its = std::find(list.feeds.begin(), list.feeds.end(), feed.feed) != list.feeds.end();
        if (is_its && feed.confirmed_at) oldest = std::min(oldest, *feed.confirmed_at);
    }
    return oldest;
}

}  // namespace

void note_freshness(const RunReport& report, Freshness& freshness) {
    if (report.command != "run") return;
    for (const auto& list : report.lists) {
        if (list.outcome != Outcome::done && list.outcome != Outcome::unchanged) continue;
        auto& last = freshness[list.list];
        last = std::max(last, confirmed(list, report.feeds, report.finished));
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
