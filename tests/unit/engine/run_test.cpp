#include "engine/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/engine/world.hpp"

namespace cordon::engine {
namespace {

using core::ActivationState;
using core::LedgerMark;
using core::Outcome;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct Filled {
    World world;
    FakeFeed& feed = world.add("feed", "L", hosts(20));
    Filled() { EXPECT_EQ(world.run().report.exit_status, 0); }
    void publish(Strings content) {
        feed.content = std::move(content);
        feed.version += "+";
    }
    [[nodiscard]] const std::set<std::string>& list() { return world.gateway.lists["L"]; }
};

TEST(ARun, writes_its_intents_and_the_owed_activation_down_before_it_sends) {
    World world;
    world.add("feed", "L", hosts(2));
    Strings marks;
    bool is_owed = false;
    world.gateway.on_apply = [&](const core::ListPlan&) {
        marks = marks_of(world.ledger("L"));
        is_owed = world.store->is_activation_owed().value();
    };
    EXPECT_EQ(world.run().report.exit_status, 0);
    EXPECT_THAT(marks, ElementsAre("h001.example intended", "h002.example intended"));
    EXPECT_TRUE(is_owed);
    EXPECT_THAT(marks_of(world.ledger("L")), ElementsAre("h001.example seen", "h002.example seen"));
    EXPECT_FALSE(world.store->is_activation_owed().value());
}

TEST(ARun, that_is_killed_leaves_an_unfinished_row_and_one_that_ends_replaces_it) {
    World world;
    world.add("feed", "L", hosts(2));
    std::vector<store::RunSummary> while_it_writes;
    world.gateway.on_apply = [&](const core::ListPlan&) { while_it_writes = world.store->runs(10).value(); };
    const auto result = world.run();
    ASSERT_THAT(while_it_writes, SizeIs(1));
    EXPECT_EQ(while_it_writes[0].id, result.report.id);
    EXPECT_EQ(while_it_writes[0].outcome, "unfinished");
    const auto after = world.store->runs(10).value();
    ASSERT_THAT(after, SizeIs(1));
    EXPECT_EQ(after[0].outcome, "done");
}

TEST(ARun, notes_removals_as_leaving_before_it_sends_and_forgets_them_after) {
    Filled filled;
    Strings marks;
    filled.world.gateway.on_apply = [&](const core::ListPlan&) { marks = marks_of(filled.world.ledger("L")); };
    filled.publish(hosts(19));
    EXPECT_EQ(filled.world.run().report.exit_status, 0);
    EXPECT_THAT(marks, testing::Contains("h020.example leaving"));
    EXPECT_THAT(marks_of(filled.world.ledger("L")), SizeIs(19));
}

TEST(ARun, that_changes_nothing_writes_and_activates_nothing_and_looks_before_it_leaves) {
    Filled filled;
    const auto applies = filled.world.gateway.applies;
    const auto result = filled.world.run();
    EXPECT_EQ(result.report.outcome, Outcome::unchanged);
    EXPECT_EQ(result.report.activation, ActivationState::not_needed);
    EXPECT_EQ(filled.world.gateway.applies, applies);
    EXPECT_EQ(filled.world.gateway.activations, 1U);
    EXPECT_THAT(filled.world.gateway.left_keeping, ElementsAre(false, true));
}

TEST(ARun, makes_an_owed_activation_even_when_nothing_changed) {
    Filled filled;
    ASSERT_TRUE(filled.world.store->set_activation_owed(true));
    filled.world.gateway.status = ActivationState::pending;
    const auto result = filled.world.run();
    EXPECT_EQ(result.report.activation, ActivationState::active);
    EXPECT_EQ(result.report.exit_status, 0);
    EXPECT_FALSE(filled.world.store->is_activation_owed().value());
}

TEST(ARun, keeps_the_activation_owed_when_it_fails) {
    Filled filled;
    filled.publish(hosts(21));
    filled.world.gateway.activation_failure = Error{Code::unreachable, "activation failed"};
    const auto failed = filled.world.run();
    EXPECT_EQ(failed.report.exit_status, 1);
    EXPECT_EQ(failed.report.activation, ActivationState::failed);
    filled.world.gateway.status = ActivationState::pending;
    filled.world.gateway.activation_failure.reset();
    EXPECT_EQ(filled.world.run().report.activation, ActivationState::active);
}

TEST(ARun, whose_gateway_fails_leaves_a_report_and_changes_nothing) {
    Filled filled;
    filled.publish(hosts(21));
    filled.world.gateway.inventory_failure = Error{Code::refused, "wrong password"};
    const auto result = filled.world.run();
    EXPECT_EQ(result.report.exit_status, 1);
    EXPECT_THAT(result.report.message, HasSubstr("wrong password"));
    EXPECT_EQ(filled.list(), set_of(hosts(20)));
    const auto kept = core::report_from_json(filled.world.store->run("last").value());
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->id, result.report.id);
    EXPECT_EQ(kept->outcome, Outcome::failed);
}

TEST(ARun, reports_what_lies_on_a_stopped_list_and_not_what_its_feed_would_keep) {
    Filled filled;
    filled.world.gateway.lists["L"].insert("somebody-elses.example");
    filled.publish(hosts(5));
    const auto result = filled.world.run();
    EXPECT_EQ(result.report.lists[0].outcome, Outcome::stopped);
    EXPECT_EQ(result.report.lists[0].counts.accepted, 5U);
    EXPECT_EQ(result.report.lists[0].there_now, 21U);
}

TEST(ARun, reports_what_lies_on_a_frozen_list_and_on_one_that_moves) {
    Filled filled;
    filled.world.clock.advance(30 * 24h);
    filled.feed.failure = Error{Code::unreachable, "no answer"};
    const auto result = filled.world.run();
    EXPECT_EQ(result.report.lists[0].outcome, Outcome::frozen);
    EXPECT_EQ(result.report.lists[0].there_now, 20U);

    auto job = filled.world.jobs().at(0);
    job.retain_parent = RetainParent::yes;
    RunOptions options;
    options.mode = Mode::plan_only;
    const auto moved = move_list(job, filled.world.ports(), options, {});
    EXPECT_EQ(moved.report.lists[0].there_now, 20U);
}

TEST(ARun, says_once_that_entries_stay_on_the_side_that_retain_parent_category_no_longer_wants) {
    Filled filled;  // a new category retains its parent's
    filled.world.sections[0].list.retain_parent_category = RetainParent::yes;
    EXPECT_THAT(filled.world.run().report.lists[0].warnings, IsEmpty());
    filled.world.sections[0].list.retain_parent_category = RetainParent::no;
    const auto warnings = filled.world.run().report.lists[0].warnings;
    ASSERT_THAT(warnings, SizeIs(1));
    EXPECT_THAT(warnings[0], HasSubstr("20 of our entries still lie on the other side"));
    EXPECT_THAT(warnings[0], HasSubstr("cordon move \"L\""));
}

TEST(ARun, that_could_not_read_a_list_does_not_say_how_much_lies_there) {
    Filled filled;
    filled.world.gateway.inventory_failure = Error{Code::refused, "wrong password"};
    EXPECT_EQ(filled.world.run().report.lists[0].there_now, std::nullopt);
}

TEST(ARun, reports_what_lies_on_a_list_after_it_was_written) {
    Filled filled;
    filled.publish(hosts(22));
    EXPECT_EQ(filled.world.run().report.lists[0].there_now, 22U);
}

TEST(ARun, that_is_told_to_stop_writes_nothing) {
    Filled filled;
    filled.publish(hosts(21));
    std::stop_source source;
    source.request_stop();
    const auto result = filled.world.run({}, source.get_token());
    EXPECT_EQ(result.report.outcome, Outcome::interrupted);
    EXPECT_EQ(result.report.exit_status, 130);
    EXPECT_EQ(filled.list(), set_of(hosts(20)));
}

TEST(ARun, that_is_told_to_stop_while_it_writes_leaves_the_next_list_and_activates) {
    World world;
    world.add("one", "A", hosts(5));
    world.add("two", "B", hosts(5));
    std::stop_source source;
    world.gateway.on_apply = [&](const core::ListPlan&) { source.request_stop(); };
    const auto result = world.run({}, source.get_token());
    EXPECT_EQ(result.report.exit_status, 130);
    EXPECT_EQ(world.gateway.lists["A"], set_of(hosts(5)));
    EXPECT_TRUE(world.gateway.lists["B"].empty());
    EXPECT_EQ(result.report.activation, ActivationState::active);
}

TEST(ARun, applies_nothing_where_the_plan_is_not_the_reviewed_one) {
    Filled filled;
    filled.publish(hosts(21));
    RunOptions options;
    options.mode = Mode::plan_only;
    const auto digest = filled.world.run(options).report.digest;
    options.mode = Mode::apply;
    for (const auto& wrong : {std::string(64, '0'), digest.substr(0, 11), std::string()}) {
        options.reviewed_digest = wrong;
        EXPECT_EQ(filled.world.run(options).report.exit_status, 1) << wrong;
        EXPECT_EQ(filled.list(), set_of(hosts(20)));
    }
    options.reviewed_digest = digest.substr(0, 12);
    EXPECT_EQ(filled.world.run(options).report.exit_status, 0);
    EXPECT_EQ(filled.list(), set_of(hosts(21)));
}

TEST(APlan, writes_nothing_to_gateway_ledger_or_runs_and_says_its_cost) {
    Filled filled;
    filled.publish(hosts(25));
    const auto ledger = marks_of(filled.world.ledger("L"));
    RunOptions options;
    options.mode = Mode::plan_only;
    const auto result = filled.world.run(options);
    ASSERT_TRUE(result.cost);
    EXPECT_EQ(result.plans.front().additions.size(), 5U);
    EXPECT_EQ(filled.list(), set_of(hosts(20)));
    EXPECT_EQ(marks_of(filled.world.ledger("L")), ledger);
    EXPECT_THAT(filled.world.store->runs(10).value(), SizeIs(1));
    EXPECT_TRUE(filled.world.gateway.left_keeping.back());
}

TEST(ALostAnswer, keeps_the_intents_and_the_next_run_settles_them) {
    Filled filled;
    filled.publish(hosts(22, 2));
    filled.world.gateway.apply_failure = Error{Code::unknown, "the answer was lost"};
    filled.world.gateway.applies_before_failing = true;
    const auto lost = filled.world.run();
    EXPECT_EQ(lost.report.exit_status, 1);
    EXPECT_THAT(marks_of(filled.world.ledger("L")),
                testing::IsSupersetOf({"h023.example intended", "h001.example leaving"}));
    filled.world.gateway.apply_failure.reset();
    const auto applies = filled.world.gateway.applies;
    const auto next = filled.world.run();
    EXPECT_EQ(next.report.exit_status, 0) << next.report.lists.front().message;
    EXPECT_EQ(filled.world.gateway.applies, applies) << "it had arrived";
    EXPECT_THAT(filled.world.changes.changes, testing::IsSupersetOf({"L +h023.example", "L -h001.example"}));
    EXPECT_EQ(filled.world.changes.changes.size(), 20U + 3U + 1U) << "each change is told once";
    EXPECT_EQ(filled.world.ledger("L").ours.size(), 22U);
    EXPECT_TRUE(filled.world.ledger("L").exceptions.empty());
}

TEST(ALostAnswer, of_a_write_that_did_not_arrive_is_made_up_for) {
    Filled filled;
    filled.publish(hosts(22, 2));
    filled.world.gateway.apply_failure = Error{Code::unknown, "the answer was lost"};
    EXPECT_EQ(filled.world.run().report.exit_status, 1);
    filled.world.gateway.apply_failure.reset();
    EXPECT_EQ(filled.world.run().report.exit_status, 0);
    EXPECT_EQ(filled.list(), set_of(hosts(22, 2)));
}

TEST(AnEntryThatTheGatewayDoesNotKeep, is_quarantined_after_two_tries) {
    Filled filled;
    filled.world.gateway.swallowed = {"h021.example"};
    filled.publish(hosts(21));
    EXPECT_EQ(filled.world.run().report.exit_status, 1) << "reading back shows a difference";
    const auto tries = filled.world.gateway.applies;
    EXPECT_EQ(filled.world.run().report.exit_status, 1);
    EXPECT_EQ(filled.world.gateway.applies, tries + 1);
    const auto third = filled.world.run();
    EXPECT_EQ(third.report.exit_status, 0) << third.report.lists.front().message;
    EXPECT_EQ(third.report.lists.front().counts.quarantined, 1U);
    EXPECT_EQ(filled.world.gateway.applies, tries + 1) << "it is not sent a third time";
}

TEST(AnEntryThatTheGatewayRefuses, is_quarantined_and_told) {
    Filled filled;
    filled.world.gateway.refused = {"h021.example"};
    filled.publish(hosts(23));
    const auto result = filled.world.run();
    EXPECT_EQ(result.report.exit_status, 0) << result.report.lists.front().message;
    EXPECT_EQ(result.report.lists.front().counts.quarantined, 1U);
    EXPECT_EQ(result.report.lists.front().added, 2U);
    ASSERT_THAT(filled.world.rejected.values, SizeIs(1));
    EXPECT_EQ(filled.world.rejected.values.front().value, "h021.example");
    EXPECT_EQ(filled.world.rejected.values.front().reason, core::Reason::quarantined);
    EXPECT_EQ(filled.world.run().report.outcome, Outcome::unchanged);
}

TEST(TheGuard, is_waived_for_the_stopped_plan_alone_and_once) {
    Filled filled;
    filled.publish(hosts(5));
    RunOptions allowing;
    allowing.allow_removals = {"L"};
    EXPECT_EQ(filled.world.run(allowing).report.exit_status, 4) << "nothing was stopped before";
    filled.publish(hosts(4));
    EXPECT_EQ(filled.world.run(allowing).report.exit_status, 4) << "another plan was stopped";
    EXPECT_EQ(filled.list(), set_of(hosts(20)));
    EXPECT_EQ(filled.world.run(allowing).report.exit_status, 0);
    EXPECT_EQ(filled.list(), set_of(hosts(4)));
    EXPECT_FALSE(filled.world.store->guard_stop("L").value());
    EXPECT_EQ(filled.world.run().report.exit_status, 0);
}

TEST(AFirstSight, lasts_until_all_that_the_feeds_have_has_come) {
    World world;
    auto& feed = world.add("feed", "L", hosts(1'500));
    feed.is_partial = true;
    const auto theirs = hosts(1'000, 1'001);  // of which the second half is in the feed later on only
    world.gateway.lists["L"] = set_of(theirs);
    EXPECT_EQ(world.run().report.outcome, Outcome::done);
    EXPECT_FALSE(world.ledger("L").is_known);
    EXPECT_EQ(world.ledger("L").ours.size(), 1'500U);
    feed.content = hosts(4'000);
    feed.version = "2";
    feed.is_partial = false;
    EXPECT_EQ(world.run().report.outcome, Outcome::done) << "it grew by the rest of a first fill";
    EXPECT_TRUE(world.ledger("L").is_known);
    EXPECT_EQ(world.ledger("L").ours.size(), 4'000U) << "what was there before is ours as well";
    world.gateway.lists["L"].insert("h9000.example");
    feed.content = hosts(4'001);
    feed.content.push_back("h9000.example");
    feed.version = "3";
    (void)world.run();
    EXPECT_EQ(core::find_ours(world.ledger("L"), "h9000.example"), nullptr) << "somebody else's";
}

TEST(TheGuard, lets_the_reviewed_plan_of_one_list_through_and_no_other) {
    Filled filled;
    auto& other = filled.world.add("other", "M", hosts(20, 100));
    (void)filled.world.run();
    filled.publish(hosts(5));
    const auto stopped = filled.world.run().report;
    ASSERT_EQ(stopped.exit_status, 4);
    other.content = hosts(22, 100);
    other.version = "2";
    RunOptions allowing;
    allowing.allow_removals = {"L"};
    allowing.reviewed_digest = stopped.lists.front().digest;
    const auto let = filled.world.run(allowing).report;
    EXPECT_EQ(let.exit_status, 0);
    EXPECT_EQ(filled.list(), set_of(hosts(5)));
    EXPECT_EQ(filled.world.gateway.lists["M"], set_of(hosts(20, 100))) << "nobody reviewed it";
    EXPECT_THAT(let.lists.back().warnings, testing::ElementsAre(HasSubstr("left as it is")));
    EXPECT_EQ(filled.world.run().report.exit_status, 0);
    EXPECT_EQ(filled.world.gateway.lists["M"], set_of(hosts(22, 100)));
}

TEST(TheGuard, lets_no_other_plan_through_where_the_run_goes_on_without_review) {
    Filled filled;
    auto& other = filled.world.add("other", "M", hosts(20, 100));
    (void)filled.world.run();
    filled.publish(hosts(5));
    RunOptions allowing;
    allowing.allow_removals = {"L"};
    allowing.goes_on_unreviewed = true;
    allowing.reviewed_digest = filled.world.run().report.lists.front().digest;
    filled.publish(hosts(2));
    other.content = hosts(22, 100);
    other.version = "2";
    const auto refused = filled.world.run(allowing).report;
    EXPECT_EQ(refused.exit_status, 4);
    EXPECT_EQ(filled.list(), set_of(hosts(20)));
    EXPECT_THAT(refused.warnings, testing::Contains(HasSubstr("not the plan any more")));
    EXPECT_EQ(filled.world.gateway.lists["M"], set_of(hosts(22, 100))) << "it need not wait";
    const auto stop = filled.world.store->guard_stop("L").value().value();
    EXPECT_EQ(stop.digest, refused.lists.front().digest) << "the stop that stands now";
    EXPECT_EQ(filled.world.run(allowing).report.exit_status, 4) << "nor the one that was stopped last";
    allowing.reviewed_digest = stop.digest;
    EXPECT_EQ(filled.world.run(allowing).report.exit_status, 0);
    EXPECT_EQ(filled.list(), set_of(hosts(2)));
    EXPECT_EQ(filled.world.run(allowing).report.exit_status, 0) << "pressed twice";
}

TEST(TheGuard, waives_nothing_for_another_list) {
    Filled filled;
    filled.publish(hosts(5));
    ASSERT_EQ(filled.world.run().report.exit_status, 4);
    RunOptions allowing;
    allowing.allow_removals = {"M"};
    allowing.allow_growth = {"L"};
    EXPECT_EQ(filled.world.run(allowing).report.exit_status, 4);
}

TEST(ASection, that_is_gone_keeps_its_entries_until_it_is_forgotten) {
    World world;
    world.add("one", "L", hosts(10));
    world.add("two", "L", hosts(3, 11));
    ASSERT_EQ(world.run().report.exit_status, 0);
    world.sections.pop_back();
    const auto without = world.run();
    EXPECT_EQ(world.gateway.lists["L"], set_of(hosts(13)));
    EXPECT_THAT(without.report.lists.front().warnings.front(), HasSubstr("--feed two"));
    EXPECT_FALSE(forget_feed("L", "three", *world.store).value());
    EXPECT_TRUE(forget_feed("L", "two", *world.store).value());
    EXPECT_EQ(world.run().report.exit_status, 0);
    EXPECT_EQ(world.gateway.lists["L"], set_of(hosts(10)));
}

TEST(AFailingFeedWithADamagedSnapshot, freezes_the_list_that_it_shares) {
    World world;
    auto& one = world.add("one", "L", hosts(30));
    auto& two = world.add("two", "L", hosts(3, 31));
    ASSERT_EQ(world.run().report.exit_status, 0);
    world.damage_contents();
    two.failure = Error{Code::unreachable, "no answer"};
    one.version = "2";
    const auto result = world.run();
    EXPECT_EQ(result.report.exit_status, 1);
    EXPECT_EQ(world.gateway.lists["L"], set_of(hosts(33)));
}

TEST(MustBlock, is_asked_over_all_lists_together) {
    World world;
    world.add("one", "A", hosts(10));
    auto& two = world.add("two", "B", hosts(10, 5));
    world.assertions.must_block = {"h007.example"};
    ASSERT_EQ(world.run().report.exit_status, 0);
    two.content = hosts(9, 6);
    two.content.erase(two.content.begin() + 1);  // h007
    two.version = "2";
    EXPECT_EQ(world.run().report.exit_status, 0) << "the other list still blocks it";
}

TEST(MustBlock, stops_only_the_list_that_loses_the_entry_and_names_entry_and_section) {
    World world;
    auto& one = world.add("one", "A", hosts(10));
    auto& two = world.add("two", "B", hosts(10, 101));
    world.assertions.must_block = {"h007.example", "absent.example"};
    ASSERT_EQ(world.run().report.exit_status, 1) << "absent.example was never there";
    one.content.erase(one.content.begin() + 6);  // h007
    two.content.erase(two.content.begin());
    one.version = two.version = "2";
    const auto result = world.run();
    EXPECT_EQ(result.report.exit_status, 4);
    ASSERT_THAT(result.report.lists, SizeIs(2));
    EXPECT_EQ(result.report.lists[0].outcome, core::Outcome::stopped);
    EXPECT_THAT(result.report.lists[0].message, AllOf(HasSubstr("must_block h007.example"),
                                                      HasSubstr("the entry 'h007.example', which [one] no longer"),
                                                      HasSubstr("take the assertion out")));
    EXPECT_EQ(result.report.lists[1].outcome, core::Outcome::done) << result.report.lists[1].message;
    EXPECT_EQ(world.gateway.lists["A"], set_of(hosts(10)));
    EXPECT_EQ(world.gateway.lists["B"], set_of(hosts(9, 102)));
    EXPECT_THAT(result.report.warnings, ElementsAre(HasSubstr("absent.example"))) << "h007.example is blocked still";
}

TEST(MustBlock, names_the_section_of_an_entry_that_lost_its_place) {
    World world;
    auto& one = world.add("one", "A", {"h007.example.test"});
    world.keep.max_domains = 3;
    one.content = hosts(3, 5);
    world.assertions.must_block = {"h007.example"};
    ASSERT_EQ(world.run().report.exit_status, 0);
    world.keep.max_domains = 2;
    const auto result = world.run();
    EXPECT_EQ(result.report.exit_status, 4);
    EXPECT_THAT(result.report.lists.front().message, HasSubstr("of [one], which has lost its place"));
}

TEST(MustBlock, does_not_count_on_what_a_stopped_list_would_have_added) {
    World world;
    auto& one = world.add("one", "A", hosts(10));
    auto& two = world.add("two", "B", hosts(10, 101));
    // B gains what A loses, but may not lose h101.
    world.assertions.must_block = {"h007.example", "h101.example"};
    ASSERT_EQ(world.run().report.exit_status, 0);
    one.content.erase(one.content.begin() + 6);
    two.content.front() = "h007.example";
    one.version = two.version = "2";
    const auto result = world.run();
    EXPECT_EQ(result.report.exit_status, 4);
    EXPECT_EQ(world.gateway.lists["A"], set_of(hosts(10)));
    EXPECT_EQ(world.gateway.lists["B"], set_of(hosts(10, 101)));
}

TEST(NeverBlock, names_the_section_of_an_entry_that_is_there_already) {
    World world;
    world.add("one", "A", hosts(10));
    world.add("two", "A", hosts(10, 101));
    ASSERT_EQ(world.run().report.exit_status, 0);
    world.assertions.never_block = {"h103.example"};
    const auto result = world.run();
    EXPECT_EQ(result.report.exit_status, 4);
    EXPECT_THAT(result.report.lists.front().message, HasSubstr("the entry 'h103.example' of [two]"));
}

TEST(Retiring, removes_what_is_ours_and_leaves_the_rest_and_the_object) {
    Filled filled;
    filled.world.gateway.lists["L"].insert("theirs.example");
    const auto note = list_note_from_json(filled.world.store->list_note("L").value());
    ASSERT_TRUE(note);
    EXPECT_THAT(note->feeds, SizeIs(1));
    const auto ports = filled.world.ports();
    const auto result = retire_list("L", *note, ports, {}, {});
    EXPECT_EQ(result.report.exit_status, 0) << result.report.message;
    EXPECT_THAT(filled.list(), ElementsAre("theirs.example"));
    EXPECT_THAT(filled.world.ledger("L").ours, IsEmpty());
}

TEST(Moving, survives_that_nothing_was_fetched) {
    Filled filled;
    const auto ports = filled.world.ports();
    auto job = filled.world.jobs().front();
    job.retain_parent = RetainParent::no;
    const auto result = move_list(job, ports, {}, {});
    EXPECT_NE(result.report.outcome, Outcome::failed) << result.report.message;
    EXPECT_EQ(filled.list(), set_of(hosts(20)));
}

TEST(ListNotes, survive_the_way_through_the_store) {
    ListNote note;
    note.target = core::TargetKind::ipv4_group;
    note.description = "quoted \"text\"";
    note.feeds = {{"a", core::EntityType::ip}, {"b", core::EntityType::url}};
    const auto back = list_note_from_json(to_json(note));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->target, note.target);
    EXPECT_EQ(back->description, note.description);
    EXPECT_EQ(back->feeds, note.feeds);
    EXPECT_FALSE(list_note_from_json(""));
    EXPECT_FALSE(list_note_from_json("[1]"));
}

TEST(RunIds, sort_by_time) {
    const auto moment = parse_iso8601("2026-11-21T09:30:00Z").value();
    EXPECT_EQ(make_run_id(moment, 0x12ab), "20261121T093000Z-0012ab");
    EXPECT_LT(make_run_id(moment, 0xffffff), make_run_id(moment + 1s, 0));
}

TEST(Run, a_list_whose_target_was_changed_is_left_alone_until_it_is_retired) {
    World world;
    world.add("feed", "L", hosts(5));
    ASSERT_EQ(world.run().report.exit_status, 0);
    world.sections[0].list.target = core::TargetKind::denylist;
    const auto changed = world.run();
    EXPECT_EQ(changed.report.exit_status, 1);
    ASSERT_EQ(changed.report.lists.size(), 1U);
    EXPECT_EQ(changed.report.lists[0].outcome, core::Outcome::failed);
    EXPECT_THAT(changed.report.lists[0].message,
                testing::HasSubstr("its target is now a denylist, but 5 entries of ours lie in the custom URL category "
                                   "'L'"));
    EXPECT_EQ(changed.report.lists[0].added + changed.report.lists[0].removed, 0U);
    EXPECT_EQ(marks_of(world.ledger("L")).size(), 5U) << "what is ours is not forgotten";
    const auto note = list_note_from_json(world.store->list_note("L").value());
    ASSERT_TRUE(note);
    ASSERT_EQ(retire_list("L", *note, world.ports(), {}, {}).report.exit_status, 0);
    EXPECT_EQ(world.run().report.exit_status, 0);
}

}  // namespace
}  // namespace cordon::engine
