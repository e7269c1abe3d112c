#pragma once

#include <string>

#include "core/notice.hpp"
#include "notify/notifier.hpp"
#include "notify/settings.hpp"

namespace cordon::notify {

/// The JSON that is posted: of ours, a message of Slack's incoming webhooks (https://api.slack.com/messaging/webhooks),
/// or an Adaptive Card as Teams' workflows and connectors take it
/// (https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using).
[[nodiscard]] std::string webhook_body(Kind kind, const core::Notice& notice, const Teller& teller);

}  // namespace cordon::notify
