#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/engine/world.hpp"

namespace cordon::engine {
namespace {

using core::ActivationState;
using core::Outcome;
using testing::ElementsAre;

/// How long ago a list was in step, when the run ended.
using Age = std::optional<std::chrono::milliseconds>;

/// Two lists that are filled, and feeds that have moved on.
struct InStep {
    World world;
    FakeFeed& feed = world.add("feed", "L", hosts(20));
    FakeFeed& other = world.add("other", "M", hosts(20, 101));

    InStep() {
        EXPECT_THAT(ages(), ElementsAre(0s, 0s));
        feed.content = hosts(20, 3);
        feed.version = "2";
    }
    /// Of both lists, after a run.
    std::vector<Age> ages(RunOptions options = {}) {
        report = world.run(std::move(options)).report;
        std::vector<Age> ages;
        for (const auto& list : report.lists) {
            ages.push_back(list.in_step_as_of ? Age(world.clock.now() - *list.in_step_as_of) : std::nullopt);
        }
        return ages;
    }
    core::RunReport report;
};

TEST(ListsInStep, are_so_once_what_their_feeds_want_is_in_effect) {
    InStep both;
    EXPECT_THAT(both.ages(), ElementsAre(0s, 0s)) << "one was written, the other needed nothing";
}

TEST(ListsInStep, are_so_as_of_the_last_confirmation_of_a_feed_that_rests) {
    InStep both;
    RunOptions options;
    options.fetching.resting = {"other"};
    const auto confirmed = both.world.clock.now();
    both.world.clock.advance(1h);
    EXPECT_THAT(both.ages(options), ElementsAre(0s, 1h + 1min)) << "a run takes its minute";
    both.world.clock.set(confirmed - 2h);
    EXPECT_THAT(both.ages(options), ElementsAre(0s, std::nullopt)) << "the clock was set back";
}

TEST(ListsInStep, are_not_those_whose_feed_failed) {
    InStep both;
    both.feed.failure = Error{Code::unreachable, "no answer"};
    EXPECT_THAT(both.ages(), ElementsAre(std::nullopt, 0s));
}

TEST(ListsInStep, are_not_those_that_wait_for_a_freeze_to_end) {
    InStep both;
    both.world.activation.freeze = parse_freeze("Fri 18:00 - Mon 06:00").value();
    EXPECT_THAT(both.ages(), ElementsAre(std::nullopt, 0s)) << "the other has nothing to wait for";
    EXPECT_EQ(both.report.exit_status, 0);
}

TEST(ListsInStep, are_none_while_something_is_saved_and_not_in_effect) {
    InStep both;
    both.world.gateway.publishes = false;
    both.world.activation.rule = ActivationRule::never;
    EXPECT_THAT(both.ages(), ElementsAre(std::nullopt, std::nullopt)) << "withheld";
    both.world.activation.rule = ActivationRule::always;
    both.world.gateway.status = ActivationState::pending;
    both.world.gateway.status_after_activation = ActivationState::pending;
    EXPECT_THAT(both.ages(), ElementsAre(std::nullopt, std::nullopt)) << "queued behind others";
    both.world.gateway.activation_failure = Error{Code::unreachable, "503"};
    EXPECT_THAT(both.ages(), ElementsAre(std::nullopt, std::nullopt)) << "failed";
    both.world.gateway.activation_failure.reset();
    both.world.gateway.status_after_activation = ActivationState::active;
    EXPECT_THAT(both.ages(), ElementsAre(0s, 0s));
}

TEST(ListsInStep, are_not_those_that_an_operator_paused) {
    InStep both;
    ListNote note = list_note_from_json(both.world.store->list_note("L").value()).value();
    note.pause = Pause{both.world.clock.now() + 2h, "alice", "a partner is on it"};
    ASSERT_TRUE(both.world.store->set_list_note("L", to_json(note)));
    EXPECT_THAT(both.ages(), ElementsAre(std::nullopt, 0s));
    EXPECT_EQ(both.report.lists.front().outcome, Outcome::unchanged);
}

TEST(ListsInStep, are_none_of_a_plan_that_is_only_looked_at) {
    InStep both;
    RunOptions options;
    options.mode = Mode::plan_only;
    EXPECT_THAT(both.ages(options), ElementsAre(std::nullopt, std::nullopt));
}

TEST(ListsInStep, are_those_that_a_reviewed_plan_of_another_list_left_alone_where_they_needed_nothing) {
    InStep both;
    both.feed.content = hosts(4);  // stopped
    both.feed.version = "3";
    EXPECT_THAT(both.ages(), ElementsAre(std::nullopt, 0s));
    RunOptions options;
    options.allow_removals = {"L"};
    options.reviewed_digest = both.world.store->guard_stop("L").value()->digest;
    EXPECT_THAT(both.ages(options), ElementsAre(0s, 0s));
    both.other.content = hosts(20, 103);
    both.other.version = "2";
    both.feed.content = hosts(1);
    both.feed.version = "4";
    (void)both.ages();
    options.reviewed_digest = both.world.store->guard_stop("L").value()->digest;
    both.other.content = hosts(20, 105);
    both.other.version = "3";
    EXPECT_THAT(both.ages(options), ElementsAre(0s, std::nullopt)) << "its turn is to come";
}

}  // namespace
}  // namespace cordon::engine
