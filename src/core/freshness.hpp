#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "core/report.hpp"

namespace cordon::core {

/// When each list was last as its feeds wanted it: a run left it done or unchanged; the moment is the one at which the
/// provider that was asked longest ago had confirmed its feed.
using Freshness = std::map<std::string, Time>;

/// Takes in what a run that changes lists says; a report that comes again, or out of order, does no harm.
void note_freshness(const RunReport& report, Freshness& freshness);

/// Whether the protection may be relied on.
struct Readiness {
    bool is_ready = false;
    std::vector<std::string> stale;  ///< the lists that were last good too long ago, or never; ascending
    std::optional<Time> oldest;      ///< of the lists, when the one that waits longest was last good
};

/// Over the lists that are configured; without any, it is not ready.
[[nodiscard]] Readiness readiness_of(const std::vector<std::string>& lists, const Freshness& freshness, Time now,
                                     std::chrono::seconds max_staleness);

}  // namespace cordon::core
