#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/engine/world.hpp"

namespace cordon::engine {
namespace {

using core::ActivationState;
using core::Outcome;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

const char* const k_weekend = "Fri 18:00 - Mon 06:00";  // the world begins on a Saturday

/// A list of 20 that is filled and active, and a feed that now has 22 others of which 18 are old.
struct Changed {
    World world;
    FakeFeed& feed = world.add("feed", "L", hosts(20));

    Changed() {
        EXPECT_EQ(world.run().report.exit_status, 0);
        feed.content = hosts(20, 3);
        feed.version = "2";
        world.gateway.activations = 0;
        world.gateway.applies = 0;
        world.gateway.left_keeping.clear();
    }
    void freeze(const char* windows) { world.activation.freeze = parse_freeze(windows).value(); }
    /// As an earlier run leaves it that saved and could not activate.
    void owe() {
        ASSERT_TRUE(world.store->set_activation_owed(true));
        world.gateway.status = ActivationState::pending;
    }
    [[nodiscard]] bool is_owed() { return world.store->is_activation_owed().value(); }
    [[nodiscard]] const std::set<std::string>& list() { return world.gateway.lists["L"]; }
};

TEST(AFrozenRun, writes_nothing_where_leaving_publishes_and_says_until_when) {
    Changed changed;
    changed.freeze(k_weekend);
    const auto report = changed.world.run().report;
    EXPECT_EQ(report.outcome, Outcome::unchanged);
    EXPECT_EQ(report.exit_status, 0) << "the operator wants it so";
    EXPECT_EQ(report.activation, ActivationState::not_needed);
    EXPECT_EQ(report.held_back,
              "nothing was written: freeze until Mon 2026-11-23 06:00 UTC. 2 additions and 2 removals wait; the first "
              "run after it writes them");
    EXPECT_THAT(core::to_text(report), testing::EndsWith(report.held_back + "\n"));
    EXPECT_EQ(report.lists.front().counts.pending, 2U);
    EXPECT_EQ(report.lists.front().message, "not written: freeze until Mon 2026-11-23 06:00 UTC");
    EXPECT_EQ(changed.list(), set_of(hosts(20)));
    EXPECT_EQ(changed.world.gateway.applies, 0U);
    EXPECT_EQ(changed.world.gateway.activations, 0U);
    EXPECT_FALSE(changed.is_owed());
    EXPECT_THAT(changed.world.gateway.left_keeping, ElementsAre(true));
    ASSERT_THAT(changed.world.rejected.values, SizeIs(2));
    EXPECT_EQ(changed.world.rejected.values[0].reason, core::Reason::pending);
}

TEST(AFrozenRun, is_made_up_for_by_the_first_run_after_the_freeze) {
    Changed changed;
    changed.freeze(k_weekend);
    (void)changed.world.run();
    changed.world.clock.set(parse_iso8601("2026-11-23T06:00:00Z").value());
    const auto report = changed.world.run().report;
    EXPECT_EQ(report.outcome, Outcome::done);
    EXPECT_EQ(report.held_back, "");
    EXPECT_EQ(report.activation, ActivationState::active);
    EXPECT_EQ(changed.list(), set_of(hosts(20, 3)));
}

TEST(AFrozenRun, that_has_nothing_to_write_is_as_any_other) {
    Changed changed;
    changed.feed.content = hosts(20);
    changed.freeze(k_weekend);
    const auto report = changed.world.run().report;
    EXPECT_EQ(report.outcome, Outcome::unchanged);
    EXPECT_EQ(report.held_back, "");
}

TEST(AFrozenRun, saves_where_saved_changes_stay_and_the_first_run_after_it_activates_them_first) {
    Changed changed;
    changed.world.gateway.publishes = false;
    changed.freeze(k_weekend);
    const auto frozen = changed.world.run().report;
    EXPECT_EQ(frozen.exit_status, 0);
    EXPECT_EQ(frozen.outcome, Outcome::done);
    EXPECT_EQ(frozen.activation, ActivationState::withheld);
    EXPECT_THAT(frozen.held_back, HasSubstr("2 additions and 2 removals are saved and not active: freeze until Mon"));
    EXPECT_EQ(changed.list(), set_of(hosts(20, 3)));
    EXPECT_EQ(changed.world.gateway.activations, 0U);
    EXPECT_TRUE(changed.is_owed());
    changed.world.gateway.status = ActivationState::pending;

    const auto still = changed.world.run().report;
    EXPECT_EQ(still.activation, ActivationState::withheld);
    EXPECT_THAT(still.held_back, HasSubstr("changes of an earlier run are saved and not active"));

    changed.world.clock.set(parse_iso8601("2026-11-23T06:00:00Z").value());
    const auto after = changed.world.run().report;
    EXPECT_EQ(after.activation, ActivationState::active);
    EXPECT_EQ(after.held_back, "");
    EXPECT_EQ(changed.world.gateway.activations, 1U);
    EXPECT_FALSE(changed.is_owed());
}

TEST(AFrozenRun, that_somebody_asked_for_by_hand_did_not_do_what_was_asked) {
    Changed changed;
    changed.freeze(k_weekend);
    RunOptions options;
    options.mode = Mode::plan_only;
    const auto planned = changed.world.run(options).report;
    EXPECT_EQ(planned.held_back, "a run now would write nothing: freeze until Mon 2026-11-23 06:00 UTC");
    EXPECT_EQ(planned.exit_status, 0);
    options.mode = Mode::apply;
    options.reviewed_digest = planned.digest;
    EXPECT_EQ(changed.world.run(options).report.outcome, Outcome::partial);
    RunOptions adopting;
    adopting.adopt = "L";
    changed.world.gateway.lists["L"].insert("theirs.example");
    EXPECT_EQ(changed.world.run(adopting).report.outcome, Outcome::partial);
    EXPECT_EQ(changed.world.gateway.applies, 0U);
}

TEST(AFrozenRetirement, retires_nothing_and_forgets_nothing) {
    Changed changed;
    const auto note = list_note_from_json(changed.world.store->list_note("L").value());
    ASSERT_TRUE(note);
    RunOptions options;
    changed.freeze(k_weekend);
    options.activation = changed.world.activation;
    const auto ports = changed.world.ports();
    const auto frozen = retire_list("L", *note, ports, options, {});
    EXPECT_EQ(frozen.report.exit_status, 1);
    EXPECT_THAT(frozen.report.held_back,
                HasSubstr("0 additions and 20 removals are still to be made: give the command again after it"));
    EXPECT_EQ(changed.list(), set_of(hosts(20)));
    EXPECT_THAT(list_note_from_json(changed.world.store->list_note("L").value())->feeds, SizeIs(1));
    EXPECT_EQ(retire_list("L", *note, ports, {}, {}).report.exit_status, 0);
    EXPECT_THAT(changed.list(), testing::ElementsAre("placeholder.invalid"));
}

TEST(ActivateNever, means_writing_nothing_where_leaving_publishes_and_saving_elsewhere) {
    Changed changed;
    changed.world.activation.rule = ActivationRule::never;
    const auto unwritten = changed.world.run().report;
    EXPECT_EQ(unwritten.exit_status, 0);
    EXPECT_THAT(unwritten.held_back, HasSubstr("nothing was written: activate = never"));
    EXPECT_EQ(changed.world.gateway.applies, 0U);
    changed.world.gateway.publishes = false;
    const auto saved = changed.world.run().report;
    EXPECT_EQ(saved.exit_status, 0);
    EXPECT_THAT(saved.held_back, HasSubstr("an administrator activates them"));
    EXPECT_EQ(changed.list(), set_of(hosts(20, 3)));
    EXPECT_EQ(changed.world.gateway.activations, 0U);
}

TEST(ActivateNever, forgets_the_debt_once_an_administrator_has_activated) {
    Changed changed;
    changed.world.gateway.publishes = false;
    changed.world.activation.rule = ActivationRule::never;
    (void)changed.world.run();
    changed.world.gateway.status = ActivationState::active;
    const auto report = changed.world.run().report;
    EXPECT_EQ(report.activation, ActivationState::not_needed);
    EXPECT_EQ(report.held_back, "");
    EXPECT_FALSE(changed.is_owed());
}

class ActivateCleanBehindOthers : public testing::TestWithParam<bool> {};

TEST_P(ActivateCleanBehindOthers, writes_nothing_and_that_is_a_fault) {
    Changed changed;
    changed.world.gateway.publishes = GetParam();
    changed.world.activation.rule = ActivationRule::clean;
    changed.world.gateway.status = ActivationState::pending;
    const auto held = changed.world.run().report;
    EXPECT_EQ(held.outcome, Outcome::partial);
    EXPECT_THAT(held.held_back, HasSubstr("somebody else has saved changes"));
    EXPECT_THAT(held.warnings, ElementsAre(HasSubstr("they hold back what is Cordon's")));
    EXPECT_EQ(changed.world.gateway.applies, 0U);
    changed.world.gateway.status = ActivationState::active;
    const auto next = changed.world.run().report;
    EXPECT_EQ(next.outcome, Outcome::done);
    EXPECT_EQ(next.activation, ActivationState::active);
}

INSTANTIATE_TEST_SUITE_P(WhereverLeaving, ActivateCleanBehindOthers, testing::Bool(),
                         [](const auto& where) { return where.param ? "publishes" : "keeps"; });

TEST(ActivateClean, with_nothing_to_write_is_no_fault_whoever_has_changes_pending) {
    Changed changed;
    changed.feed.content = hosts(20);
    changed.world.activation.rule = ActivationRule::clean;
    changed.world.gateway.status = ActivationState::pending;
    EXPECT_EQ(changed.world.run().report.outcome, Outcome::unchanged);
}

TEST(ActivateClean, activates_what_is_pending_and_its_own) {
    Changed changed;
    changed.world.activation.rule = ActivationRule::clean;
    changed.owe();
    const auto report = changed.world.run().report;
    EXPECT_EQ(report.outcome, Outcome::done);
    EXPECT_EQ(report.activation, ActivationState::active);
    EXPECT_EQ(changed.world.gateway.activations, 2U) << "what was owed, then what was new";
}

TEST(ActivateAlways, names_the_changes_of_others_that_it_publishes) {
    Changed changed;
    changed.world.gateway.status = ActivationState::pending;
    const auto report = changed.world.run().report;
    EXPECT_EQ(report.outcome, Outcome::done);
    EXPECT_EQ(report.activation, ActivationState::active);
    EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("an activation by this run publishes them too")));
    EXPECT_EQ(changed.world.gateway.activations, 1U);
}

TEST(AnOwedActivation, is_tried_before_anything_is_written) {
    Changed changed;
    changed.owe();
    std::size_t activations_before = 0;
    changed.world.gateway.on_apply = [&](const core::ListPlan&) {
        activations_before = changed.world.gateway.activations;
    };
    EXPECT_EQ(changed.world.run().report.exit_status, 0);
    EXPECT_EQ(activations_before, 1U);
    EXPECT_EQ(changed.world.gateway.activations, 2U);
}

TEST(AnOwedActivation, is_tried_once_where_nothing_new_was_written) {
    Changed changed;
    changed.feed.content = hosts(20);
    changed.owe();
    changed.world.gateway.status_after_activation = ActivationState::pending;
    const auto queued = changed.world.run().report;
    EXPECT_EQ(queued.outcome, Outcome::partial);
    EXPECT_EQ(queued.activation, ActivationState::pending);
    EXPECT_EQ(changed.world.gateway.activations, 1U);
    EXPECT_TRUE(changed.is_owed());
    changed.world.gateway.activation_failure = Error{Code::unreachable, "503"};
    const auto failed = changed.world.run().report;
    EXPECT_EQ(failed.outcome, Outcome::failed);
    EXPECT_EQ(failed.message, "503");
    EXPECT_EQ(changed.world.gateway.activations, 2U);
    EXPECT_TRUE(changed.is_owed());
}

TEST(AnActivation, that_fails_is_told_with_what_signing_out_did_for_it) {
    for (const bool publishes : {true, false}) {
        Changed changed;
        changed.world.gateway.publishes = publishes;
        changed.world.gateway.activation_failure = Error{Code::unreachable, "503"};
        const auto report = changed.world.run().report;
        EXPECT_EQ(report.outcome, Outcome::failed);
        const auto said = HasSubstr("the changes should be in effect although the activation failed");
        if (publishes) {
            EXPECT_THAT(report.warnings, Contains(said));
        } else {
            EXPECT_THAT(report.warnings, Not(Contains(said)));
        }
        EXPECT_TRUE(changed.is_owed()) << "the next run makes sure";
    }
}

TEST(AnOwedActivation, that_fails_again_keeps_no_list_from_being_written) {
    Changed changed;
    changed.owe();
    changed.world.gateway.activation_failure = Error{Code::unreachable, "503"};
    const auto report = changed.world.run().report;
    EXPECT_EQ(report.outcome, Outcome::failed);
    EXPECT_EQ(changed.list(), set_of(hosts(20, 3)));
    EXPECT_EQ(changed.world.gateway.activations, 2U);
    EXPECT_TRUE(changed.is_owed());
}

TEST(AnOwedActivation, is_among_what_a_plan_says_a_run_does) {
    Changed changed;
    changed.feed.content = hosts(20);
    changed.owe();
    RunOptions options;
    options.mode = Mode::plan_only;
    EXPECT_TRUE(changed.world.run(options).pays_activation);
    changed.freeze(k_weekend);
    EXPECT_FALSE(changed.world.run(options).pays_activation);
}

TEST(AnOwedActivation, is_not_made_by_a_plan) {
    Changed changed;
    changed.owe();
    RunOptions options;
    options.mode = Mode::plan_only;
    (void)changed.world.run(options);
    EXPECT_EQ(changed.world.gateway.activations, 0U);
    changed.world.gateway.status = ActivationState::active;
    (void)changed.world.run(options);
    EXPECT_TRUE(changed.is_owed()) << "a plan only looks";
}

TEST(AnOwedActivation, of_a_run_that_was_queued_behind_others_stays_in_progress_or_pending_until_active) {
    Changed changed;
    changed.owe();
    changed.world.gateway.status = ActivationState::in_progress;
    changed.feed.content = hosts(20);
    changed.world.gateway.status_after_activation = ActivationState::in_progress;
    const auto report = changed.world.run().report;
    EXPECT_EQ(report.activation, ActivationState::in_progress);
    EXPECT_EQ(report.outcome, Outcome::partial);
    EXPECT_TRUE(changed.is_owed());
}

}  // namespace
}  // namespace cordon::engine
