#include "gateways/zia/call.hpp"

#include <algorithm>
#include <array>

namespace cordon::gateways::zia {
namespace {

using namespace std::chrono_literals;
using net::RateWindow;

// zia-api.md 9.2. For activation the stricter of two published tables (12, conflict 11).
const std::vector<RateWindow> k_light{{2, 1s}, {1000, 3600s}};
const std::vector<RateWindow> k_medium{{1, 1s}, {400, 3600s}};
const std::vector<RateWindow> k_activation{{10, 60s}, {40, 3600s}};

std::array<EndpointFacts, k_endpoint_count> make_table() {
    return {{
        {"POST", "/authenticatedSession", k_light, 700ms, Repeat::freely},
        {"DELETE", "/authenticatedSession", k_light, 700ms, Repeat::freely},
        {"GET", "/status", k_light, 300ms, Repeat::freely},
        {"POST", "/status/activate", k_activation, 700ms, Repeat::freely},
        {"GET", "/urlCategories", k_light, 2000ms, Repeat::freely},
        {"POST", "/urlCategories", k_medium, 3000ms, Repeat::when_not_applied},
        {"GET", "/urlCategories/{id}", k_light, 2000ms, Repeat::freely},
        {"PUT", "/urlCategories/{id}", k_medium, 3000ms, Repeat::when_not_applied},
        {"GET", "/urlCategories/urlQuota", k_light, 300ms, Repeat::freely},
        {"GET", "/ipDestinationGroups", k_light, 1000ms, Repeat::freely},
        {"POST", "/ipDestinationGroups", k_medium, 2350ms, Repeat::when_not_applied},
        {"GET", "/ipDestinationGroups/{id}", k_light, 500ms, Repeat::freely},
        {"PUT", "/ipDestinationGroups/{id}", k_medium, 2350ms, Repeat::when_not_applied},
        {"POST", "/urlLookup", k_medium, 300ms, Repeat::freely},
        {"GET", "/urlFilteringRules", k_light, 1000ms, Repeat::freely},
        // The denylist by its older name. The younger one, /cyberThreatProtection/maliciousUrls, takes more reads an
        // hour, but replaces the whole list where `action` is lost on the way (zia-api.md 8.1). Here `action` is
        // required, reading and writing need one permission, and recordings show both. A run reads it twice.
        {"GET", "/security/advanced", k_medium, 300ms, Repeat::freely},
        {"POST", "/security/advanced/blacklistUrls", k_medium, 1000ms, Repeat::when_not_applied},
        // 240 a second and more are allowed (zia-api.md 3.2, x-ratelimit-limit); who needs that many has a fault.
        {"POST", "/oauth2/v1/token", k_light, 300ms, Repeat::freely},
        {"POST", "/urlFilteringRules", k_medium, 2100ms, Repeat::when_not_applied},
        {"GET", "/urlFilteringRules/{id}", k_light, 1050ms, Repeat::freely},
        {"PUT", "/urlFilteringRules/{id}", k_medium, 7150ms, Repeat::when_not_applied},
        {"GET", "/firewallFilteringRules", k_light, 2140ms, Repeat::freely},
        {"POST", "/firewallFilteringRules", k_medium, 4660ms, Repeat::when_not_applied},
        {"GET", "/firewallFilteringRules/{id}", k_light, 1550ms, Repeat::freely},
        {"PUT", "/firewallFilteringRules/{id}", k_medium, 4020ms, Repeat::when_not_applied},
    }};
}

}  // namespace

const EndpointFacts& facts_of(Endpoint endpoint) {
    static const auto table = make_table();
    return table[static_cast<std::size_t>(endpoint)];
}

std::vector<net::RateWindow> windows_for(const Call& call) {
    auto windows = facts_of(call.endpoint).windows;
    windows.back().most -= std::min(windows.back().most, call.keeps_free);
    return windows;
}

std::string name_of(Endpoint endpoint) {
    const auto& facts = facts_of(endpoint);
    return std::string(facts.method) + " " + facts.path;
}

}  // namespace cordon::gateways::zia
