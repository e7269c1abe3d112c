#include "feeds/parse/clean.hpp"

#include <algorithm>
#include <string_view>

#include <simdjson.h>

namespace cordon::feeds {
namespace {

constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view k_replacement = "\xEF\xBF\xBD";  // U+FFFD

/// Without a branch, so that many bytes are looked at side by side.
bool is_unwanted(char c) noexcept {
    return (static_cast<unsigned char>(c) < 0x20) & (c != '\t') & (c != '\n') & (c != '\r');
}

std::uint64_t count_unwanted(std::string_view text) noexcept {
    constexpr std::size_t k_block = 128;  // what a byte can count
    std::uint64_t count = 0;
    while (text.size() >= k_block) {
        std::uint8_t in_block = 0;
        for (std::size_t i = 0; i < k_block; ++i) in_block = static_cast<std::uint8_t>(in_block + is_unwanted(text[i]));
        count += in_block;
        text.remove_prefix(k_block);
    }
    return count + static_cast<std::uint64_t>(std::count_if(text.begin(), text.end(), is_unwanted));
}

bool is_continuation(unsigned char byte) noexcept {
    return (byte & 0xC0U) == 0x80U;
}

/// Bytes of the well-formed UTF-8 character at the start of `text`, 0 where there is none
/// (The Unicode Standard, table 3-7).
std::size_t character_size(std::string_view text) noexcept {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < size) return 0;
    for (std::size_t i = 1; i < size; ++i) {
        if (!is_continuation(byte(i))) return 0;
    }
    const unsigned char second = byte(1);
    const bool is_overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    const bool is_surrogate = first == 0xED && second > 0x9F;
    const bool is_too_high = first == 0xF4 && second > 0x8F;
    return is_overlong || is_surrogate || is_too_high ? 0 : size;
}

}  // namespace

Cleaning clean(std::string& text) {
    if (text.starts_with(k_byte_order_mark)) text.erase(0, k_byte_order_mark.size());
    Cleaning cleaning;
    cleaning.removed_bytes = count_unwanted(text);
    if (cleaning.removed_bytes > 0) text.erase(std::remove_if(text.begin(), text.end(), is_unwanted), text.end());
    if (simdjson::validate_utf8(text.data(), text.size())) return cleaning;

    std::string good;
    good.reserve(text.size() + text.size() / 8);
    for (std::string_view rest = text; !rest.empty();) {
        const std::size_t size = character_size(rest);
        if (size == 0) {
            good += k_replacement;
            ++cleaning.replaced_bytes;
        } else {
            good.append(rest.substr(0, size));
        }
        rest.remove_prefix(std::max<std::size_t>(size, 1));
    }
    text = std::move(good);
    return cleaning;
}

}  // namespace cordon::feeds
