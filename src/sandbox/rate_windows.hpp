#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace cordon::sandbox {

/// At most `most` requests in any `length`. `unit` is the word of the 429: "SECOND", "MINUTE", "HOUR".
struct RateLimit {
    std::size_t most = 1;
    std::chrono::seconds length{1};
    const char* unit = "SECOND";
};

/// A limit that one more request would break, and how long until it fits again.
struct RateBreach {
    RateLimit limit;
    std::chrono::seconds wait{1};
};

/// Sliding windows per key (endpoint template and method; the organisation is one, zia-api.md 9.2).
/// Refused requests do not count.
class RateWindows {
public:
    explicit RateWindows(std::chrono::milliseconds tolerance) : tolerance_(tolerance) {}

    /// Counts a request at `now`, or gives the limit that it breaks.
    [[nodiscard]] std::optional<RateBreach> admit(const std::string& key, const std::vector<RateLimit>& limits,
                                                  Time now);

    /// How many more requests `limit` lets through at `now`.
    [[nodiscard]] std::size_t room(const std::string& key, const RateLimit& limit, Time now) const;

private:
    std::chrono::milliseconds tolerance_;
    std::map<std::string, std::deque<Time>> admitted_;
};

}  // namespace cordon::sandbox
