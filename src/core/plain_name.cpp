#include "core/plain_name.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/byte_mask.hpp"

namespace cordon::core {
namespace {

constexpr std::size_t k_window = 64;

/// Which of sixteen bytes are dots, which are hyphens, and which are of no plain name.
struct Marks {
    std::uint32_t dots = 0;
    std::uint32_t hyphens = 0;
    std::uint32_t others = 0;
};

#ifdef __SSE2__
[[nodiscard]] __m128i is_between(__m128i bytes, char first, char last) noexcept {
    const __m128i from_first = _mm_sub_epi8(bytes, _mm_set1_epi8(first));
    const __m128i most = _mm_set1_epi8(static_cast<char>(last - first));
    return _mm_cmpeq_epi8(_mm_min_epu8(from_first, most), from_first);
}

/// Which of sixteen bytes are lower-case letters or digits.
[[nodiscard]] std::uint32_t alphanumeric_mask(const char* at) noexcept {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i found = _mm_or_si128(is_between(bytes, 'a', 'z'), is_between(bytes, '0', '9'));
    return static_cast<std::uint32_t>(_mm_movemask_epi8(found));
}
#else
[[nodiscard]] std::uint32_t alphanumeric_mask(const char* at) noexcept {
    std::uint32_t mask = 0;
    for (std::size_t i = 0; i < k_mask_step; ++i) {
        const bool is_it = (at[i] >= 'a' && at[i] <= 'z') || (at[i] >= '0' && at[i] <= '9');
        mask |= (is_it ? 1U : 0U) << i;
    }
    return mask;
}
#endif

[[nodiscard]] Marks marks_of(const char* at) noexcept {
    const std::uint32_t dots = mask_of(at, '.');
    const std::uint32_t hyphens = mask_of(at, '-');
    return {dots, hyphens, (alphanumeric_mask(at) | dots | hyphens) ^ 0xFFFFU};
}

[[nodiscard]] bool has_neighbours(std::uint64_t bits) noexcept {
    return (bits & bits << 1U) != 0;
}

[[nodiscard]] bool is_plain(const char* name, std::uint32_t size, std::uint64_t dots, std::uint64_t hyphens) noexcept {
    if (dots == 0 || (dots & 1U) != 0 || (dots >> (size - 1)) != 0) return false;
    if (has_neighbours(dots) || has_neighbours(hyphens)) return false;
    const char top = name[64 - std::countl_zero(dots)];
    return top < '0' || top > '9';
}

}  // namespace

PlainName plain_name(const char* at, const char* end) noexcept {
    if (end - at <= static_cast<std::ptrdiff_t>(k_window)) return {};
    std::uint64_t dots = 0;
    std::uint64_t hyphens = 0;
    for (std::uint32_t seen = 0; seen < k_window; seen += k_mask_step) {
        const Marks marks = marks_of(at + seen);
        const auto plain = static_cast<std::uint32_t>(std::countr_zero(marks.others | 1U << k_mask_step));
        const std::uint64_t before_other = (1U << plain) - 1;
        dots |= (marks.dots & before_other) << seen;
        hyphens |= (marks.hyphens & before_other) << seen;
        if (plain == k_mask_step) continue;
        const std::uint32_t size = seen + plain;
        const bool has_return = at[size] == '\r';
        if (at[size + (has_return ? 1U : 0U)] != '\n') return {};
        const std::uint32_t line_size = size + (has_return ? 2U : 1U);
        if (size == 0) return {0, line_size, 0};
        if (!is_plain(at, size, dots, hyphens)) return {};
        return {size, line_size, dots << (k_window - size)};
    }
    return {};
}

bool is_plain_name(std::string_view text) noexcept {
    if (text.empty() || text.size() >= k_window) return false;
    std::array<char, k_window + k_mask_step> line{};  // what lies behind the text is not ours to read
    std::memcpy(line.data(), text.data(), text.size());
    line[text.size()] = '\n';
    return plain_name(line.data(), line.data() + line.size()).size == text.size();
}

}  // namespace cordon::core
