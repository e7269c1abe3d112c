#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/rate_budget.hpp"

namespace cordon::gateways::zia {

/// Every ZIA endpoint that we use.
enum class Endpoint : std::uint8_t {
    sign_in,
    sign_out,
    read_status,
    activate,
    list_categories,
    create_category,
    read_category,
    change_category,
    read_quota,
    list_groups,
    create_group,
    read_group,
    change_group,
    look_up,
    list_url_rules,
    read_denylist,
    change_denylist,
    fetch_token,  ///< at the token URL, not below the API's base
    create_url_rule,
    read_url_rule,
    change_url_rule,
    list_firewall_rules,
    create_firewall_rule,
    read_firewall_rule,
    change_firewall_rule,
};
inline constexpr std::size_t k_endpoint_count = 25;

/// What may be done when an answer was not a success.
enum class Repeat : std::uint8_t {
    freely,            ///< reads, and writes that change nothing by being sent twice
    when_not_applied,  ///< only where the answer says so; a lost answer goes back to the caller
    never,             ///< the caller must look again first (design rule 17)
};

struct EndpointFacts {
    const char* method;
    const char* path;                      ///< template: "/urlCategories/{id}"
    std::vector<net::RateWindow> windows;  ///< zia-api.md 9.2
    std::chrono::milliseconds latency;     ///< as recorded (zia-api.md 1)
    Repeat repeat;
};
[[nodiscard]] const EndpointFacts& facts_of(Endpoint endpoint);

/// "PUT /urlCategories/{id}": how budgets, reports and messages name it.
[[nodiscard]] std::string name_of(Endpoint endpoint);

/// One request to ZIA, before sign-in and transport.
struct Call {
    Endpoint endpoint = Endpoint::read_status;
    std::string id{};     ///< stands for {id}
    std::string query{};  ///< with the leading "?"
    std::string body{};   ///< JSON; of fetch_token a form
    /// What the body holds that no message may show, should the answer quote it. The views outlive the call.
    std::vector<std::string_view> secrets{};
    Repeat repeat = facts_of(endpoint).repeat;
    /// Calls of the longest rate window that this one leaves for more urgent ones.
    std::size_t keeps_free = 0;
    std::optional<std::chrono::seconds> patience{};  ///< for rate limits, where less than rate_patience
};

/// The endpoint's windows without the calls that `call` leaves free.
[[nodiscard]] std::vector<net::RateWindow> windows_for(const Call& call);

}  // namespace cordon::gateways::zia
