#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "base/clock.hpp"

namespace cordon::console {

/// Slows down who tries passwords: after a few failures a name or an address has to wait, each time twice as long.
/// Thread-safe.
class Throttle {
public:
    static constexpr int k_free_failures = 5;
    static constexpr std::chrono::seconds k_first_wait{2};
    static constexpr std::chrono::seconds k_longest_wait{300};
    static constexpr std::chrono::minutes k_forgotten_after{60};
    static constexpr std::size_t k_most_kept = 10'000;  ///< names and addresses; the oldest goes

    /// How long this user and this address have to wait still; 0: they may try.
    [[nodiscard]] std::chrono::seconds wait(const std::string& user, const std::string& address, Time now);
    void note_failure(const std::string& user, const std::string& address, Time now);
    /// A success forgets the user's failures, and takes back the one that was counted before the address was let try;
    /// its others stay, since who has one password may try others.
    void note_success(const std::string& user, const std::string& address);

private:
    struct Failures {
        int count = 0;
        Time last{};
    };
    [[nodiscard]] std::chrono::seconds wait_of(const std::string& key, Time now) const;
    void count(const std::string& key, Time now);

    std::mutex mutex_;
    std::map<std::string, Failures> failures_;
};

}  // namespace cordon::console
