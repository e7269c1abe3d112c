#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "core/report.hpp"

namespace cordon::core {

/// As of when each list was last in step with its feeds (ListReport::in_step_as_of).
using Freshness = std::map<std::string, Time>;

/// Takes in what a run says; a report that comes again, or out of order, does no harm. What lies behind `now` was said
/// before the clock was set back: it counts for nothing, and gives way to whatever is said next.
void note_freshness(const RunReport& report, Freshness& freshness, Time now);

/// Whether the protection may be relied on.
struct Readiness {
    bool is_ready = false;
    std::vector<std::string> stale;  ///< the lists that were last in step too long ago, or never; ascending
    std::optional<Time> oldest;      ///< of the lists, as of when the one that waits longest was in step
};

/// Over the lists that are configured; without any, it is not ready. A list whose time lies behind `now` is stale:
/// since the clock was set back, nobody knows how old it is until a run confirms it.
[[nodiscard]] Readiness readiness_of(const std::vector<std::string>& lists, const Freshness& freshness, Time now,
                                     std::chrono::seconds max_staleness);

}  // namespace cordon::core
