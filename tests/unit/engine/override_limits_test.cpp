// What operators said of single values, where the list is not as it was when they said it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/override_runs.hpp"
#include "tests/unit/engine/world.hpp"

namespace cordon::engine {
namespace {

using core::OverrideKind;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

/// A filled list of domains and one of addresses; an operator speaks.
struct Said {
    World world;
    FakeFeed& domains = world.add("domains", "L", hosts(20));
    FakeFeed& ips = world.add("ips", "M", {"198.51.100.0/24", "203.0.113.7", "203.0.113.9"}, core::EntityType::ip);

    Said() { EXPECT_EQ(world.run().report.exit_status, 0); }
    [[nodiscard]] core::Override wish(OverrideKind kind, const std::string& value, const std::string& list = "") {
        const auto now = world.clock.now();
        return {kind, core::canonical_override(value).value(), list, now, now + 24h, "alice", "a partner waits"};
    }
    [[nodiscard]] RunOptions options() const {
        RunOptions options;
        options.command = "unblock";
        options.operator_name = "alice";
        options.activation = world.activation;
        return options;
    }
    RunResult unblock(const std::string& value) {
        world.clock.advance(1min);
        const auto jobs = world.jobs();
        return engine::unblock(wish(OverrideKind::allow, value), jobs, world.ports(), options(), {}).value();
    }
    Result<RunResult> block(const std::string& value, const std::string& list) {
        world.clock.advance(1min);
        const auto jobs = world.jobs();
        return engine::block(wish(OverrideKind::block, value, list), world.sections, jobs, world.ports(), options(),
                             {});
    }
    [[nodiscard]] std::set<std::string>& on(const std::string& list) { return world.gateway.lists[list]; }
};

// --- The store is another than the one that knew whose the entries are ---

TEST(AnUnblock, of_what_no_run_has_told_apart_yet_is_refused_and_not_noted) {
    Said said;
    World after_a_loss;
    after_a_loss.add("domains", "L", hosts(20));
    after_a_loss.gateway.lists["L"] = said.on("L");
    const auto jobs = after_a_loss.jobs();
    auto planned = said.options();
    planned.mode = Mode::plan_only;
    for (const auto& terms : {planned, said.options()}) {
        const auto refused =
            engine::unblock(said.wish(OverrideKind::allow, "h003.example"), jobs, after_a_loss.ports(), terms, {});
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, Code::invalid);
        EXPECT_THAT(refused.error().message,
                    HasSubstr("this store has never seen a run finish on 'L', so it is not known whether "
                              "'h003.example' on it is Cordon's: nothing was done. Run 'cordon run' first"));
        EXPECT_THAT(after_a_loss.store->overrides().value(), IsEmpty());
    }
    EXPECT_TRUE(
        engine::unblock(said.wish(OverrideKind::allow, "free.example"), jobs, after_a_loss.ports(), planned, {}));
    (void)after_a_loss.run();
    const auto again =
        engine::unblock(said.wish(OverrideKind::allow, "h003.example"), jobs, after_a_loss.ports(), said.options(), {});
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_THAT(after_a_loss.gateway.lists["L"], Not(Contains("h003.example")));
}

// --- The list's name stands for another object ---

TEST(AListWhoseTargetWasChanged, loses_nothing_that_an_admin_put_on_its_new_object_to_an_unblocking) {
    Said said;
    said.world.sections[1].list.target = core::TargetKind::denylist;
    said.on("M") = {"203.0.113.7"};  // the denylist's, an admin's
    const auto report = said.unblock("203.0.113.7").report;
    EXPECT_THAT(said.on("M"), Contains("203.0.113.7"));
    EXPECT_EQ(report.exit_status, 1);
    EXPECT_THAT(report.warnings, Contains(HasSubstr("203.0.113.7 stays blocked by '203.0.113.7' on the list 'M'")));
    EXPECT_THAT(report.warnings,
                Contains(HasSubstr("203.0.113.7 may stay blocked by Cordon's '203.0.113.7' in the destination IPv4 "
                                   "group 'M': the list is a denylist now, so that object is not looked at")));
    EXPECT_THAT(report.warnings, Contains(HasSubstr("cordon retire \"M\" --yes")));
}

TEST(AListWhoseTargetWasChanged, is_no_trouble_where_nothing_of_ours_there_blocks_the_value) {
    Said said;
    said.world.sections[1].list.target = core::TargetKind::denylist;
    const auto report = said.unblock("h003.example").report;
    EXPECT_EQ(report.exit_status, 0);
    EXPECT_THAT(said.on("L"), Not(Contains("h003.example")));
    EXPECT_THAT(report.warnings, Not(Contains(HasSubstr("may stay blocked"))));
}

TEST(AListWhoseTargetWasChanged, takes_no_block_and_its_ledger_stays_true) {
    Said said;
    said.world.sections[1].list.target = core::TargetKind::denylist;
    const auto before = marks_of(said.world.ledger("M"));
    const auto result = said.block("203.0.113.50", "M");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Code::invalid);
    EXPECT_THAT(result.error().message,
                HasSubstr("'M' is a denylist now, but what was on it lies in a destination IPv4 group"));
    EXPECT_THAT(said.world.store->overrides().value(), IsEmpty());
    EXPECT_EQ(marks_of(said.world.ledger("M")), before);
    EXPECT_EQ(list_note_from_json(said.world.store->list_note("M").value())->target, core::TargetKind::ipv4_group);
}

TEST(AListWhoseTargetWasChanged, is_not_moved) {
    Said said;
    auto note = list_note_from_json(said.world.store->list_note("L").value()).value();
    note.target = core::TargetKind::denylist;
    ASSERT_TRUE(said.world.store->set_list_note("L", to_json(note)));
    const auto jobs = said.world.jobs();
    const auto report = move_list(jobs.front(), said.world.ports(), said.options(), {}).report;
    EXPECT_THAT(report.message, HasSubstr("'L' is a custom URL category now, but what was on it lies in a denylist"));
    EXPECT_THAT(said.on("L"), SizeIs(20));
}

// --- The clock is wrong for a while ---

TEST(AClockThatJumpedAhead, ends_nothing_that_operators_said_once_it_is_put_right) {
    Said said;
    (void)said.unblock("h003.example");
    ASSERT_TRUE(said.block("bad.example", "L"));
    const auto right = said.world.clock.now();
    said.world.clock.set(right + std::chrono::days{300});
    (void)said.world.run();
    EXPECT_THAT(said.on("L"), Contains("h003.example"));
    EXPECT_THAT(said.on("L"), Not(Contains("bad.example")));
    said.world.clock.set(right + 1h);
    const auto report = said.world.run().report;
    EXPECT_EQ(report.exit_status, 0);
    EXPECT_THAT(said.on("L"), Not(Contains("h003.example")));
    EXPECT_THAT(said.on("L"), Contains("bad.example"));
    EXPECT_THAT(report.warnings, Contains(HasSubstr("h003.example is unblocked until ")));
    EXPECT_THAT(report.warnings, Contains(HasSubstr("bad.example is blocked on 'L' until ")));
}

// --- The list is left as it is by runs ---

/// Noted, and ZIA did not answer.
void unblock_in_vain(Said& said, const std::string& value) {
    said.world.gateway.apply_failure = Error{Code::unreachable, "down"};
    EXPECT_EQ(said.unblock(value).report.exit_status, 1);
    said.world.gateway.apply_failure.reset();
}

TEST(AnUnblockingThatFailed, is_made_good_by_the_next_run_on_a_pinned_list) {
    Said said;
    auto note = list_note_from_json(said.world.store->list_note("L").value()).value();
    note.pause = Pause{std::nullopt, "bob", "", "run 1", said.world.clock.now()};
    ASSERT_TRUE(said.world.store->set_list_note("L", to_json(note)));
    unblock_in_vain(said, "h003.example");
    ASSERT_THAT(said.on("L"), Contains("h003.example"));
    said.domains.content = hosts(19, 2);
    said.domains.version = "2";
    const auto report = said.world.run().report;
    EXPECT_EQ(report.exit_status, 0);
    EXPECT_THAT(said.on("L"), Not(Contains("h003.example")));
    EXPECT_THAT(said.on("L"), SizeIs(19)) << "the rest is pinned";
    EXPECT_EQ(report.lists.front().removed, 1U);
    EXPECT_EQ(core::find_ours(said.world.ledger("L"), "h003.example"), nullptr);
    EXPECT_THAT(report.lists.front().warnings,
                Contains("what operators unblocked goes off it all the same: h003.example"));
}

TEST(AnUnblockingThatFailed, is_made_good_by_the_next_run_on_a_list_whose_feed_expired) {
    Said said;
    unblock_in_vain(said, "203.0.113.7");
    said.ips.failure = Error{Code::unreachable, "no answer"};
    said.world.clock.advance(24h * 2);
    ASSERT_TRUE(said.world.store->put_override(said.wish(OverrideKind::allow, "203.0.113.7")));
    said.world.sections[1].list.stale_after = 24h;
    (void)said.world.run();
    EXPECT_THAT(said.on("M"), Not(Contains("203.0.113.7")));
    EXPECT_THAT(said.on("M"), SizeIs(2));
}

TEST(AnUnblockingThatFailed, is_made_good_by_the_next_run_although_the_guard_stops_the_list) {
    Said said;
    unblock_in_vain(said, "h003.example");
    said.domains.content = hosts(5);
    said.domains.version = "2";
    const auto stopped = said.world.run().report;
    EXPECT_EQ(stopped.lists.front().outcome, core::Outcome::stopped);
    EXPECT_EQ(stopped.lists.front().removed, 1U);
    EXPECT_THAT(said.on("L"), Not(Contains("h003.example")));
    EXPECT_THAT(said.on("L"), SizeIs(19)) << "the guard keeps all else";
    EXPECT_TRUE(said.world.store->guard_stop("L").value());
    EXPECT_EQ(core::find_ours(said.world.ledger("L"), "h003.example"), nullptr);
    const auto again = said.world.run().report;
    EXPECT_EQ(again.lists.front().outcome, core::Outcome::stopped);
    EXPECT_EQ(again.lists.front().removed, 0U);
    EXPECT_THAT(said.on("L"), SizeIs(19));
}

TEST(AnUnblockingThatFailed, is_made_good_by_the_next_run_on_a_small_list_of_which_it_is_the_most) {
    Said said;
    unblock_in_vain(said, "203.0.113.0/24");
    const auto report = said.world.run().report;
    EXPECT_EQ(report.exit_status, 0) << report.message;
    EXPECT_THAT(said.on("M"), testing::ElementsAre("198.51.100.0/24"));
}

TEST(AnUnblockingThatFailed, waits_on_a_stopped_list_too_while_nothing_may_be_written) {
    Said said;
    unblock_in_vain(said, "h003.example");
    said.domains.content = hosts(5);
    said.domains.version = "2";
    said.world.activation.freeze = parse_freeze("Sat 00:00 - Sun 00:00").value();
    (void)said.world.run();
    EXPECT_THAT(said.on("L"), Contains("h003.example"));
}

TEST(APlan, of_a_stopped_list_says_that_what_was_unblocked_goes_and_writes_nothing) {
    Said said;
    unblock_in_vain(said, "h003.example");
    said.domains.content = hosts(5);
    said.domains.version = "2";
    RunOptions options;
    options.mode = Mode::plan_only;
    const auto planned = said.world.run(options);
    EXPECT_THAT(planned.report.lists.front().warnings,
                Contains("what operators unblocked goes off it all the same: h003.example"));
    EXPECT_THAT(said.on("L"), SizeIs(20));
}

TEST(ABlockedValue, that_is_reserved_is_refused_with_the_key_that_would_permit_it_if_one_does) {
    Said said;
    const auto private_one = said.block("h003.example.local", "L");
    ASSERT_FALSE(private_one);
    EXPECT_THAT(private_one.error().message, HasSubstr("local; no key permits that"));
    said.world.guard.permit_reserved = false;
    const auto reserved = said.block("bad.test", "L");
    ASSERT_FALSE(reserved);
    EXPECT_THAT(reserved.error().message, HasSubstr("permit_reserved of [guard] lets it through, for rehearsals only"));
}

// --- What kept a value out before it was blocked ---

TEST(ABlockThatWasHeldBack, comes_with_the_next_run_although_the_value_was_taken_out_or_refused_before) {
    Said said;
    said.world.clock.advance(1min);
    store::LedgerChange before;
    before.list = "L";
    before.put_exceptions = {{"bad.example", said.world.clock.now(), "taken out by hand on the gateway"}};
    before.put_quarantine = {{"worse.example", said.world.clock.now(), "named by the gateway"}};
    ASSERT_TRUE(said.world.store->change(before));
    said.world.gateway.apply_failure = Error{Code::unreachable, "down"};
    ASSERT_TRUE(said.block("bad.example", "L"));
    ASSERT_TRUE(said.block("worse.example", "L"));
    ASSERT_TRUE(said.world.store->change(before)) << "held back: nothing lapsed";
    said.world.gateway.apply_failure.reset();
    EXPECT_EQ(said.world.run().report.exit_status, 0);
    EXPECT_THAT(said.on("L"), Contains("bad.example"));
    EXPECT_THAT(said.on("L"), Contains("worse.example"));
}

TEST(ABlockedValue, that_is_taken_out_by_hand_later_stays_out) {
    Said said;
    ASSERT_TRUE(said.block("bad.example", "L"));
    EXPECT_EQ(said.world.run().report.exit_status, 0);
    said.on("L").erase("bad.example");
    (void)said.world.run();
    (void)said.world.run();
    EXPECT_THAT(said.on("L"), Not(Contains("bad.example")));
}

}  // namespace
}  // namespace cordon::engine
