#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cordon {

/// Base64 with padding (RFC 4648 4).
[[nodiscard]] std::string base64(std::string_view bytes);

/// Base64 for URLs, without padding (RFC 4648 5), as JOSE wants it.
[[nodiscard]] std::string base64url(std::string_view bytes);

/// The bytes of such a text; nullopt where it is none.
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);

}  // namespace cordon
