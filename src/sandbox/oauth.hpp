#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "net/http_server.hpp"

namespace cordon::sandbox {

/// Who asks for a token, or gives one back.
struct OAuthClient {
    std::string id;
    std::string secret;
};

/// The parameters of a form-encoded body.
[[nodiscard]] std::map<std::string, std::string> form_of(std::string_view body);
/// One of them; "" where it is absent.
[[nodiscard]] std::string value_in(const std::map<std::string, std::string>& form, const std::string& name);

/// From "Authorization: Basic", else from the form's client_id and client_secret; empty where neither is
/// there (crowdstrike-intel-api.md 3, zia-api.md 3.2).
[[nodiscard]] OAuthClient client_of(const net::ServerRequest& request, const std::map<std::string, std::string>& form);

/// The token of "Authorization: Bearer"; "" where there is none.
[[nodiscard]] std::string_view bearer_of(const net::ServerRequest& request);

/// Base64 in either alphabet (RFC 4648 4, 5), padding optional; nullopt at any other character.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

}  // namespace cordon::sandbox
