#pragma once

namespace cordon {

/// For a process that lives long and works seldom, before its first thread: what is freed serves all threads or goes
/// back to the system, at the price of some page faults. All threads share two arenas (M_ARENA_MAX; glibc's default is
/// eight for each processor), and what is larger than 256 KiB is mapped (M_MMAP_THRESHOLD, which else grows with what
/// was freed). See mallopt(3).
void keep_heap_small() noexcept;

/// Gives the pages of freed memory back to the system, which otherwise stay with the process: see malloc_trim(3). Some
/// milliseconds.
void return_freed_memory() noexcept;

}  // namespace cordon
