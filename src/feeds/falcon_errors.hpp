#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "net/http.hpp"

namespace cordon::feeds {

/// Which request was answered.
enum class FalconRequest { token, indicators };

/// Turns an answer other than 2xx into a failure that says what an operator should do: a missing scope, a
/// wrong region, a bad secret (crowdstrike-intel-api.md 3). `shown` names the request without secrets.
[[nodiscard]] Error falcon_error(const net::Response& response, const std::string& shown, FalconRequest request);

/// When a 429 lets us come back: X-RateLimit-RetryAfter, epoch seconds, or milliseconds where it is above
/// 10^12 (crowdstrike-intel-api.md 4); else Retry-After. Relative to `now`, at least one second.
[[nodiscard]] std::optional<std::chrono::milliseconds> falcon_retry_after(const net::Response& response, Time now);

}  // namespace cordon::feeds
