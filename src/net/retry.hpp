#pragma once

#include <chrono>
#include <optional>
#include <random>
#include <string_view>

#include "base/clock.hpp"

namespace cordon::net {

struct RetryRule {
    int most_attempts = 5;                 ///< the first one included
    std::chrono::milliseconds base{1000};  ///< doubled each time
    std::chrono::milliseconds ceiling{60'000};
    double jitter = 0.25;  ///< +- share of the wait
    /// No attempt begins later than this after the first. Our choice: a gateway's fault or restart is over in minutes,
    /// and a run must not hold up the other lists for longer.
    std::chrono::seconds patience{600};
};

/// How long to wait before attempt `attempt` + 1 (`attempt` counts from 1); nullopt: give up. Pure.
/// `retry_after` is a floor, also above the ceiling.
[[nodiscard]] std::optional<std::chrono::milliseconds> wait_before_retry(
    const RetryRule& rule, int attempt, std::optional<std::chrono::milliseconds> retry_after, std::mt19937_64& random);

/// Reads Retry-After in all spellings seen (zia-api.md 9.3, 15): "1", "0 seconds", "5 minutes", "13s",
/// an HTTP date (relative to `now`). Header first, else the value found in the body. Zero becomes 1 s.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view text, Time now);

}  // namespace cordon::net
