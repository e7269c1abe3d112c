#pragma once

#include <cstddef>
#include <stop_token>
#include <string>

#include "gateways/gateway.hpp"
#include "gateways/zia/api.hpp"

namespace cordon::gateways::zia {

// What one group holds at most (zia-api.md 6.3); of names with Advanced Firewall, else max_fqdns must be lower.
inline constexpr std::size_t k_most_group_addresses = 8000;
inline constexpr std::size_t k_most_group_names = 8000;

/// "IP group" or "FQDN group".
[[nodiscard]] const char* noun_of_group(core::TargetKind kind) noexcept;

/// The type that the target's group is made with. It cannot be changed later (zia-api.md 6.2).
[[nodiscard]] const char* type_of(const Target& target) noexcept;

/// Why we cannot write the group of this target, for the operator; "" where we can. A list of single host names may lie
/// in a group that takes subdomains, too.
[[nodiscard]] std::string obstacle_of(const Group& group, const Target& target);

/// Carries out the plan of one destination group by design rule 17: additions alone are appended (`override=false`); a
/// removal is one full PUT of what a GET just before showed, minus ours to remove, plus ours to add, foreign spelling
/// kept, looked at anew before each repeat. `group` as for apply_to_category.
[[nodiscard]] Applied apply_to_group(Api& api, const Target& target, const core::ListPlan& plan,
                                     const core::ListState& state, Group& group, std::size_t batch_size, Time now,
                                     const std::stop_token& stop);

}  // namespace cordon::gateways::zia
