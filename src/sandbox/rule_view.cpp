// How tests and the control pages look at rules and the denylist, and how other admins change rules.
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "sandbox/sandbox.hpp"
#include "sandbox/state.hpp"
#include "sandbox/zia/entry_rules.hpp"

namespace cordon::sandbox {
namespace {

using zia::Rule;
using zia::RuleKind;

/// Fields that make a rule hold for some only.
constexpr std::array k_scopes{"users",          "groups",      "departments", "locations",
                              "locationGroups", "timeWindows", "devices",     "deviceGroups",
                              "workloadGroups", "srcIps",      "srcIpGroups", "sourceIpGroups"};

bool is_for_all(const Rule& rule) {
    return std::none_of(k_scopes.begin(), k_scopes.end(),
                        [&](const char* key) { return rule.fields.contains(key) && !rule.fields.at(key).empty(); });
}

bool has_any_of(const std::vector<std::string>& texts, const std::vector<std::string>& wanted) {
    return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& each) {
        return std::find(texts.begin(), texts.end(), each) != texts.end();
    });
}

/// The custom categories of the entry that decides: exact before wildcard, longer before shorter, across categories
/// (zia-api.md 5.2).
std::vector<std::string> categories_of(const zia::Configuration& configuration, std::string_view url) {
    std::vector<std::string> ids;
    for (const auto& entry : zia::entries_that_block(url)) {
        for (const auto& category : configuration.categories) {
            const bool is_in = category.urls.contains(entry) || category.retaining_parent.contains(entry);
            if (is_in) ids.push_back(category.id);
        }
        if (!ids.empty()) break;
    }
    return ids;
}

/// Whether an address of a group or of a rule stands for the host: an IP range, a name, "*.x" with x itself
/// (zia-api.md 5.2).
bool is_destination(const std::string& address, const std::string& host) {
    if (zia::covers_address(address, host)) return true;
    const auto name = to_lower(address);
    if (!name.starts_with("*.")) return name == host;
    return host == name.substr(2) || host.ends_with(name.substr(1));
}

bool is_about_host(const Rule& rule, const zia::Configuration& configuration, const std::string& host) {
    const auto addresses = rule.texts("destAddresses");
    const auto ids = rule.ids("destIpGroups");
    if (addresses.empty() && ids.empty()) {
        return rule.texts("destIpCategories").empty() && rule.texts("destCountries").empty();
    }
    const auto is_it = [&](const std::string& address) { return is_destination(address, host); };
    if (std::any_of(addresses.begin(), addresses.end(), is_it)) return true;
    bool is_in_group = false;
    for (const auto& group : configuration.groups) {
        if (std::find(ids.begin(), ids.end(), group.id) == ids.end()) continue;
        group.addresses.for_each([&](const std::string& address) { is_in_group = is_in_group || is_it(address); });
    }
    return is_in_group;
}

/// The name of the rule that stops the request; the first rule that is about it decides.
template <class IsAbout>
std::optional<std::string> decided_by(const std::vector<Rule>& rules, IsAbout is_about) {
    for (const auto& rule : rules) {
        if (rule.is_default || !rule.is_enabled() || !is_for_all(rule) || !is_about(rule)) continue;
        if (rule.text("action").starts_with("BLOCK")) return rule.name();
        return std::nullopt;
    }
    return std::nullopt;
}

std::string json_of(const std::vector<Rule>& rules, RuleKind kind) {
    auto json = nlohmann::ordered_json::array();
    for (const auto& rule : rules) json.push_back(render(rule, kind, zia::RuleShape::listed));
    return json.dump();
}

std::vector<Rule>& every_rule(zia::Configuration& configuration, RuleKind kind) {
    return kind == RuleKind::url ? configuration.url_rules : configuration.firewall_rules;
}

void stamp_by_hand(Rule& rule, Time now) {
    rule.modified_s = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    rule.modified_by = "admin@portal.example";
}

Result<std::int64_t> create_rule(zia::Configuration& configuration, RuleKind kind, std::string_view json, Time now) {
    auto body = zia::parse_rule(kind, json);
    if (!body || body->fields.value("name", "").empty() || !body->fields.contains("action")) {
        return fail(Code::invalid, "That is no rule: it needs a name and an action, and fields as the API has them.");
    }
    auto& rules = every_rule(configuration, kind);
    const int last = zia::last_order(rules) + 1;
    Rule rule;
    rule.id = configuration.next_rule_id++;
    rule.order = std::clamp(body->order.value_or(last), 1, last);
    rule.rank = body->rank.value_or(rule.rank);
    rule.fields = std::move(body->fields);
    fill_in(kind, rule);
    stamp_by_hand(rule, now);
    const auto id = rule.id;
    insert_rule(rules, std::move(rule));
    return id;
}

bool change_rule(zia::Configuration& configuration, RuleKind kind, std::int64_t id, const zia::RuleBody& body,
                 Time now) {
    auto& rules = every_rule(configuration, kind);
    const auto* current = zia::rule_in(rules, id);
    if (current == nullptr) return false;
    Rule next = *current;
    next.fields.update(body.fields);
    next.rank = body.rank.value_or(next.rank);
    stamp_by_hand(next, now);
    if (next.is_default) {
        *zia::rule_in(rules, id) = std::move(next);
        return true;
    }
    erase_rule(rules, id);
    next.order = std::clamp(body.order.value_or(next.order), 1, zia::last_order(rules) + 1);
    insert_rule(rules, std::move(next));
    return true;
}

}  // namespace

std::string Sandbox::url_rules(Side side) {
    return state_->with([&] { return json_of(state_->on(side).url_rules, RuleKind::url); });
}

std::string Sandbox::firewall_rules(Side side) {
    return state_->with([&] { return json_of(state_->on(side).firewall_rules, RuleKind::firewall); });
}

std::set<std::string> Sandbox::denylist(Side side) {
    return state_->with([&] { return state_->on(side).denylist.sorted(); });
}

std::set<std::string> Sandbox::pending_admins() {
    return state_->with([&] { return state_->zia.tenant().pending(); });
}

std::optional<std::string> Sandbox::stopped_by(std::string_view url) {
    return state_->with([&]() -> std::optional<std::string> {
        const auto& active = state_->on(Side::active);
        for (const auto& entry : zia::entries_that_block(url)) {
            if (active.denylist.contains(entry)) return "denylist";
        }
        const auto host = zia::host_of(url);
        auto by_firewall =
            decided_by(active.firewall_rules, [&](const Rule& rule) { return is_about_host(rule, active, host); });
        if (by_firewall) return by_firewall;
        const auto ids = categories_of(active, url);
        return decided_by(active.url_rules, [&](const Rule& rule) {
            const auto named = rule.texts("urlCategories");
            return named.empty() || has_any_of(named, {"ANY"}) || has_any_of(named, ids);
        });
    });
}

Result<std::int64_t> Sandbox::create_url_rule_by_hand(std::string_view json, Publish publish) {
    return state_->with([&] {
        auto id = create_rule(state_->zia.tenant().saved(), RuleKind::url, json, state_->clock.now());
        if (id) state_->portal_saved(publish);
        return id;
    });
}

Result<std::int64_t> Sandbox::create_firewall_rule_by_hand(std::string_view json, Publish publish) {
    return state_->with([&] {
        auto id = create_rule(state_->zia.tenant().saved(), RuleKind::firewall, json, state_->clock.now());
        if (id) state_->portal_saved(publish);
        return id;
    });
}

Result<void> Sandbox::change_rule_by_hand(std::int64_t id, std::string_view json, Publish publish) {
    return state_->with([&]() -> Result<void> {
        for (const auto kind : {RuleKind::url, RuleKind::firewall}) {
            const auto body = zia::parse_rule(kind, json);
            if (!body || !change_rule(state_->zia.tenant().saved(), kind, id, *body, state_->clock.now())) continue;
            state_->portal_saved(publish);
            return {};
        }
        return fail(Code::invalid, "There is no such rule, or that is nothing that it can be changed to.");
    });
}

bool Sandbox::delete_rule_by_hand(std::int64_t id, Publish publish) {
    return state_->with([&] {
        auto& saved = state_->zia.tenant().saved();
        for (auto* rules : {&saved.url_rules, &saved.firewall_rules}) {
            if (zia::rule_in(*rules, id) == nullptr) continue;
            erase_rule(*rules, id);
            state_->portal_saved(publish);
            return true;
        }
        return false;
    });
}

}  // namespace cordon::sandbox
