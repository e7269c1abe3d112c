#pragma once

#include <cstddef>
#include <stop_token>

#include "gateways/gateway.hpp"
#include "gateways/zia/api.hpp"

namespace cordon::gateways::zia {

/// The tenant has one denylist, which always exists.
inline constexpr const char* k_denylist_id = "denylist";

/// Carries out the plan of the tenant's denylist (zia-api.md 8.1): adds and removes entries, and never replaces the
/// list, since people fill it, too. It may become empty. Answers echo only what was sent, so that one read follows the
/// last write. Additions leave the writes of the hour that the plan's own removals need.
[[nodiscard]] Applied apply_to_denylist(Api& api, const core::ListPlan& plan, const core::ListState& state,
                                        std::size_t batch_size, Time now, const std::stop_token& stop);

}  // namespace cordon::gateways::zia
