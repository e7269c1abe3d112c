#pragma once

#include <stop_token>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "core/notice.hpp"

namespace cordon::notify {

/// Who tells it.
struct Teller {
    std::string host;     ///< of this machine
    std::string version;  ///< of the program
};

/// One way to tell people.
class Notifier {
public:
    virtual ~Notifier() = default;
    /// Brings it on its way, with a few repeats where that may help, within about a minute. Messages of errors
    /// name the host, and no secret.
    virtual Result<void> send(const core::Notice& notice, const std::stop_token& stop) = 0;
    /// For people, without a secret: "webhook at hooks.slack.com".
    [[nodiscard]] virtual std::string receiver() const = 0;
};

}  // namespace cordon::notify
