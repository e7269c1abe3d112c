#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/engine/world.hpp"

namespace cordon::engine {
namespace {

using core::Outcome;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

/// A list of 20 that is filled, another one beside it, and feeds that have moved on.
struct Paused {
    World world;
    FakeFeed& feed = world.add("feed", "L", hosts(20));
    FakeFeed& other = world.add("other", "M", hosts(20, 101));

    Paused() {
        EXPECT_EQ(world.run().report.exit_status, 0);
        feed.content = hosts(20, 3);
        feed.version = "2";
        other.content = hosts(20, 103);
        other.version = "2";
        pause(world.clock.now() + 2h);
    }
    void pause(std::optional<Time> until) {
        auto note = list_note_from_json(world.store->list_note("L").value()).value();
        note.pause.reset();
        if (until) note.pause = Pause{*until, "alice", "a partner is on it"};
        ASSERT_TRUE(world.store->set_list_note("L", to_json(note)));
    }
    [[nodiscard]] const std::set<std::string>& list() { return world.gateway.lists["L"]; }
};

TEST(APausedList, stays_as_it_is_while_the_others_go_on) {
    Paused paused;
    const auto report = paused.world.run().report;
    EXPECT_EQ(report.exit_status, 0);
    EXPECT_EQ(paused.list(), set_of(hosts(20)));
    EXPECT_EQ(paused.world.gateway.lists["M"], set_of(hosts(20, 103)));
    EXPECT_EQ(report.lists.front().outcome, Outcome::unchanged);
    EXPECT_THAT(
        report.lists.front().warnings,
        Contains("paused until 2026-11-21 11:31:00 UTC by alice (a partner is on it): nothing comes onto it and "
                 "nothing goes off it; 'cordon resume \"L\"' ends that"));
}

TEST(APausedList, goes_on_by_itself_when_the_time_is_over) {
    Paused paused;
    (void)paused.world.run();
    paused.world.clock.advance(2h);
    const auto report = paused.world.run().report;
    EXPECT_EQ(paused.list(), set_of(hosts(20, 3)));
    EXPECT_THAT(report.lists.front().warnings, Not(Contains(HasSubstr("paused"))));
}

TEST(APausedList, goes_on_when_it_is_resumed) {
    Paused paused;
    (void)paused.world.run();
    paused.pause(std::nullopt);
    (void)paused.world.run();
    EXPECT_EQ(paused.list(), set_of(hosts(20, 3)));
}

TEST(APausedList, keeps_its_pause_over_runs_that_write_its_note) {
    Paused paused;
    for (int i = 0; i < 3; ++i) {
        (void)paused.world.run();
        EXPECT_TRUE(list_note_from_json(paused.world.store->list_note("L").value())->pause) << i;
    }
    EXPECT_EQ(paused.list(), set_of(hosts(20)));
}

TEST(APausedList, is_told_by_a_plan) {
    Paused paused;
    RunOptions options;
    options.mode = Mode::plan_only;
    const auto planned = paused.world.run(options);
    EXPECT_TRUE(planned.plans.front().additions.empty());
    EXPECT_THAT(planned.report.lists.front().warnings, Contains(HasSubstr("paused until")));
}

TEST(APausedList, that_does_not_exist_yet_is_not_made) {
    Paused paused;
    paused.world.add("new", "N", hosts(3, 201));
    ListNote note;
    note.pause = Pause{paused.world.clock.now() + 2h, "alice", ""};
    ASSERT_TRUE(paused.world.store->set_list_note("N", to_json(note)));
    EXPECT_EQ(paused.world.run().report.exit_status, 0);
    EXPECT_FALSE(paused.world.gateway.lists.contains("N"));
    paused.world.clock.advance(2h);
    EXPECT_EQ(paused.world.run().report.exit_status, 0);
    EXPECT_EQ(paused.world.gateway.lists["N"], set_of(hosts(3, 201)));
}

TEST(APausedList, keeps_what_operators_said_while_a_run_read_the_rules) {
    Paused paused;
    const auto is_paused = [&] {
        return list_note_from_json(paused.world.store->list_note("L").value())->pause.has_value();
    };
    paused.world.gateway.rules_as_of = paused.world.clock.now();
    for (const bool is_wanted : {false, true}) {
        paused.world.clock.advance(24h);  // the rules are read again
        paused.pause(is_wanted ? std::nullopt : std::optional(paused.world.clock.now() + 48h));
        const auto reads = paused.world.gateway.rule_reads;
        paused.world.gateway.on_enforcement = [&] {
            paused.pause(is_wanted ? std::optional(paused.world.clock.now() + 48h) : std::nullopt);
        };
        (void)paused.world.run();
        ASSERT_EQ(paused.world.gateway.rule_reads, reads + 1);
        EXPECT_EQ(is_paused(), is_wanted);
        const auto note = list_note_from_json(paused.world.store->list_note("L").value());
        EXPECT_EQ(note->rules.read_at, paused.world.clock.now()) << "and what the run read is kept";
    }
}

}  // namespace
}  // namespace cordon::engine
