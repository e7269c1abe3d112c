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

/// Characters that need the checks which libidn2 leaves out once it has met a symbol: joiners (UTS 46
/// CheckJoiners) and right-to-left scripts (CheckBidi; the ranges of UAX 9's default R and AL classes).
bool needs_more_checks(std::uint32_t c) noexcept {
    return c == 0x200c || c == 0x200d || (c >= 0x0590 && c <= 0x08ff) || (c >= 0xfb1d && c <= 0xfdff) ||
           (c >= 0xfe70 && c <= 0xfeff) || (c >= 0x10800 && c <= 0x10fff) || (c >= 0x1e800 && c <= 0x1efff);
}

/// A label that UTS 46 allows and IDNA 2008 does not: symbols and emoji ("xn--i-7iq" is "i❤").
bool is_valid_symbol_label(const std::string& label) {
    std::uint32_t* decoded = nullptr;
    const int status = idn2_to_unicode_8z4z(label.c_str(), &decoded, k_flags);
    const Idn2Owned<std::uint32_t> owned(decoded);
    if (status != IDN2_OK || decoded == nullptr) return false;
    for (const std::uint32_t* c = decoded; *c != 0; ++c) {
        if (needs_more_checks(*c)) return false;
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
    if (status == IDN2_DISALLOWED) return is_valid_symbol_label(text);
    return status == IDN2_OK && text_of(found) == label;
}

}  // namespace cordon::core
