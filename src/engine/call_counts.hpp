#pragma once

#include <span>

#include "core/report.hpp"
#include "engine/lists.hpp"
#include "gateways/gateway.hpp"

namespace cordon::engine {

/// Adds to the report what the feeds and the gateway were asked, by cloud, and what went wrong with that.
void count_calls(std::span<const FeedSection> sections, const gateways::Gateway& gateway, core::RunReport& report);

}  // namespace cordon::engine
