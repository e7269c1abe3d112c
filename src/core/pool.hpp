#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/desired.hpp"
#include "core/text_numbers.hpp"

namespace cordon::core {

/// What one entry asks of a shared room, and what came of it.
struct PoolClaim {
    bool is_made : 1 = false;     ///< it wants a place, within its list's own limit
    bool is_present : 1 = false;  ///< there and ours: has a place already
    bool is_pinned : 1 = false;   ///< present, and gives its place to nobody
    bool waits : 1 = false;       ///< for a look-up: takes free places only
    bool is_chosen : 1 = false;
    bool costs_nothing : 1 = false;  ///< chosen, and another place or another list pays for it
};

/// What one list asks of it.
struct PoolList {
    std::vector<PoolClaim> claims;   ///< by rank of its desired set; empty where it asks nothing
    std::size_t reserved_until = 0;  ///< the claims of the ranks before it are reserved ones
};

/// One entry in the order in which all lists are served, reserves aside.
struct PoolTurn {
    std::uint32_t list = 0;
    std::uint32_t at = 0;      ///< rank in its desired set
    std::uint32_t number = 0;  ///< entries of the same number count once
};

/// The entries of `lists` (ascending, each with a desired set): by priority, then by rank, then list by list.
/// `numbers`: of the texts, where the same text counts once; null where each entry counts. O(n log lists).
[[nodiscard]] std::vector<PoolTurn> turns_of(std::span<const Contender> contenders,
                                             std::span<const std::uint32_t> lists, TextNumbers* numbers);

/// What is there of one text.
struct PoolPlace {
    bool is_ours : 1 = false;
    bool is_foreign : 1 = false;  ///< with a spelling of somebody else's, which pays for it
};

/// A shared room.
struct Pool {
    std::span<const Contender> contenders;
    std::span<const PoolTurn> turns;    ///< as turns_of() gives them
    std::span<const PoolPlace> places;  ///< by number; empty where each entry counts
    std::size_t ours = 0;               ///< places that are ours alone, claimed or not
    std::size_t room = 0;               ///< for newcomers
    std::size_t kept_back = 0;          ///< of the room, for reserved ones only, also of later runs
    bool hysteresis = true;
};

/// Decides which claims get a place: see divide_room(). What is ours there and claimed by nobody gives its place up.
/// O(n), as nothing is sorted: the turns do not change.
void select_from_pool(const Pool& pool, std::span<PoolList> lists);

}  // namespace cordon::core
