#include "sandbox/zia/rule.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/digest.hpp"
#include "base/text.hpp"

namespace cordon::sandbox::zia {
namespace {

using RuleJson = nlohmann::ordered_json;

constexpr std::array k_methods{"OPTIONS",  "GET",       "HEAD", "POST",  "PUT",  "DELETE", "TRACE",  "CONNECT", "OTHER",
                               "PROPFIND", "PROPPATCH", "MOVE", "MKCOL", "LOCK", "COPY",   "UNLOCK", "PATCH"};
constexpr std::array k_url_actions{"BLOCK", "ALLOW", "CAUTION", "ISOLATE", "ICAP_RESPONSE", "ANY", "NONE"};
constexpr std::array k_firewall_actions{"ALLOW", "BLOCK_DROP", "BLOCK_RESET", "BLOCK_ICMP", "EVAL_NWAPP"};
constexpr std::array k_states{"ENABLED", "DISABLED"};

// Lists of texts, lists of references [{"id":1}], and flags that a rule may have (zia-api.md 6.5, 7; recordings).
constexpr std::array k_url_texts{"protocols",      "urlCategories",     "urlCategories2",      "requestMethods",
                                 "userAgentTypes", "deviceTrustLevels", "userRiskScoreLevels", "sourceCountries"};
constexpr std::array k_url_references{
    "users",          "groups",  "departments",  "locations",      "locationGroups", "timeWindows",   "labels",
    "sourceIpGroups", "devices", "deviceGroups", "workloadGroups", "overrideUsers",  "overrideGroups"};
constexpr std::array k_url_flags{"blockOverride", "enforceTimeValidity", "capturePCAP", "excludeSrcCountries"};
constexpr std::array k_firewall_texts{"srcIps",        "destAddresses",     "destIpCategories",
                                      "destCountries", "deviceTrustLevels", "sourceCountries",
                                      "nwApplications"};
constexpr std::array k_firewall_references{
    "destIpGroups",     "srcIpGroups", "nwServices", "nwServiceGroups", "nwApplicationGroups", "appServices",
    "appServiceGroups", "users",       "groups",     "departments",     "locations",           "locationGroups",
    "timeWindows",      "labels",      "devices",    "deviceGroups"};
constexpr std::array k_firewall_flags{"enableFullLogging", "capturePCAP", "excludeSrcCountries", "isEunEnabled"};
constexpr std::array k_only_read{"accessControl", "lastModifiedBy", "defaultRule", "predefined"};

template <class Names>
bool is_among(const Names& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool are_texts(const RuleJson& value) {
    return value.is_array() &&
           std::all_of(value.begin(), value.end(), [](const RuleJson& each) { return each.is_string(); });
}

bool is_reference(const RuleJson& value) {
    return value.is_object() && value.contains("id") && value["id"].is_number_integer();
}

bool are_references(const RuleJson& value) {
    return value.is_array() && std::all_of(value.begin(), value.end(), is_reference);
}

enum class Verdict { kept, dropped, wrong };

Verdict judge(bool is_right) {
    return is_right ? Verdict::kept : Verdict::wrong;
}

/// Whether a rule of this kind keeps the field, and whether its value is of the right type.
Verdict verdict_on(RuleKind kind, const std::string& key, const RuleJson& value) {
    const bool is_url = kind == RuleKind::url;
    if (is_among(k_only_read, key)) return Verdict::wrong;
    if (key == "name" || key == "description") return judge(value.is_string());
    if (key == "state") return judge(value.is_string() && is_among(k_states, value.get<std::string>()));
    if (key == "action") {
        if (!value.is_string()) return Verdict::wrong;
        const auto action = value.get<std::string>();
        return judge(is_url ? is_among(k_url_actions, action) : is_among(k_firewall_actions, action));
    }
    if (is_url ? is_among(k_url_texts, key) : is_among(k_firewall_texts, key)) return judge(are_texts(value));
    if (is_url ? is_among(k_url_references, key) : is_among(k_firewall_references, key)) {
        return judge(are_references(value));
    }
    if (is_url ? is_among(k_url_flags, key) : is_among(k_firewall_flags, key)) return judge(value.is_boolean());
    return Verdict::dropped;
}

template <class Number>
bool read_number(const RuleJson& value, std::optional<Number>& number) {
    if (!value.is_number_integer()) return false;
    const auto wide = value.get<std::int64_t>();
    if (wide < std::numeric_limits<Number>::min() || wide > std::numeric_limits<Number>::max()) return false;
    number = static_cast<Number>(wide);
    return true;
}

/// "whitespace normalized by the server" (zia-api.md 7).
std::string folded(std::string_view text) {
    std::string result;
    for (const char c : text) {
        const bool is_space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (!is_space) {
            result += c;
        } else if (!result.empty() && result.back() != ' ') {
            result += ' ';
        }
    }
    return std::string(trim(result));
}

void set_missing(RuleJson& fields, const char* key, RuleJson value) {
    if (!fields.contains(key)) fields[key] = std::move(value);
}

/// True where any of these lists holds something.
bool has_some_of(const RuleJson& fields, std::initializer_list<const char*> keys) {
    return std::any_of(keys.begin(), keys.end(),
                       [&](const char* key) { return fields.contains(key) && !fields[key].empty(); });
}

RuleJson author_of(const Rule& rule) {
    return {{"id", 100'000'000 + hash64(rule.modified_by) % 100'000'000}, {"name", rule.modified_by}};
}

void show_url_fields(const Rule& rule, RuleShape shape, RuleJson& shown) {
    shown["usersAndGroupsSet"] = has_some_of(rule.fields, {"users", "groups"});
    shown["groupsAndDepartmentsSet"] = has_some_of(rule.fields, {"groups", "departments"});
    shown["predefined"] = rule.is_predefined;
    if (shape != RuleShape::read && shape != RuleShape::listed) return;
    if (rule.texts("urlCategories") == std::vector<std::string>{"ANY"}) shown.erase("urlCategories");
    set_missing(shown, "sourceIpGroups", RuleJson::array());
    for (const char* key : {"cbiProfileId", "browserEunTemplateId"}) shown[key] = 0;
    for (const char* key : {"httpHeaderProfiles", "httpHeaderActionProfiles"}) shown[key] = RuleJson::array();
}

void show_firewall_fields(const Rule& rule, RuleShape shape, RuleJson& shown) {
    shown["defaultRule"] = rule.is_default;
    if (rule.is_predefined) shown["predefined"] = true;
    if (shape == RuleShape::listed) {
        for (const char* key : {"endPointApplications", "endPointApplicationGroups"}) shown[key] = RuleJson::array();
    }
    const bool is_read = shape == RuleShape::read || shape == RuleShape::listed;
    if (is_read && !rule.is_predefined && !rule.is_default) set_missing(shown, "sourceCountries", RuleJson::array());
}

}  // namespace

std::vector<std::string> Rule::texts(const char* key) const {
    const auto found = fields.find(key);
    return found == fields.end() ? std::vector<std::string>{} : found->get<std::vector<std::string>>();
}

std::vector<std::int64_t> Rule::ids(const char* key) const {
    std::vector<std::int64_t> ids;
    const auto found = fields.find(key);
    if (found == fields.end()) return ids;
    for (const auto& each : *found) ids.push_back(each.at("id").get<std::int64_t>());
    return ids;
}

std::optional<RuleBody> parse_rule(RuleKind kind, std::string_view body) {
    const auto json = RuleJson::parse(body, nullptr, false);
    if (!json.is_object()) return std::nullopt;
    RuleBody parsed;
    for (const auto& [key, value] : json.items()) {
        if (value.is_null()) continue;
        if (key == "order" && read_number(value, parsed.order)) continue;
        if (key == "rank" && read_number(value, parsed.rank)) continue;
        if (key == "lastModifiedTime" && read_number(value, parsed.modified_s)) continue;
        if (key == "order" || key == "rank" || key == "lastModifiedTime") return std::nullopt;
        const auto verdict = verdict_on(kind, key, value);
        if (verdict == Verdict::wrong) return std::nullopt;
        if (verdict == Verdict::kept) parsed.fields[key] = value;
    }
    return parsed;
}

void fill_in(RuleKind kind, Rule& rule) {
    auto& fields = rule.fields;
    if (fields.contains("description")) fields["description"] = folded(rule.text("description"));
    set_missing(fields, "state", "ENABLED");
    set_missing(fields, "capturePCAP", false);
    set_missing(fields, "excludeSrcCountries", false);
    if (kind == RuleKind::url) {
        set_missing(fields, "requestMethods", k_methods);
        set_missing(fields, "blockOverride", false);
        set_missing(fields, "enforceTimeValidity", false);
        return;
    }
    set_missing(fields, "enableFullLogging", false);
    set_missing(fields, "destIpCategories", RuleJson::array());
    set_missing(fields, "destCountries", RuleJson::array());
    set_missing(fields, "excludeContextShieldEndPoint", false);
    set_missing(fields, "isEunEnabled", false);
    set_missing(fields, "eunTemplateId", 14);
}

RuleJson render(const Rule& rule, RuleKind kind, RuleShape shape) {
    const bool is_read = shape == RuleShape::read || shape == RuleShape::listed;
    RuleJson shown = {{"id", rule.id}};
    if (is_read) shown["accessControl"] = "READ_WRITE";
    shown["order"] = rule.order;
    shown["rank"] = rule.rank;
    shown.update(rule.fields);
    if (shape != RuleShape::created) {
        shown["lastModifiedTime"] = rule.modified_s;
        shown["lastModifiedBy"] = author_of(rule);
    }
    if (kind == RuleKind::url) {
        show_url_fields(rule, shape, shown);
    } else {
        show_firewall_fields(rule, shape, shown);
    }
    return shown;
}

void insert_rule(std::vector<Rule>& rules, Rule rule) {
    for (auto& each : rules) {
        if (each.order >= rule.order && !each.is_default) ++each.order;
    }
    const auto at = std::find_if(rules.begin(), rules.end(), [&](const Rule& each) { return each.order > rule.order; });
    rules.insert(at, std::move(rule));
}

void erase_rule(std::vector<Rule>& rules, std::int64_t id) {
    const auto* rule = rule_in(rules, id);
    if (rule == nullptr) return;
    const int order = rule->order;
    rules.erase(rules.begin() + (rule - rules.data()));
    for (auto& each : rules) {
        if (each.order > order) --each.order;
    }
}

Rule* rule_in(std::vector<Rule>& rules, std::int64_t id) {
    const auto at = std::find_if(rules.begin(), rules.end(), [id](const Rule& each) { return each.id == id; });
    return at == rules.end() ? nullptr : &*at;
}

int last_order(const std::vector<Rule>& rules) {
    int last = 0;
    for (const auto& rule : rules) last = std::max(last, rule.order);
    return last;
}

std::size_t rules_with_category(const std::vector<Rule>& rules, const std::string& id) {
    return static_cast<std::size_t>(std::count_if(rules.begin(), rules.end(), [&](const Rule& rule) {
        for (const char* key : {"urlCategories", "urlCategories2", "destIpCategories"}) {
            const auto named = rule.texts(key);
            if (std::find(named.begin(), named.end(), id) != named.end()) return true;
        }
        return false;
    }));
}

std::size_t rules_with_group(const std::vector<Rule>& rules, std::int64_t id) {
    return static_cast<std::size_t>(std::count_if(rules.begin(), rules.end(), [id](const Rule& rule) {
        const auto named = rule.ids("destIpGroups");
        return std::find(named.begin(), named.end(), id) != named.end();
    }));
}

}  // namespace cordon::sandbox::zia
