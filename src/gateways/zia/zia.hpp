#pragma once

#include <memory>
#include <random>

#include "base/clock.hpp"
#include "gateways/gateway.hpp"
#include "gateways/zia/settings.hpp"
#include "net/http.hpp"
#include "net/rate_budget.hpp"

namespace cordon::gateways::zia {

/// The reserved entry of a category or of an FQDN group: a name below example.com, which RFC 2606 keeps out of
/// anybody's hands, so that blocking it harms nobody. Its label says whose it is.
inline constexpr const char* k_placeholder_host = "cordon-placeholder.example.com";
/// The reserved entry of an IP group: an address of TEST-NET-1, which RFC 5737 keeps for documentation and
/// nobody routes.
inline constexpr const char* k_placeholder_address = "192.0.2.1";

/// Zscaler Internet Access by its legacy API or through OneAPI. Signs in with the first request. Addresses that cannot
/// be read, and proxy_enabled without proxy_servers, fail every request with `invalid`. `clock` and `budget` must
/// outlive the gateway; `random` is for the jitter of waits.
[[nodiscard]] std::unique_ptr<Gateway> make_zia(const ZiaOptions& options, std::unique_ptr<net::HttpClient> client,
                                                Clock& clock, net::RateBudget& budget, std::mt19937_64 random);

}  // namespace cordon::gateways::zia
