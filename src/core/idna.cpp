#include "core/idna.hpp"

#include <cstdint>
#include <memory>

#include <idn2.h>

namespace cordon::core {
namespace {

constexpr int k_flags = IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL;

/// Far above every name that fits into 253 ASCII characters; libidn2's work is quadratic in places.
constexpr std::size_t k_longest_input_bytes = 1024;

struct Idn2Free {
    void operator()(void* memory) const noexcept { idn2_free(memory); }
};
template <class T>
using Idn2Owned = std::unique_ptr<T, Idn2Free>;

int look_up(const std::string& name, Idn2Owned<std::uint8_t>& ascii) {
    std::uint8_t* found = nullptr;
    const int status = idn2_lookup_u8(reinterpret_cast<const std::uint8_t*>(name.c_str()), &found, k_flags);
    ascii.reset(found);
    return status;
}

std::string_view text_of(const Idn2Owned<std::uint8_t>& ascii) noexcept {
    return reinterpret_cast<const char*>(ascii.get());
}

bool is_joiner(std::uint32_t c) noexcept {
    return c == 0x200c || c == 0x200d;
}

/// The ranges of UAX 9's default R and AL classes.
bool is_right_to_left(std::uint32_t c) noexcept {
    return (c >= 0x0590 && c <= 0x08ff) || (c >= 0xfb1d && c <= 0xfdff) || (c >= 0xfe70 && c <= 0xfeff) ||
           (c >= 0x10800 && c <= 0x10fff) || (c >= 0x1e800 && c <= 0x1efff);
}

/// UTS 46 maps some symbols to ASCII that no host has ("¨" to a space, "⑴" to "(1)"), which libidn2 does not
/// hold against an encoded label. So each is tried behind a letter of its direction.
bool maps_to_host_characters(std::uint32_t c) {
    if (is_joiner(c)) return true;
    if (c >= 0x3200 && c <= 0x321e) return false;  // "(" and Hangul: libidn2 stumbles over the latter first
    const std::uint32_t label[] = {is_right_to_left(c) ? 0x0628U : std::uint32_t{'a'}, c, 0};
    char* found = nullptr;
    const int status = idn2_to_ascii_4z(label, &found, k_flags);
    const Idn2Owned<char> owned(found);
    // These come after the mapping, and only for characters that it left alone.
    if (status == IDN2_DISALLOWED || status == IDN2_CONTEXTO) return true;
    constexpr std::string_view k_host_characters = "abcdefghijklmnopqrstuvwxyz0123456789-";
    return status == IDN2_OK && std::string_view(found).find_first_not_of(k_host_characters) == std::string_view::npos;
}

/// Letters of the scripts that make up nearly all names: none of them maps to anything.
bool is_common_letter(std::uint32_t c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || (c >= 0xe0 && c <= 0xf6) ||
           (c >= 0x0430 && c <= 0x045f) || (c >= 0x3041 && c <= 0x3096) || (c >= 0x30a1 && c <= 0x30fa) ||
           (c >= 0x4e00 && c <= 0x9fff) || (c >= 0xac00 && c <= 0xd7a3);
}

/// Whether UTS 46 takes every character of an encoded label as it is. `has_symbols` = libidn2 stopped at a
/// character that UTS 46 allows and IDNA 2008 does not: symbols and emoji ("xn--i-7iq" is "i❤").
bool has_valid_characters(const std::string& label, bool has_symbols) {
    std::uint32_t* decoded = nullptr;
    const int status = idn2_to_unicode_8z4z(label.c_str(), &decoded, k_flags);
    const Idn2Owned<std::uint32_t> owned(decoded);
    if (status != IDN2_OK || decoded == nullptr) return false;
    for (const std::uint32_t* c = decoded; *c != 0; ++c) {
        if (is_common_letter(*c)) continue;
        // CheckJoiners and CheckBidi of UTS 46, which libidn2 leaves out once it has met a symbol.
        if (has_symbols && (is_joiner(*c) || is_right_to_left(*c))) return false;
        if (!maps_to_host_characters(*c)) return false;
    }
    return true;
}

}  // namespace

bool domain_to_ascii(std::string_view utf8, std::string& ascii) {
    if (utf8.size() > k_longest_input_bytes || utf8.find('\0') != std::string_view::npos) return false;
    Idn2Owned<std::uint8_t> found;
    if (look_up(std::string(utf8), found) != IDN2_OK) return false;
    ascii.assign(text_of(found));
    return true;
}

bool is_valid_ace_label(std::string_view label) {
    if (label.size() > 63) return false;
    const std::string text(label);
    Idn2Owned<std::uint8_t> found;
    const int status = look_up(text, found);
    const bool has_symbols = status == IDN2_DISALLOWED;
    if (!has_symbols && (status != IDN2_OK || text_of(found) != label)) return false;
    return has_valid_characters(text, has_symbols);
}

}  // namespace cordon::core
