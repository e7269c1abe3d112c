#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/places.hpp"
#include "core/plan.hpp"

namespace cordon::core {

/// Where an accepted entry stands on one list before the places are divided.
enum class Standing : std::uint8_t {
    newcomer,  ///< not there; wants a place
    awaiting,  ///< a newcomer whose look-up has no answer yet: holds a place, is not added
    known,     ///< a newcomer that the gateway flags already
    ours,      ///< there and ours; wants to stay
    foreign,   ///< there, also or only somebody else's: satisfied, and stays theirs
    excepted,
    quarantined,
    reserved,   ///< it is the placeholder itself
    elsewhere,  ///< another object of the same list holds or gets it
    covered,    ///< another list of the same group blocks it
};

[[nodiscard]] constexpr bool wants_place(Standing standing) noexcept {
    return standing == Standing::newcomer || standing == Standing::awaiting || standing == Standing::ours;
}
[[nodiscard]] constexpr bool is_present(Standing standing) noexcept {
    return standing == Standing::ours || standing == Standing::foreign;
}

/// A list as it stands before the places are divided.
struct Weighed {
    std::vector<Standing> standings;  ///< by rank of the desired set; empty where there is none
    Occupancy taken;
    std::vector<std::string_view> ours;     ///< canonical, ours alone, ascending; views into the ListState
    std::vector<std::string_view> foreign;  ///< with a spelling of somebody else's, ascending; likewise
};

/// What plan_list() would weigh, without choosing. `desired` is null for a list that contributes nothing new.
[[nodiscard]] Weighed weigh_list(TargetKind target, const DesiredSet* desired, const ListState& state,
                                 const ListLedger& ledger, const ListPolicy& policy, Time now,
                                 const Classifications& answers);

/// How the entries stand on a list of several objects as a whole.
struct Together {
    static constexpr std::uint32_t k_nobody = UINT32_MAX;
    std::vector<Standing> standings;
    std::vector<std::uint32_t> holder;  ///< which object the standing is about; k_nobody: wants a place on any
};
/// `objects`: of the same desired set. What is there on one of them counts before what was refused by, or taken out
/// of, another.
[[nodiscard]] Together stand_together(std::span<const Weighed* const> objects);

/// What has to be looked up before the newcomers among the first `places` can be placed; see lookups_needed().
[[nodiscard]] LookupNeed lookups_needed(const DesiredSet& desired, const Weighed& weighed, std::size_t places,
                                        bool hysteresis, std::size_t per_call);

/// What the division of places over all lists says of one entry of one list.
enum class Admission : std::uint8_t {
    admitted,
    over_cap,   ///< ranked behind the list's own limit
    no_room,    ///< the tenant's room is given to others
    elsewhere,  ///< see Standing::elsewhere
    covered,    ///< see Standing::covered
};

/// The verdicts on one list's entries.
struct Admissions {
    std::vector<Admission> of;  ///< by rank of the desired set
    std::string over_cap_because;
    std::string no_room_because;
    std::unordered_map<std::uint32_t, std::string> covered_by;  ///< rank -> "list: entry"
    /// An object that goes on where the list's first one is full: it counts only what is its own.
    bool is_continuation = false;
};

/// plan_list() with the places already divided: no limit but `admissions` counts.
[[nodiscard]] ListPlan plan_list(const std::string& list, TargetKind target, const DesiredSet& desired,
                                 const ListState& state, const ListLedger& ledger, const ListPolicy& policy, Room& room,
                                 Time now, RejectSink& sink, const Classifications& answers,
                                 const Admissions& admissions);

}  // namespace cordon::core
