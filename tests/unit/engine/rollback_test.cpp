#include "engine/rollback.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "tests/unit/engine/world.hpp"

namespace cordon::engine {
namespace {

using core::Outcome;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// Two lists and three runs: each list had 20 hosts, then 20 moved on by 3, then by 3 again.
class RolledBack : public testing::Test {
protected:
    RolledBack() {
        for (std::size_t i = 0; i < 3; ++i) {
            move_on(3 * i);
            runs_.push_back(world_.run().report.id);
            world_.clock.advance(1h);
        }
    }
    void move_on(std::size_t by) {
        feed_.content = hosts(20, 1 + by);
        other_.content = hosts(20, 101 + by);
        feed_.version = other_.version = std::to_string(by);
    }
    [[nodiscard]] Result<Rollback> prepared(const std::string& run, std::optional<std::string> list = {}) {
        const auto jobs = world_.jobs();
        return prepare_rollback({run, std::move(list), "the feed went bad"}, jobs, world_.guard, *world_.store);
    }
    RunResult roll_back_to(const std::string& run, std::optional<std::string> list = {}, Mode mode = Mode::apply,
                           const std::stop_token& stop = {}) {
        const auto rollback = prepared(run, std::move(list));
        EXPECT_TRUE(rollback) << rollback.error().message;
        RunOptions options;
        options.command = "rollback";
        options.operator_name = "alice";
        options.mode = mode;
        options.activation = world_.activation;
        if (!reviewed_.empty()) options.reviewed_digest = reviewed_;
        const auto ports = world_.ports();
        auto result = engine::roll_back(*rollback, ports, options, stop);
        for (const auto& list_report : result.report.lists) EXPECT_EQ(list_report.counts.imbalance(), "");
        return result;
    }
    [[nodiscard]] std::string refusal_of(const std::string& run, std::optional<std::string> list = {}) {
        const auto refused = prepared(run, std::move(list));
        EXPECT_FALSE(refused);
        return refused ? "" : refused.error().message;
    }
    [[nodiscard]] std::optional<Pause> pin_of(const std::string& list) {
        return list_note_from_json(world_.store->list_note(list).value())->pause;
    }
    [[nodiscard]] Strings acts() {
        Strings acts;
        static_cast<void>(world_.store->verify_audit([&](std::string_view line) {
            const auto record = nlohmann::json::parse(line);
            acts.push_back(record.value("who", "") + " " + record.value("act", "") + " " + record.value("list", "") +
                           " " + record.value("why", ""));
        }));
        return acts;
    }

    World world_;
    FakeFeed& feed_ = world_.add("feed", "L", hosts(20));
    FakeFeed& other_ = world_.add("other", "M", hosts(20, 101));
    Strings runs_;
    std::string reviewed_;  ///< digest of the plan that the operator looked at; "" where he did not
    std::set<std::string>& l_ = world_.gateway.lists["L"];
    std::set<std::string>& m_ = world_.gateway.lists["M"];
};

TEST_F(RolledBack, lists_are_as_they_were_after_the_run) {
    for (const std::size_t to : {1U, 0U, 2U}) {
        const auto result = roll_back_to(runs_[to]);
        EXPECT_EQ(result.report.exit_status, 0);
        EXPECT_EQ(l_, set_of(hosts(20, 1 + 3 * to)));
        EXPECT_EQ(m_, set_of(hosts(20, 101 + 3 * to)));
    }
}

TEST_F(RolledBack, one_list_alone_where_it_is_named) {
    const auto result = roll_back_to(runs_[0], "L");
    EXPECT_EQ(l_, set_of(hosts(20)));
    EXPECT_EQ(m_, set_of(hosts(20, 107)));
    EXPECT_EQ(result.report.lists.size(), 1U);
    EXPECT_FALSE(pin_of("M"));
}

TEST_F(RolledBack, a_list_stays_so_until_it_is_resumed_and_each_run_says_so) {
    static_cast<void>(roll_back_to(runs_[0], "L"));
    ASSERT_TRUE(pin_of("L"));
    EXPECT_EQ(pin_of("L")->back_to, runs_[0]);
    EXPECT_EQ(pin_of("L")->until, std::nullopt);
    for (const auto mode : {Mode::plan_only, Mode::apply, Mode::apply}) {
        world_.clock.advance(24h * 400);
        RunOptions options;
        options.mode = mode;
        const auto report = world_.run(options).report;
        EXPECT_EQ(l_, set_of(hosts(20)));
        EXPECT_THAT(report.lists.front().warnings,
                    Contains("rolled back to " + runs_[0] +
                             " by alice, 2026-11-21 12:33:00 UTC (the feed went bad): "
                             "nothing comes onto it and nothing goes off it; 'cordon resume \"L\"' ends that"));
    }
    auto note = list_note_from_json(world_.store->list_note("L").value()).value();
    note.pause.reset();
    ASSERT_TRUE(world_.store->set_list_note("L", to_json(note)));
    static_cast<void>(world_.run());
    EXPECT_EQ(l_, set_of(hosts(20, 7)));
}

TEST_F(RolledBack, a_plan_writes_nothing_and_pins_nothing) {
    const auto records = acts();
    const auto result = roll_back_to(runs_[0], {}, Mode::plan_only);
    ASSERT_EQ(result.plans.size(), 2U);
    EXPECT_EQ(result.plans.front().additions.size(), 6U);
    EXPECT_EQ(result.plans.front().removals.size(), 6U);
    EXPECT_THAT(result.report.warnings, Contains(HasSubstr("until 'cordon resume LIST'")));
    EXPECT_EQ(l_, set_of(hosts(20, 7)));
    EXPECT_FALSE(pin_of("L"));
    EXPECT_EQ(acts(), records);
}

TEST_F(RolledBack, a_list_that_is_as_it_was_is_not_pinned_unless_it_was_named) {
    other_.content = hosts(20, 110);
    other_.version = "bad";
    static_cast<void>(world_.run());
    const auto planned = roll_back_to(runs_[2], {}, Mode::plan_only);
    EXPECT_THAT(planned.report.warnings, Contains("as they were after that run, so not pinned: L"));
    EXPECT_THAT(planned.report.warnings, Contains(HasSubstr("until 'cordon resume LIST': M")));
    static_cast<void>(roll_back_to(runs_[2]));
    EXPECT_FALSE(pin_of("L"));
    EXPECT_TRUE(pin_of("M"));
    static_cast<void>(roll_back_to(runs_[2], "L"));
    EXPECT_TRUE(pin_of("L"));
    const auto again = roll_back_to(runs_[2], {}, Mode::plan_only).report.warnings;
    EXPECT_THAT(again, Contains("as they were after that run, and pinned by an earlier rollback until 'cordon resume "
                                "LIST': L, M"));
    EXPECT_THAT(again, Not(Contains(HasSubstr("not pinned"))));
}

TEST_F(RolledBack, a_plan_that_is_not_the_reviewed_one_begins_nothing_and_says_so) {
    reviewed_ = "0123456789abcdef";
    const auto refused = roll_back_to(runs_[0], "L").report;
    EXPECT_THAT(refused.message, HasSubstr("nothing was applied"));
    EXPECT_THAT(refused.warnings, Not(Contains(HasSubstr("not finished"))));
    EXPECT_FALSE(pin_of("L"));
}

TEST_F(RolledBack, a_list_that_could_not_be_written_is_not_finished_and_says_what_to_do) {
    world_.gateway.apply_failure = Error{Code::unreachable, "no connection"};
    const auto result = roll_back_to(runs_[0], "L");
    EXPECT_NE(result.report.exit_status, 0);
    EXPECT_THAT(result.report.warnings,
                Contains(HasSubstr("the rollback is not finished on L, and runs do not finish it: give the same "
                                   "command again")));
    world_.gateway.apply_failure.reset();
    const auto goes_on = HasSubstr("(not finished: the list has only a part of it. 'cordon rollback " + runs_[0] +
                                   " --list \"L\" --yes' goes on with that)");
    for (int i = 0; i < 2; ++i) {
        const auto next = world_.run().report;
        EXPECT_THAT(next.lists.front().warnings, Contains(goes_on));
    }
    EXPECT_THAT(roll_back_to(runs_[0], "L").report.warnings, Not(Contains(HasSubstr("not finished"))));
    EXPECT_EQ(l_, set_of(hosts(20)));
    EXPECT_THAT(world_.run().report.lists.front().warnings, Not(Contains(HasSubstr("not finished"))));
}

TEST_F(RolledBack, a_paused_list_says_that_the_rollback_takes_the_place_of_the_pause) {
    auto note = list_note_from_json(world_.store->list_note("L").value()).value();
    note.pause = Pause{world_.clock.now() + 24h, "bob", "a test"};
    ASSERT_TRUE(world_.store->set_list_note("L", to_json(note)));
    const auto result = roll_back_to(runs_[0], "L");
    EXPECT_THAT(result.report.lists.front().warnings, Contains(HasSubstr("it was paused by bob until ")));
}

TEST_F(RolledBack, to_what_is_there_now_names_the_run_before) {
    const auto result = roll_back_to(runs_[2]);
    EXPECT_THAT(result.report.warnings,
                Contains("what was on the lists after run " + runs_[2] +
                         " is what is on them now: nothing to roll back; the run before it is " + runs_[1]));
    EXPECT_FALSE(pin_of("L"));
    EXPECT_EQ(roll_back_to("last", "L").report.exit_status, 0);
}

TEST_F(RolledBack, the_audit_log_says_by_whom_to_which_run_and_why) {
    const auto result = roll_back_to(runs_[0], "L");
    const auto why = "back to run " + runs_[0] + ": the feed went bad";
    EXPECT_THAT(acts(), Contains("alice pin L " + why));
    EXPECT_THAT(acts(), Contains("alice rollback L " + why + "; plan " + result.report.digest.substr(0, 16)));
}

TEST_F(RolledBack, the_guard_is_not_asked) {
    feed_.content = hosts(300, 1001);
    feed_.version = "all new";
    ASSERT_EQ(world_.run().report.outcome, Outcome::stopped);
    RunOptions options;
    options.allow_removals = options.allow_growth = {"L"};
    options.reviewed_digest = world_.run().report.lists.front().digest;
    ASSERT_EQ(world_.run(options).report.lists.front().outcome, Outcome::done);
    world_.clock.advance(1h);
    EXPECT_EQ(roll_back_to(runs_[2], "L").report.exit_status, 0);
    EXPECT_EQ(l_, set_of(hosts(20, 7)));
}

TEST_F(RolledBack, entries_of_others_stay) {
    l_.insert("h001.example");  // another's by now: ours went with the second run
    l_.insert("theirs.example");
    static_cast<void>(roll_back_to(runs_[0], "L"));
    EXPECT_THAT(l_, Contains("theirs.example"));
    EXPECT_THAT(l_, Contains("h001.example"));
    static_cast<void>(roll_back_to(runs_[2], "L"));
    EXPECT_THAT(l_, Contains("h001.example")) << "it never became ours";
}

TEST_F(RolledBack, what_must_not_be_blocked_now_stays_out) {
    core::ProtectionBuilder builder;
    ASSERT_TRUE(builder.add_never("h002.example", "[allow] never"));
    world_.protection = builder.build();
    world_.assertions.never_block = {"h003.example"};
    const auto report = roll_back_to(runs_[0], "L").report;
    EXPECT_THAT(l_, Not(Contains("h002.example")));
    EXPECT_THAT(l_, Not(Contains("h003.example")));
    EXPECT_EQ(l_.size(), 18U);
    EXPECT_THAT(report.lists.front().warnings,
                Contains(HasSubstr("2 of the entries that were on it must not be blocked now and stay out "
                                   "('h002.example'")));
    EXPECT_EQ(report.lists.front().counts.reasons.of(core::Reason::never), 2U);
}

TEST_F(RolledBack, what_was_taken_out_by_hand_stays_out_also_where_a_later_run_saw_it) {
    l_.erase("h010.example");
    static_cast<void>(world_.run());
    EXPECT_THAT(acts(), Contains(HasSubstr("found gone L")));
    const auto report = roll_back_to(runs_[0], "L").report;
    EXPECT_THAT(l_, Not(Contains("h010.example")));
    EXPECT_EQ(report.lists.front().counts.excepted, 1U);
}

TEST_F(RolledBack, all_lists_are_pinned_before_the_first_is_written) {
    std::size_t pins_at_the_first_write = 0;
    world_.gateway.on_apply = [&](const core::ListPlan&) {
        if (pins_at_the_first_write == 0) pins_at_the_first_write = (pin_of("L") ? 1U : 0U) + (pin_of("M") ? 1U : 0U);
    };
    EXPECT_EQ(roll_back_to(runs_[0]).report.exit_status, 0);
    EXPECT_EQ(pins_at_the_first_write, 2U);
}

TEST_F(RolledBack, a_death_between_its_intents_and_its_sending_is_made_good) {
    world_.gateway.apply_failure = Error{Code::unknown, "killed"};
    const auto died = roll_back_to(runs_[0], "L");
    EXPECT_NE(died.report.exit_status, 0);
    world_.gateway.apply_failure.reset();
    EXPECT_EQ(l_, set_of(hosts(20, 7)));
    ASSERT_TRUE(pin_of("L")) << "pinned before anything was sent";
    static_cast<void>(world_.run());
    EXPECT_EQ(l_, set_of(hosts(20, 7))) << "no run undoes or ends it";
    const auto again = roll_back_to(runs_[0], "L");
    EXPECT_EQ(again.report.exit_status, 0);
    EXPECT_EQ(l_, set_of(hosts(20)));
    EXPECT_THAT(marks_of(world_.ledger("L")), testing::Each(testing::EndsWith(" seen")));
}

TEST_F(RolledBack, an_answer_that_was_lost_is_made_good_too) {
    world_.gateway.apply_failure = Error{Code::unknown, "the answer was lost"};
    world_.gateway.applies_before_failing = true;
    static_cast<void>(roll_back_to(runs_[0], "L"));
    world_.gateway.apply_failure.reset();
    EXPECT_EQ(l_, set_of(hosts(20)));
    static_cast<void>(world_.run());
    EXPECT_EQ(roll_back_to(runs_[0], "L").report.exit_status, 0);
    EXPECT_EQ(l_, set_of(hosts(20)));
    EXPECT_EQ(roll_back_to(runs_[2], "L").report.exit_status, 0);
    EXPECT_EQ(l_, set_of(hosts(20, 7))) << "the log knows of the late arrivals";
}

TEST_F(RolledBack, a_freeze_writes_nothing_and_pins_nothing) {
    world_.activation.rule = ActivationRule::never;
    const auto report = roll_back_to(runs_[0]).report;
    EXPECT_EQ(report.outcome, Outcome::partial);
    EXPECT_EQ(l_, set_of(hosts(20, 7)));
    EXPECT_FALSE(pin_of("L"));
}

TEST_F(RolledBack, a_run_that_changed_nothing_is_placed_by_the_order_of_runs) {
    world_.clock.advance(1h);
    const auto quiet = world_.run().report.id;
    world_.clock.advance(1h);
    move_on(9);
    static_cast<void>(world_.run());
    EXPECT_EQ(roll_back_to(quiet).report.exit_status, 0);
    EXPECT_EQ(l_, set_of(hosts(20, 7)));
}

TEST_F(RolledBack, a_wrong_wish_is_refused_in_a_sentence) {
    EXPECT_THAT(refusal_of("nonsense"), HasSubstr("no run has the id nonsense"));
    EXPECT_THAT(refusal_of("2026"), HasSubstr("more than one run has the id 2026"));
    EXPECT_THAT(refusal_of(runs_[0], "X"), HasSubstr("nothing is known of a list 'X'"));
    const auto l_alone = roll_back_to(runs_[1], "L").report.id;
    EXPECT_THAT(refusal_of(l_alone, "M"), HasSubstr("run " + l_alone + " did not deal with 'M'"));
    ListNote part;
    part.first_list = "L";
    ASSERT_TRUE(world_.store->set_list_note("L (2)", to_json(part)));
    EXPECT_THAT(refusal_of(runs_[0], "L (2)"), HasSubstr("'L (2)' is a part of the list 'L'; name that"));
}

TEST_F(RolledBack, a_killed_run_is_no_place_to_go_to) {
    core::RunReport killed;
    killed.id = "20261121T093000Z-dead00";
    killed.outcome = Outcome::unfinished;
    killed.started = killed.finished = world_.clock.now();
    ASSERT_TRUE(world_.store->save_run(killed));
    EXPECT_THAT(refusal_of(killed.id), HasSubstr("was killed"));
}

TEST_F(RolledBack, a_broken_log_is_refused_and_a_new_one_knows_nothing_of_what_was_before_it) {
    const auto file = world_.folder / "audit.jsonl";
    auto text = read_file(file).value();
    text.replace(text.find("h001.example"), 4, "h999");
    std::ofstream(file, std::ios::trunc) << text;
    EXPECT_THAT(refusal_of(runs_[0]), HasSubstr("the audit log is broken: line 1"));
    ASSERT_TRUE(world_.store->restart_audit({"alice", "restart", "", "", "a disk"}, world_.clock.now()));
    EXPECT_THAT(refusal_of(runs_[2]), HasSubstr("is not known: the audit log begins later, at 2026-11-21T12:33:00Z"));
    world_.clock.advance(1h);
    const auto later = world_.run().report.id;
    move_on(9);
    static_cast<void>(world_.run());
    EXPECT_EQ(roll_back_to(later).report.exit_status, 0);
    EXPECT_EQ(l_, set_of(hosts(20, 7)));
}

TEST_F(RolledBack, a_log_that_lacks_records_since_that_run_is_refused) {
    const auto log = world_.folder / "audit.jsonl";
    std::filesystem::rename(log, world_.folder / "away");
    std::filesystem::create_directory(log);  // cannot be opened to be written
    move_on(9);
    static_cast<void>(world_.run());
    std::filesystem::remove(log);
    std::filesystem::rename(world_.folder / "away", log);
    EXPECT_THAT(refusal_of(runs_[1]), HasSubstr("the audit log lacks records since that run"));
    move_on(12);
    const auto after_the_gap = world_.run().report.id;
    EXPECT_THAT(refusal_of(runs_[1]), HasSubstr("the audit log lacks records since that run"));
    world_.clock.advance(1h);
    move_on(15);
    static_cast<void>(world_.run());
    EXPECT_EQ(roll_back_to(after_the_gap).report.exit_status, 0);
}

TEST_F(RolledBack, a_list_that_no_section_feeds_any_more_where_it_is_named) {
    world_.sections.pop_back();
    const auto all = roll_back_to(runs_[0]);
    EXPECT_EQ(m_, set_of(hosts(20, 107)));
    EXPECT_THAT(all.report.warnings, Contains(HasSubstr("no section feeds 'M' any more")));
    EXPECT_EQ(roll_back_to(runs_[0], "M").report.exit_status, 0);
    EXPECT_EQ(m_, set_of(hosts(20, 101)));
}

TEST_F(RolledBack, a_log_that_was_changed_from_outside_is_said_on_every_run_until_it_is_begun_anew) {
    const auto file = world_.folder / "audit.jsonl";
    const auto text = read_file(file).value();
    std::ofstream(file, std::ios::trunc) << text.substr(0, text.find('\n') + 1);
    const auto warns = [&] {
        world_.clock.advance(1h);
        return testing::Value(world_.run().report.warnings, Contains(HasSubstr("was changed by something else")));
    };
    EXPECT_TRUE(warns());
    move_on(12);
    EXPECT_TRUE(warns());
    EXPECT_TRUE(warns()) << "its end is known again";
    ASSERT_TRUE(world_.store->restart_audit({"alice", "restart", "", "", "x"}, world_.clock.now()));
    EXPECT_FALSE(warns());
}

}  // namespace
}  // namespace cordon::engine
