#pragma once

#include <atomic>

#include "base/clock.hpp"

namespace cordon::sandbox {

/// Another clock that can be put forward while it runs.
class ShiftedClock final : public Clock {
public:
    /// `clock` must outlive it.
    explicit ShiftedClock(Clock& clock) : clock_(clock) {}

    [[nodiscard]] Time now() const override { return clock_.now() + shift_.load(); }
    bool wait_until(Time moment, const std::stop_token& stop) override {
        return clock_.wait_until(moment - shift_.load(), stop);
    }
    void put_forward(std::chrono::milliseconds length) { shift_ = shift_.load() + length; }

private:
    Clock& clock_;
    std::atomic<std::chrono::milliseconds> shift_{std::chrono::milliseconds{0}};
};

}  // namespace cordon::sandbox
