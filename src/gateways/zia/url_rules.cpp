#include "gateways/zia/url_rules.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace cordon::gateways::zia {
namespace {

using Json = nlohmann::json;

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

/// ZIA fills all methods in where a rule names none (zia-api.md 7).
constexpr std::size_t k_all_methods = 17;

bool has_text(const Json& list, std::string_view text) {
    return list.is_array() && std::any_of(list.begin(), list.end(), [&](const Json& item) { return item == text; });
}

bool covers_the_web(const Json& protocols) {
    return has_text(protocols, "ANY_RULE") || (has_text(protocols, "HTTP_RULE") && has_text(protocols, "HTTPS_RULE"));
}

/// Flags that are set on rules without any restriction; every other flag that is true may restrict.
bool is_harmless_flag(const std::string& key) {
    return key == "predefined" || key == "defaultRule" || key == "capturePCAP" || key == "ciparule";
}

/// Does this field keep the rule from holding for everybody, always?
bool restricts(const std::string& key, const Json& value) {
    if (key == "urlCategories" || key == "labels") return false;
    if (key == "protocols") return !covers_the_web(value);
    if (key == "requestMethods") return value.is_array() && !value.empty() && value.size() < k_all_methods;
    if (value.is_array()) return !value.empty();
    if (value.is_boolean()) return value.get<bool>() && !is_harmless_flag(key);
    return false;
}

bool is_block(const Json& rule) {
    return rule.value("action", Json()) == "BLOCK";
}

bool blocks_everybody(const Json& rule) {
    return is_block(rule) && rule.value("state", Json()) == "ENABLED" &&
           std::none_of(rule.items().begin(), rule.items().end(),
                        [](const auto& field) { return restricts(field.key(), field.value()); });
}

/// May it let something through before a later rule sees it?
bool may_let_through(const Json& rule) {
    return !is_block(rule) && rule.value("state", Json()) != "DISABLED";
}

bool is_about(const Json& rule, const char* alert) {
    const auto named = rule.find("urlCategories");
    if (named == rule.end() || (named->is_array() && named->empty())) return true;
    return has_text(*named, "ANY") || has_text(*named, alert);
}

/// The first rule that matches decides. One without an order stands where it does the least good.
std::int64_t place_of(const Json& rule) {
    const auto order = rule.find("order");
    if (order != rule.end() && order->is_number_integer()) return order->get<std::int64_t>();
    return is_block(rule) ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int64_t>::min();
}

bool is_surely_blocked(const std::vector<Json>& rules, const char* alert) {
    for (const auto& rule : rules) {
        if (!is_about(rule, alert)) continue;
        if (blocks_everybody(rule)) return true;
        if (may_let_through(rule)) return false;
    }
    return false;
}

}  // namespace

Result<std::vector<std::string>> read_unblocked_alerts(const std::string& body) {
    const auto json = Json::parse(body, nullptr, /*allow_exceptions=*/false);
    const auto is_rule = [](const Json& rule) { return rule.is_object(); };
    if (!json.is_array() || !std::all_of(json.begin(), json.end(), is_rule)) {
        return fail(Code::corrupt, "ZIA's answer is no list of URL filtering rules");
    }
    std::vector<Json> rules(json.begin(), json.end());
    std::stable_sort(rules.begin(), rules.end(),
                     [](const Json& a, const Json& b) { return place_of(a) < place_of(b); });
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
