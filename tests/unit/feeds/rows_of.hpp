#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "core/indicator.hpp"

namespace cordon::feeds {

/// An indicator as one line, "value risk=.. seen=.. rules=..", so that tables of facts stay readable.
inline std::string line_of(const core::Indicator& indicator) {
    std::string line(indicator.value);
    if (indicator.risk) line += " risk=" + std::to_string(*indicator.risk);
    if (indicator.last_seen) line += " seen=" + to_iso8601(*indicator.last_seen);
    if (!indicator.rules.empty()) line += " rules=" + std::string(indicator.rules);
    return line;
}

inline std::vector<std::string> lines_of(const core::IndicatorSet& indicators) {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < indicators.size(); ++i) lines.push_back(line_of(indicators[i]));
    return lines;
}

}  // namespace cordon::feeds
