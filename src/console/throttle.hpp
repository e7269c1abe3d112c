#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <type_traits>

#include "base/clock.hpp"
#include "base/result.hpp"

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

/// Lets a few in at a time and turns the others away: passwords are looked at one by one, and who floods the sign-in
/// must not hold all threads of the server. Thread-safe.
class Turnstile {
public:
    explicit Turnstile(int most) : free_(most) {}

    /// A place for as long as it lives, where there was one.
    class Turn {
    public:
        explicit Turn(Turnstile& of) : of_(of), is_in_(of.free_.fetch_sub(1) > 0) {}
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        ~Turn() { of_.free_.fetch_add(1); }
        [[nodiscard]] bool is_in() const noexcept { return is_in_; }

    private:
        Turnstile& of_;
        bool is_in_;
    };

private:
    std::atomic<int> free_;
};

/// Lets one at a time do something dear, while few wait and the others are turned away. Thread-safe.
class SingleFile {
public:
    explicit SingleFile(int most) : turnstile_(most) {}

    /// What `make` gives, a Result; `throttled` where enough wait already.
    template <class Make>
    [[nodiscard]] std::invoke_result_t<Make> in_turn(Make make) {
        const Turnstile::Turn turn(turnstile_);
        if (!turn.is_in()) return fail(Code::throttled, "too many ask for what takes long; try again");
        const std::scoped_lock lock(mutex_);
        return make();
    }

private:
    Turnstile turnstile_;
    std::mutex mutex_;
};

}  // namespace cordon::console
