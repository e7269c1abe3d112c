#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <thread>

#include "daemon/service.hpp"

namespace cordon::daemon {

/// Tells systemd what a service is about (sd_notify(3), Type=notify). Where it was not started by systemd, nothing
/// happens.
class ServiceManager {
public:
    /// It is ready, is at something else now, or, with "ends", is about to end.
    void tell(const std::string& status);

    /// Keeps systemd's watchdog quiet for as long as the service goes on (see Pulse). Does nothing where no watchdog
    /// was asked for.
    void watch_over(const Service& service);

private:
    std::string told_;
    std::jthread watchdog_;
};

}  // namespace cordon::daemon
