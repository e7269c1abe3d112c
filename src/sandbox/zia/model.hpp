#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/zia/entry_set.hpp"
#include "sandbox/zia/rule.hpp"

namespace cordon::sandbox::zia {

/// A URL category as ZIA keeps it (zia-api.md 4.2), without its entries, which may be many. An optional that is not
/// set is a key that answers leave out.
struct CategoryAttributes {
    std::string id;
    int value = 0;                ///< `val`; custom ones have 127 + NN
    std::string configured_name;  ///< empty for predefined ones
    std::string super_category;   ///< empty once a full PUT left it out
    std::string type = "URL_CATEGORY";
    std::string url_type = "EXACT";
    bool is_custom = true;
    std::optional<std::string> description;
    std::optional<std::vector<std::string>> keywords;
    std::optional<std::vector<std::string>> keywords_retaining_parent;
    std::optional<std::vector<std::string>> ip_ranges;
    std::optional<std::vector<std::string>> ip_ranges_retaining_parent;
    std::string scopes;  ///< JSON array as it was sent; empty = none

    /// Neither keywords nor IP ranges.
    [[nodiscard]] bool is_bare() const {
        const auto none = [](const auto& list) { return !list || list->empty(); };
        return none(keywords) && none(keywords_retaining_parent) && none(ip_ranges) && none(ip_ranges_retaining_parent);
    }
    bool operator==(const CategoryAttributes&) const = default;
};

struct Category : CategoryAttributes {
    EntrySet urls;
    EntrySet retaining_parent;  ///< dbCategorizedUrls

    [[nodiscard]] std::size_t entries() const { return urls.size() + retaining_parent.size(); }
    bool operator==(const Category&) const = default;
};

/// A destination group (zia-api.md 6.2).
struct Group {
    std::int64_t id = 0;
    std::string name;
    std::string type = "DSTN_IP";
    EntrySet addresses;
    std::optional<std::string> description;
    std::vector<std::string> ip_categories;
    std::vector<std::string> countries;

    bool operator==(const Group&) const = default;
};

constexpr int k_value_of_custom_0 = 127;  ///< val = 127 + NN (zia-api.md 4.1)

/// Everything that is first saved and then activated.
struct Configuration {
    std::vector<Category> categories;  ///< predefined ones, then custom ones by number
    std::vector<Group> groups;         ///< by ascending id
    EntrySet denylist;
    EntrySet allowlist;
    EntrySet exempted;                 ///< from authentication (zia-api.md 8.2); shares the quota (4.13)
    std::vector<Rule> url_rules;       ///< by order
    std::vector<Rule> firewall_rules;  ///< the same, the default rule first, as recorded
    std::int64_t next_rule_id = 1'690'931;

    [[nodiscard]] Category* category(std::string_view id);
    [[nodiscard]] const Category* category_named(std::string_view name) const;
    /// One past the highest NN of CUSTOM_NN (zia-api.md 4.1).
    [[nodiscard]] int next_custom_number() const;
    [[nodiscard]] Group* group(std::int64_t id);
    [[nodiscard]] const Group* group_named(std::string_view name) const;
};

/// What the tenant holds before anybody uses it: a few predefined categories, and one category and one
/// group of another team.
[[nodiscard]] Configuration seeded_configuration(std::uint64_t seed);

}  // namespace cordon::sandbox::zia
