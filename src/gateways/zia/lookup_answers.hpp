#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "core/lookup.hpp"

namespace cordon::gateways::zia {

/// Reads the answer of `POST /urlLookup` (zia-api.md 4.14), in its order; `value` is the echoed url. `corrupt`
/// for what is not the documented shape: each row must hold its url and both lists, which may be null. An
/// alert that is_judged_alert() does not know counts as a class.
[[nodiscard]] Result<std::vector<core::LookedUp>> read_lookups(const std::string& body);

}  // namespace cordon::gateways::zia
