#pragma once

#include <cstddef>
#include <string>

#include "core/plan.hpp"

namespace cordon::core {

/// How much of a list is taken before the plan, in distinct canonical entries.
struct Occupancy {
    std::size_t ours = 0;     ///< ours alone: their places are free to be given to others
    std::size_t foreign = 0;  ///< with a spelling that is not ours: taken, whatever we do
    std::size_t foreign_spellings = 0;
};

/// How many entries of ours the list may hold, those that are there included, and what sets the limit.
struct Places {
    std::size_t count = 0;
    std::string because;
};

/// The tightest of cap and room. What is there of ours may stay whatever the room says, since it is
/// counted already; only the cap can push it out.
[[nodiscard]] Places places_for(TargetKind target, bool exists, const Occupancy& taken, const ListPolicy& policy,
                                const Room& room);

/// True where the additions do not fit before the removals: over the room, or over the cap for a moment.
[[nodiscard]] bool must_remove_first(const ListPlan& plan, const Occupancy& taken, const ListPolicy& policy,
                                     const Room& room);

/// Subtracts what the finished plan takes. What it frees is not handed on: the guard may still stop this plan,
/// and the next read will show it.
void take_room(const ListPlan& plan, Room& room);

}  // namespace cordon::core
