#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "net/http_server.hpp"

namespace cordon::sandbox::cs {

/// Who asks for a token, or gives one back.
struct Client {
    std::string id;
    std::string secret;
};

/// The parameters of a form-encoded body.
[[nodiscard]] std::map<std::string, std::string> form_of(std::string_view body);

/// From "Authorization: Basic", else from the form's client_id and client_secret; empty where neither is
/// there (crowdstrike-intel-api.md 3).
[[nodiscard]] Client client_of(const net::ServerRequest& request, const std::map<std::string, std::string>& form);

/// The bearer tokens that were given out. They expire and belong to a region
/// (crowdstrike-intel-api.md 1.1, 1.2).
class Tokens {
public:
    explicit Tokens(std::uint64_t seed) : seed_(seed) {}

    [[nodiscard]] std::string issue(const std::string& region, Time until);
    /// Whether the request's bearer token is good at `now` in `region`.
    [[nodiscard]] bool admits(const net::ServerRequest& request, const std::string& region, Time now) const;
    void revoke(const std::string& token) { tokens_.erase(token); }
    void lose(const net::ServerRequest& request);
    /// Tokens that are neither revoked nor expired.
    [[nodiscard]] std::size_t open_at(Time now) const;
    [[nodiscard]] std::size_t issued() const noexcept { return issued_; }

private:
    struct Token {
        std::string region;
        Time until{};
    };
    std::uint64_t seed_;
    std::size_t issued_ = 0;
    std::map<std::string, Token> tokens_;
};

}  // namespace cordon::sandbox::cs
