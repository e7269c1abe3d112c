#include "config/unicode.hpp"

#include <array>
#include <cstdint>

namespace cordon::config {
namespace {

/// A decoded character; size 0 where the bytes are no UTF-8.
struct Character {
    std::uint32_t code = 0;
    std::size_t size = 0;
};

Character decode(std::string_view text) noexcept {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    if (text.empty()) return {};
    if (byte(0) < 0x80) return {byte(0), 1};
    constexpr std::array<std::uint32_t, 5> k_least = {0, 0, 0x80, 0x800, 0x10000};
    const std::size_t size = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : 2;
    if (byte(0) < 0xC2 || byte(0) > 0xF4 || text.size() < size) return {};
    std::uint32_t code = byte(0) & (0xFFU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0U) != 0x80) return {};
        code = code << 6 | (byte(i) & 0x3FU);
    }
    const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (code < k_least[size] || code > 0x10FFFF || is_surrogate) return {};
    return {code, size};
}

bool is_space(std::uint32_t code) noexcept {
    return (code >= 0x09 && code <= 0x0D) || (code >= 0x1C && code <= 0x20) || code == 0x85 || code == 0xA0 ||
           code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 || code == 0x202F ||
           code == 0x205F || code == 0x3000;
}

std::size_t leading_space_bytes(std::string_view text) noexcept {
    const Character character = decode(text);
    return is_space(character.code) ? character.size : 0;
}

std::size_t trailing_space_bytes(std::string_view text) noexcept {
    for (std::size_t size = 1; size <= 3 && size <= text.size(); ++size) {
        const Character character = decode(text.substr(text.size() - size));
        if (character.size == size) return is_space(character.code) ? size : 0;
    }
    return 0;
}

}  // namespace

std::string_view strip_end(std::string_view text) noexcept {
    for (auto size = trailing_space_bytes(text); size > 0; size = trailing_space_bytes(text)) {
        text.remove_suffix(size);
    }
    return text;
}

std::string_view strip(std::string_view text) noexcept {
    for (auto size = leading_space_bytes(text); size > 0; size = leading_space_bytes(text)) {
        text.remove_prefix(size);
    }
    return strip_end(text);
}

std::size_t indentation(std::string_view text) noexcept {
    std::size_t characters = 0;
    for (auto size = leading_space_bytes(text); size > 0; size = leading_space_bytes(text)) {
        text.remove_prefix(size);
        ++characters;
    }
    return characters;
}

bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        const Character character = decode(text);
        if (character.size == 0) return false;
        text.remove_prefix(character.size);
    }
    return true;
}

}  // namespace cordon::config
