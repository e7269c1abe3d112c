#pragma once

#include <cstdint>

#include "core/ip.hpp"

namespace cordon::compile {

// Ranges of IPv4 addresses as numbers that ascend by first address; of ranges that begin together the widest comes
// first, so that what lies within another follows it. Most of a list is single addresses: they have rows of their own,
// of half the size.

struct AddressRow {
    std::uint32_t key;

    [[nodiscard]] core::Ipv4Range range() const noexcept { return {key, key}; }
};

/// Of two addresses or more.
struct NetworkRow {
    std::uint64_t key;

    [[nodiscard]] core::Ipv4Range range() const noexcept {
        return {static_cast<std::uint32_t>(key >> 32U), ~static_cast<std::uint32_t>(key)};
    }
};

[[nodiscard]] inline NetworkRow network_row(core::Ipv4Range range) noexcept {
    return {std::uint64_t{range.first} << 32U | static_cast<std::uint32_t>(~range.last)};
}

}  // namespace cordon::compile
