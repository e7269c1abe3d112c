#include "gateways/zia/url_rules.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace cordon::gateways::zia {
namespace {

using Json = nlohmann::json;

/// The documented security-alert values (zia-api.md 4.14).
constexpr std::array<const char*, 12> k_alerts{
    "OTHER_THREAT",    "PHISHING",      "BOTNET",          "MALWARE_SITE",           "P2P",
    "UNAUTHORIZED_COMMUNICATION",       "XSS",             "BROWSER_EXPLOIT",        "SUSPICIOUS_DESTINATION",
    "SPYWARE_OR_ADWARE", "WEB_SPAM",    "PAGE_RISK_INDEX"};

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

bool blocks_everybody(const Json& rule) {
    if (rule.value("state", Json()) != "ENABLED" || rule.value("action", Json()) != "BLOCK") return false;
    return std::none_of(rule.items().begin(), rule.items().end(),
                        [](const auto& field) { return restricts(field.key(), field.value()); });
}

}  // namespace

Result<std::vector<std::string>> read_unblocked_alerts(const std::string& body) {
    const auto json = Json::parse(body, nullptr, /*allow_exceptions=*/false);
    if (!json.is_array()) return fail(Code::corrupt, "ZIA's answer is no list of URL filtering rules");
    std::set<std::string> blocked;
    for (const auto& rule : json) {
        if (!rule.is_object()) return fail(Code::corrupt, "ZIA's answer is no list of URL filtering rules");
        if (!blocks_everybody(rule)) continue;
        const auto named = rule.find("urlCategories");
        if (named == rule.end() || has_text(*named, "ANY")) return std::vector<std::string>{};
        for (const auto* alert : k_alerts) {
            if (has_text(*named, alert)) blocked.insert(alert);
        }
    }
    std::vector<std::string> unblocked;
    for (const auto* alert : k_alerts) {
        if (!blocked.contains(alert)) unblocked.emplace_back(alert);
    }
    return unblocked;
}

std::string sentence_on_unblocked(const std::vector<std::string>& unblocked) {
    if (unblocked.empty()) return {};
    return fmt::format("lookup = skip_known leaves out what Zscaler flags, but no URL filtering rule of the tenant surely "
                       "blocks {}: check that an enabled rule with action Block and without restriction names them, or "
                       "switch skip_known off",
                       join(unblocked, ", "));
}

}  // namespace cordon::gateways::zia
