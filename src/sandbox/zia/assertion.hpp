#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace cordon::sandbox::zia {

/// What a client assertion is held against.
struct AssertionTerms {
    std::string client_id;               ///< `iss` and `sub`
    std::string public_key;              ///< PEM: RSA for RS256, P-256 for ES256
    std::vector<std::string> audiences;  ///< any of them
};

/// Why a private-key JWT (zia-api.md 3.2) is refused at `now`; "" where it is good: RS256 or ES256 by the key, `iss` =
/// `sub` = the client, `aud` (a text or an array) one of the audiences, `exp` to come and `iat` not.
[[nodiscard]] std::string fault_of_assertion(std::string_view jwt, const AssertionTerms& terms, Time now);

}  // namespace cordon::sandbox::zia
