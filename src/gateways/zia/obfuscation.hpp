#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace cordon::gateways::zia {

/// The `apiKey` field of the legacy sign-in: the key shuffled by the time stamp (zia-api.md 2.3).
/// `timestamp` is the decimal epoch in milliseconds, sent as `timestamp` in the same request. `invalid`
/// where the key has fewer than 12 characters or the stamp fewer than 6 digits.
[[nodiscard]] Result<Secret> obfuscated_key(const Secret& key, std::string_view timestamp);

}  // namespace cordon::gateways::zia
