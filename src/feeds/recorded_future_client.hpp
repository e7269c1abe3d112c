#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <stop_token>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "core/call_troubles.hpp"
#include "feeds/recorded_future_settings.hpp"
#include "net/http.hpp"
#include "net/retry.hpp"

namespace cordon::feeds {

/// Something that can be asked for at Recorded Future.
struct RfResource {
    std::string target;    ///< path and query behind api_url, escaped
    std::string endpoint;  ///< its class, for counting: "/v2/fusion/files"
    std::string what;      ///< for people: "Fusion file public/prevent/weaponized_domains.json"
};

/// The file or risk list that a section names, as v2, v3 or Connect wants to be asked for it
/// (recorded-future-api.md 4, 5).
[[nodiscard]] RfResource resource_of(const RfList& list);
/// The names that `list` may have.
[[nodiscard]] RfResource rule_names_of(core::EntityType entity);

/// How much an answer is worth: all of the waiting below, or one request of 15 seconds at most, for a question that is
/// asked again soon.
enum class Effort { full, glance };

/// Sends authenticated requests, repeats them where that is worth while (429, 502, 503, 504, time-outs,
/// no connection, a torn body once), and turns every other answer than 2xx into a failure. Recorded
/// Future documents no rate limit (recorded-future-api.md 8), so there is no budget to keep: Retry-After
/// and the growing waits are all. One exchange is over within ten minutes plus the last request's own time.
class RfClient {
public:
    RfClient(std::unique_ptr<net::HttpClient> http, const RfAccount& account, Clock& clock, net::RetryRule retry,
             std::mt19937_64 random);

    /// Only 2xx answers. `most_bytes` bounds the body.
    [[nodiscard]] Result<net::Response> send(const std::string& method, const RfResource& resource,
                                             std::size_t most_bytes, const std::stop_token& stop,
                                             Effort effort = Effort::full);

    /// Requests made, repetitions included, by "HEAD /v2/fusion/files".
    [[nodiscard]] const std::map<std::string, std::uint64_t>& calls() const noexcept { return calls_; }
    [[nodiscard]] const core::TroublesByEndpoint& troubles() const noexcept { return troubles_; }

private:
    [[nodiscard]] Result<net::Response> attempt(const net::Request& request, const RfResource& resource,
                                                const std::stop_token& stop);

    std::unique_ptr<net::HttpClient> http_;
    Secret token_;
    std::string api_url_;
    std::chrono::seconds timeout_;
    Clock& clock_;
    net::RetryRule retry_;
    std::mt19937_64 random_;
    std::map<std::string, std::uint64_t> calls_;
    core::TroublesByEndpoint troubles_;
};

}  // namespace cordon::feeds
