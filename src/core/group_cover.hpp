#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "core/division.hpp"

namespace cordon::core {

/// One entry of one contender.
struct EntryAt {
    std::uint32_t contender = 0;
    std::uint32_t at = 0;  ///< rank in its desired set
    auto operator<=>(const EntryAt&) const = default;
};

/// An entry that needs no place, and the one of another list of its group that blocks it.
struct GroupCover {
    EntryAt covered;
    EntryAt by;
};

/// What lists of the same group block twice. `standings`: of each contender, as its list stands. An entry that is
/// there is covered only by one that is there, too, so that it can go without a gap. Those in `useless` cover nothing.
/// The same address on two lists of a group is covered by the first of them; the same URL costs nothing there.
[[nodiscard]] std::vector<GroupCover> find_group_covers(std::span<const Contender> contenders,
                                                        std::span<const std::vector<Standing>> standings,
                                                        const std::set<EntryAt>& useless);

}  // namespace cordon::core
