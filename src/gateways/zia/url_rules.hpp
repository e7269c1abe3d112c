#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace cordon::gateways::zia {

/// Reads `GET /urlFilteringRules` (zia-api.md 7): the security-alert categories of look-ups (4.14) that no rule
/// surely blocks. A rule counts that is enabled, blocks, and is restricted by nothing: users, places, times,
/// methods, protocols, overrides, or a field that we do not know, and that stands, by `order`, before every enabled
/// rule that does something else with the category, for whomever. Without urlCategories a rule is about all of them.
/// Pure; `corrupt` for what is no list of rules.
[[nodiscard]] Result<std::vector<std::string>> read_unblocked_alerts(const std::string& body);

/// Is this one of the alerts that read_unblocked_alerts() judges? ZIA's are an open set (zia-api.md 4.14).
[[nodiscard]] bool is_judged_alert(std::string_view alert);

/// What to check where some are not blocked; "" where all are.
[[nodiscard]] std::string sentence_on_unblocked(const std::vector<std::string>& unblocked);

}  // namespace cordon::gateways::zia
