#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/world/laws.hpp"
#include "tests/simulation/world/schedule.hpp"

namespace cordon::simulation {

/// How a life went.
struct Life {
    std::optional<Breach> breach;
    std::size_t step = 0;            ///< at which the law was broken
    std::vector<std::string> story;  ///< what happened, a line a step
    Figures figures;
};

/// Lives a schedule in a world of this seed, to its end or to the first broken law. The same arguments give the same
/// life.
[[nodiscard]] Life live(std::uint64_t seed, const Schedule& schedule, const Plant& plant = {});
/// The same with feeds fetched in threads, as the program does it: the order of their requests is not the same again.
[[nodiscard]] Life live_in_threads(std::uint64_t seed, const Schedule& schedule);

/// The schedule without the steps that its breach does not need: the same law is still broken. At most `most` lives.
[[nodiscard]] Schedule shrink(std::uint64_t seed, Schedule schedule, const Plant& plant = {}, std::size_t most = 400);

}  // namespace cordon::simulation
