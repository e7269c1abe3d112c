#pragma once

#include <cstddef>
#include <stop_token>

#include "gateways/gateway.hpp"
#include "gateways/zia/api.hpp"

namespace cordon::gateways::zia {

inline constexpr std::size_t k_most_group_addresses = 8000;  ///< zia-api.md 6.3
inline constexpr const char* k_address_group = "DSTN_IP";    ///< the type that holds addresses

/// Carries out the plan of one IP destination group by design rule 17: additions alone are appended
/// (`override=false`); a removal is one full PUT of what a GET just before showed, minus ours to remove, plus
/// ours to add, foreign spelling kept, looked at anew before each repeat. `group` as for apply_to_category.
[[nodiscard]] Applied apply_to_group(Api& api, const Target& target, const core::ListPlan& plan,
                                     const core::ListState& state, IpGroup& group, std::size_t batch_size, Time now,
                                     const std::stop_token& stop);

}  // namespace cordon::gateways::zia
