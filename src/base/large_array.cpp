#include "base/large_array.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <new>

namespace cordon {

void* allocate_large(std::size_t bytes) {
    constexpr std::size_t k_page = std::size_t{2} << 20U;
    if (bytes < 2 * k_page) {
        void* const small = std::malloc(std::max<std::size_t>(bytes, 1));
        if (small == nullptr) throw std::bad_alloc();
        return small;
    }
    const std::size_t whole = (bytes + k_page - 1) / k_page * k_page;
    void* const pages = std::aligned_alloc(k_page, whole);
    if (pages == nullptr) throw std::bad_alloc();
    ::madvise(pages, whole, MADV_HUGEPAGE);  // where it is refused, small pages do
    return pages;
}

}  // namespace cordon
