#pragma once

#include <optional>
#include <string>
#include <vector>

#include <prometheus/metric_family.h>

#include "metrics/metrics.hpp"

namespace cordon::metrics {

/// Every metric that has a value.
[[nodiscard]] std::vector<prometheus::MetricFamily> families_of(const Tally& tally, const StoreFacts& facts,
                                                                const std::optional<DaemonFacts>& daemon,
                                                                const std::string& version, Time now);

}  // namespace cordon::metrics
