#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/eight_bytes.hpp"

namespace cordon {

/// The places 0 to `count`-1 in the ascending order of their texts, `text_of(place)`. Their first eight bytes tell
/// nearly all of them apart without a look at the texts themselves; `is_before(a, b)` decides between the others and
/// must agree with the order of the texts. `count` < 2^32.
template <class TextOf, class IsBefore>
[[nodiscard]] std::vector<std::uint32_t> order_by_text(std::size_t count, const TextOf& text_of,
                                                       const IsBefore& is_before) {
    struct Key {
        std::uint64_t first;
        std::uint32_t place;
    };
    std::vector<Key> keys(count);
    for (std::uint32_t place = 0; place < count; ++place) keys[place] = {eight_bytes(text_of(place), 0), place};
    std::sort(keys.begin(), keys.end(), [&](const Key& a, const Key& b) {
        return a.first != b.first ? a.first < b.first : is_before(a.place, b.place);
    });
    std::vector<std::uint32_t> order;
    order.reserve(count);
    for (const Key& key : keys) order.push_back(key.place);
    return order;
}

}  // namespace cordon
