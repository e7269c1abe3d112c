#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "core/call_troubles.hpp"
#include "gateways/zia/addresses.hpp"
#include "gateways/zia/api_error.hpp"
#include "gateways/zia/call.hpp"
#include "gateways/zia/settings.hpp"
#include "net/http.hpp"
#include "net/rate_budget.hpp"

namespace cordon::gateways::zia {

/// Brings requests to ZIA: budget first, then the request, then the repeats that are surely harmless. Knows
/// nothing of sessions.
class Wire {
public:
    Wire(const ZiaOptions& options, std::unique_ptr<net::HttpClient> client, Clock& clock, net::RateBudget& budget,
         std::mt19937_64 random);

    /// A 2xx answer, or why there is none after the repeats that `call.repeat` allows. `credentials` are
    /// header fields. `stop` ends waits and reads; a write in hand is finished.
    [[nodiscard]] Answered<net::Response> send(const Call& call, const std::vector<net::Header>& credentials,
                                               const std::stop_token& stop);

    /// How long the repeats of one request have waited so far.
    using Waited = std::chrono::milliseconds;
    /// Waits before a caller repeats by itself what failed with `error` (`attempt` counts from 1; `waited`
    /// starts at zero and is added to). False: give up, or stopped; `error` then says how long we waited in
    /// vain. What ZIA's Retry-After asks for is met until rate_patience is used up.
    [[nodiscard]] bool wait_to_repeat(ApiError& error, int attempt, Waited& waited, const std::stop_token& stop) {
        return wait_to_repeat(error, attempt, waited, patience_, stop);
    }

    /// How many requests of `endpoint` fit the hour now; none where the budget's journal cannot be read.
    [[nodiscard]] std::size_t left_of_hour(Endpoint endpoint);

    [[nodiscard]] Clock& clock() const noexcept { return clock_; }
    [[nodiscard]] const std::map<std::string, std::uint64_t>& calls() const noexcept { return calls_; }
    [[nodiscard]] const core::TroublesByEndpoint& troubles() const noexcept { return troubles_; }
    /// "zsapi.example.net"; "" where the settings name none.
    [[nodiscard]] const std::string& host() const noexcept { return addresses_.host; }
    [[nodiscard]] const Addresses& addresses() const noexcept { return addresses_; }

private:
    [[nodiscard]] bool wait_to_repeat(ApiError& error, int attempt, Waited& waited, std::chrono::seconds patience,
                                      const std::stop_token& stop);
    [[nodiscard]] std::chrono::seconds patience_for(const Call& call) const;
    void note_wait(std::chrono::milliseconds length);
    Answered<net::Response> send_once(const Call& call, const std::vector<net::Header>& credentials,
                                      const std::stop_token& stop);

    Addresses addresses_;
    Auth auth_ = Auth::legacy;
    std::string options_fault_;  // why no request may be sent
    std::chrono::seconds read_timeout_;
    std::chrono::seconds write_timeout_;
    std::chrono::seconds patience_;
    std::unique_ptr<net::HttpClient> client_;
    Clock& clock_;
    net::RateBudget& budget_;
    std::mt19937_64 random_;
    std::map<std::string, std::uint64_t> calls_;
    core::TroublesByEndpoint troubles_;
    std::string last_name_;  // of the endpoint that was asked last: what a repeat waits for
};

}  // namespace cordon::gateways::zia
