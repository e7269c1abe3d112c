#pragma once

#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

#include "gateways/gateway.hpp"
#include "gateways/zia/api.hpp"
#include "gateways/zia/inventory.hpp"

namespace cordon::gateways::zia {

/// What stands between these targets and a run, each thing asked for by itself so that one failure does not
/// hide the next. Reads only.
[[nodiscard]] std::vector<Finding> check_tenant(Api& api, std::span<const Target> targets, const Limits& limits,
                                                const std::stop_token& stop);

/// Zscaler withdraws the old host form for API traffic (zia-api.md 15).
[[nodiscard]] bool is_old_host(std::string_view host);

}  // namespace cordon::gateways::zia
