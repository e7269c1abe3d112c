#pragma once

#include <atomic>
#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace cordon {

/// A moment in UTC, to the millisecond.
using Time = std::chrono::sys_time<std::chrono::milliseconds>;

/// Where time comes from. Everything that needs the time or has to wait is given a Clock, so that no
/// test sleeps.
class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Time now() const = 0;

    /// Waits until `moment`. False when `stop` was requested first.
    virtual bool wait_until(Time moment, const std::stop_token& stop) = 0;

    /// Waits for `length`, see wait_until.
    bool wait_for(std::chrono::milliseconds length, const std::stop_token& stop) {
        return wait_until(now() + length, stop);
    }
};

/// The machine's clock.
class SystemClock final : public Clock {
public:
    [[nodiscard]] Time now() const override;
    bool wait_until(Time moment, const std::stop_token& stop) override;
};

/// A clock that stands still until it is told otherwise; waiting moves it forward at once. For tests
/// and simulations, also with a server's threads reading it.
class ManualClock final : public Clock {
public:
    explicit ManualClock(Time start) : now_(start) {}
    [[nodiscard]] Time now() const override { return now_.load(); }
    bool wait_until(Time moment, const std::stop_token& stop) override;
    void advance(std::chrono::milliseconds length) { wait_until(now() + length, {}); }
    void set(Time moment) { now_ = moment; }

private:
    std::atomic<Time> now_;
};

/// "2026-11-21T09:30:00Z"; milliseconds are cut.
[[nodiscard]] std::string to_iso8601(Time moment);

/// "2026-11-21 09:30:00 UTC", for people.
[[nodiscard]] std::string to_readable_utc(Time moment);

/// Reads ISO 8601 dates and times as feeds write them: "2026-02-11", "2026-02-11T05:24:09Z", with or
/// without fraction, with "Z" or "+hh:mm". `invalid` otherwise.
[[nodiscard]] Result<Time> parse_iso8601(std::string_view text);

/// Reads a length of time: a whole number with a unit s, m, h, d or w ("35s", "24h", "7d"); "0" needs
/// no unit. `invalid` otherwise.
[[nodiscard]] Result<std::chrono::seconds> parse_duration(std::string_view text);

/// "7d", "90m", "35s": in the largest of days, hours, minutes and seconds that is exact; parse_duration
/// reads it.
[[nodiscard]] std::string to_text(std::chrono::seconds length);

}  // namespace cordon
