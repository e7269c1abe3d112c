#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "net/http_server.hpp"

namespace cordon::sandbox::cs {

/// The bearer tokens that were given out. They expire and belong to a region
/// (crowdstrike-intel-api.md 1.1, 1.2).
class Tokens {
public:
    explicit Tokens(std::uint64_t seed) : seed_(seed) {}

    [[nodiscard]] std::string issue(const std::string& region, Time until);
    /// Whether the request's bearer token is good at `now` in `region`.
    /// A request with a token that was given out counts for it, good or not.
    [[nodiscard]] bool admits(const net::ServerRequest& request, const std::string& region, Time now);
    void revoke(const std::string& token) { tokens_.erase(token); }
    void lose(const net::ServerRequest& request);
    /// Tokens that are neither revoked nor expired.
    [[nodiscard]] std::size_t open_at(Time now) const;
    [[nodiscard]] std::size_t issued() const noexcept { return requests_.size(); }
    /// The requests made with each token that was ever given out, in the order of their issue.
    [[nodiscard]] const std::vector<std::size_t>& requests() const noexcept { return requests_; }

private:
    struct Token {
        std::string region;
        Time until{};
        std::size_t number = 0;  ///< of its issue, from 0
    };
    std::uint64_t seed_;
    std::vector<std::size_t> requests_;  ///< by number
    std::map<std::string, Token> tokens_;
};

}  // namespace cordon::sandbox::cs
