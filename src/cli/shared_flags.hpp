#pragma once

#include <vector>

#include "cli/arguments.hpp"

namespace cordon::cli {

/// A flag that stands before or behind any command, and the commands that heed it.
struct SharedFlag {
    const char* name;
    std::vector<Command> commands;
};
[[nodiscard]] const std::vector<SharedFlag>& shared_flags();

}  // namespace cordon::cli
