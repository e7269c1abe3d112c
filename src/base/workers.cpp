#include "base/workers.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace cordon {

Workers Workers::of_this_machine() noexcept {
    return Workers(std::thread::hardware_concurrency());
}

void Workers::each(std::size_t count, const std::function<void(std::size_t)>& task) const {
    std::atomic<std::size_t> next{0};
    std::exception_ptr failure;
    std::mutex failing;
    const auto work = [&] {
        for (std::size_t i = next++; i < count; i = next++) {
            try {
                task(i);
            } catch (...) {
                const std::lock_guard lock(failing);
                if (!failure) failure = std::current_exception();
                next = count;
            }
        }
    };
    std::vector<std::thread> others;
    const std::size_t wanted = std::min<std::size_t>(threads_, count);
    for (std::size_t i = 1; i < wanted; ++i) others.emplace_back(work);
    work();
    for (std::thread& other : others) other.join();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace cordon
