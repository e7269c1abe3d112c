#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/select.hpp"

namespace cordon::core {

/// One entry of one list that wants a place in a shared room.
struct PoolClaim {
    Rank rank;
    std::size_t priority = 50;
    bool is_reserved = false;  ///< among its list's first `reserve` ones
    bool is_present = false;   ///< there and ours: has a place already
    bool is_pinned = false;    ///< present, and gives its place to nobody
    bool waits = false;        ///< for a look-up: takes free places only
    std::uint32_t at = 0;      ///< rank in the contender's desired set
};

/// A shared room.
struct Pool {
    std::size_t room = 0;       ///< for newcomers
    std::size_t kept_back = 0;  ///< of the room, for reserved ones only, also of later runs
    bool counts_once = false;   ///< the same text counts once, on however many lists it lies
    bool hysteresis = true;
    /// Texts that are there: ours on some list, and those of others, which cost nothing. Each unique.
    std::span<const std::string_view> ours;
    std::span<const std::string_view> foreign;
};

struct PoolSelection {
    std::vector<bool> chosen;         ///< by claim
    std::vector<bool> costs_nothing;  ///< by claim: chosen, and another place or another list pays for it
};

/// Which claims get a place: see divide_room(). What is in `ours` and in no claim gives its place up.
[[nodiscard]] PoolSelection select_from_pool(std::span<const PoolClaim> claims, const Pool& pool);

}  // namespace cordon::core
