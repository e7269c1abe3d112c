#pragma once

#include <chrono>
#include <cstdint>

#include "daemon/service.hpp"

namespace cordon::daemon {

/// Whether a service goes on, for a watchdog that looks now and then: no step of its loop takes longer than it may. By
/// a clock that nobody sets. Pure: it is told the moment.
class Pulse {
public:
    using Moment = std::chrono::steady_clock::time_point;

    explicit Pulse(Moment now) : since_(now) {}
    [[nodiscard]] bool is_felt(const ServiceStatus& status, Moment now);

private:
    std::uint64_t steps_ = 0;
    Moment since_;  ///< that a new step was seen first
};

}  // namespace cordon::daemon
