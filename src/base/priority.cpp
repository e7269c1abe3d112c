#include "base/priority.hpp"

#include <sys/resource.h>
#include <unistd.h>

namespace cordon {
namespace {

constexpr int k_niceness = 10;

}  // namespace

void yield_to_others() noexcept {
    (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), k_niceness);
}

}  // namespace cordon
