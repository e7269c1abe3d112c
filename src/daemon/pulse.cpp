#include "daemon/pulse.hpp"

#include <utility>

namespace cordon::daemon {

bool Pulse::is_felt(const ServiceStatus& status, Moment now) {
    if (std::exchange(steps_, status.steps) != status.steps) since_ = now;
    return now - since_ < status.step_may_take;
}

}  // namespace cordon::daemon
