#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "gateways/gateway.hpp"
#include "gateways/zia/call.hpp"

namespace cordon::gateways::zia {

/// What a whole run costs that carries this out: reads, writes, activation, and
/// `session_calls` for signing in and out. `looks_before_leaving`: signing out would publish, so that a run that
/// activates nothing looks first (Gateway::leave). Times are the recorded latencies and the waits that rate windows
/// force (zia-api.md 1, 9.2). `left_of_hour` says how many calls of an endpoint the hour has left; it decides which
/// budget is the tightest.
[[nodiscard]] Cost cost_of_work(const Work& work, std::size_t batch_size, std::span<const Endpoint> session_calls,
                                bool looks_before_leaving, const std::function<std::size_t(Endpoint)>& left_of_hour);

}  // namespace cordon::gateways::zia
