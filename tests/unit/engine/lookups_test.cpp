#include "engine/lookups.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/engine/world.hpp"

namespace cordon::engine {
namespace {

using core::Outcome;
using core::Reason;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// One list of ten hosts that skips what the gateway flags; two values a call.
struct Skipping {
    World world;
    FakeFeed& feed = world.add("feed", "L", hosts(10));
    Skipping() { world.sections[0].list.lookup.skips_known = true; }
    void publish(Strings content) {
        feed.content = std::move(content);
        feed.version += "+";
    }
    void flag(const std::string& value) { world.gateway.database[value] = {"MISC", "MALWARE_SITE", false, ""}; }
    [[nodiscard]] std::set<std::string> list() { return world.gateway.lists["L"]; }
};

const core::ListCounts& counts_of(const RunResult& result) {
    return result.report.lists.at(0).counts;
}

TEST(LookingUp, leaves_out_what_the_gateway_flags_and_tells_it) {
    Skipping scene;
    scene.flag("h003.example");
    const auto result = scene.world.run();
    EXPECT_EQ(result.report.outcome, Outcome::done);
    EXPECT_THAT(scene.list(), SizeIs(9));
    EXPECT_FALSE(scene.list().contains("h003.example"));
    EXPECT_EQ(counts_of(result).known_to_gateway, 1U);
    ASSERT_THAT(scene.world.rejected.values, SizeIs(1));
    EXPECT_EQ(scene.world.rejected.values[0].reason, Reason::known_to_gateway);
}

TEST(LookingUp, asks_only_about_what_is_new) {
    Skipping scene;
    scene.flag("h003.example");
    scene.world.run();
    scene.world.gateway.asked.clear();
    scene.publish(hosts(12));
    scene.world.run();
    EXPECT_THAT(scene.world.gateway.asked, ElementsAre("h011.example", "h012.example"));
    EXPECT_THAT(scene.list(), SizeIs(11));
}

TEST(LookingUp, asks_again_once_an_answer_is_older_than_lookup_ttl) {
    Skipping scene;
    scene.flag("h003.example");
    scene.world.run();
    scene.world.gateway.asked.clear();
    scene.world.gateway.database.clear();
    scene.world.clock.advance(scene.world.keep.lookup_ttl + 1min);
    scene.world.run();
    EXPECT_THAT(scene.world.gateway.asked, ElementsAre("h003.example"));
    EXPECT_TRUE(scene.list().contains("h003.example"));
}

TEST(LookingUp, delivers_in_order_while_the_hour_lasts_and_the_rest_in_the_next_run) {
    Skipping scene;
    scene.world.gateway.lookups_left = 2;
    const auto first = scene.world.run();
    EXPECT_EQ(first.report.outcome, Outcome::done);
    EXPECT_EQ(scene.list(), set_of(hosts(4)));
    EXPECT_EQ(counts_of(first).awaiting_lookup, 6U);
    ASSERT_THAT(first.report.lists[0].warnings, SizeIs(1));
    EXPECT_THAT(first.report.lists[0].warnings[0], HasSubstr("6 entries wait for a look-up"));
    scene.world.gateway.lookups_left = 1000;
    EXPECT_EQ(counts_of(scene.world.run()).awaiting_lookup, 0U);
    EXPECT_EQ(scene.list(), set_of(hosts(10)));
}

TEST(LookingUp, a_first_fill_that_waits_for_look_ups_is_no_growth_to_the_guard) {
    Skipping scene;
    scene.world.guard.rules.growth_from = 100;
    scene.publish(hosts(600));
    scene.world.gateway.lookups_left = 100;
    EXPECT_EQ(scene.world.run().report.outcome, Outcome::done);
    EXPECT_THAT(scene.list(), SizeIs(200));
    EXPECT_FALSE(scene.world.ledger("L").filled_at);
    scene.world.gateway.lookups_left = 1000;
    EXPECT_EQ(scene.world.run().report.outcome, Outcome::done);
    EXPECT_THAT(scene.list(), SizeIs(600));
    EXPECT_TRUE(scene.world.ledger("L").filled_at);
}

TEST(LookingUp, a_failure_is_partial_and_holds_no_removal_up) {
    Skipping scene;
    scene.world.guard.rules.max_removal_share = 1;
    scene.world.run();
    scene.world.gateway.lookup_failure = Error{Code::unreachable, "500 of ZIA"};
    scene.publish(hosts(10, 3));  // h001 and h002 leave, h011 and h012 come
    const auto result = scene.world.run();
    EXPECT_EQ(result.report.outcome, Outcome::partial);
    EXPECT_THAT(result.report.lists[0].message, HasSubstr("500 of ZIA"));
    EXPECT_EQ(scene.list(), set_of(hosts(8, 3)));
    EXPECT_EQ(counts_of(result).awaiting_lookup, 2U);
}

TEST(LookingUp, what_an_answer_does_not_name_waits_and_is_asked_once_a_run) {
    Skipping scene;
    scene.world.gateway.unnamed = {"h003.example"};
    const auto result = scene.world.run();
    EXPECT_EQ(result.report.outcome, Outcome::done);
    EXPECT_THAT(scene.list(), SizeIs(9));
    EXPECT_EQ(counts_of(result).awaiting_lookup, 1U);
    EXPECT_THAT(scene.world.gateway.asked, SizeIs(10));
    EXPECT_TRUE(scene.world.ledger("L").filled_at) << "the guard does not sleep for it";
    scene.world.gateway.unnamed.clear();
    scene.world.run();
    EXPECT_EQ(scene.list(), set_of(hosts(10)));
}

TEST(LookingUp, a_failure_is_told_beside_a_drift) {
    Skipping scene;
    scene.publish(hosts(100));
    scene.world.run();
    for (const auto& host : hosts(40)) scene.world.gateway.lists["L"].erase(host);
    scene.world.gateway.lookup_failure = Error{Code::unreachable, "500 of ZIA"};
    scene.publish(hosts(102));
    const auto message = scene.world.run().report.lists[0].message;
    EXPECT_THAT(message, HasSubstr("500 of ZIA; another program or person changed this list"));
}

TEST(LookingUp, never_takes_away_what_is_on_the_list) {
    Skipping scene;
    scene.world.run();
    for (const auto& host : hosts(10)) scene.flag(host);
    scene.world.clock.advance(30 * 24h);
    scene.world.gateway.asked.clear();
    scene.world.run();
    EXPECT_EQ(scene.list(), set_of(hosts(10)));
    EXPECT_THAT(scene.world.gateway.asked, IsEmpty());
}

TEST(LookingUp, a_plan_asks_nothing_and_counts_what_a_run_would_ask) {
    Skipping scene;
    RunOptions options;
    options.mode = Mode::plan_only;
    options.command = "plan";
    const auto result = scene.world.run(options);
    EXPECT_THAT(scene.world.gateway.asked, IsEmpty());
    ASSERT_THAT(result.plans, SizeIs(1));
    EXPECT_EQ(result.plans[0].lookups, 10U);
    EXPECT_EQ(counts_of(result).awaiting_lookup, 10U);
}

TEST(LookingUp, what_cannot_be_looked_up_is_delivered_and_told) {
    Skipping scene;
    scene.world.gateway.database["h002.example"] = {"", "", false, "Invalid URL"};
    const auto result = scene.world.run();
    EXPECT_TRUE(scene.list().contains("h002.example"));
    ASSERT_THAT(result.report.lists[0].warnings, SizeIs(1));
    EXPECT_THAT(result.report.lists[0].warnings[0], HasSubstr("h002.example"));
}

TEST(LookingUp, classify_splits_over_the_sides) {
    World world;
    world.add("feed", "L", hosts(2));
    world.sections[0].list.lookup.classifies = true;
    world.gateway.database["h001.example"] = {"NEWS", "", false, ""};
    std::vector<core::PlannedEntry> additions;
    world.gateway.on_apply = [&](const core::ListPlan& plan) { additions = plan.additions; };
    world.run();
    EXPECT_EQ(additions, (std::vector<core::PlannedEntry>{{"h001.example", core::Side::retain_parent},
                                                          {"h002.example", core::Side::plain}}));
}

TEST(LookingUp, names_what_the_gateway_would_not_look_up_and_delivers_it) {
    Skipping scene;
    scene.publish(hosts(14));
    for (const auto& value : hosts(12, 2)) scene.world.gateway.database[value] = {"", "", false, "Invalid URL"};
    const auto warnings = scene.world.run().report.lists[0].warnings;
    EXPECT_THAT(warnings, ElementsAre(AllOf(HasSubstr("would not look 12 values up"),
                                            HasSubstr("unasked: h002.example, h003.example, "),
                                            HasSubstr(", h011.example and 2 more (it says of the first: Invalid"))));
    EXPECT_THAT(scene.list(), SizeIs(14));
}

TEST(LookingUp, warns_unless_the_tenant_blocks_what_is_left_out) {
    Skipping scene;
    scene.world.gateway.advice = "check the rules";
    EXPECT_THAT(scene.world.run().report.lists[0].warnings, ElementsAre("check the rules"));
}

TEST(LookupSetting, reads_one_word_or_two) {
    struct Case {
        const char* text;
        bool is_good, skips, classifies;
    };
    const Case cases[]{{"off", true, false, false},
                       {"skip_known", true, true, false},
                       {"Classify", true, false, true},
                       {"skip_known, classify", true, true, true},
                       {"classify skip_known", true, true, true},
                       {"off, classify", false, false, false},
                       {"", false, false, false},
                       {"yes", false, false, false}};
    for (const auto& c : cases) {
        ListOptions options;
        const auto table = settings_of(options);
        const auto lookup =
            std::find_if(table.begin(), table.end(), [](const Setting& s) { return s.key == "lookup"; });
        ASSERT_NE(lookup, table.end());
        EXPECT_EQ(lookup->assign(c.text).has_value(), c.is_good) << c.text;
        EXPECT_EQ(options.lookup, (core::LookupRules{c.skips, c.classifies})) << c.text;
    }
}

}  // namespace
}  // namespace cordon::engine
