#include "gateways/zia/policy_rules.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.hpp"

namespace cordon::gateways::zia {
namespace {

using RuleJson = nlohmann::json;

/// ZIA fills all methods in where a rule names none (zia-api.md 7).
constexpr std::size_t k_all_methods = 17;

/// Fields that a rule may fill with everything there is, as recorded: it is then limited by none of them.
struct WholeSet {
    std::string_view key;
    std::size_t size;
};
constexpr std::array<WholeSet, 4> k_whole_sets{{
    {"requestMethods", k_all_methods},
    {"deviceTrustLevels", 4},
    {"userRiskScoreLevels", 4},
    {"userAgentTypes", 8},
}};

/// Destinations of a firewall rule beside the groups.
constexpr std::array<std::string_view, 8> k_other_destinations{"destAddresses",  "destIpCategories", "destCountries",
                                                               "destIpv6Groups", "appServiceGroups", "appServices",
                                                               "zpaAppSegments", "resCategories"};

bool has_text(const RuleJson& list, std::string_view text) {
    return list.is_array() && std::any_of(list.begin(), list.end(), [&](const RuleJson& item) { return item == text; });
}

bool covers_the_web(const RuleJson& protocols) {
    return has_text(protocols, "ANY_RULE") || (has_text(protocols, "HTTP_RULE") && has_text(protocols, "HTTPS_RULE"));
}

/// Flags that are set on rules without any restriction; every other flag that is true may restrict.
bool is_harmless_flag(std::string_view key) {
    static constexpr std::array<std::string_view, 6> k_harmless{"predefined", "defaultRule",       "capturePCAP",
                                                                "ciparule",   "enableFullLogging", "isEunEnabled"};
    return std::find(k_harmless.begin(), k_harmless.end(), key) != k_harmless.end();
}

/// Does this field keep the rule from holding for everybody, always?
bool restricts(std::string_view key, const RuleJson& value) {
    if (key == "urlCategories" || key == "destIpGroups" || key == "labels") return false;
    if (key == "protocols") return !value.is_null() && !covers_the_web(value);
    const auto* whole =
        std::find_if(k_whole_sets.begin(), k_whole_sets.end(), [&](const WholeSet& one) { return one.key == key; });
    if (whole != k_whole_sets.end() && value.is_array() && value.size() >= whole->size) return false;
    if (value.is_array()) return !value.empty();
    if (value.is_boolean()) return value.get<bool>() && !is_harmless_flag(key);
    return false;
}

bool is_given(const RuleJson& rule, std::string_view key) {
    const auto found = rule.find(key);
    return found != rule.end() && found->is_array() && !found->empty();
}

/// Text or number, as ids come; nullopt for anything else.
std::optional<std::string> id_text(const RuleJson& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number_unsigned()) return std::to_string(value.get<std::uint64_t>());
    if (value.is_number_integer()) return std::to_string(value.get<std::int64_t>());
    return std::nullopt;
}

/// Takes fields of one rule; remembers whether one had another type than documented.
class FieldReader {
public:
    explicit FieldReader(const RuleJson& rule) : rule_(rule) {}

    std::string text(std::string_view key) {
        const auto* value = find(key);
        if (value == nullptr) return {};
        if (!value->is_string()) return refuse(key), std::string{};
        return value->get<std::string>();
    }
    std::int64_t number(std::string_view key, std::int64_t absent) {
        const auto* value = find(key);
        if (value == nullptr) return absent;
        if (!value->is_number_integer()) return refuse(key), absent;
        return value->get<std::int64_t>();
    }
    bool flag(std::string_view key) {
        const auto* value = find(key);
        if (value == nullptr) return false;
        if (!value->is_boolean()) return refuse(key), false;
        return value->get<bool>();
    }
    std::string id(std::string_view key) {
        const auto* value = find(key);
        if (value == nullptr) return {};
        const auto text = id_text(*value);
        if (!text) refuse(key);
        return text.value_or("");
    }
    /// Texts, or objects with an id.
    std::vector<std::string> ids(std::string_view key) {
        std::vector<std::string> found;
        const auto* value = find(key);
        if (value == nullptr) return found;
        if (!value->is_array()) return refuse(key), found;
        for (const auto& item : *value) {
            const auto text = id_text(item.is_object() ? item.value("id", RuleJson()) : item);
            if (!text) return refuse(key), found;
            found.push_back(*text);
        }
        return found;
    }
    [[nodiscard]] const std::string& refused() const noexcept { return refused_; }

private:
    /// Absent and null are one.
    const RuleJson* find(std::string_view key) const {
        const auto found = rule_.find(key);
        return found == rule_.end() || found->is_null() ? nullptr : &*found;
    }
    void refuse(std::string_view key) { refused_ = key; }

    const RuleJson& rule_;
    std::string refused_;
};

bool is_blocking(Policy policy, std::string_view action) {
    if (policy == Policy::url_filtering) return action == "BLOCK";
    return action == "BLOCK_DROP" || action == "BLOCK_RESET" || action == "BLOCK_ICMP";
}

Result<PolicyRule> read_rule(Policy policy, const RuleJson& json) {
    if (!json.is_object()) return fail(Code::corrupt, "ZIA's answer is no list of rules");
    FieldReader fields(json);
    PolicyRule rule;
    rule.id = fields.id("id");
    rule.name = fields.text("name");
    rule.description = fields.text("description");
    rule.order = fields.number("order", PolicyRule::k_no_order);
    rule.rank = fields.number("rank", 0);
    rule.action = fields.text("action");
    const auto state = fields.text("state");
    rule.is_default = fields.flag("defaultRule");
    rule.objects = fields.ids(policy == Policy::url_filtering ? "urlCategories" : "destIpGroups");
    if (!fields.refused().empty()) {
        return fail(Code::corrupt, fmt::format("a rule's {} has another shape than documented", fields.refused()));
    }
    rule.blocks = is_blocking(policy, rule.action);
    rule.is_enabled = state == "ENABLED";
    rule.is_disabled = state == "DISABLED";
    const bool names_others =
        policy == Policy::firewall && std::any_of(k_other_destinations.begin(), k_other_destinations.end(),
                                                  [&](std::string_view key) { return is_given(json, key); });
    const bool names_any = std::find(rule.objects.begin(), rule.objects.end(), "ANY") != rule.objects.end();
    rule.is_about_everything = names_any || (rule.objects.empty() && !names_others);
    for (const auto& field : json.items()) {
        if (restricts(field.key(), field.value())) rule.limits.push_back(field.key());
    }
    return rule;
}

/// When a rule is tried: the default rule is last, then the order counts.
std::tuple<bool, std::int64_t> turn_of(const PolicyRule& rule) {
    if (rule.order != PolicyRule::k_no_order) return {rule.is_default, rule.order};
    const auto worst = rule.blocks ? std::numeric_limits<std::int64_t>::max() : PolicyRule::k_no_order;
    return {rule.is_default, worst};
}

}  // namespace

bool PolicyRule::is_about(std::string_view object) const noexcept {
    return is_about_everything || std::find(objects.begin(), objects.end(), object) != objects.end();
}

Result<std::vector<PolicyRule>> read_policy_rules(Policy policy, const std::string& body) {
    const auto json = parse_json<RuleJson>(body);
    if (!json.is_array()) return fail(Code::corrupt, "ZIA's answer is no list of rules");
    std::vector<PolicyRule> rules;
    for (const auto& item : json) {
        CORDON_TRY_ASSIGN(auto rule, read_rule(policy, item));
        rules.push_back(std::move(rule));
    }
    return rules;
}

std::vector<PolicyRule> in_order(std::vector<PolicyRule> rules) {
    std::stable_sort(rules.begin(), rules.end(),
                     [](const PolicyRule& a, const PolicyRule& b) { return turn_of(a) < turn_of(b); });
    return rules;
}

std::vector<PolicyRule> with_written(std::vector<PolicyRule> rules, PolicyRule written) {
    const auto move_from = [&](std::int64_t order, std::int64_t by) {
        for (auto& rule : rules) {
            if (!rule.is_default && rule.order >= order) rule.order += by;
        }
    };
    const auto before =
        std::find_if(rules.begin(), rules.end(), [&](const PolicyRule& rule) { return rule.id == written.id; });
    if (before != rules.end()) {
        const auto order = before->order;
        rules.erase(before);
        if (order != PolicyRule::k_no_order) move_from(order, -1);
    }
    move_from(written.order, 1);
    rules.push_back(std::move(written));
    return in_order(std::move(rules));
}

}  // namespace cordon::gateways::zia
