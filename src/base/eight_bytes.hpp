#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace cordon {

static_assert(std::endian::native == std::endian::little, "numbers are read with their last byte first");

/// The eight bytes of `text` from `at` on as a number, the first the most significant; 0 behind its end. Numbers compare
/// as the texts do, as far as they tell them apart.
[[nodiscard]] inline std::uint64_t eight_bytes(std::string_view text, std::size_t at) noexcept {
    std::uint64_t bytes = 0;
    if (at + sizeof bytes <= text.size()) {
        std::memcpy(&bytes, text.data() + at, sizeof bytes);
        return __builtin_bswap64(bytes);
    }
    for (std::size_t i = 0; i < sizeof bytes; ++i) {
        bytes = bytes << 8U | (at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U);
    }
    return bytes;
}

}  // namespace cordon
