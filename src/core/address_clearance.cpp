#include "core/address_clearance.hpp"

namespace cordon::core {

AddressClearance::AddressClearance(std::span<const Ipv4Range> kept_clear)
    : touched_(k_uppers / 64), wide_(k_uppers / 64), blocks_((std::size_t{1} << k_slot_bits) / 64) {
    constexpr std::uint32_t k_few_blocks = 16;
    for (const Ipv4Range range : kept_clear) {
        const std::uint32_t first_block = range.first >> 8U;
        const std::uint32_t last_block = range.last >> 8U;
        const bool is_wide = last_block - first_block >= k_few_blocks;
        for (std::uint32_t upper = range.first >> 16U; upper <= range.last >> 16U; ++upper) {
            set(touched_, upper);
            if (is_wide) set(wide_, upper);
        }
        if (is_wide) continue;
        for (std::uint32_t block = first_block; block <= last_block; ++block) set(blocks_, slot_of(block));
    }
}

}  // namespace cordon::core
