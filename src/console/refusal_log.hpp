#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace cordon::console {

/// Which lines the log gets about those who were turned away: a few a minute, then their number, so that a flood of
/// them does not push out what else stands there. Thread-safe.
class RefusalLog {
public:
    static constexpr std::uint64_t k_most_a_minute = 10;

    /// What to write of this one; nullopt: nothing now, the next minute's first line counts it.
    [[nodiscard]] std::optional<std::string> line_for(std::string_view sentence, Time now);

private:
    std::mutex mutex_;
    Time minute_began_{};
    std::uint64_t in_this_minute_ = 0;
};

}  // namespace cordon::console
