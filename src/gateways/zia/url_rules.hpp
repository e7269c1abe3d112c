#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace cordon::gateways::zia {

/// Reads `GET /urlFilteringRules` (zia-api.md 7): the security-alert categories of look-ups (4.14) that no rule
/// surely blocks. A rule counts that is enabled, blocks, and is restricted by nothing: users, places, times,
/// methods, protocols, overrides, or a field that we do not know. Without urlCategories it blocks all of them.
/// Pure; `corrupt` for what is no list of rules.
[[nodiscard]] Result<std::vector<std::string>> read_unblocked_alerts(const std::string& body);

/// What to check where some are not blocked; "" where all are.
[[nodiscard]] std::string sentence_on_unblocked(const std::vector<std::string>& unblocked);

}  // namespace cordon::gateways::zia
