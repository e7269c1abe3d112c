#include "sandbox/zia/model.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace cordon::sandbox::zia {
namespace {

struct Predefined {
    const char* id;
    const char* super_category;
    int value;
};

constexpr std::array<Predefined, 7> k_predefined{{
    {"OTHER_ADULT_MATERIAL", "ADULT_MATERIAL", 1},
    {"ADULT_THEMES", "ADULT_MATERIAL", 2},
    {"MUSIC", "ENTERTAINMENT_AND_RECREATION", 29},
    {"NEWS_AND_MEDIA", "NEWS_AND_MEDIA", 42},
    {"WEB_SEARCH", "INTERNET_COMMUNICATION", 61},
    {"MISCELLANEOUS_OR_UNKNOWN", "MISCELLANEOUS", 83},
    {"DEVELOPER_TOOLS", "INFORMATION_TECHNOLOGY", 3075},
}};

template <class Items, class Matches>
auto* first_in(Items& items, Matches matches) {
    for (auto& item : items) {
        if (matches(item)) return &item;
    }
    return static_cast<decltype(&items.front())>(nullptr);
}

}  // namespace

Category* Configuration::category(std::string_view id) {
    return first_in(categories, [&](const Category& each) { return each.id == id; });
}

const Category* Configuration::category_named(std::string_view name) const {
    return first_in(categories, [&](const Category& each) {
        return each.is_custom && equals_ignoring_case(each.configured_name, name);
    });
}

int Configuration::next_custom_number() const {
    int highest = 0;
    for (const auto& each : categories) {
        if (each.is_custom) highest = std::max(highest, each.value - k_value_of_custom_0);
    }
    return highest + 1;
}

Group* Configuration::group(std::int64_t id) {
    return first_in(groups, [&](const Group& each) { return each.id == id; });
}

const Group* Configuration::group_named(std::string_view name) const {
    return first_in(groups, [&](const Group& each) { return equals_ignoring_case(each.name, name); });
}

Configuration seeded_configuration(std::uint64_t seed) {
    Configuration seeded;
    for (const auto& predefined : k_predefined) {
        Category category;
        category.id = predefined.id;
        category.super_category = predefined.super_category;
        category.value = predefined.value;
        category.is_custom = false;
        category.urls = category.retaining_parent = EntrySet(seed);
        seeded.categories.push_back(std::move(category));
    }
    // Customer additions to a predefined category, as in the recording (TestURLCategories #0).
    seeded.categories.front().retaining_parent.insert("test1.example.com");
    seeded.categories.front().keywords = std::vector<std::string>{};
    seeded.categories.front().keywords_retaining_parent = std::vector<std::string>{"test"};

    Category other;
    other.id = "CUSTOM_01";
    other.value = 128;
    other.configured_name = "Finance Allowed Sites";
    other.super_category = "USER_DEFINED";
    other.description = "Owned by the finance team";
    other.urls = other.retaining_parent = EntrySet(seed);
    for (const char* url : {".bank.example.net", "payments.example.net/Portal", "tax.example.org:8443"}) {
        other.urls.insert(url);
    }
    seeded.categories.push_back(std::move(other));

    Group branches;
    branches.id = 10'250'311;
    branches.name = "branch-offices";
    branches.description = "Owned by the network team";
    branches.addresses = EntrySet(seed);
    branches.addresses.insert("192.0.2.0/28");
    branches.addresses.insert("203.0.113.1-203.0.113.9");
    seeded.groups.push_back(std::move(branches));
    Rule last_resort;
    last_resort.id = 1'583'292;
    last_resort.order = -1;  // zia-api.md 6.5
    last_resort.is_default = true;
    last_resort.fields = {{"name", "Default Firewall Filtering Rule"}, {"action", "ALLOW"}, {"state", "ENABLED"}};
    last_resort.modified_s = 1'765'167'481;
    last_resort.modified_by = "admin@portal.example";
    fill_in(RuleKind::firewall, last_resort);
    seeded.firewall_rules.push_back(std::move(last_resort));
    seeded.denylist = seeded.allowlist = seeded.exempted = EntrySet(seed);
    return seeded;
}

}  // namespace cordon::sandbox::zia
