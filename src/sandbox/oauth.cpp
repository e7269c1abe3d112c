#include "sandbox/oauth.hpp"

#include <algorithm>
#include <cstdint>

#include "base/text.hpp"
#include "net/http.hpp"

namespace cordon::sandbox {
namespace {

constexpr std::string_view k_base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// What follows the scheme's name in "Authorization"; "" where it is another one.
std::string_view credentials_of(const net::ServerRequest& request, std::string_view scheme) {
    const auto value = request.header("authorization");
    const auto space = value.find(' ');
    if (space == std::string_view::npos || !equals_ignoring_case(value.substr(0, space), scheme)) return {};
    return trim(value.substr(space));
}

std::string decode_form_text(std::string_view text) {
    std::string spaced(text);
    std::replace(spaced.begin(), spaced.end(), '+', ' ');
    return net::percent_decode(spaced);
}

std::size_t base64_value(char c) {
    return k_base64.find(c == '-' ? '+' : c == '_' ? '/' : c);
}

}  // namespace

std::optional<std::string> decode_base64(std::string_view text) {
    while (text.ends_with('=')) text.remove_suffix(1);
    std::string decoded;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        const auto value = base64_value(c);
        if (value == std::string_view::npos) return std::nullopt;
        bits = bits << 6U | static_cast<std::uint32_t>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        decoded += static_cast<char>(bits >> static_cast<unsigned>(count) & 0xFFU);
    }
    return decoded;
}

std::map<std::string, std::string> form_of(std::string_view body) {
    std::map<std::string, std::string> form;
    for (const auto piece : split(body, '&')) {
        const auto equals = piece.find('=');
        if (equals == std::string_view::npos) continue;
        form[decode_form_text(piece.substr(0, equals))] = decode_form_text(piece.substr(equals + 1));
    }
    return form;
}

std::string value_in(const std::map<std::string, std::string>& form, const std::string& name) {
    const auto found = form.find(name);
    return found == form.end() ? std::string() : found->second;
}

OAuthClient client_of(const net::ServerRequest& request, const std::map<std::string, std::string>& form) {
    const auto basic = decode_base64(credentials_of(request, "basic")).value_or("");
    const auto colon = basic.find(':');
    if (colon != std::string::npos) return {basic.substr(0, colon), basic.substr(colon + 1)};
    return {value_in(form, "client_id"), value_in(form, "client_secret")};
}

std::string_view bearer_of(const net::ServerRequest& request) {
    return credentials_of(request, "bearer");
}

}  // namespace cordon::sandbox
