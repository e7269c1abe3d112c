#pragma once

#include <span>

#include "compile/name_row.hpp"
#include "core/reason.hpp"

namespace cordon::compile {

/// Drops duplicates and what another entry blocks already, by the rules of core/cover.hpp. `rows` have the key by which
/// families are told apart, in ascending order; the rest of the order is made here, for families of more than one.
/// The rows that stay are moved to the front, and their number is given; covering entries stay themselves.
[[nodiscard]] std::size_t sweep_families(std::span<NameRow> rows, core::ReasonCounts& counts);

}  // namespace cordon::compile
