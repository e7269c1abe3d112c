#pragma once

#include <chrono>
#include <stop_token>

#include "base/result.hpp"
#include "core/report.hpp"
#include "gateways/zia/api.hpp"

namespace cordon::gateways::zia {

/// Publishes what is saved; where ZIA says INPROGRESS, waits for the end of it as await_activation() does. PENDING is
/// an answer, not a failure: ZIA queues the activation until other admins have activated theirs (zia-api.md 8.3).
[[nodiscard]] Result<core::ActivationState> activate_saved(Api& api, std::chrono::seconds longest,
                                                           const std::stop_token& stop);

/// Looks at the status, with growing pauses, until it is not INPROGRESS; once at least, and no longer than `longest`.
[[nodiscard]] Result<core::ActivationState> await_activation(Api& api, std::chrono::seconds longest,
                                                             const std::stop_token& stop);

/// Ends the session. With `keep_unpublished`, where signing out publishes what this admin saved (zia-api.md 2.5), it
/// looks at the status first: where something is pending the session is left to expire, and the sentence to print is
/// given. "" where there is nothing to say.
[[nodiscard]] Result<std::string> end_session(Api& api, bool keep_unpublished, const std::stop_token& stop);

}  // namespace cordon::gateways::zia
