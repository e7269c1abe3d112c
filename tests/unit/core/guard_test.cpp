#include "core/guard.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace cordon::core;

constexpr GuardWaiver k_allow_removals{true, false};
constexpr GuardWaiver k_allow_growth{false, true};
constexpr GuardWaiver k_allow_both{true, true};

ListPlan plan_of(std::uint64_t unchanged, std::uint64_t to_remove, std::uint64_t to_add) {
    ListPlan plan;
    plan.list = "X";
    plan.counts.unchanged = unchanged;
    plan.counts.to_remove = to_remove;
    plan.counts.to_add = to_add;
    return plan;
}

std::string rule_of(const std::optional<GuardStop>& stop) {
    return stop ? name_of(stop->rule) : "go";
}

struct PlanCase {
    const char* fact;
    std::uint64_t unchanged, to_remove, to_add;
    bool is_first_fill, desired_is_empty;
    GuardWaiver waiver;
    const char* expected;
};

TEST(Guard, plans) {
    const PlanCase cases[]{
        {"nothing happens", 100, 0, 0, false, false, {}, "go"},
        {"30 % may go", 70, 30, 0, false, false, {}, "go"},
        {"more may not", 69, 31, 0, false, false, {}, "removals"},
        {"replacing does not make it better", 69, 31, 31, false, false, {}, "removals"},
        {"the waiver lets it through", 69, 31, 0, false, false, k_allow_removals, "go"},
        {"the other waiver does not", 69, 31, 0, false, false, k_allow_growth, "removals"},
        {"from ten entries up the share counts", 6, 4, 0, false, false, {}, "removals"},
        {"below ten, half may go", 4, 4, 0, false, false, {}, "go"},
        {"below ten, more than half may not", 4, 5, 0, false, false, {}, "removals"},
        {"a single entry is more than half", 0, 1, 1, false, false, {}, "removals"},
        {"a first fill may be any size", 0, 0, 25000, true, false, {}, "go"},
        {"a list of ours that holds nothing may fill", 0, 0, 25000, false, false, {}, "go"},
        {"50 % growth passes", 1000, 0, 500, false, false, {}, "go"},
        {"more does not", 1000, 0, 501, false, false, {}, "growth"},
        {"removals count against growth", 900, 100, 600, false, false, {}, "go"},
        {"a small list may grow", 999, 0, 5000, false, false, {}, "go"},
        {"growth can be waived", 1000, 0, 5000, false, false, k_allow_growth, "go"},
        {"growth while filling is not judged", 1000, 0, 5000, true, false, {}, "go"},
        {"an empty desired list always stops", 100, 0, 0, false, true, k_allow_both, "emptied"},
        {"also where nothing of ours is there", 0, 0, 0, true, true, {}, "emptied"},
        {"everything may go where that is waived", 0, 5000, 0, false, false, k_allow_removals, "go"},
    };
    for (const auto& c : cases) {
        const auto stop =
            check_plan(plan_of(c.unchanged, c.to_remove, c.to_add), {}, c.is_first_fill, c.desired_is_empty, c.waiver);
        EXPECT_EQ(rule_of(stop), c.expected) << c.fact;
    }
}

TEST(Guard, foreign_entries_do_not_soften_the_share) {
    auto plan = plan_of(60, 40, 0);
    plan.counts.foreign = 10000;
    plan.counts.present = 10100;
    EXPECT_EQ(rule_of(check_plan(plan, {}, false, false, {})), "removals");
}

TEST(Guard, putting_back_what_vanished_is_no_growth) {
    auto plan = plan_of(1000, 0, 2000);
    EXPECT_EQ(rule_of(check_plan(plan, {}, false, false, {})), "growth");
    plan.vanished = 2000;
    EXPECT_EQ(rule_of(check_plan(plan, {}, false, false, {})), "go");
}

TEST(Guard, its_limits_can_be_set) {
    GuardRules rules;
    rules.max_removal_share = 0.05;
    rules.small_list = 2;
    rules.max_growth_share = 1.0;
    rules.growth_from = 1;
    EXPECT_EQ(rule_of(check_plan(plan_of(9, 1, 0), rules, false, false, {})), "removals");
    EXPECT_EQ(rule_of(check_plan(plan_of(9, 0, 9), rules, false, false, {})), "go");
    EXPECT_EQ(rule_of(check_plan(plan_of(9, 0, 10), rules, false, false, {})), "growth");
}

TEST(Guard, messages_have_the_numbers_and_the_limit) {
    const auto removals = check_plan(plan_of(408, 812, 0), {}, false, false, {});
    ASSERT_TRUE(removals);
    EXPECT_EQ(removals->subject, "list 'X'");
    EXPECT_EQ(removals->message, "list 'X' would lose 812 of 1,220 entries (66 %, limit 30 %)");
    const auto growth = check_plan(plan_of(1000, 0, 24000), {}, false, false, {});
    ASSERT_TRUE(growth);
    EXPECT_EQ(growth->message, "list 'X' would grow from 1,000 to 25,000 entries (2400 % more, limit 50 %)");
    const auto emptied = check_plan(plan_of(5, 0, 0), {}, false, true, {});
    ASSERT_TRUE(emptied);
    EXPECT_NE(emptied->message.find("cordon retire \"X\""), std::string::npos);
}

TEST(Guard, a_share_just_over_its_limit_shows_the_decimals_that_say_so) {
    const auto stop = check_plan(plan_of(695, 305, 0), {}, false, false, {});
    ASSERT_TRUE(stop);
    EXPECT_NE(stop->message.find("(30.5 %, limit 30 %)"), std::string::npos) << stop->message;
}

TEST(Guard, hostile_list_names_do_not_reach_the_terminal) {
    auto plan = plan_of(0, 100, 0);
    plan.list = "a\x1b[2Jb";
    EXPECT_EQ(check_plan(plan, {}, false, false, {})->message.find('\x1b'), std::string::npos);
}

IndicatorSet values(const std::vector<std::string>& list) {
    IndicatorSet set;
    for (const auto& value : list) set.append({value, std::nullopt, std::nullopt, {}});
    return set;
}

TEST(Guard, snapshots_are_compared_as_sets_of_trimmed_values) {
    const auto change = compare_snapshots(values({"a.example", "b.example", "b.example"}),
                                          values({" b.example ", "c.example", "d.example", "d.example\r"}));
    EXPECT_EQ(change.before, 2U);
    EXPECT_EQ(change.after, 3U);
    EXPECT_EQ(change.removed, 1U);
    EXPECT_EQ(change.added, 2U);
}

TEST(Guard, a_reordered_snapshot_is_no_change) {
    const auto change = compare_snapshots(values({"a.example", "b.example"}), values({"b.example", "a.example"}));
    EXPECT_EQ(change.removed + change.added, 0U);
}

struct SnapshotCase {
    const char* fact;
    SnapshotChange change;
    const char* expected;
};

TEST(Guard, snapshots) {
    const SnapshotCase cases[]{
        {"no change", {100, 100, 0, 0}, "go"},
        {"the first snapshot", {0, 25000, 0, 25000}, "go"},
        {"30 % may go", {100, 70, 30, 0}, "go"},
        {"more may not", {100, 69, 31, 0}, "removals"},
        {"as many others do not make it better", {100, 100, 31, 31}, "removals"},
        {"the real fall of the replays", {136103, 27167, 108936, 0}, "removals"},
        {"more than half of a small list", {9, 4, 5, 0}, "removals"},
        {"half of a small list", {8, 4, 4, 0}, "go"},
        {"growth over half", {1000, 1501, 0, 501}, "growth"},
        {"growth of a small list", {999, 9999, 0, 9000}, "go"},
        {"empty", {100, 0, 100, 0}, "emptied"},
        {"empty from the start", {0, 0, 0, 0}, "emptied"},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(rule_of(check_snapshot("weaponized", c.change, {})), c.expected) << c.fact;
    }
}

TEST(Guard, a_snapshots_message_names_the_feed) {
    const auto stop = check_snapshot("weaponized", {1220, 408, 812, 0}, {});
    ASSERT_TRUE(stop);
    EXPECT_EQ(stop->subject, "feed 'weaponized'");
    EXPECT_EQ(stop->message,
              "feed 'weaponized' lost 812 of 1,220 indicators (66 %, limit 30 %) since its last good snapshot");
    const auto growth = check_snapshot("weaponized", {1000, 3000, 0, 2000}, {});
    ASSERT_TRUE(growth);
    EXPECT_TRUE(growth->message.ends_with("since its last good snapshot")) << growth->message;
}

}  // namespace
