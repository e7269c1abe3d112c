#pragma once

#include <memory>
#include <string>

#include "notify/notifier.hpp"
#include "notify/settings.hpp"

namespace cordon::notify {

/// One message as RFC 5424 wants it, with the notice's parts as structured data.
[[nodiscard]] std::string syslog_message(const core::Notice& notice, int facility, const Teller& teller);

/// Over TCP and TLS with octet counting (RFC 6587 3.4.1, RFC 5425 4.3).
[[nodiscard]] std::unique_ptr<Notifier> make_syslog(const NotifierOptions& options, Teller teller);

}  // namespace cordon::notify
