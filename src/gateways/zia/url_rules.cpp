#include "gateways/zia/url_rules.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "gateways/zia/policy_rules.hpp"

namespace cordon::gateways::zia {
namespace {

/// The documented security-alert values (zia-api.md 4.14).
constexpr std::array<const char*, 12> k_alerts{"OTHER_THREAT",
                                               "PHISHING",
                                               "BOTNET",
                                               "MALWARE_SITE",
                                               "P2P",
                                               "UNAUTHORIZED_COMMUNICATION",
                                               "XSS",
                                               "BROWSER_EXPLOIT",
                                               "SUSPICIOUS_DESTINATION",
                                               "SPYWARE_OR_ADWARE",
                                               "WEB_SPAM",
                                               "PAGE_RISK_INDEX"};

bool is_surely_blocked(const std::vector<PolicyRule>& rules, const char* alert) {
    for (const auto& rule : rules) {
        if (!rule.is_about(alert)) continue;
        if (rule.blocks_everybody()) return true;
        if (rule.may_let_through()) return false;
    }
    return false;
}

}  // namespace

Result<std::vector<std::string>> read_unblocked_alerts(const std::string& body) {
    CORDON_TRY_ASSIGN(auto read, read_policy_rules(Policy::url_filtering, body));
    const auto rules = in_order(std::move(read));
    std::vector<std::string> unblocked;
    for (const auto* alert : k_alerts) {
        if (!is_surely_blocked(rules, alert)) unblocked.emplace_back(alert);
    }
    return unblocked;
}

bool is_judged_alert(std::string_view alert) {
    return std::find(k_alerts.begin(), k_alerts.end(), alert) != k_alerts.end();
}

std::string sentence_on_unblocked(const std::vector<std::string>& unblocked) {
    if (unblocked.empty()) return {};
    return fmt::format(
        "lookup = skip_known leaves out what Zscaler flags, but no URL filtering rule of the tenant surely "
        "blocks {}: check that an enabled rule with action Block and without restriction names them, before "
        "any rule that lets them through, or "
        "switch skip_known off",
        join(unblocked, ", "));
}

}  // namespace cordon::gateways::zia
