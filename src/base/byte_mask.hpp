#pragma once

#include <cstddef>
#include <cstdint>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace cordon {

/// Bytes looked at side by side.
inline constexpr std::size_t k_mask_step = 16;

/// Which of the sixteen bytes at `at` are `wanted`: the lowest bit is the first byte.
[[nodiscard]] inline std::uint32_t mask_of(const char* at, char wanted) noexcept {
#ifdef __SSE2__
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(wanted))));
#else
    std::uint32_t mask = 0;
    for (std::size_t i = 0; i < k_mask_step; ++i) mask |= (at[i] == wanted ? 1U : 0U) << i;
    return mask;
#endif
}

}  // namespace cordon
