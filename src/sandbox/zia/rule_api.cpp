#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "sandbox/reply.hpp"
#include "sandbox/zia/cloud.hpp"
#include "sandbox/zia/entry_rules.hpp"

namespace cordon::sandbox::zia {
namespace {

using net::ServerResponse;
using Answer = std::optional<ServerResponse>;

constexpr std::size_t k_most_rule_description = 10'240;  // zia-api.md 7
constexpr std::size_t k_most_url_rules = 1'000;          // zia-api.md 7
constexpr std::size_t k_most_firewall_rules = 1'021;     // with Advanced Firewall (zia-api.md 6.3)
constexpr std::size_t k_few_firewall_rules = 10;         // without
constexpr int k_lowest_rank = 7;                         // zia-api.md 7
constexpr std::size_t k_most_page_size = 5'000;

/// Predefined categories that the tenant knows besides those that it lists: what /urlLookup may say.
constexpr std::array k_other_categories{"ANY",
                                        "OTHER_THREAT",
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
                                        "PAGE_RISK_INDEX",
                                        "OTHER_MISCELLANEOUS",
                                        "PROFESSIONAL_SERVICES",
                                        "WEB_HOST",
                                        "FILE_HOST",
                                        "CORPORATE_MARKETING",
                                        "BLOG"};

RuleKind kind_of(const net::ServerRequest& request) {
    const auto below = path_below_base(request.path).value_or("");
    return below.starts_with("/firewall") ? RuleKind::firewall : RuleKind::url;
}

std::vector<Rule>& rules_of(Configuration& configuration, RuleKind kind) {
    return kind == RuleKind::url ? configuration.url_rules : configuration.firewall_rules;
}

ServerResponse no_rule() {
    return refusal(404, "RESOURCE_NOT_FOUND", "No such rule");
}

/// What a rule cannot do without (zia-api.md 6.5, 7).
std::string missing_in(RuleKind kind, const RuleBody& body) {
    if (!body.rank) return "Rule must have a rank specified";
    if (!body.order) return "Rule must have an order specified";
    if (body.fields.value("name", "").empty()) return "Rule must have a name specified";
    if (!body.fields.contains("action")) return "Rule must have an action specified";
    if (kind == RuleKind::url && !body.fields.contains("protocols")) return "Rule must have protocols specified";
    return {};
}

/// Rules stand by rank, so that an admin of a lower rank cannot pass one of a higher ("Rule with rank 7 is not allowed
/// at order 1", zia-api.md 7). `rules` without the one that is to come.
bool is_rank_allowed(const std::vector<Rule>& rules, const Rule& rule) {
    return std::all_of(rules.begin(), rules.end(), [&](const Rule& other) {
        if (other.is_default) return true;
        return other.order < rule.order ? other.rank <= rule.rank : other.rank >= rule.rank;
    });
}

bool is_known_destination(const std::string& address) {
    return is_acceptable_address("DSTN_IP", address) || is_acceptable_address("DSTN_DOMAIN", address);
}

/// A full PUT takes away what it does not carry (zia-api.md 7, "send the whole rule").
std::string lost_field(const Rule& before, const Rule& after) {
    for (const auto& [key, value] : before.fields.items()) {
        if (!after.fields.contains(key)) return key;
    }
    return {};
}

}  // namespace

bool Cloud::is_known_category(const std::string& id) {
    const bool is_predefined =
        std::find(k_other_categories.begin(), k_other_categories.end(), id) != k_other_categories.end();
    return is_predefined || tenant_.saved().category(id) != nullptr;
}

nlohmann::ordered_json Cloud::rule_json(const Rule& rule, RuleKind kind, RuleShape shape) {
    auto json = render(rule, kind, shape);
    const bool is_read = shape == RuleShape::read || shape == RuleShape::listed;
    if (!is_read || !json.contains("destIpGroups")) return json;
    for (auto& reference : json["destIpGroups"]) {
        const auto* group = tenant_.saved().group(reference.at("id").get<std::int64_t>());
        if (group != nullptr) reference["name"] = group->name;
    }
    return json;
}

// URL filtering rules come all at once; firewall rules by page where one is asked for (zia-api.md 1, 6.5).
ServerResponse Cloud::list_rules(const Call& call) {
    const auto kind = kind_of(call.request);
    const bool is_firewall = kind == RuleKind::firewall;
    const auto name = call.request.query_value("ruleName");
    const auto action = call.request.query_value("ruleAction");
    const auto page = parse_whole_number(call.request.query_value("page"));
    const auto page_size = parse_whole_number(call.request.query_value("pageSize")).value_or(k_most_page_size);
    const auto first = is_firewall && page && *page > 0 ? (*page - 1) * page_size : 0;
    const auto end = is_firewall && page ? first + page_size : k_most_page_size;
    auto json = nlohmann::ordered_json::array();
    std::size_t number = 0;
    for (const auto& rule : rules_of(tenant_.saved(), kind)) {
        if (is_firewall && !action.empty() && rule.text("action") != action) continue;
        if (is_firewall && !name.empty() && !equals_ignoring_case(rule.name(), name)) continue;
        if (number >= first && number < end) json.push_back(rule_json(rule, kind, RuleShape::listed));
        ++number;
    }
    return ok(json.dump());
}

Rule* Cloud::rule_of(const Call& call) {
    const auto id = parse_whole_number(call.id);
    auto& rules = rules_of(tenant_.saved(), kind_of(call.request));
    return id ? rule_in(rules, static_cast<std::int64_t>(*id)) : nullptr;
}

ServerResponse Cloud::show_rule(const Call& call) {
    const auto* rule = rule_of(call);
    return rule == nullptr ? no_rule() : ok(rule_json(*rule, kind_of(call.request), RuleShape::read).dump());
}

/// `others`: the rules without this one.
Answer Cloud::check_rule(const Rule& rule, RuleKind kind, const std::vector<Rule>& others) {
    const bool is_taken = std::any_of(others.begin(), others.end(), [&](const Rule& other) {
        return equals_ignoring_case(other.name(), rule.name());
    });
    if (is_taken) return refusal(400, "DUPLICATE_ITEM", "DUPLICATE_ITEM");
    if (character_count(rule.text("description")) > k_most_rule_description) {
        return invalid_input("Description exceeds 10240 characters");
    }
    if (rule.rank < 0 || rule.rank > k_lowest_rank) return invalid_input("Rank must be from 0 to 7");
    const int most = last_order(others) + 1;
    if (rule.order < 1 || rule.order > most) {
        violation(fmt::format("a rule's order {} where 1 to {} leave no gap", rule.order, most));
        return invalid_input(fmt::format("Rule order {} is not allowed", rule.order));
    }
    if (!is_rank_allowed(others, rule)) {
        return invalid_input(fmt::format("Rule with rank {} is not allowed at order {}", rule.rank, rule.order));
    }
    for (const char* key : {"urlCategories", "urlCategories2", "destIpCategories"}) {
        for (const auto& id : rule.texts(key)) {
            if (is_known_category(id)) continue;
            violation(fmt::format("a rule names the category {}, which there is not", printable(id)));
            return unexpected_error();  // zia-api.md 7
        }
    }
    if (kind == RuleKind::url) return std::nullopt;
    for (const auto id : rule.ids("destIpGroups")) {
        if (tenant_.saved().group(id) == nullptr) return unexpected_error();
    }
    Texts offenders = rule.texts("destAddresses");
    offenders.erase(std::remove_if(offenders.begin(), offenders.end(), is_known_destination), offenders.end());
    return offenders.empty() ? std::nullopt : Answer(invalid_entries("addresses", offenders));
}

ServerResponse Cloud::create_rule(const Call& call) {
    const auto kind = kind_of(call.request);
    auto body = parse_rule(kind, call.request.body);
    if (!body || body->modified_s) {
        violation("POST of a rule: the body is invalid");
        return invalid_body();
    }
    if (const auto missing = missing_in(kind, *body); !missing.empty()) return invalid_input(missing);
    auto& rules = rules_of(tenant_.saved(), kind);
    const auto most = kind == RuleKind::url            ? k_most_url_rules
                      : options_.has_advanced_firewall ? k_most_firewall_rules
                                                       : k_few_firewall_rules;
    if (static_cast<std::size_t>(last_order(rules)) >= most) {
        return refusal(403, "LIMIT_EXCEEDED", fmt::format("Maximum {} rules are allowed. Limit has exceeded.", most));
    }
    Rule rule;
    rule.order = *body->order;
    rule.rank = *body->rank;
    rule.fields = std::move(body->fields);
    fill_in(kind, rule);
    if (auto refused = check_rule(rule, kind, rules)) return *std::move(refused);
    rule.id = tenant_.saved().next_rule_id++;
    stamp(rule, call.admin);
    auto json = rule_json(rule, kind, RuleShape::created).dump();
    insert_rule(rules, std::move(rule));
    tenant_.stage(call.admin);
    return ok(std::move(json));
}

void Cloud::stamp(Rule& rule, const std::string& admin) {
    rule.modified_s = std::chrono::floor<std::chrono::seconds>(clock_.now()).time_since_epoch().count();
    rule.modified_by = admin;
}

ServerResponse Cloud::update_rule(const Call& call) {
    const auto kind = kind_of(call.request);
    const auto* current = rule_of(call);
    if (current == nullptr) return no_rule();
    auto body = parse_rule(kind, call.request.body);
    if (!body) {
        violation("PUT of a rule: the body is invalid, or holds fields that are only read");
        return invalid_body();
    }
    if (body->modified_s && *body->modified_s < current->modified_s) {
        return refusal(409, "STALE_CONFIGURATION_ERROR", "The rule has been changed since it was read");
    }
    if (current->is_default) return invalid_input("The default rule cannot be changed");
    if (const auto missing = missing_in(kind, *body); !missing.empty()) return invalid_input(missing);
    Rule next = *current;
    next.order = *body->order;
    next.rank = *body->rank;
    next.fields = std::move(body->fields);
    fill_in(kind, next);
    if (const auto lost = lost_field(*current, next); !lost.empty()) {
        violation(fmt::format("PUT of a rule without {}: the rule loses it", lost));
    }
    auto others = rules_of(tenant_.saved(), kind);
    erase_rule(others, next.id);
    if (auto refused = check_rule(next, kind, others)) return *std::move(refused);
    if (next != *current) tenant_.stage(call.admin);
    stamp(next, call.admin);
    auto json = rule_json(next, kind, RuleShape::updated).dump();
    insert_rule(others, std::move(next));
    rules_of(tenant_.saved(), kind) = std::move(others);
    return ok(std::move(json));
}

ServerResponse Cloud::delete_rule(const Call& call) {
    const auto* rule = rule_of(call);
    if (rule == nullptr) return no_rule();
    if (rule->is_default) return invalid_input("The default rule cannot be deleted");
    erase_rule(rules_of(tenant_.saved(), kind_of(call.request)), rule->id);
    tenant_.stage(call.admin);
    return no_content();
}

// The status is not recorded; "use 409" (zia-api.md 2.6).
Answer Cloud::refuse_use(std::string_view what, std::size_t rules) {
    if (rules == 0) return std::nullopt;
    return refusal(409, "RESOURCE_IN_USE",
                   fmt::format("{} is associated with {} rule(s). Deletion of this {} is not allowed.", what, rules,
                               to_lower(what)));
}

}  // namespace cordon::sandbox::zia
