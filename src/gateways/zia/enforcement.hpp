#pragma once

#include <span>
#include <string>

#include "core/enforcement.hpp"
#include "gateways/zia/policy_rules.hpp"

namespace cordon::gateways::zia {

/// Judges one list by the rules of its policy (zia-api.md 6.5, 7), given in the order in which they are tried. The
/// first rule that matches decides, so that a rule blocks a list that names it (or everything), is enabled, has a
/// blocking action and is limited by nothing, unless one before it lets the traffic through. Where several objects hold
/// the list, the one that fares worst counts. The denylist needs no rule (8.1). Pure; `as_of` is left alone.
[[nodiscard]] core::Enforcement judge_enforcement(std::span<const PolicyRule> rules, const core::EnforcedList& list);

/// What an administrator clicks to make the list block, without a full stop: "Policy > ... > Add ... Rule: ...".
[[nodiscard]] std::string clicks_to_block(const core::EnforcedList& list);

/// "Policy > Firewall Control".
[[nodiscard]] const char* page_of(Policy policy) noexcept;

}  // namespace cordon::gateways::zia
