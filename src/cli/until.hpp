#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "cli/arguments.hpp"

namespace cordon::cli {

/// When what the command asks for is over: --for or --until, one of them, at most a year. `invalid` says what to write.
[[nodiscard]] Result<Time> end_asked_for(const Arguments& arguments, Time now);

}  // namespace cordon::cli
