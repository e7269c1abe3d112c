#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/text_numbers.hpp"
#include "core/whole_lists.hpp"

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

/// What lists of the same group block twice. An entry that is there is covered only by one that is there, too, so that
/// it can go without a gap.
/// The same address on two lists of a group is covered by the first of them; the same URL costs nothing there.
/// Holds views into `lists`; what is dear is done once, by the constructor.
class GroupCovers {
public:
    GroupCovers(const WholeLists& lists, TextNumbers& numbers);
    ~GroupCovers();
    GroupCovers(const GroupCovers&) = delete;
    GroupCovers& operator=(const GroupCovers&) = delete;

    /// Those in `useless` cover nothing.
    [[nodiscard]] std::vector<GroupCover> find(const EntryFlags& useless) const;

private:
    class Family;
    std::vector<std::unique_ptr<Family>> families_;
};

}  // namespace cordon::core
