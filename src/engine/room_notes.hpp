#pragma once

#include <span>
#include <string>

#include "core/division.hpp"
#include "engine/lists.hpp"

namespace cordon::engine {

// What people are told of the tenant's room, beside the numbers of its division.

/// What the settings hold back of a room: "quota_headroom leaves 500 to people, and reserve keeps 2,000 for 'X'"; ""
/// where they hold nothing back. With `list`, what they hold back from that one.
[[nodiscard]] std::string holders_of(const core::PoolShares& pool, const std::string& list = {});

/// The room that the object of this job draws from; nullptr where none was divided for it.
[[nodiscard]] const core::PoolShares* pool_of(std::span<const core::PoolShares> pools, const ListJob& job);

/// Puts what holds room back into the reasons for which entries got none. `jobs`: the division's contenders.
void name_holders(core::Division& division, std::span<const ListJob> jobs);

/// That the tenant has no room for all that reserve keeps, with what to do; "" where it has.
[[nodiscard]] std::string note_on_reserves(const core::PoolShares& pool);

}  // namespace cordon::engine
