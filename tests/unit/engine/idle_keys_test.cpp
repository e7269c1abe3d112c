#include "engine/idle_keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cordon::engine {
namespace {

using core::EntityType;
using core::TargetKind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

/// A section alone, and what is idle in it.
struct IdleCase {
    const char* name;
    EntityType entity;
    void (*make)(ListOptions&);
    std::vector<std::string> told;  ///< "key: the sentence's beginning"
};
void PrintTo(const IdleCase& each, std::ostream* out) {
    *out << each.name;
}

class AnIdleKey : public testing::TestWithParam<IdleCase> {};

TEST_P(AnIdleKey, is_told_of) {
    ListOptions list;
    list.category_name = "L";
    GetParam().make(list);
    const ListClaim claim{"one", &list, GetParam().entity};
    const auto found = idle_list_keys({&claim, 1}, {});
    ASSERT_EQ(found.size(), GetParam().told.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        EXPECT_EQ(found[i].section, "one");
        EXPECT_THAT(found[i].key + ": " + found[i].message, StartsWith(GetParam().told[i]));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Each, AnIdleKey,
    testing::Values(
        IdleCase{"none", EntityType::domain, [](ListOptions&) {}, {}},
        IdleCase{"a_rule_that_nobody_wants",
                 EntityType::domain,
                 [](ListOptions& list) {
                     list.rule = {EnsureRule::off, "Blocks", 2, 6, RuleState::enabled};
                 },
                 {"rule_name: this has no effect without ensure_rule = block",
                  "rule_order: ", "rule_rank: ", "rule_state: "}},
        IdleCase{"a_rule_that_is_wished",
                 EntityType::domain,
                 [](ListOptions& list) {
                     list.rule = {EnsureRule::block, "Blocks", 2, 6, RuleState::enabled};
                 },
                 {}},
        IdleCase{"a_group_of_one_list",
                 EntityType::domain,
                 [](ListOptions& list) { list.group = "web"; },
                 {"group: this has no effect, as no other list of names and URLs has group = web: give it"}},
        IdleCase{"a_group_of_fqdn_groups",
                 EntityType::domain,
                 [](ListOptions& list) {
                     list.target = TargetKind::fqdn_group;
                     list.group = "firewall";
                 },
                 {"group: this has no effect: an FQDN group takes part in no group of lists"}},
        IdleCase{"a_reserve_above_the_cap",
                 EntityType::ip,
                 [](ListOptions& list) { list.reserve = 8'001; },
                 {"reserve: the list takes 8,000 entries at most, so no more places than that are kept for it"}},
        IdleCase{"a_reserve_above_the_cap_beside_a_category",
                 EntityType::ip,
                 [](ListOptions& list) {
                     list.reserve = 8'001;
                     list.overflow = Overflow::category;
                 },
                 {"reserve: the list takes 8,000"}},
        IdleCase{"a_reserve_that_fits",
                 EntityType::ip,
                 [](ListOptions& list) {
                     list.reserve = 16'000;
                     list.max_groups = 2;
                 },
                 {}},
        IdleCase{"groups_that_are_never_reached",
                 EntityType::ip,
                 [](ListOptions& list) {
                     list.max_entries = 8'000;
                     list.max_groups = 2;
                 },
                 {"max_groups: this has no effect: max_entries = 8000 fits into the first group, which takes 8,000"}},
        IdleCase{"a_side_in_an_ip_group",
                 EntityType::ip,
                 [](ListOptions& list) { list.retain_parent_category = RetainParent::yes; },
                 {"retain_parent_category: this has no effect: only URL categories"}},
        IdleCase{"a_side_in_the_category_beside_an_ip_group",
                 EntityType::ip,
                 [](ListOptions& list) {
                     list.retain_parent_category = RetainParent::yes;
                     list.ipv6 = Overflow::category;
                 },
                 {}},
        IdleCase{"a_side_that_look_ups_decide",
                 EntityType::domain,
                 [](ListOptions& list) {
                     list.retain_parent_category = RetainParent::no;
                     list.lookup.classifies = true;
                 },
                 {"retain_parent_category: this has no effect: lookup = classify"}},
        IdleCase{"subdomains_of_urls",
                 EntityType::url,
                 [](ListOptions& list) { list.include_subdomains = true; },
                 {"include_subdomains: only domains have subdomains"}}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(AGroup, is_idle_where_only_lists_that_block_otherwise_share_it) {
    ListOptions domains;
    domains.category_name = "D";
    domains.group = "web";
    auto addresses = domains;
    addresses.category_name = "A";
    auto again = domains;
    again.category_name = "d";
    auto other = domains;
    other.category_name = "O";
    const auto told = [](std::initializer_list<ListClaim> claims) {
        std::vector<std::string> sections;
        for (const auto& idle : idle_list_keys(std::vector(claims), {})) sections.push_back(idle.section);
        return sections;
    };
    EXPECT_THAT(told({{"d", &domains, EntityType::domain}, {"a", &addresses, EntityType::ip}}), ElementsAre("d", "a"));
    EXPECT_THAT(told({{"d", &domains, EntityType::domain}, {"d2", &again, EntityType::domain}}), ElementsAre("d", "d2"))
        << "two sections, one list";
    EXPECT_THAT(told({{"d", &domains, EntityType::domain}, {"o", &other, EntityType::url}}), IsEmpty());
}

/// The keys of [zscaler] that are idle with these freeze windows, on 2026-11-20.
std::vector<std::string> idle_with(const char* freeze, ActivationRule rule, OnLeave on_leave,
                                   FreezeZone zone = FreezeZone::utc) {
    const ActivationOptions options{rule, parse_freeze(freeze).value(), zone};
    std::vector<std::string> told;
    for (const auto& idle :
         idle_gateway_keys({}, {}, options, on_leave, parse_iso8601("2026-11-20T12:00:00Z").value())) {
        told.push_back(idle.key + ": " + idle.message);
    }
    return told;
}

TEST(Activation, is_told_of_where_nothing_would_ever_be_written) {
    EXPECT_THAT(idle_with("", ActivationRule::never, OnLeave::published),
                ElementsAre(HasSubstr("activate: with this sign-in (legacy) signing out publishes what is saved, so "
                                      "never means that no run ever writes anything")));
    EXPECT_THAT(idle_with("", ActivationRule::never, OnLeave::kept), IsEmpty()) << "an administrator activates";
    EXPECT_THAT(idle_with("Sat - Sun", ActivationRule::never, OnLeave::kept),
                ElementsAre(StartsWith("freeze: this has no effect with activate = never")));
    EXPECT_THAT(idle_with("", ActivationRule::always, OnLeave::published), IsEmpty());
}

TEST(Freeze, is_told_of_where_it_never_ends_or_is_over) {
    const auto idle = [](const char* windows, FreezeZone zone = FreezeZone::utc) {
        return idle_with(windows, ActivationRule::always, OnLeave::published, zone);
    };
    EXPECT_THAT(idle("Fri 18:00 - Mon 06:00"), IsEmpty());
    EXPECT_THAT(idle("Mon - Sun"), ElementsAre(StartsWith("freeze: these windows leave no gap")));
    EXPECT_THAT(idle("22:00 - 10:00; 10:00 - 22:00"), ElementsAre(StartsWith("freeze: these windows leave no gap")));
    EXPECT_THAT(idle("2025-12-24 12:00 - 2026-01-02; 2026-11-20 - 2026-11-21"),
                ElementsAre("freeze: the window that ended Sat 2026-01-03 00:00 UTC is over and has no effect any "
                            "more: remove it"));
    EXPECT_THAT(idle("", FreezeZone::local), ElementsAre("freeze_zone: this has no effect without freeze; remove the "
                                                         "key"));
}

TEST(Headroom, is_idle_where_no_list_takes_urls) {
    ListOptions addresses;
    addresses.category_name = "A";
    auto beside = addresses;
    beside.overflow = Overflow::category;
    KeepOptions keep;
    keep.quota_headroom = 500;
    const auto count = [&](const ListOptions& list, EntityType entity) {
        const ListClaim claim{"one", &list, entity};
        return idle_gateway_keys({&claim, 1}, keep, {}, OnLeave::kept, {}).size();
    };
    EXPECT_EQ(count(addresses, EntityType::ip), 1U);
    EXPECT_EQ(count(beside, EntityType::ip), 0U);
    EXPECT_EQ(count(addresses, EntityType::url), 0U);
}

}  // namespace
}  // namespace cordon::engine
