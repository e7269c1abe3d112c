#include "engine/lists.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/engine/world.hpp"

namespace cordon::engine {
namespace {

using testing::HasSubstr;

TEST(Lists, sections_with_one_name_become_one_list_in_the_files_order) {
    World world;
    world.add("b", "Second", {});
    world.add("a", "First", {});
    world.add("c", "Second", {}, core::EntityType::url);
    const auto jobs = world.jobs();
    ASSERT_EQ(jobs.size(), 2U);
    EXPECT_EQ(jobs[0].target.list, "Second");
    EXPECT_EQ(jobs[0].feeds, (std::vector<std::size_t>{0, 2}));
    EXPECT_EQ(jobs[1].feeds, (std::vector<std::size_t>{1}));
}

TEST(Lists, take_their_cap_from_their_section_else_from_the_kind_of_target) {
    World world;
    world.keep.max_domains = 123;
    world.keep.max_ips = 45;
    world.add("d", "D", {});
    world.add("i", "I", {}, core::EntityType::ip);
    world.add("m", "M", {});
    world.sections[2].list.max_entries = 7;
    world.add("w", "W", {}, core::EntityType::ip);
    world.sections[3].list.max_entries = 100'000;
    const auto jobs = world.jobs();
    EXPECT_EQ(jobs[0].policy.cap, 123U);
    EXPECT_EQ(jobs[1].policy.cap, 45U);
    EXPECT_EQ(jobs[2].policy.cap, 7U);
    EXPECT_EQ(jobs[3].policy.cap, 8'000U) << "no group holds more";
}

/// A key on which two sections of one list may differ.
struct Difference {
    const char* key;
    void (*make)(FeedSection&);
};
void PrintTo(const Difference& difference, std::ostream* out) {
    *out << difference.key;
}

class TwoSectionsOfOneList : public testing::TestWithParam<Difference> {};

TEST_P(TwoSectionsOfOneList, must_not_differ) {
    World world;
    world.add("one", "L", {});
    world.add("two", "L", {});
    EXPECT_TRUE(group_into_lists(world.sections, world.keep, world.guard));
    GetParam().make(world.sections[1]);
    const auto jobs = group_into_lists(world.sections, world.keep, world.guard);
    ASSERT_FALSE(jobs);
    EXPECT_EQ(jobs.error().code, Code::invalid);
    EXPECT_THAT(jobs.error().message, HasSubstr("[one] and [two]"));
    EXPECT_THAT(jobs.error().message, HasSubstr(GetParam().key));
}

INSTANTIATE_TEST_SUITE_P(
    Each, TwoSectionsOfOneList,
    testing::Values(
        Difference{
            "entity_type",
            [](FeedSection& section) { section.feed = std::make_unique<FakeFeed>("two", core::EntityType::ip); }},
        Difference{"category_description", [](FeedSection& section) { section.list.category_description = "x"; }},
        Difference{"max_entries", [](FeedSection& section) { section.list.max_entries = 5; }},
        Difference{"min_risk", [](FeedSection& section) { section.list.min_risk = 5; }},
        Difference{"include_subdomains", [](FeedSection& section) { section.list.include_subdomains = true; }},
        Difference{"retain_parent_category",
                   [](FeedSection& section) { section.list.retain_parent_category = RetainParent::no; }},
        Difference{"stale_after", [](FeedSection& section) { section.list.stale_after = 1h; }},
        Difference{"priority", [](FeedSection& section) { section.list.priority = 1; }},
        Difference{"reserve", [](FeedSection& section) { section.list.reserve = 1; }},
        Difference{"group", [](FeedSection& section) { section.list.group = "g"; }},
        Difference{"fold_hosts", [](FeedSection& section) { section.list.fold_hosts = true; }}),
    [](const auto& each) { return std::string(each.param.key); });

TEST(Lists, tell_all_differences_and_all_sections_at_once) {
    World world;
    world.add("one", "L", {});
    world.add("two", "l", {});
    world.add("three", "L", {});
    world.add("four", "M", {}, core::EntityType::ip);
    world.sections[1].list.min_risk = 5;
    world.sections[2].list.max_entries = 7;
    world.sections[3].list.lookup.classifies = true;
    std::vector<ListClaim> claims;
    for (const auto& section : world.sections) {
        claims.push_back({section.section, &section.list, section.feed->entity()});
    }
    std::vector<std::string> told;
    for (const auto& fault : list_faults(claims)) told.push_back(fault.section + " " + fault.other + " " + fault.key);
    EXPECT_THAT(told, testing::ElementsAre("two one category_name", "two one min_risk", "three one max_entries",
                                           "four  lookup"));
    const auto jobs = group_into_lists(world.sections, world.keep, world.guard);
    ASSERT_FALSE(jobs);
    for (const char* part : {"min_risk", "max_entries", "[four] lookup"}) {
        EXPECT_THAT(jobs.error().message, HasSubstr(part));
    }
}

/// A section alone, and what is wrong with it.
struct Misfit {
    const char* name;
    core::EntityType entity;
    void (*make)(ListOptions&);
    const char* key;       ///< "" where nothing is wrong
    const char* sentence;  ///< a part of it
};
void PrintTo(const Misfit& misfit, std::ostream* out) {
    *out << misfit.name;
}

class ASection : public testing::TestWithParam<Misfit> {};

TEST_P(ASection, goes_with_its_target_or_is_told_why_not) {
    World world;
    world.add("one", "L", {}, GetParam().entity);
    GetParam().make(world.sections[0].list);
    const ListClaim claim{"one", &world.sections[0].list, GetParam().entity};
    const auto faults = list_faults({&claim, 1});
    if (GetParam().key[0] == '\0') {
        EXPECT_TRUE(faults.empty()) << faults.front().message;
        return;
    }
    ASSERT_EQ(faults.size(), 1U);
    EXPECT_EQ(faults[0].key, GetParam().key);
    EXPECT_THAT(faults[0].message, testing::StartsWith(std::string("[one] ") + GetParam().key + ": "));
    EXPECT_THAT(faults[0].message, HasSubstr(GetParam().sentence));
    EXPECT_FALSE(group_into_lists(world.sections, world.keep, world.guard));
}

template <core::TargetKind Kind>
void aim(ListOptions& list) {
    list.target = Kind;
}
using core::EntityType;
using core::TargetKind;

INSTANTIATE_TEST_SUITE_P(
    Each, ASection,
    testing::Values(
        Misfit{"addresses_in_a_category", EntityType::ip, aim<TargetKind::url_category>, "", ""},
        Misfit{"addresses_in_an_ip_group", EntityType::ip, aim<TargetKind::ipv4_group>, "", ""},
        Misfit{"addresses_on_the_denylist", EntityType::ip, aim<TargetKind::denylist>, "", ""},
        Misfit{"urls_on_the_denylist", EntityType::url, aim<TargetKind::denylist>, "", ""},
        Misfit{"domains_in_an_fqdn_group", EntityType::domain, aim<TargetKind::fqdn_group>, "", ""},
        Misfit{"addresses_in_an_fqdn_group", EntityType::ip, aim<TargetKind::fqdn_group>, "target",
               "an FQDN group holds domains only, and this section holds addresses: take group"},
        Misfit{"urls_in_an_fqdn_group", EntityType::url, aim<TargetKind::fqdn_group>, "target",
               "an FQDN group holds domains only, and this section holds URLs: take category or denylist"},
        Misfit{"domains_in_an_ip_group", EntityType::domain, aim<TargetKind::ipv4_group>, "target",
               "an IP group holds addresses only, and this section holds domains: take category, fqdn_group"},
        Misfit{"urls_in_an_ip_group", EntityType::url, aim<TargetKind::ipv4_group>, "target",
               "an IP group holds addresses only, and this section holds URLs"},
        Misfit{"a_side_on_the_denylist", EntityType::domain,
               [](ListOptions& list) {
                   list.target = TargetKind::denylist;
                   list.retain_parent_category = RetainParent::no;
               },
               "retain_parent_category", "target is denylist: remove the key or set it to auto"},
        Misfit{"a_side_in_an_fqdn_group", EntityType::domain,
               [](ListOptions& list) {
                   list.target = TargetKind::fqdn_group;
                   list.retain_parent_category = RetainParent::yes;
               },
               "retain_parent_category", "target is fqdn_group"},
        Misfit{"a_classified_denylist", EntityType::domain,
               [](ListOptions& list) {
                   list.target = TargetKind::denylist;
                   list.lookup.classifies = true;
               },
               "lookup", "classify chooses between the two sides of a URL category"},
        Misfit{"a_denylist_without_what_is_known", EntityType::domain,
               [](ListOptions& list) {
                   list.target = TargetKind::denylist;
                   list.lookup.skips_known = true;
               },
               "", ""},
        Misfit{"a_looked_up_ip_group", EntityType::ip, [](ListOptions& list) { list.lookup.skips_known = true; }, "",
               ""},
        Misfit{"networks_in_a_category", EntityType::domain, [](ListOptions& list) { list.join_networks = true; },
               "join_networks", "only IP groups hold networks"},
        Misfit{"a_category_that_overflows", EntityType::url,
               [](ListOptions& list) { list.overflow = Overflow::category; }, "overflow",
               "only the list of an IP group"},
        Misfit{"a_category_beside_a_category", EntityType::url,
               [](ListOptions& list) { list.ipv6 = Overflow::category; }, "ipv6", "only an IP group holds no IPv6"},
        Misfit{"folded_urls", EntityType::url, [](ListOptions& list) { list.fold_hosts = true; }, "fold_hosts",
               "only sections of domains"},
        Misfit{"folded_hosts_in_a_group_of_single_hosts", EntityType::domain,
               [](ListOptions& list) {
                   list.target = TargetKind::fqdn_group;
                   list.fold_hosts = true;
               },
               "fold_hosts", "set include_subdomains = true"},
        Misfit{"two_categories", EntityType::domain, [](ListOptions& list) { list.max_groups = 2; }, "max_groups",
               "goes on in further groups only"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(Lists, of_one_name_agree_in_target_and_may_then_mix_what_a_category_takes) {
    World world;
    world.add("names", "L", {});
    world.add("addresses", "L", {}, core::EntityType::ip);
    world.sections[0].list.target = core::TargetKind::denylist;
    world.sections[1].list.target = core::TargetKind::url_category;
    const auto differing = group_into_lists(world.sections, world.keep, world.guard);
    ASSERT_FALSE(differing);
    EXPECT_THAT(differing.error().message, HasSubstr("[names] and [addresses] both feed 'L' but differ in target"));
    world.sections[0].list.target.reset();  // a category, as the other one says
    const auto jobs = world.jobs();
    ASSERT_EQ(jobs.size(), 1U);
    EXPECT_EQ(jobs[0].target.kind, core::TargetKind::url_category);
    EXPECT_EQ(jobs[0].rules.target, core::TargetKind::url_category);
}

TEST(Lists, of_a_tenant_hold_one_denylist) {
    World world;
    world.add("one", "Denied", {});
    world.add("two", "Also denied", {});
    world.add("three", "denied", {}, core::EntityType::url);
    for (auto& section : world.sections) section.list.target = core::TargetKind::denylist;
    world.sections[2].list.category_name = "Denied";
    const auto jobs = group_into_lists(world.sections, world.keep, world.guard);
    ASSERT_FALSE(jobs);
    EXPECT_EQ(jobs.error().message,
              "[one] and [two] both have target = denylist, but call it 'Denied' and 'Also denied'; a tenant has one "
              "denylist, so give both the same category_name");
    world.sections[1].list.category_name = "Denied";
    ASSERT_EQ(world.jobs().size(), 1U);
    EXPECT_EQ(world.jobs()[0].policy.adopt, core::AdoptRule::none) << "whatever [zscaler] adopt says";
    EXPECT_EQ(world.jobs()[0].policy.cap, 25'000U);
}

TEST(Lists, in_fqdn_groups_take_their_cap_from_max_fqdns_and_subdomains_from_their_section) {
    World world;
    world.add("plain", "Plain", {});
    world.add("deep", "Deep", {});
    world.add("few", "Few", {});
    for (auto& section : world.sections) section.list.target = core::TargetKind::fqdn_group;
    world.sections[1].list.include_subdomains = true;
    world.sections[1].list.max_entries = 5'000;
    world.sections[2].list.max_entries = 7;
    const auto jobs = world.jobs();
    EXPECT_FALSE(jobs[0].target.takes_wildcards);
    EXPECT_TRUE(jobs[1].target.takes_wildcards);
    EXPECT_EQ(jobs[0].policy.cap, 100U);
    EXPECT_EQ(jobs[1].policy.cap, 100U) << "more does not fit one group without Advanced Firewall";
    EXPECT_EQ(jobs[2].policy.cap, 7U);
}

TEST(SideOfNewEntries, follows_the_wish_else_the_majority_and_retains_in_a_new_category) {
    const core::PresentEntry plain{"a.example", "a.example", core::Side::plain};
    const core::PresentEntry retaining{"b.example", "b.example", core::Side::retain_parent};
    core::ListState state;
    EXPECT_EQ(side_of_new_entries(RetainParent::automatic, state), core::Side::retain_parent);
    state.entries = {plain, plain, retaining};
    EXPECT_EQ(side_of_new_entries(RetainParent::automatic, state), core::Side::plain);
    EXPECT_EQ(side_of_new_entries(RetainParent::yes, state), core::Side::retain_parent);
    state.entries = {plain, retaining, retaining};
    EXPECT_EQ(side_of_new_entries(RetainParent::automatic, state), core::Side::retain_parent);
    EXPECT_EQ(side_of_new_entries(RetainParent::no, state), core::Side::plain);
}

std::vector<std::string> names_of(const std::vector<ListJob>& jobs) {
    std::vector<std::string> names;
    for (const auto& job : jobs) names.push_back(job.target.list);
    return names;
}

TEST(Lists, go_on_in_objects_of_their_own) {
    World world;
    world.add("names", "N", {});
    world.add("ips", "I", {}, core::EntityType::ip);
    auto& ips = world.sections[1].list;
    ips.max_groups = 3;
    ips.overflow = Overflow::category;
    ips.max_entries = 20'000;
    const auto jobs = group_into_lists(world.sections, world.keep, world.guard);
    ASSERT_TRUE(jobs);
    EXPECT_THAT(names_of(*jobs), testing::ElementsAre("N", "I", "I (2)", "I (3)", "I (overflow)"));
    EXPECT_EQ(jobs->at(3).continues, 1U);
    EXPECT_EQ(jobs->at(3).target.kind, core::TargetKind::ipv4_group);
    EXPECT_EQ(jobs->at(3).policy.cap, 8'000U);
    EXPECT_EQ(jobs->at(1).most_entries, 20'000U);
    EXPECT_EQ(jobs->at(4).target.kind, core::TargetKind::url_category);
    EXPECT_TRUE(jobs->at(4).takes_overflow);
    EXPECT_EQ(jobs->at(4).policy.cap, 25'000U);
    EXPECT_EQ(most_entries_of(ips, core::EntityType::ip, world.keep), 45'000U);
}

TEST(Lists, number_their_groups_as_the_tenant_takes_it) {
    World world;
    world.add("ips", "I", {}, core::EntityType::ip);
    world.sections[0].list.max_groups = 3;
    world.sections[0].list.group_numbering = GroupNumbering::underscore;
    const auto jobs = group_into_lists(world.sections, world.keep, world.guard);
    ASSERT_TRUE(jobs);
    EXPECT_THAT(names_of(*jobs), testing::ElementsAre("I", "I_2", "I_3"));
    EXPECT_EQ(jobs->at(0).target.first_list, "");
    EXPECT_EQ(jobs->at(2).target.first_list, "I");
}

TEST(Lists, take_no_name_that_another_list_goes_on_in) {
    World world;
    world.add("ips", "I", {}, core::EntityType::ip);
    world.sections[0].list.max_groups = 2;
    world.add("more", "I (2)", {}, core::EntityType::ip);
    const auto jobs = group_into_lists(world.sections, world.keep, world.guard);
    ASSERT_FALSE(jobs);
    EXPECT_THAT(jobs.error().message, HasSubstr("[more] category_name: [ips] goes on in 'I (2)'"));
}

}  // namespace
}  // namespace cordon::engine
