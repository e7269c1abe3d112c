#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace cordon::feeds {

/// The endpoint that indicators come from (crowdstrike-intel-api.md 4).
inline constexpr std::string_view k_falcon_indicators = "/intel/combined/indicators/v1";

/// Path and query of a Next-Page header that leads on at `origin`. The request for it carries the token, so that
/// another host or another path of the same host is `corrupt` and not asked (crowdstrike-intel-api.md 13:
/// data-prepper).
[[nodiscard]] Result<std::string> checked_next_page(std::string_view next, const std::string& origin);

}  // namespace cordon::feeds
