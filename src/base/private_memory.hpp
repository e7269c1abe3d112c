#pragma once

namespace cordon {

/// Keeps what this process remembers, secrets among it, off the disk and from other processes of the same user, now and
/// for good: no core file however it dies, no /proc/PID/environ and no debugger but root's. First of all in main().
void keep_memory_private() noexcept;

}  // namespace cordon
