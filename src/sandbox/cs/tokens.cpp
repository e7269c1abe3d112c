#include "sandbox/cs/tokens.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "net/http.hpp"

namespace cordon::sandbox::cs {
namespace {

constexpr std::string_view k_base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Up to the first character that is none of base64's.
std::string decode_base64(std::string_view text) {
    std::string decoded;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        const auto value = k_base64.find(c);
        if (value == std::string_view::npos) break;
        bits = bits << 6U | static_cast<std::uint32_t>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        decoded += static_cast<char>(bits >> static_cast<unsigned>(count) & 0xFFU);
    }
    return decoded;
}

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

std::string value_in(const std::map<std::string, std::string>& form, const char* name) {
    const auto found = form.find(name);
    return found == form.end() ? std::string() : found->second;
}

}  // namespace

std::map<std::string, std::string> form_of(std::string_view body) {
    std::map<std::string, std::string> form;
    for (const auto piece : split(body, '&')) {
        const auto equals = piece.find('=');
        if (equals == std::string_view::npos) continue;
        form[decode_form_text(piece.substr(0, equals))] = decode_form_text(piece.substr(equals + 1));
    }
    return form;
}

Client client_of(const net::ServerRequest& request, const std::map<std::string, std::string>& form) {
    const auto basic = decode_base64(credentials_of(request, "basic"));
    const auto colon = basic.find(':');
    if (colon != std::string::npos) return {basic.substr(0, colon), basic.substr(colon + 1)};
    return {value_in(form, "client_id"), value_in(form, "client_secret")};
}

std::string Tokens::issue(const std::string& region, Time until) {
    const auto number = requests_.size();
    auto token = fmt::format("sandbox.{:x}.{}", number + 1, sha256_hex(fmt::format("{} {}", seed_, number + 1)));
    tokens_[token] = {region, until, number};
    requests_.push_back(0);
    return token;
}

bool Tokens::admits(const net::ServerRequest& request, const std::string& region, Time now) {
    const auto found = tokens_.find(std::string(credentials_of(request, "bearer")));
    if (found != tokens_.end()) ++requests_[found->second.number];
    return found != tokens_.end() && found->second.region == region && now < found->second.until;
}

void Tokens::lose(const net::ServerRequest& request) {
    tokens_.erase(std::string(credentials_of(request, "bearer")));
}

std::size_t Tokens::open_at(Time now) const {
    return static_cast<std::size_t>(
        std::count_if(tokens_.begin(), tokens_.end(), [now](const auto& each) { return now < each.second.until; }));
}

}  // namespace cordon::sandbox::cs
