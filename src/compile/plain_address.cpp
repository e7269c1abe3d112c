#include "compile/plain_address.hpp"

#include <cstddef>

namespace cordon::compile {
namespace {

constexpr std::ptrdiff_t k_longest_line = 24;  // "255.255.255.255/32", a line's end, and some

[[nodiscard]] unsigned digit_of(char c) noexcept {
    return static_cast<unsigned char>(c) - unsigned{'0'};
}

/// Takes a number of at most three digits, without leading zeros, off `at`; over `most` where there is none.
[[nodiscard]] unsigned take_number(const char*& at) noexcept {
    constexpr unsigned k_none = 1000;
    unsigned number = digit_of(*at);
    if (number > 9) return k_none;
    ++at;
    if (number == 0) return digit_of(*at) > 9 ? 0 : k_none;
    for (int more = 0; more < 2; ++more) {
        const unsigned digit = digit_of(*at);
        if (digit > 9) return number;
        number = number * 10 + digit;
        ++at;
    }
    return digit_of(*at) > 9 ? number : k_none;
}

}  // namespace

PlainAddress plain_address(const char* at, const char* end) noexcept {
    if (end - at < k_longest_line) return {};
    const char* const start = at;
    std::uint32_t address = 0;
    for (int part = 0; part < 4; ++part) {
        if (part > 0 && *at++ != '.') return {};
        const unsigned number = take_number(at);
        if (number > 255) return {};
        address = address << 8U | number;
    }
    std::uint32_t host_bits = 0;
    if (*at == '/') {
        const unsigned prefix = take_number(++at);
        if (prefix > 32) return {};
        host_bits = prefix == 0 ? UINT32_MAX : (1U << (32U - prefix)) - 1;
    }
    if (*at == '\r') ++at;
    if (*at != '\n') return {};
    return {{address & ~host_bits, address | host_bits}, static_cast<std::uint32_t>(at + 1 - start)};
}

}  // namespace cordon::compile
