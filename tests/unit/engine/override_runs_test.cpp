#include "engine/override_runs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/engine/world.hpp"

namespace cordon::engine {
namespace {

using core::Outcome;
using core::OverrideKind;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

/// A filled list of domains and one of addresses, and an operator.
struct Told {
    World world;
    FakeFeed& domains = world.add("domains", "L", hosts(20));
    FakeFeed& ips = world.add("ips", "M", {"198.51.100.0/24", "203.0.113.7", "192.0.2.1"}, core::EntityType::ip);

    Told() { EXPECT_EQ(world.run().report.exit_status, 0); }
    [[nodiscard]] core::Override wish(OverrideKind kind, const std::string& value, const std::string& list = "") {
        return {kind,
                core::canonical_override(value).value(),
                list,
                world.clock.now(),
                world.clock.now() + 24h,
                "alice",
                "a partner waits"};
    }
    [[nodiscard]] RunOptions options(Mode mode) const {
        RunOptions options;
        options.command = "unblock";
        options.operator_name = "alice";
        options.mode = mode;
        options.activation = world.activation;
        return options;
    }
    RunResult unblock(const std::string& value, Mode mode = Mode::apply) {
        world.clock.advance(1min);
        const auto jobs = world.jobs();
        auto result = engine::unblock(wish(OverrideKind::allow, value), jobs, world.ports(), options(mode), {});
        EXPECT_TRUE(result) << result.error().message;
        for (const auto& list : result->report.lists) EXPECT_EQ(list.counts.imbalance(), "") << list.list;
        return std::move(*result);
    }
    Result<RunResult> block(const std::string& value, const std::string& list, Mode mode = Mode::apply) {
        world.clock.advance(1min);
        const auto jobs = world.jobs();
        auto blocking = options(mode);
        blocking.command = "block";
        auto result =
            engine::block(wish(OverrideKind::block, value, list), world.sections, jobs, world.ports(), blocking, {});
        if (result) {
            for (const auto& one : result->report.lists) EXPECT_EQ(one.counts.imbalance(), "") << one.list;
        }
        return result;
    }
    [[nodiscard]] std::set<std::string>& on(const std::string& list) { return world.gateway.lists[list]; }
    [[nodiscard]] Strings audit() {
        Strings lines;
        EXPECT_TRUE(world.store->verify_audit([&](std::string_view line) { lines.emplace_back(line); }));
        return lines;
    }
};

std::string said_by(const RunResult& result) {
    auto said = result.report.message;
    for (const auto& warning : result.report.warnings) said += "\n" + warning;
    for (const auto& list : result.report.lists) {
        said += "\n" + list.message;
        for (const auto& warning : list.warnings) said += "\n" + warning;
    }
    return said;
}

// --- Unblock ---

TEST(AnUnblockedValue, goes_at_once_and_stays_away_until_its_time) {
    Told told;
    const auto result = told.unblock("hxxp://H003[.]example/");
    EXPECT_EQ(result.report.exit_status, 0) << said_by(result);
    EXPECT_EQ(result.report.outcome, Outcome::done);
    EXPECT_EQ(told.world.gateway.applies, 3U);
    EXPECT_THAT(told.on("L"), Not(Contains("h003.example")));
    EXPECT_THAT(told.on("L"), SizeIs(19));
    EXPECT_EQ(core::find_ours(told.world.ledger("L"), "h003.example"), nullptr);
    for (int i = 0; i < 3; ++i) {
        told.domains.version += "+";
        const auto next = told.world.run().report;
        EXPECT_EQ(next.exit_status, 0);
        EXPECT_THAT(told.on("L"), Not(Contains("h003.example")));
        EXPECT_EQ(next.lists.front().counts.reasons.of(core::Reason::never), 1U);
        EXPECT_THAT(next.warnings, Contains(HasSubstr("h003.example is unblocked until 2026-11-22 ")));
    }
    told.world.clock.advance(24h);
    const auto after = told.world.run().report;
    EXPECT_THAT(told.on("L"), Contains("h003.example"));
    EXPECT_THAT(after.warnings, Not(Contains(HasSubstr("unblocked"))));
    EXPECT_THAT(told.world.store->overrides().value(), SizeIs(1)) << "the clock may be wrong";
    told.world.clock.advance(std::chrono::days{401});
    (void)told.world.run();
    EXPECT_THAT(told.world.store->overrides().value(), IsEmpty());
}

TEST(AnUnblockedValue, is_recorded_before_and_after) {
    Told told;
    const auto before = told.audit().size();
    (void)told.unblock("h003.example");
    const auto lines = told.audit();
    ASSERT_EQ(lines.size(), before + 3);
    EXPECT_THAT(lines[before], HasSubstr(R"("who":"alice","act":"unblock","why":"h003.example until 2026-11-22)"));
    EXPECT_THAT(lines[before], HasSubstr("a partner waits"));
    EXPECT_THAT(lines[before + 1], HasSubstr(R"("removed":["h003.example"])"));
    EXPECT_THAT(lines[before + 2], HasSubstr(R"("act":"activate")"));
}

TEST(WhatAnOperatorSaid, ends_the_contrary_that_was_said_before_of_the_same_value) {
    Told told;
    const auto kinds = [&] {
        const auto overrides = told.world.store->overrides().value();
        Strings names;
        for (const auto& one : overrides) {
            if (one.is_in_force(told.world.clock.now())) names.emplace_back(core::name_of(one.kind));
        }
        return names;
    };
    ASSERT_TRUE(told.block("bad.example", "L"));
    EXPECT_THAT(said_by(told.unblock("bad.example", Mode::plan_only)),
                HasSubstr("this ends that bad.example was blocked on 'L' until "));
    EXPECT_THAT(kinds(), ElementsAre("block"));
    EXPECT_THAT(said_by(told.unblock("bad.example")),
                HasSubstr("this ends that bad.example was blocked on 'L' until "));
    EXPECT_THAT(kinds(), ElementsAre("unblock"));
    EXPECT_THAT(told.on("L"), Not(Contains("bad.example")));
    EXPECT_THAT(told.audit(), Contains(HasSubstr(R"("act":"end block","list":"L","why":"bad.example until)")));
    const auto again = told.block("bad.example", "L");
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_THAT(said_by(*again), HasSubstr("this ends that bad.example was unblocked until "));
    EXPECT_THAT(kinds(), ElementsAre("block"));
    EXPECT_THAT(told.on("L"), Contains("bad.example"));
}

TEST(WhatAnOperatorSaid, replaces_what_was_said_before_of_the_same_value_and_says_so) {
    Told told;
    EXPECT_THAT(said_by(told.unblock("h003.example")), Not(HasSubstr("replaces")));
    EXPECT_THAT(said_by(told.unblock("h003.example")),
                HasSubstr("this replaces that h003.example was unblocked until 2026-11-22 "));
    EXPECT_THAT(told.world.store->overrides().value(), SizeIs(1));
    EXPECT_THAT(told.audit(), Not(Contains(HasSubstr("end unblock"))));
}

TEST(AnUnblockedValue, that_nothing_of_cordons_blocked_is_not_said_to_be_reached) {
    Told told;
    EXPECT_EQ(told.unblock("free.example").first_words,
              "nothing of Cordon's blocks free.example; whether users reach it is not known");
    EXPECT_THAT(told.unblock("h003.example").first_words, HasSubstr("users can reach h003.example"));
}

TEST(AnUnblockedValue, is_only_shown_by_a_plan) {
    Told told;
    const auto before = told.audit().size();
    const auto result = told.unblock("h003.example", Mode::plan_only);
    ASSERT_THAT(result.plans, SizeIs(1));
    EXPECT_THAT(result.plans.front().removals_canonical, ElementsAre("h003.example"));
    EXPECT_THAT(told.on("L"), Contains("h003.example"));
    EXPECT_THAT(told.world.store->overrides().value(), IsEmpty());
    EXPECT_EQ(told.audit().size(), before);
}

TEST(AnUnblockedValue, takes_a_whole_network_with_it_and_says_so) {
    Told told;
    const auto result = told.unblock("198.51.100.9");
    EXPECT_EQ(result.report.exit_status, 0);
    EXPECT_THAT(told.on("M"), Not(Contains("198.51.100.0/24")));
    EXPECT_THAT(said_by(result), HasSubstr("'198.51.100.0/24' goes whole, so all its 256 addresses go off this list"));
    told.ips.version = "2";
    (void)told.world.run();
    EXPECT_THAT(told.on("M"), Not(Contains("198.51.100.0/24")));
}

TEST(AnUnblockedValue, takes_a_covering_domain_with_it_and_what_else_it_blocked_comes_back) {
    World world;
    auto& feed = world.add("domains", "L", {"evil.example", "other.example"});
    world.sections.front().list.include_subdomains = true;
    (void)world.run();
    EXPECT_THAT(world.gateway.lists["L"], Contains(".evil.example"));
    const auto jobs = world.jobs();
    const core::Override wish{
        OverrideKind::allow, "www.evil.example", "", world.clock.now(), world.clock.now() + 1h, "alice", "because"};
    const auto result = unblock(wish, jobs, world.ports(), {}, {});
    ASSERT_TRUE(result);
    EXPECT_THAT(said_by(*result), HasSubstr("'.evil.example' goes whole, so evil.example and every host below it"));
    EXPECT_THAT(world.gateway.lists["L"], Not(Contains(".evil.example")));
    feed.version = "2";
    (void)world.run();
    EXPECT_THAT(world.gateway.lists["L"], Contains("evil.example"));
    EXPECT_THAT(world.gateway.lists["L"], Not(Contains(".evil.example")));
    world.clock.advance(1h);
    (void)world.run();
    EXPECT_THAT(world.gateway.lists["L"], Contains(".evil.example"));
}

TEST(AnUnblockedValue, that_somebody_else_blocks_is_named_and_not_touched) {
    Told told;
    told.on("L").insert("theirs.example");
    const auto result = told.unblock("theirs.example");
    EXPECT_EQ(result.report.exit_status, 1);
    EXPECT_THAT(told.on("L"), Contains("theirs.example"));
    EXPECT_THAT(said_by(result), HasSubstr("that entry is not Cordon's"));
    EXPECT_THAT(said_by(result), HasSubstr("Administration > URL Categories > L"));
    EXPECT_THAT(told.world.store->overrides().value(), SizeIs(1));
}

TEST(AnUnblockedValue, that_nothing_blocks_is_said_and_protected_all_the_same) {
    Told told;
    const auto result = told.unblock("free.example");
    EXPECT_EQ(result.report.exit_status, 0) << said_by(result);
    EXPECT_THAT(said_by(result), HasSubstr("nothing on the 2 lists that Cordon knows blocks free.example"));
    EXPECT_EQ(told.world.gateway.applies, 2U);
    told.domains.content.push_back("free.example");
    told.domains.version = "2";
    (void)told.world.run();
    EXPECT_THAT(told.on("L"), Not(Contains("free.example")));
}

TEST(AnUnblockedValue, goes_although_the_list_is_paused_or_its_feed_expired) {
    Told told;
    auto note = list_note_from_json(told.world.store->list_note("L").value()).value();
    note.pause = Pause{told.world.clock.now() + 2h, "bob", ""};
    ASSERT_TRUE(told.world.store->set_list_note("L", to_json(note)));
    EXPECT_EQ(told.unblock("h003.example").report.exit_status, 0);
    EXPECT_THAT(told.on("L"), Not(Contains("h003.example")));
    (void)told.world.run();
    EXPECT_THAT(told.on("L"), Not(Contains("h003.example")));
}

TEST(AnUnblockedValue, goes_off_a_list_that_no_section_feeds_any_more) {
    Told told;
    told.world.sections.erase(told.world.sections.begin());
    EXPECT_EQ(told.unblock("h003.example").report.exit_status, 0);
    EXPECT_THAT(told.on("L"), Not(Contains("h003.example")));
    EXPECT_THAT(told.on("L"), SizeIs(19));
}

TEST(AnUnblockedValue, that_could_not_be_removed_is_removed_by_the_next_run) {
    Told told;
    told.world.gateway.apply_failure = Error{Code::unreachable, "down"};
    const auto result = told.unblock("h003.example");
    EXPECT_EQ(result.report.exit_status, 1);
    EXPECT_THAT(told.on("L"), Contains("h003.example"));
    told.world.gateway.apply_failure.reset();
    EXPECT_EQ(told.world.run().report.exit_status, 0);
    EXPECT_THAT(told.on("L"), Not(Contains("h003.example")));
}

TEST(AnUnblockedValue, whose_activation_failed_is_activated_by_the_next_run) {
    Told told;
    told.world.gateway.activation_failure = Error{Code::unreachable, "down"};
    const auto result = told.unblock("h003.example");
    EXPECT_EQ(result.report.exit_status, 1);
    EXPECT_THAT(told.on("L"), Not(Contains("h003.example")));
    EXPECT_TRUE(told.world.store->is_activation_owed().value());
    told.world.gateway.activation_failure.reset();
    told.world.gateway.status = core::ActivationState::pending;
    EXPECT_EQ(told.world.run().report.activation, core::ActivationState::active);
    EXPECT_FALSE(told.world.store->is_activation_owed().value());
}

TEST(AnUnblockedValue, waits_for_the_end_of_a_freeze_and_the_first_run_after_it_takes_it_off) {
    Told told;
    told.world.activation.freeze = parse_freeze("Sat 00:00 - Sun 00:00").value();
    const auto result = told.unblock("h003.example");
    EXPECT_EQ(result.report.exit_status, 1);
    EXPECT_THAT(told.on("L"), Contains("h003.example"));
    EXPECT_THAT(result.report.held_back,
                HasSubstr("0 additions and 1 removal wait; the first run after it writes them"));
    told.world.clock.advance(24h - 30min - 9h);
    (void)told.world.run();
    EXPECT_THAT(told.on("L"), Not(Contains("h003.example")));
}

TEST(AnUnblockedValue, that_is_saved_and_not_active_is_no_success) {
    Told told;
    told.world.gateway.publishes = false;
    told.world.activation.freeze = parse_freeze("Sat 00:00 - Sun 00:00").value();
    const auto result = told.unblock("h003.example");
    EXPECT_EQ(result.report.exit_status, 1);
    EXPECT_EQ(result.report.activation, core::ActivationState::withheld);
    EXPECT_THAT(told.on("L"), Not(Contains("h003.example")));
    EXPECT_THAT(result.report.held_back, HasSubstr("are saved and not active: freeze until"));
}

TEST(AnUnblockedNetwork, takes_what_lies_in_it_without_a_word_about_more) {
    Told told;
    const auto result = told.unblock("198.51.0.0/16");
    EXPECT_THAT(told.on("M"), Not(Contains("198.51.100.0/24")));
    EXPECT_THAT(said_by(result), Not(HasSubstr("goes whole")));
}

TEST(AnUnblockedValue, is_removed_by_the_run_after_a_crash_between_intent_and_request) {
    Told told;
    struct Death {};
    told.world.gateway.on_apply = [](const core::ListPlan&) { throw Death{}; };
    EXPECT_THROW((void)told.unblock("h003.example"), Death);
    told.world.gateway.on_apply = {};
    EXPECT_EQ(core::find_ours(told.world.ledger("L"), "h003.example")->mark, core::LedgerMark::leaving);
    EXPECT_EQ(told.world.run().report.exit_status, 0);
    EXPECT_THAT(told.on("L"), Not(Contains("h003.example")));
}

TEST(AnUnblockedValue, does_not_wait_for_the_audit_log) {
    Told told;
    const auto log = told.world.folder / "audit.jsonl";
    std::filesystem::rename(log, told.world.folder / "away");
    std::filesystem::create_directory(log);  // cannot be opened to be written
    const auto result = told.unblock("h003.example");
    EXPECT_THAT(told.on("L"), Not(Contains("h003.example")));
    EXPECT_EQ(result.report.exit_status, 1);
    EXPECT_THAT(result.first_words, HasSubstr("users can reach h003.example"));
    EXPECT_THAT(said_by(result), HasSubstr("the audit log lacks records of this run: cannot open the audit log"));
    const auto ended =
        end_override(OverrideKind::allow, "h003.example", "", "bob", *told.world.store, told.world.clock.now());
    EXPECT_TRUE(ended->was_in_force);
    EXPECT_THAT(ended->lacks, HasSubstr("cannot open the audit log"));
    std::filesystem::remove(log);
    std::filesystem::rename(told.world.folder / "away", log);
    (void)told.unblock("h004.example");
    EXPECT_THAT(told.audit(), Contains(HasSubstr(R"("act":"gap","why":"4 records could not be written)")));
}

TEST(AnUnblockedValue, comes_back_when_that_is_ended) {
    Told told;
    (void)told.unblock("h003.example");
    auto& store = *told.world.store;
    const auto now = told.world.clock.now();
    EXPECT_FALSE(end_override(OverrideKind::allow, "h004.example", "", "bob", store, now).value().was_in_force);
    EXPECT_TRUE(end_override(OverrideKind::allow, "h003.example", "", "bob", store, now).value().was_in_force);
    EXPECT_FALSE(end_override(OverrideKind::allow, "h003.example", "", "bob", store, now).value().was_in_force);
    EXPECT_THAT(told.audit().back(), HasSubstr(R"("who":"bob","act":"end unblock","why":"h003.example until)"));
    (void)told.world.run();
    EXPECT_THAT(told.on("L"), Contains("h003.example"));
}

// --- Block ---

TEST(ABlockedValue, comes_at_once_and_stays_until_its_time) {
    Told told;
    const auto result = told.block("HXXPS://Bad[.]example./", "L");
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->report.exit_status, 0) << said_by(*result);
    EXPECT_THAT(told.on("L"), Contains("bad.example"));
    EXPECT_THAT(told.on("L"), SizeIs(21));
    for (int i = 0; i < 3; ++i) {
        told.domains.version += "+";
        const auto next = told.world.run().report;
        EXPECT_EQ(next.exit_status, 0);
        EXPECT_THAT(told.on("L"), Contains("bad.example"));
        EXPECT_EQ(next.lists.front().counts.fetched, 21U);
        EXPECT_EQ(next.lists.front().counts.on_gateway, 21U);
        EXPECT_THAT(next.warnings, Contains(HasSubstr("bad.example is blocked on 'L' until 2026-11-22 ")));
    }
    told.world.clock.advance(24h);
    EXPECT_EQ(told.world.run().report.exit_status, 0);
    EXPECT_THAT(told.on("L"), Not(Contains("bad.example")));
    EXPECT_THAT(told.on("L"), SizeIs(20));
}

TEST(ABlockedValue, is_refused_with_the_reason_where_it_is_protected) {
    Told told;
    core::ProtectionBuilder builder;
    builder.add_builtin_lock_out();
    builder.add_builtin_popular();
    ASSERT_TRUE(builder.add_never("pay.example", "[allow] never"));
    told.world.protection = builder.build();
    told.world.assertions.never_block = {"asserted.example"};
    struct Case {
        const char* value;
        const char* list;
        const char* said;
    };
    for (const auto& one :
         {Case{"pay.example", "L", "take it out of never and never_files of [allow]"},
          Case{"google.com", "L", "set builtin_popular = false in [allow]"},
          Case{"zscaler.net", "L", "no key permits that"},
          Case{"asserted.example", "L", "'never_block asserted.example' of [assert] would be broken"},
          Case{"co.uk", "L", "name the hosts below it that are meant"},
          Case{"198.51.100.0/24", "L", "name another list with --list"},
          Case{"bad.example", "M", "name another list with --list"}, Case{"11.0.0.0/8", "M", "min_prefix of [guard]"},
          Case{"10.1.2.3", "M", "private"},
          Case{"bad.example", "Nowhere", "no enabled section has category_name = Nowhere; the lists are: L, M"},
          Case{"bad.example", "LL", "category_name = LL; did you mean 'L'? The lists are: L, M"}}) {
        const auto result = told.block(one.value, one.list);
        ASSERT_FALSE(result) << one.value;
        EXPECT_EQ(result.error().code, Code::invalid);
        EXPECT_THAT(result.error().message, HasSubstr(one.said));
    }
    EXPECT_THAT(told.world.store->overrides().value(), IsEmpty());
    EXPECT_EQ(told.world.gateway.applies, 2U);
}

TEST(ABlockedValue, is_refused_while_an_operator_unblocks_more_than_it) {
    Told told;
    (void)told.unblock("bad.example");
    const auto result = told.block("www.bad.example", "L");
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, HasSubstr("'cordon overrides' shows the command that ends that"));
}

TEST(ABlockedValue, gives_way_to_an_unblocking) {
    Told told;
    ASSERT_TRUE(told.block("bad.example", "L"));
    EXPECT_EQ(told.unblock("bad.example").report.exit_status, 0);
    EXPECT_THAT(told.on("L"), Not(Contains("bad.example")));
    (void)told.world.run();
    EXPECT_THAT(told.on("L"), Not(Contains("bad.example")));
}

TEST(ABlockedValue, that_is_blocked_already_writes_nothing_and_is_kept) {
    Told told;
    const auto result = told.block("h003.example", "L");
    ASSERT_TRUE(result);
    EXPECT_EQ(told.world.gateway.applies, 2U);
    EXPECT_THAT(said_by(*result),
                HasSubstr("h003.example is blocked on it already, by 'h003.example'; runs keep it so"));
    told.domains.content = hosts(17, 4);
    told.domains.version = "2";
    (void)told.world.run();
    EXPECT_THAT(told.on("L"), Contains("h003.example"));
    EXPECT_THAT(told.on("L"), Not(Contains("h001.example")));
}

TEST(ABlockedValue, takes_the_place_of_what_ranks_last_on_a_full_list) {
    Told told;
    told.world.keep.max_domains = 20;
    const auto result = told.block("bad.example", "L");
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->report.exit_status, 0) << said_by(*result);
    EXPECT_THAT(told.on("L"), Contains("bad.example"));
    EXPECT_THAT(told.on("L"), Not(Contains("h020.example")));
    EXPECT_THAT(told.on("L"), SizeIs(20));
    EXPECT_THAT(said_by(*result), HasSubstr("the list is full: 'h020.example', which ranks last on it, makes room"));
    const auto next = told.world.run().report;
    EXPECT_EQ(next.lists.front().added, 0U);
    EXPECT_EQ(next.lists.front().removed, 0U);
    EXPECT_EQ(next.lists.front().counts.over_capacity, 1U);
}

TEST(ABlockedValue, is_kept_although_the_feed_has_nothing_new_and_fails) {
    Told told;
    ASSERT_TRUE(told.block("bad.example", "L"));
    told.domains.failure = Error{Code::unreachable, "down"};
    told.world.clock.advance(1h);
    (void)told.world.run();
    EXPECT_THAT(told.on("L"), Contains("bad.example"));
}

TEST(ABlockedValue, is_put_back_by_the_run_after_a_crash) {
    Told told;
    struct Death {};
    told.world.gateway.on_apply = [](const core::ListPlan&) { throw Death{}; };
    EXPECT_THROW((void)told.block("bad.example", "L"), Death);
    told.world.gateway.on_apply = {};
    EXPECT_THAT(told.on("L"), Not(Contains("bad.example")));
    EXPECT_EQ(told.world.run().report.exit_status, 0);
    EXPECT_THAT(told.on("L"), Contains("bad.example"));
}

TEST(ABlockedAddress, goes_to_a_list_of_addresses_in_any_form) {
    Told told;
    ASSERT_TRUE(told.block("0xCB007109", "M"));
    EXPECT_THAT(told.on("M"), Contains("203.0.113.9"));
    ASSERT_TRUE(told.block("203.0.113.64/27", "M"));
    EXPECT_THAT(told.on("M"), Contains("203.0.113.64/27"));
    const auto next = told.world.run().report;
    EXPECT_EQ(next.lists.back().removed, 0U);
    EXPECT_EQ(next.lists.back().counts.fetched, 5U);
}

}  // namespace
}  // namespace cordon::engine
