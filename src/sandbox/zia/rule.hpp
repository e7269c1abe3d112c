#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace cordon::sandbox::zia {

enum class RuleKind { url, firewall };

/// A URL filtering or firewall rule as ZIA keeps it (zia-api.md 6.5, 7).
struct Rule {
    std::int64_t id = 0;
    int order = 0;  ///< from 1 without gaps; the default rule of the firewall has -1 and comes last
    int rank = 7;
    bool is_default = false;
    bool is_predefined = false;
    std::int64_t modified_s = 0;  ///< lastModifiedTime
    std::string modified_by;
    /// Everything else by its name in the API, name, action and state among it.
    nlohmann::ordered_json fields = nlohmann::ordered_json::object();

    [[nodiscard]] std::string text(const char* key) const { return fields.value(key, std::string()); }
    [[nodiscard]] std::string name() const { return text("name"); }
    [[nodiscard]] bool is_enabled() const { return text("state") == "ENABLED"; }
    /// The texts of a list such as urlCategories; empty where it is absent.
    [[nodiscard]] std::vector<std::string> texts(const char* key) const;
    /// The ids of a list such as destIpGroups, [{"id":1}].
    [[nodiscard]] std::vector<std::int64_t> ids(const char* key) const;
    bool operator==(const Rule&) const = default;
};

/// The body of a rule's POST or PUT.
struct RuleBody {
    nlohmann::ordered_json fields = nlohmann::ordered_json::object();  ///< what a rule keeps; without order and rank
    std::optional<int> order;
    std::optional<int> rank;
    std::optional<std::int64_t> modified_s;  ///< lastModifiedTime, held against the rule's own (2.6)
};

/// nullopt where ZIA answers "Request body is invalid.": no JSON object, a wrong type, an unknown enum value, or a
/// field that is only read: accessControl, lastModifiedBy, defaultRule, predefined (zia-api.md 2.6, 7). Unknown fields
/// are left out.
[[nodiscard]] std::optional<RuleBody> parse_rule(RuleKind kind, std::string_view body);

/// What the service fills in: state, requestMethods (all 17), flags; white space of the description is folded
/// (zia-api.md 7).
void fill_in(RuleKind kind, Rule& rule);

/// POST lacks accessControl and lastModified*, PUT lacks accessControl, GET has all and leaves urlCategories ["ANY"]
/// out, a list of firewall rules has end-point fields too (recorded, TestURLFiltering, TestCloudFirewallRules).
enum class RuleShape { created, updated, read, listed };
[[nodiscard]] nlohmann::ordered_json render(const Rule& rule, RuleKind kind, RuleShape shape);

/// Puts a rule at its order; what stands there and below moves down. Rules stay sorted by order.
void insert_rule(std::vector<Rule>& rules, Rule rule);
/// Takes a rule out; what stands below it moves up.
void erase_rule(std::vector<Rule>& rules, std::int64_t id);
[[nodiscard]] Rule* rule_in(std::vector<Rule>& rules, std::int64_t id);
/// The highest order; 0 where there is no rule but the default one.
[[nodiscard]] int last_order(const std::vector<Rule>& rules);
/// How many rules name this category (urlCategories, urlCategories2, destIpCategories).
[[nodiscard]] std::size_t rules_with_category(const std::vector<Rule>& rules, const std::string& id);
/// How many rules name this group in destIpGroups.
[[nodiscard]] std::size_t rules_with_group(const std::vector<Rule>& rules, std::int64_t id);

}  // namespace cordon::sandbox::zia
