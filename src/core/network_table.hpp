#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <vector>

namespace cordon::core {

/// Closed ranges of addresses with a number each, asked for any overlap by binary search. `Address` is
/// ordered and cheap to copy.
template <class Address>
class NetworkTable {
public:
    void add(Address first, Address last, std::uint32_t number) { ranges_.push_back({first, last, number, 0}); }

    /// Must be called after the last add() and before overlapping().
    void sort() {
        std::stable_sort(ranges_.begin(), ranges_.end(),
                         [](const Range& a, const Range& b) { return a.first < b.first; });
        std::size_t furthest = 0;
        for (std::size_t i = 0; i < ranges_.size(); ++i) {
            if (ranges_[furthest].last < ranges_[i].last) furthest = i;
            ranges_[i].furthest = furthest;
        }
    }

    /// The number of a range that shares an address with [first, last]; 0 = none.
    [[nodiscard]] std::uint32_t overlapping(Address first, Address last) const noexcept {
        const auto behind = std::upper_bound(ranges_.begin(), ranges_.end(), last,
                                             [](const Address& a, const Range& range) { return a < range.first; });
        if (behind == ranges_.begin()) return 0;
        const Range& candidate = ranges_[std::prev(behind)->furthest];
        return candidate.last < first ? 0 : candidate.number;
    }

    /// Calls `visit(first, last)` for every range, ascending by first.
    template <class Visit>
    void for_each(Visit visit) const {
        for (const Range& range : ranges_) visit(range.first, range.last);
    }

private:
    struct Range {
        Address first;
        Address last;
        std::uint32_t number;
        std::size_t furthest;  // index of the range up to here that ends last
    };
    std::vector<Range> ranges_;
};

}  // namespace cordon::core
