#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/ip.hpp"

namespace cordon::core {

/// A glance at an IPv4 range that spares most of them a search among those that must not be blocked: what touches
/// none of these is clear, what is not clear may touch one. 136 KiB of bits, for a processor's second cache.
class AddressClearance {
public:
    explicit AddressClearance(std::span<const Ipv4Range> kept_clear);

    [[nodiscard]] bool is_clear(Ipv4Range range) const noexcept {
        const std::uint32_t upper = range.first >> 16U;
        if (upper != range.last >> 16U) return false;
        if (!has(touched_, upper)) return true;
        const std::uint32_t block = range.first >> 8U;
        return block == range.last >> 8U && !has(wide_, upper) && !has(blocks_, slot_of(block));
    }

private:
    using Bits = std::vector<std::uint64_t>;
    static constexpr std::size_t k_uppers = std::size_t{1} << 16U;
    static constexpr unsigned k_slot_bits = 20;

    [[nodiscard]] static bool has(const Bits& bits, std::size_t at) noexcept {
        return (bits[at / 64] >> (at % 64) & 1U) != 0;
    }
    static void set(Bits& bits, std::size_t at) noexcept { bits[at / 64] |= std::uint64_t{1} << (at % 64); }
    /// Neighbours lie apart (Knuth's multiplicative hash), so that crowded networks do not share a place.
    [[nodiscard]] static std::size_t slot_of(std::uint32_t block) noexcept {
        return block * 2654435769U >> (32U - k_slot_bits);
    }

    Bits touched_;  // a bit for each /16
    Bits wide_;     // a bit for each /16 that a range touches which is wider than a few /24
    Bits blocks_;   // a bit for some /24 that share it
};

}  // namespace cordon::core
