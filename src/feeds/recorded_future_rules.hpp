#pragma once

#include <stop_token>
#include <string>

#include "base/result.hpp"
#include "core/indicator.hpp"
#include "feeds/recorded_future_client.hpp"

namespace cordon::feeds {

/// Whether `list` names a risk list of the entity: "default" and "large" always do, other names are
/// looked up in /riskrules. `refused` with the nearest name when it does not exist, since Recorded Future
/// would answer with the default list (recorded-future-api.md 4).
Result<void> check_rule_name(RfClient& client, core::EntityType entity, const std::string& list,
                             const std::stop_token& stop);

}  // namespace cordon::feeds
