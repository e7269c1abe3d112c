#pragma once

#include <string>
#include <vector>

#include "tests/simulation/world/machine.hpp"

namespace cordon::simulation {

/// A mistake that somebody could make, and that the laws must catch.
struct Bug {
    std::string name;
    std::string law;  ///< that must catch it
    Plant plant;
};

/// Each in one place of one port, as it would be in the code behind it.
[[nodiscard]] const std::vector<Bug>& bugs();

}  // namespace cordon::simulation
