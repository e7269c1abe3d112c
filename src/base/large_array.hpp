#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>
#include <type_traits>

namespace cordon {

/// Room for `bytes`, for free(). Throws std::bad_alloc.
[[nodiscard]] void* allocate_large(std::size_t bytes);

/// Uninitialised room for `count` objects that need no constructor, on pages of 2 MiB where the system has them
/// (madvise(2), MADV_HUGEPAGE): one page fault instead of 512. For megabytes that are filled at once. Throws
/// std::bad_alloc. Empty once moved from.
template <class T>
requires std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>
class LargeArray {
public:
    LargeArray() = default;
    explicit LargeArray(std::size_t count)
        : items_(static_cast<T*>(allocate_large(count * sizeof(T)))), count_(count) {}

    [[nodiscard]] std::size_t size() const noexcept { return items_ == nullptr ? 0 : count_; }
    [[nodiscard]] std::span<T> items() const noexcept { return {items_.get(), size()}; }

private:
    struct Free {
        void operator()(T* items) const noexcept { std::free(items); }
    };
    std::unique_ptr<T, Free> items_;
    std::size_t count_ = 0;
};

}  // namespace cordon
