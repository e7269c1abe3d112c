#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/standing.hpp"

namespace cordon::core {

/// One object on the gateway that wants places for its entries. A list is one of them, or several: a first one, and
/// others that go on where it is full (see `continues`), which share its desired set.
struct Contender {
    std::string list;
    TargetKind target = TargetKind::url_category;
    bool exists = false;
    const DesiredSet* desired = nullptr;  ///< null: it contributes nothing new, and what is there stays
    const ListPolicy* policy = nullptr;   ///< its cap is the object's
    const Weighed* weighed = nullptr;
    std::size_t priority = 50;                            ///< of the list: room goes to the highest first
    std::size_t reserve = 0;                              ///< of the list: so many places are kept for it, used or not
    std::string group;                                    ///< lists of the same group are blocked alike; "" for none
    std::optional<std::size_t> continues = std::nullopt;  ///< the list's first object, an index before this one
    bool takes_overflow = false;  ///< of one that continues in another kind of object: what finds no place before
    std::size_t most = SIZE_MAX;  ///< of the list: entries over all its objects of the first one's kind
    bool is_held = false;         ///< the guard stopped it: nothing comes, nothing goes
};

/// How one kind of room is divided, for people.
struct PoolShares {
    struct Share {
        std::string list;
        std::size_t priority = 50;
        std::size_t reserve = 0;
        std::size_t wanted = 0;  ///< entries within the list's own limit
        std::size_t given = 0;   ///< of these, places
        std::size_t shared = 0;  ///< of these, those that cost nothing: elsewhere on the tenant already, or twice
    };
    std::string what;                 ///< "URLs", "addresses", "host names"
    std::optional<std::size_t> room;  ///< for newcomers, without headroom; nullopt: not known
    std::size_t headroom = 0;         ///< kept for people
    std::size_t held_back = 0;        ///< of the room, for lists whose reserve is not used up
    std::size_t others = 0;           ///< entries on the tenant that are not ours, about; URLs only
    std::vector<Share> lists;         ///< in the contenders' order
};

struct Division {
    std::vector<Admissions> admissions;  ///< by contender; empty verdicts where its desired set is null or held
    std::vector<PoolShares> pools;       ///< those that some list draws from
    /// Some list relies on what another one does: on places that it frees, or on an entry that covers one of its own.
    bool is_entangled = false;
    /// Newcomers take places that others free, perhaps on other lists: these have to go first.
    bool needs_freed_places = false;
};

/// Divides the tenant's room among all its lists. What counts as one entry there is counted once (URLs: zia-api.md
/// 4.13). In order of reserve, priority and rank the newcomers take the room there is, then the places of present
/// entries of ours that are less risky by design rule 15, on whichever list these lie, the last in that order first:
/// existing protection never makes room for something less risky. `headroom`: URLs that are left to people, where
/// the tenant holds entries that are not ours.
/// A list of several objects is filled stably: what lies on one of them stays there, newcomers go to the first that
/// has a place. What another list of the group blocks already takes no place: a newcomer where the other list gets
/// the entry, a present one where that lies there and stays.
/// Pure; O(n log n) in all entries together.
[[nodiscard]] Division divide_room(std::span<const Contender> contenders, const Room& room, std::size_t headroom);

}  // namespace cordon::core
