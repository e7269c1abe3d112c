#include "base/private_memory.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace cordon {

void keep_memory_private() noexcept {
    // The limit stands for systems without the second call. It does not stop a core_pattern that is a pipe
    // (systemd-coredump, apport), which PR_SET_DUMPABLE does (core(5), "Piping core dumps to a program"; prctl(2)).
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0UL, 0UL, 0UL, 0UL);
}

}  // namespace cordon
