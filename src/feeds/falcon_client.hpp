#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "core/call_troubles.hpp"
#include "feeds/falcon_settings.hpp"
#include "net/http.hpp"
#include "net/rate_budget.hpp"
#include "net/retry.hpp"

namespace cordon::feeds {

/// A client of the Falcon API: one token, renewed ahead of its end and once where it is refused, the
/// region followed where the account's is not known, requests within our share of the account's budget,
/// repeated where that is worth while (429, 5xx, time-outs, no connection). Not thread-safe.
class FalconClient {
public:
    /// Everything outlives the client.
    FalconClient(std::unique_ptr<net::HttpClient> http, const FalconAccount& account, Clock& clock,
                 net::RetryRule retry, std::mt19937_64 random);

    /// What becomes of an answer that may mean "too much at once" (400, 413, 5xx).
    enum class Oversize {
        is_error,   ///< asked again where that may help, then an error
        is_answer,  ///< asked again once where that may help, then given back: the caller asks for less
    };
    /// GET of `target` (path and query, escaped) at the account's cloud. Only 2xx answers, but see Oversize.
    /// Errors: `refused` (credentials, scope, region: the message says which), `invalid` where the service did
    /// not take the request (400, 413), `unreachable`, `throttled`, `corrupt`, `cancelled`.
    [[nodiscard]] Result<net::Response> get(const std::string& target, Oversize oversize, net::RateBudget& budget,
                                            const std::stop_token& stop);

    /// Gives the token back; what goes wrong is of no consequence, since it dies by itself.
    void revoke(const std::stop_token& stop);

    /// The origin that requests go to now.
    [[nodiscard]] const std::string& origin() const noexcept { return origin_; }
    /// Requests made, repetitions included, by "GET /intel/combined/indicators/v1".
    [[nodiscard]] const std::map<std::string, std::uint64_t>& calls() const noexcept { return calls_; }
    [[nodiscard]] const core::TroublesByEndpoint& troubles() const noexcept { return troubles_; }

private:
    struct Token {
        Secret bearer;
        Time renew_at;
    };

    Result<void> sign_in(net::RateBudget& budget, const std::stop_token& stop);
    Result<net::Response> ask_for_token(net::RateBudget& budget, const std::stop_token& stop);
    Result<void> take_token(const net::Response& response);
    Result<net::Response> send(const net::Request& request, std::string_view endpoint, int most_faults,
                               net::RateBudget& budget, const std::stop_token& stop);
    Result<net::Response> attempt(const net::Request& request, std::string_view endpoint, net::RateBudget& budget,
                                  const std::stop_token& stop);
    [[nodiscard]] Error with_home(Error error) const;
    void hide_credentials(std::string& body) const;
    void note_limit(const net::Response& response);
    void slow_down(const net::Response& response, const std::stop_token& stop);

    std::unique_ptr<net::HttpClient> http_;
    const FalconAccount& account_;
    Clock& clock_;
    net::RetryRule retry_;
    std::mt19937_64 random_;
    std::string origin_;
    std::string home_;  // the cloud that a token's answer named, where it is not the configured one
    std::optional<Token> token_;
    double requests_a_minute_ =
        6000;  // of the customer account (crowdstrike-intel-api.md 1.10), unless its answers say else
    std::map<std::string, std::uint64_t> calls_;
    core::TroublesByEndpoint troubles_;
};

}  // namespace cordon::feeds
