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
        Difference{"stale_after", [](FeedSection& section) { section.list.stale_after = 1h; }}),
    [](const auto& each) { return std::string(each.param.key); });

TEST(Lists, tell_all_differences_and_all_sections_at_once) {
    World world;
    world.add("one", "L", {});
    world.add("two", "l", {});
    world.add("three", "L", {});
    world.add("four", "M", {}, core::EntityType::ip);
    world.sections[1].list.min_risk = 5;
    world.sections[2].list.max_entries = 7;
    world.sections[3].list.lookup.skips_known = true;
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

}  // namespace
}  // namespace cordon::engine
