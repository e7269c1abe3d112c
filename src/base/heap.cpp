#include "base/heap.hpp"

#include <malloc.h>

namespace cordon {

void keep_heap_small() noexcept {
    ::mallopt(M_ARENA_MAX, 2);
    ::mallopt(M_MMAP_THRESHOLD, 256 * 1024);
}

void return_freed_memory() noexcept {
    ::malloc_trim(0);
}

}  // namespace cordon
