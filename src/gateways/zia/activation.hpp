#pragma once

#include <stop_token>

#include "base/result.hpp"
#include "core/report.hpp"
#include "gateways/zia/api.hpp"

namespace cordon::gateways::zia {

/// Publishes what is saved, and looks a few times where ZIA says INPROGRESS. PENDING is an answer, not a
/// failure: ZIA queues the activation until other admins have activated theirs (zia-api.md 8.3).
[[nodiscard]] Result<core::ActivationState> activate_saved(Api& api, const std::stop_token& stop);

/// Ends the session. With `keep_unpublished` it looks at the status first: signing out publishes what this
/// admin saved (zia-api.md 2.5), so where something is pending the session is left to expire, and the
/// sentence to print is given. "" where there is nothing to say.
[[nodiscard]] Result<std::string> end_session(Api& api, bool keep_unpublished, const std::stop_token& stop);

}  // namespace cordon::gateways::zia
