#pragma once

#include <cstdint>

#include "core/ip.hpp"

namespace cordon::compile {

/// A range of IPv4 addresses as one number: ascending by first address, of those that begin together the widest first,
/// so that what lies within another follows it.
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
