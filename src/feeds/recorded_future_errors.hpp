#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "net/http.hpp"

namespace cordon::feeds {

/// The failure that an answer other than 2xx means, as a sentence with what to do next
/// (recorded-future-api.md 8). `request` is "HEAD https://host/path"; `what` is the thing that was asked
/// for, "Fusion file public/x.json". Trace ids are kept; hostile bytes are made printable.
/// Codes: `throttled` (429), `unreachable` (5xx), else `refused`.
[[nodiscard]] Error error_of(const net::Response& response, const std::string& request, const std::string& what);

/// Whether the same request may be answered otherwise a little later: 429, 502, 503, 504.
[[nodiscard]] bool is_worth_repeating(int status) noexcept;

}  // namespace cordon::feeds
