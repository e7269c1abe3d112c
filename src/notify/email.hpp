#pragma once

#include <memory>
#include <string>

#include "notify/notifier.hpp"
#include "notify/settings.hpp"

namespace cordon::notify {

/// Header and body (RFC 5322, RFC 2045, RFC 2047), lines ended by CR LF, none longer than 78 bytes but for addresses.
/// No text of the notice can end a header.
[[nodiscard]] std::string mail_text(const core::Notice& notice, const NotifierOptions& options, const Teller& teller);

[[nodiscard]] std::unique_ptr<Notifier> make_email(const NotifierOptions& options, Teller teller);

}  // namespace cordon::notify
