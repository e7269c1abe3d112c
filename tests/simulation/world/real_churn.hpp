#pragma once

#include <cstddef>
#include <vector>

namespace cordon::simulation {

/// What came and what went from one version of a published list to the next. Values are numbers: a life gives each a
/// name of its own.
struct RealChange {
    std::vector<std::size_t> came;
    std::vector<std::size_t> gone;
};

/// How a list really moved on, thinned out to the size of a life's lists: values come back, leave in crowds, or stay.
struct RealChurn {
    std::vector<std::size_t> begin;
    std::vector<RealChange> versions;
};

/// Of the consecutive versions in ../shared/data/replay; empty where this machine has none.
[[nodiscard]] const std::vector<RealChurn>& real_churns();

}  // namespace cordon::simulation
