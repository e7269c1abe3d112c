#pragma once

#include <mutex>
#include <utility>

namespace cordon {

/// Data and its lock as one thing: the value is reachable only while the lock is held.
template <class T>
class Guarded {
public:
    Guarded() = default;
    explicit Guarded(T value) : value_(std::move(value)) {}

    /// Calls `action` with the value while the lock is held; gives what it gives.
    template <class Action>
    decltype(auto) with(Action&& action) {
        const std::lock_guard lock(mutex_);
        return std::forward<Action>(action)(value_);
    }
    template <class Action>
    decltype(auto) with(Action&& action) const {
        const std::lock_guard lock(mutex_);
        return std::forward<Action>(action)(value_);
    }

private:
    mutable std::mutex mutex_;
    T value_{};
};

}  // namespace cordon
