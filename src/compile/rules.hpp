#pragma once

#include <cstddef>
#include <cstdint>

#include "core/indicator.hpp"

namespace cordon::compile {

/// How plain lists are compiled.
struct CompileRules {
    core::EntityType entity = core::EntityType::domain;
    bool include_subdomains = false;  ///< domain lists: write ".x", let parents cover children
    /// Keep at most so many entries, 0 = all. Plain lists carry no risk, so the order is that of the result; with
    /// include_subdomains the names with the fewest labels come first (a parent before what it covers).
    std::size_t max_entries = 0;
    /// A number that nobody knows beforehand: no list can then be made to slow the program. It changes no result.
    std::uint64_t seed = 0;
};

}  // namespace cordon::compile
