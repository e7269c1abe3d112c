#pragma once

#include <cstddef>
#include <functional>

namespace cordon {

/// Shares work among a few threads. What is done must not depend on who does it, or when: each task writes to a place
/// of its own.
class Workers {
public:
    /// `threads` at least 1: the caller's own is one of them.
    explicit Workers(unsigned threads) noexcept : threads_(threads == 0 ? 1 : threads) {}
    /// As many as this process may use processors (sched_setaffinity(2)).
    [[nodiscard]] static Workers of_this_machine() noexcept;

    [[nodiscard]] unsigned threads() const noexcept { return threads_; }

    /// Calls task(0) to task(count - 1), each once, and returns when all are done. They are begun in this order. The
    /// first exception of a task is thrown again here; what was not begun by then is left out.
    void each(std::size_t count, const std::function<void(std::size_t)>& task) const;

private:
    unsigned threads_;
};

}  // namespace cordon
