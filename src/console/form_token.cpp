#include "console/form_token.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "console/password.hpp"

namespace cordon::console {
namespace {

constexpr std::string_view k_digits = "0123456789abcdef";

/// Digit by digit; what is no digit counts as one that spoils the result.
std::string xor_hex(std::string_view a, std::string_view b) {
    std::string sum(a.size(), '0');
    std::transform(a.begin(), a.end(), b.begin(), sum.begin(), [](char one, char other) {
        const auto x = k_digits.find(one);
        const auto y = k_digits.find(other);
        return x == std::string_view::npos || y == std::string_view::npos ? '?' : k_digits[x ^ y];
    });
    return sum;
}

}  // namespace

std::string form_token_of(std::string_view session) {
    return sha256_hex("form of " + std::string(session));
}

std::string masked(std::string_view token) {
    const auto pad = random_hex(token.size() / 2);
    return pad + xor_hex(token, pad);
}

bool is_mask_of(std::string_view shown, std::string_view token) {
    if (shown.size() != 2 * token.size()) return false;
    return equals_in_constant_time(xor_hex(shown.substr(token.size()), shown.substr(0, token.size())), token);
}

}  // namespace cordon::console
