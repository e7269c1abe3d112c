#pragma once

#include <cstddef>
#include <stop_token>

#include "gateways/gateway.hpp"
#include "gateways/zia/api.hpp"

namespace cordon::gateways::zia {

/// Carries out the plan of one URL category. `category` is the object as last read, its entry lists not
/// needed; default-made where the category is to be created. On return it holds the object's id. Additions leave
/// `kept_for_others` writes of the hour, and those that the plan's own removals need.
[[nodiscard]] Applied apply_to_category(Api& api, const Target& target, const core::ListPlan& plan,
                                        const core::ListState& state, UrlCategory& category, std::size_t batch_size,
                                        Time now, const std::stop_token& stop, std::size_t kept_for_others);

}  // namespace cordon::gateways::zia
