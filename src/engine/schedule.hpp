#pragma once

#include <chrono>
#include <random>

#include "base/clock.hpp"

namespace cordon::engine {

/// When the runs of a loop start: at `first`, then every `every` (more than 0) after it, however long the runs take.
struct Schedule {
    Time first;
    std::chrono::seconds every;
};

/// The first steady start after `now`: first + n * every. Starts that a long run has passed are not made up for. A
/// clock that was set back never makes it further off than one interval. Pure.
[[nodiscard]] Time steady_start_after(const Schedule& schedule, Time now);

/// The longest that a start is put off: 5 % of the interval.
[[nodiscard]] std::chrono::milliseconds most_jitter(const Schedule& schedule);

/// steady_start_after(), put off by chance by at most most_jitter(), so that many hosts that were started together
/// do not strike together. What is put off does not add up.
[[nodiscard]] Time next_start(const Schedule& schedule, Time now, std::mt19937_64& random);

}  // namespace cordon::engine
