#include "engine/enforcing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/engine/world.hpp"

namespace cordon::engine {
namespace {

using core::EnforcementState;
using core::Outcome;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

struct Enforced {
    World world;
    FakeFeed& feed = world.add("feed", "L", hosts(3));

    Enforced() { world.gateway.has_rules = false; }
    void ensure() { world.sections.front().list.rule.ensure = EnsureRule::block; }
    void block() { world.gateway.enforced["L"] = {EnforcementState::blocked, "R", "", "the rule 'R' blocks it", {}}; }
    RunResult run() {
        world.gateway.rules_as_of = world.clock.now();
        return world.run();
    }
    static const core::ListReport& list(const RunResult& result) { return result.report.lists.front(); }
};

TEST(Enforcing, a_list_that_nothing_blocks_is_a_warning_and_no_failure) {
    Enforced enforced;
    const auto result = enforced.run();
    EXPECT_EQ(result.report.exit_status, 0);
    ASSERT_TRUE(Enforced::list(result).enforcement);
    EXPECT_EQ(Enforced::list(result).enforcement->state, EnforcementState::no_rule);
    EXPECT_THAT(Enforced::list(result).warnings, Contains(HasSubstr("it blocks nothing yet: ")));
}

TEST(Enforcing, a_list_that_is_blocked_is_a_line_of_the_report) {
    Enforced enforced;
    enforced.block();
    const auto result = enforced.run();
    EXPECT_THAT(Enforced::list(result).warnings, Not(Contains(HasSubstr("blocks nothing"))));
    EXPECT_THAT(core::to_text(result.report), HasSubstr("  blocking: the rule 'R' blocks it"));
    const auto back = core::report_from_json(core::to_json(result.report));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->lists.front().enforcement, Enforced::list(result).enforcement);
}

TEST(Enforcing, rules_are_read_once_a_day_and_repeated_in_between) {
    Enforced enforced;
    static_cast<void>(enforced.run());
    EXPECT_EQ(enforced.world.gateway.rule_reads, 1U);
    enforced.block();
    for (int hour = 0; hour < 10; ++hour) {
        enforced.world.clock.advance(1h);
        const auto result = enforced.world.run();
        EXPECT_EQ(enforced.world.gateway.rule_reads, 1U);
        EXPECT_EQ(Enforced::list(result).enforcement->state, EnforcementState::no_rule);
        EXPECT_THAT(Enforced::list(result).warnings, Contains(HasSubstr("(as of 2026-11-21")));
    }
    enforced.world.clock.advance(24h);
    EXPECT_EQ(Enforced::list(enforced.run()).enforcement->state, EnforcementState::blocked);
    EXPECT_EQ(enforced.world.gateway.rule_reads, 2U);
}

TEST(Enforcing, a_new_list_is_looked_at_on_its_first_day) {
    Enforced enforced;
    static_cast<void>(enforced.run());
    enforced.world.add("second", "M", hosts(3));
    static_cast<void>(enforced.run());
    EXPECT_EQ(enforced.world.gateway.rule_reads, 2U);
    EXPECT_EQ(enforced.world.gateway.asked_lists, Strings{"M"}) << "what was said of the other holds for today";
}

TEST(Enforcing, a_check_reads_in_any_case_and_keeps_nothing_of_a_list_that_is_not_there) {
    Enforced enforced;
    enforced.ensure();
    RunOptions options;
    options.mode = Mode::plan_only;
    EXPECT_FALSE(enforced.world.run(options).report.lists.front().enforcement) << "a plan asks for no rules";
    options.reads_rules = true;
    const auto result = enforced.world.run(options);
    EXPECT_EQ(enforced.world.gateway.rule_reads, 1U);
    EXPECT_THAT(enforced.world.gateway.asked_rules, IsEmpty());
    EXPECT_TRUE(Enforced::list(result).enforcement) << "also of a list that does not exist yet";
    EXPECT_EQ(enforced.world.store->list_note("L").value(), "");
}

TEST(Enforcing, a_check_keeps_what_it_read_and_the_next_run_of_the_day_reads_all_the_same) {
    Enforced enforced;
    static_cast<void>(enforced.run());
    enforced.world.clock.advance(24h);
    enforced.world.gateway.has_rules = false;
    RunOptions options;
    options.mode = Mode::plan_only;
    options.reads_rules = true;
    static_cast<void>(enforced.world.run(options));
    const auto note = list_note_from_json(enforced.world.store->list_note("L").value()).value();
    EXPECT_EQ(note.rules.enforcement->state, core::EnforcementState::no_rule);
    const auto reads = enforced.world.gateway.rule_reads;
    static_cast<void>(enforced.run());
    EXPECT_EQ(enforced.world.gateway.rule_reads, reads + 1);
}

TEST(Enforcing, a_plan_says_what_there_is_to_do_about_a_rule_where_a_run_would_look) {
    Enforced enforced;
    enforced.ensure();
    RunOptions options;
    options.mode = Mode::plan_only;
    const auto first = enforced.world.run(options);
    EXPECT_EQ(Enforced::list(first).message, "the rule is to be made") << "the list does not exist yet, nor the rule";
    ASSERT_THAT(first.rules, SizeIs(1));
    EXPECT_EQ(first.cost->calls.at("POST /fake rule"), 1U);
    EXPECT_THAT(enforced.world.gateway.asked_rules, IsEmpty());
    EXPECT_EQ(enforced.world.gateway.rule_reads, 0U);
    static_cast<void>(enforced.run());
    EXPECT_THAT(enforced.world.run(options).rules, IsEmpty()) << "it was looked at today";
    enforced.world.clock.advance(24h);
    const auto tomorrow = enforced.world.run(options);
    ASSERT_THAT(tomorrow.rules, SizeIs(1));
    EXPECT_EQ(tomorrow.rules.front().deed, core::RuleDeed::none) << "the rules are read, and are as they should be";
}

TEST(Enforcing, a_plan_says_what_there_is_to_do_about_the_rule_of_a_list_that_somebody_began) {
    Enforced enforced;
    enforced.ensure();
    enforced.world.gateway.lists["L"] = set_of(hosts(2));
    RunOptions options;
    options.mode = Mode::plan_only;
    const auto planned = enforced.world.run(options);
    EXPECT_THAT(Enforced::list(planned).message, HasSubstr("the rule is to be made"));
    EXPECT_THAT(planned.rules, SizeIs(1));
}

TEST(Enforcing, no_enabled_rule_is_made_for_a_list_on_which_somebody_put_what_must_never_be_blocked) {
    for (const bool is_enabled : {false, true}) {
        Enforced enforced;
        enforced.ensure();
        enforced.world.sections.front().list.rule.state = is_enabled ? RuleState::enabled : RuleState::disabled;
        enforced.world.gateway.lists["L"] = {"pay.bank.example"};
        enforced.world.assertions.never_block = {"pay.bank.example"};
        const auto result = enforced.run();
        EXPECT_THAT(enforced.world.gateway.asked_rules, SizeIs(is_enabled ? 0 : 1)) << "one that is off blocks nothing";
        EXPECT_EQ(result.report.exit_status, is_enabled ? 1 : 0);
        if (!is_enabled) continue;
        EXPECT_THAT(
            Enforced::list(result).warnings,
            Contains(HasSubstr("ensure_rule: the rule is left as it is, since it would block 'pay.bank.example' "
                               "('never_block pay.bank.example' of [assert]), which lies on 'L'")));
    }
}

TEST(Enforcing, a_plan_says_why_a_rule_cannot_be_had) {
    Enforced enforced;
    enforced.ensure();
    enforced.world.gateway.looked = core::KeptRule{"", false, "", Error{Code::refused, "somebody else's has its name"}};
    RunOptions options;
    options.mode = Mode::plan_only;
    const auto result = enforced.world.run(options);
    EXPECT_THAT(Enforced::list(result).warnings, Contains("ensure_rule: somebody else's has its name"));
    EXPECT_EQ(result.report.exit_status, 1) << "as the run would end";
    ASSERT_THAT(result.rules, SizeIs(1));
    EXPECT_EQ(result.rules.front().deed, core::RuleDeed::none);
}

TEST(Enforcing, what_was_read_while_changes_waited_is_told_as_what_will_be) {
    Enforced enforced;
    enforced.block();
    enforced.world.gateway.publishes = false;
    enforced.world.activation.rule = ActivationRule::never;
    const auto saved = enforced.run();
    EXPECT_THAT(core::to_text(saved.report),
                HasSubstr("  blocking: the rule 'R' blocks it once the saved changes are active"));
    enforced.world.gateway.status = core::ActivationState::active;  // somebody activated
    enforced.world.clock.advance(1h);
    const auto later = enforced.world.run();
    EXPECT_EQ(enforced.world.gateway.rule_reads, 1U);
    EXPECT_THAT(core::to_text(later.report),
                HasSubstr("  blocking: the rule 'R' blocks it (as of 2026-11-21 09:30:00 UTC)"));
}

TEST(Enforcing, that_the_rules_cannot_be_read_is_a_warning) {
    Enforced enforced;
    enforced.world.gateway.rules_failure = Error{Code::refused, "no permission"};
    const auto result = enforced.run();
    EXPECT_EQ(result.report.exit_status, 0);
    EXPECT_THAT(result.report.warnings, Contains(HasSubstr("no permission")));
    EXPECT_FALSE(Enforced::list(result).enforcement);
    static_cast<void>(enforced.run());
    EXPECT_EQ(enforced.world.gateway.rule_reads, 1U) << "a refusal is asked for again tomorrow";
}

TEST(Enforcing, rules_that_could_not_be_read_for_a_moment_are_read_by_the_next_run) {
    Enforced enforced;
    enforced.world.gateway.rules_failure = Error{Code::unreachable, "gone"};
    static_cast<void>(enforced.run());
    static_cast<void>(enforced.run());
    EXPECT_EQ(enforced.world.gateway.rule_reads, 2U);
}

TEST(Enforcing, counts_the_entries_with_a_path) {
    Enforced enforced;
    enforced.world.add("urls", "U", {"u.example/a", "u.example/b?c", "plain.example"}, core::EntityType::url);
    const auto result = enforced.run();
    EXPECT_THAT(result.report.lists.back().enforcement->sentence, HasSubstr("2 with a path"));
}

TEST(Enforcing, no_rule_is_made_unless_it_is_wished) {
    Enforced enforced;
    static_cast<void>(enforced.run());
    EXPECT_THAT(enforced.world.gateway.asked_rules, IsEmpty());
}

TEST(Enforcing, a_wished_rule_is_made_after_the_list_and_activated_with_it) {
    Enforced enforced;
    enforced.ensure();
    bool is_owed = false;
    std::size_t applied_before = 0;
    enforced.world.gateway.on_keep_rule = [&] {
        is_owed = enforced.world.store->is_activation_owed().value();
        applied_before = enforced.world.gateway.applies;
    };
    const auto result = enforced.run();
    EXPECT_TRUE(is_owed) << "the debt is written down before the request";
    EXPECT_EQ(applied_before, 1U);
    EXPECT_EQ(enforced.world.gateway.activations, 1U);
    ASSERT_THAT(enforced.world.gateway.asked_rules, SizeIs(1));
    const auto& asked = enforced.world.gateway.asked_rules.front();
    EXPECT_EQ(asked.list.wish, (core::RuleWish{"Cordon: L", 1, 7, false}));
    EXPECT_EQ(asked.list.object_ids, Strings{"id of L"});
    EXPECT_THAT(Enforced::list(result).message, HasSubstr("the rule was made"));
    EXPECT_EQ(result.report.exit_status, 0);
}

TEST(Enforcing, a_rule_is_looked_at_once_a_day_by_its_id_or_when_the_wish_changes) {
    Enforced enforced;
    enforced.ensure();
    static_cast<void>(enforced.run());
    static_cast<void>(enforced.run());
    EXPECT_THAT(enforced.world.gateway.looked_rules, SizeIs(1));
    enforced.world.sections.front().list.rule.state = RuleState::enabled;
    static_cast<void>(enforced.run());
    ASSERT_THAT(enforced.world.gateway.looked_rules, SizeIs(2));
    EXPECT_EQ(enforced.world.gateway.looked_rules.back().known_id, "rule 1");
    EXPECT_TRUE(enforced.world.gateway.looked_rules.back().list.wish->is_enabled);
    enforced.world.clock.advance(24h);
    static_cast<void>(enforced.run());
    EXPECT_THAT(enforced.world.gateway.looked_rules, SizeIs(3));
    EXPECT_THAT(enforced.world.gateway.asked_rules, SizeIs(1)) << "nothing was to be done";
}

TEST(Enforcing, a_rule_alone_is_activated_too_and_one_that_is_right_is_not) {
    Enforced enforced;
    static_cast<void>(enforced.run());
    enforced.ensure();
    const auto made = enforced.run();
    EXPECT_EQ(made.report.activation, core::ActivationState::active);
    EXPECT_EQ(made.report.outcome, Outcome::done) << "something was changed";
    enforced.world.clock.advance(24h);
    const auto right = enforced.run();
    EXPECT_EQ(right.report.activation, core::ActivationState::not_needed);
    EXPECT_EQ(right.report.outcome, Outcome::unchanged);
    EXPECT_FALSE(enforced.world.store->is_activation_owed().value());
}

TEST(Enforcing, a_rule_that_is_refused_makes_its_list_partial_until_it_can_be_had) {
    Enforced enforced;
    enforced.ensure();
    enforced.world.gateway.kept = {"", false, "", Error{Code::refused, "an admin should click"}};
    for (int i = 0; i < 3; ++i) {
        const auto result = enforced.run();
        EXPECT_EQ(result.report.exit_status, 1);
        EXPECT_EQ(Enforced::list(result).outcome, Outcome::partial);
        const auto* const when =
            i == 0 ? ""
                   : " (tried 2026-11-21 09:31:00 UTC; tried again from tomorrow, UTC, or once a rule_ key changes)";
        EXPECT_THAT(Enforced::list(result).warnings,
                    Contains(std::string("ensure_rule: an admin should click") + when));
        EXPECT_THAT(enforced.world.gateway.asked_rules, SizeIs(1)) << "a refusal is not tried again today";
        enforced.world.clock.advance(1h);
    }
    enforced.world.clock.advance(24h);
    EXPECT_EQ(enforced.run().report.exit_status, 0);
}

TEST(Enforcing, what_may_be_otherwise_in_an_hour_is_tried_by_the_next_run) {
    Enforced enforced;
    enforced.ensure();
    enforced.world.gateway.kept = {"", true, "", Error{Code::unknown, "the answer was lost"}};
    EXPECT_EQ(enforced.run().report.exit_status, 1);
    EXPECT_EQ(enforced.run().report.exit_status, 0);
    EXPECT_THAT(enforced.world.gateway.looked_rules, SizeIs(2));
}

TEST(Enforcing, switching_the_wish_off_ends_its_complaints) {
    Enforced enforced;
    enforced.ensure();
    enforced.world.gateway.kept = {"", false, "", Error{Code::refused, "no"}};
    static_cast<void>(enforced.run());
    enforced.world.sections.front().list.rule.ensure = EnsureRule::off;
    EXPECT_EQ(enforced.run().report.exit_status, 0);
}

TEST(Enforcing, the_notes_survive_the_store_and_later_runs) {
    Enforced enforced;
    enforced.ensure();
    static_cast<void>(enforced.run());
    static_cast<void>(enforced.run());
    const auto note = list_note_from_json(enforced.world.store->list_note("L").value());
    ASSERT_TRUE(note);
    EXPECT_EQ(note->rules.rule_id, "rule 1");
    EXPECT_THAT(note->rules.asked, HasSubstr("id of L|"));
    ASSERT_TRUE(note->rules.enforcement);
    EXPECT_THAT(note->feeds, SizeIs(1));
    EXPECT_FALSE(list_note_from_json(R"({"rules": 7})")->rules.read_at);
    EXPECT_FALSE(list_note_from_json(R"({"rules": {"read_at": 7, "enforcement": "{"}})")->rules.enforcement);
}

TEST(Enforcing, a_retirement_asks_for_no_rules) {
    Enforced enforced;
    static_cast<void>(enforced.run());
    const auto note = list_note_from_json(enforced.world.store->list_note("L").value()).value();
    const auto ports = enforced.world.ports();
    static_cast<void>(retire_list("L", note, ports, {}, {}));
    EXPECT_EQ(enforced.world.gateway.rule_reads, 1U);
}

TEST(Enforcing, a_rule_that_waits_for_a_freeze_is_told_and_made_by_the_first_run_after_it) {
    Enforced enforced;
    static_cast<void>(enforced.run());
    enforced.ensure();
    enforced.world.activation.freeze = parse_freeze("Fri 18:00 - Mon 06:00").value();
    const auto frozen = enforced.run();
    EXPECT_THAT(Enforced::list(frozen).message, HasSubstr("the rule is to be made; not done: freeze until Mon"));
    EXPECT_THAT(frozen.report.held_back, HasSubstr("0 additions, 0 removals and 1 change of a rule wait"));
    EXPECT_EQ(frozen.report.exit_status, 0);
    EXPECT_THAT(enforced.world.gateway.asked_rules, IsEmpty());
    enforced.world.activation.freeze.clear();
    static_cast<void>(enforced.run());
    EXPECT_THAT(enforced.world.gateway.asked_rules, SizeIs(1));
}

TEST(Enforcing, a_rule_that_was_looked_at_in_a_freeze_is_put_right_on_the_same_day) {
    Enforced enforced;
    enforced.ensure();
    static_cast<void>(enforced.run());
    enforced.world.clock.advance(24h);
    enforced.world.gateway.kept = {"rule 1", true, "the rule was put right", {}};
    enforced.world.activation.freeze = parse_freeze("00:00 - 12:00").value();
    static_cast<void>(enforced.run());
    EXPECT_THAT(enforced.world.gateway.asked_rules, SizeIs(1));
    enforced.world.activation.freeze.clear();
    static_cast<void>(enforced.run());
    EXPECT_THAT(enforced.world.gateway.asked_rules, SizeIs(2));
}

TEST(Enforcing, a_rule_that_waits_for_others_is_a_fault) {
    Enforced enforced;
    static_cast<void>(enforced.run());
    enforced.ensure();
    enforced.world.activation.rule = ActivationRule::clean;
    enforced.world.gateway.status = core::ActivationState::pending;
    const auto held = enforced.run();
    EXPECT_EQ(held.report.exit_status, 1);
    EXPECT_THAT(enforced.world.gateway.asked_rules, IsEmpty());
}

TEST(Enforcing, a_rule_that_is_saved_alone_is_counted_among_what_waits) {
    Enforced enforced;
    static_cast<void>(enforced.run());
    enforced.ensure();
    enforced.world.gateway.publishes = false;
    enforced.world.activation.rule = ActivationRule::never;
    EXPECT_THAT(enforced.run().report.held_back,
                HasSubstr("0 additions, 0 removals and 1 change of a rule are saved and not active"));
}

TEST(Enforcing, looking_leaves_no_debt) {
    Enforced enforced;
    enforced.ensure();
    static_cast<void>(enforced.run());
    enforced.world.clock.advance(24h);
    bool was_owed = false;
    enforced.world.gateway.on_look_at_rule = [&] { was_owed = enforced.world.store->is_activation_owed().value(); };
    static_cast<void>(enforced.run());
    EXPECT_THAT(enforced.world.gateway.looked_rules, SizeIs(2));
    EXPECT_FALSE(was_owed);
}

TEST(Enforcing, a_reading_that_fails_forgets_nothing) {
    Enforced enforced;
    enforced.block();
    static_cast<void>(enforced.run());
    enforced.world.clock.advance(24h);
    enforced.world.gateway.rules_failure = Error{Code::refused, "no permission"};
    for (int i = 0; i < 2; ++i) {
        const auto result = enforced.run();
        EXPECT_THAT(result.report.warnings, Contains(HasSubstr("is not known: no permission"))) << i;
        ASSERT_TRUE(Enforced::list(result).enforcement);
        EXPECT_EQ(Enforced::list(result).enforcement->state, EnforcementState::blocked);
    }
    EXPECT_EQ(enforced.world.gateway.rule_reads, 2U) << "a refusal is asked for again tomorrow";
}

TEST(Enforcing, what_is_said_follows_the_wish_and_its_refusal_on_the_same_day) {
    Enforced enforced;
    static_cast<void>(enforced.run());
    enforced.ensure();
    enforced.world.gateway.kept = {"", false, "", Error{Code::refused, "no"}};
    static_cast<void>(enforced.run());
    EXPECT_EQ(enforced.world.gateway.rule_reads, 2U);
    static_cast<void>(enforced.run());
    EXPECT_EQ(enforced.world.gateway.rule_reads, 2U) << "nothing is new";
    enforced.world.sections.front().list.rule.ensure = EnsureRule::off;
    static_cast<void>(enforced.run());
    EXPECT_EQ(enforced.world.gateway.rule_reads, 3U);
}

/// A list of addresses that goes on in a second group, and a rule for it.
struct TwoGroups {
    World world;
    FakeFeed& feed = world.add("ips", "I", {}, core::EntityType::ip);

    TwoGroups() {
        name(30);
        world.guard.permit_reserved = true;
        world.sections.front().list.rule.ensure = EnsureRule::block;
        world.sections.front().list.max_groups = 2;
        world.keep.max_ips = 20;
    }
    void name(int addresses) {
        feed.content.clear();
        for (int i = 0; i < addresses; ++i) feed.content.push_back("198.51.100." + std::to_string(i + 1));
        feed.version = std::to_string(addresses);
    }
    [[nodiscard]] const Strings& named() const { return world.gateway.looked_rules.back().list.object_ids; }
};

TEST(Enforcing, one_rule_names_all_groups_of_a_list_also_those_that_the_settings_name_no_more) {
    TwoGroups groups;
    static_cast<void>(groups.world.run());
    EXPECT_THAT(groups.named(), ElementsAre("id of I", "id of I (2)"));
    groups.world.sections.front().list.max_groups = 1;
    groups.world.clock.advance(24h);
    static_cast<void>(groups.world.run());
    EXPECT_THAT(groups.named(), ElementsAre("id of I", "id of I (2)"));
}

TEST(Enforcing, no_rule_names_a_list_of_its_own_whatever_it_is_called) {
    World world;
    world.guard.permit_reserved = true;
    world.add("ips", "I", {"198.51.100.1"}, core::EntityType::ip);
    world.add("more", "I (2)", {"198.51.100.2"}, core::EntityType::ip);
    world.sections.front().list.rule.ensure = EnsureRule::block;
    static_cast<void>(world.run());
    world.clock.advance(24h);
    static_cast<void>(world.run());
    EXPECT_THAT(world.gateway.looked_rules.back().list.object_ids, ElementsAre("id of I"));
}

TEST(Enforcing, a_further_group_is_judged_by_the_wish_of_the_first) {
    TwoGroups groups;
    static_cast<void>(groups.world.run());
    ASSERT_THAT(groups.world.gateway.asked_lists_whole, SizeIs(2));
    EXPECT_EQ(groups.world.gateway.asked_lists_whole[1].wish, groups.world.gateway.asked_lists_whole[0].wish);
    EXPECT_THAT(groups.world.gateway.asked_rules, SizeIs(1)) << "and has no rule of its own";
}

TEST(Enforcing, a_plan_that_makes_another_group_says_that_the_rule_is_to_name_it) {
    TwoGroups groups;
    groups.name(20);
    static_cast<void>(groups.world.run());
    EXPECT_THAT(groups.named(), ElementsAre("id of I"));
    groups.name(25);
    RunOptions options;
    options.mode = Mode::plan_only;
    static_cast<void>(groups.world.run(options));
    EXPECT_THAT(groups.named(), ElementsAre("id of I", "(to be made)"));
}

TEST(RuleSettings, two_sections_of_one_list_agree_and_two_lists_have_two_names) {
    World world;
    world.add("one", "L", {});
    world.add("two", "L", {});
    world.add("three", "M", {});
    for (auto& section : world.sections) section.list.rule.ensure = EnsureRule::block;
    EXPECT_TRUE(group_into_lists(world.sections, world.keep, world.guard));
    EXPECT_EQ(world.jobs().back().rule->name, "Cordon: M");
    const std::pair<const char*, void (*)(RuleOptions&)> changes[]{
        {"ensure_rule", [](RuleOptions& rule) { rule.ensure = EnsureRule::off; }},
        {"rule_name", [](RuleOptions& rule) { rule.name = "x"; }},
        {"rule_order", [](RuleOptions& rule) { rule.order = 2; }},
        {"rule_rank", [](RuleOptions& rule) { rule.rank = 2; }},
        {"rule_state", [](RuleOptions& rule) { rule.state = RuleState::enabled; }},
    };
    for (const auto& [key, change] : changes) {
        const auto before = world.sections[1].list.rule;
        change(world.sections[1].list.rule);
        const auto jobs = group_into_lists(world.sections, world.keep, world.guard);
        ASSERT_FALSE(jobs) << key;
        EXPECT_THAT(jobs.error().message, HasSubstr(key));
        world.sections[1].list.rule = before;
    }
    world.sections[2].list.rule.name = "CORDON: l";
    const auto jobs = group_into_lists(world.sections, world.keep, world.guard);
    ASSERT_FALSE(jobs);
    EXPECT_THAT(jobs.error().message, HasSubstr("a rule of the same name for different lists"));
}

TEST(RuleSettings, the_denylist_can_stand_in_no_rule) {
    RuleOptions options;
    EXPECT_EQ(rule_fault(options, core::TargetKind::denylist), "");
    options.ensure = EnsureRule::block;
    EXPECT_THAT(rule_fault(options, core::TargetKind::denylist), HasSubstr("blocks by itself"));
    EXPECT_EQ(rule_fault(options, core::TargetKind::fqdn_group), "");
}

TEST(RuleSettings, a_name_is_short_and_printable) {
    RuleOptions options;
    auto table = settings_of(options);
    auto& name = table.at(1);
    ASSERT_EQ(name.key, "rule_name");
    EXPECT_TRUE(name.assign(" TI block "));
    EXPECT_EQ(options.name, "TI block");
    for (const auto& text : {std::string{}, std::string("  "), std::string("a\tb\n"), std::string(256, 'a')}) {
        EXPECT_FALSE(name.assign(text)) << text;
    }
}

}  // namespace
}  // namespace cordon::engine
