#pragma once

#include <cstddef>
#include <span>

#include "gateways/gateway.hpp"

namespace cordon::gateways::zia {

/// What a whole run costs that carries out these plans: sign-in, reads, writes, activation, sign-out.
/// Times are the recorded latencies and the waits that rate windows force (zia-api.md 1, 9.2). Pure.
[[nodiscard]] Cost cost_of_plans(std::span<const core::ListPlan> plans, std::size_t batch_size);

}  // namespace cordon::gateways::zia
