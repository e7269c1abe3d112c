#include "engine/explaining.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "base/text.hpp"
#include "engine/override_runs.hpp"
#include "tests/unit/engine/world.hpp"

namespace cordon::engine {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Explained {
    World world;
    FakeFeed& domains = world.add("domains", "L", hosts(20));
    FakeFeed& ips = world.add("ips", "M", {"198.51.100.0/24", "203.0.113.7"}, core::EntityType::ip);
    bool is_blocked = false;
    std::string verdict;

    [[nodiscard]] EntrySources sources(std::span<const ListJob> jobs) {
        return {world.sections, jobs, world.protection, *world.store, world.clock.now()};
    }

    std::string explain(const std::string& value) {
        const auto jobs = world.jobs();
        const auto calls = world.gateway.applies;
        const auto said = engine::explain(core::canonical_question(value).value(), sources(jobs));
        EXPECT_TRUE(said) << said.error().message;
        EXPECT_EQ(world.gateway.applies, calls);
        is_blocked = said->is_blocked;
        verdict = said->verdict;
        return join(said->lines, "\n");
    }
};

TEST(AnExplanation, says_which_feed_names_what_is_blocked_and_which_run_put_it_there) {
    Explained world;
    const auto run = world.world.run().report.id;
    const auto said = world.explain("HXXP://h003[.]example/");
    EXPECT_TRUE(world.is_blocked);
    EXPECT_THAT(said, HasSubstr("'L' (custom URL category id of L)"));
    EXPECT_THAT(said, HasSubstr("blocked by its entry 'h003.example'"));
    EXPECT_THAT(said, HasSubstr("put there by 'run' " + run));
    EXPECT_THAT(said, HasSubstr("[domains] gives h003.example: risk 65 (the feed gives none) (snapshot of 2026-11-21"));
    EXPECT_THAT(said, HasSubstr("'M' (destination IPv4 group id of M)\n  nothing of Cordon's there blocks it"));
}

TEST(AnExplanation, says_what_no_list_would_take) {
    Explained world;
    (void)world.world.run();
    EXPECT_THAT(world.explain("co.uk"), HasSubstr("it is never blocked: "));
    EXPECT_THAT(world.explain("10.0.0.0/8"), HasSubstr("it is never blocked: "));
    EXPECT_THAT(world.explain("192.168.1.1"), HasSubstr("it is never blocked: "));
    EXPECT_THAT(world.explain("evil-site.com"), Not(HasSubstr("never blocked")));
    EXPECT_THAT(world.explain("93.184.216.34"), Not(HasSubstr("never blocked")));
}

TEST(AnExplanation, finds_the_network_and_the_host_that_cover_a_value) {
    Explained world;
    (void)world.world.run();
    EXPECT_THAT(world.explain("198.51.100.9"), HasSubstr("blocked by its entry '198.51.100.0/24'"));
    EXPECT_THAT(world.explain("http://h003.example/a/b"), HasSubstr("blocked by its entry 'h003.example'"));
    EXPECT_TRUE(world.is_blocked);
}

TEST(AnExplanation, says_that_nobody_names_a_value) {
    Explained world;
    (void)world.world.run();
    EXPECT_THAT(world.explain("free.example"), HasSubstr("no feed of it names it"));
    EXPECT_FALSE(world.is_blocked);
}

TEST(AnExplanation, says_which_allow_list_keeps_a_value_off) {
    Explained world;
    core::ProtectionBuilder builder;
    ASSERT_TRUE(builder.add_never("h003.example", "[allow] never"));
    world.world.protection = builder.build();
    (void)world.world.run();
    const auto said = world.explain("h003.example");
    EXPECT_FALSE(world.is_blocked);
    EXPECT_THAT(
        said,
        HasSubstr(
            "it may not be blocked: on your never list, or unblocked by an operator ([allow] never: h003.example)"));
    EXPECT_THAT(
        said,
        HasSubstr(
            "[domains] names it, but it is left out: on your never list, or unblocked by an operator, [allow] never"));
}

TEST(AnExplanation, says_what_operators_said) {
    Explained world;
    (void)world.world.run();
    const auto now = world.world.clock.now();
    const auto jobs = world.world.jobs();
    ASSERT_TRUE(unblock({core::OverrideKind::allow, "h003.example", "", now, now + 1h, "alice", "a partner waits"},
                        jobs, world.world.ports(), {}, {}));
    const auto said = world.explain("h003.example");
    EXPECT_FALSE(world.is_blocked);
    EXPECT_THAT(said, HasSubstr("an operator unblocked h003.example until 2026-11-21 10:31:00 UTC by alice (a partner "
                                "waits)"));
    EXPECT_THAT(said, HasSubstr("operator's unblock until"));
}

TEST(AnExplanation, says_which_place_an_entry_has_and_the_last_that_fits) {
    Explained world;
    world.world.keep.max_domains = 15;
    (void)world.world.run();
    const auto said = world.explain("h018.example");
    EXPECT_FALSE(world.is_blocked);
    EXPECT_THAT(said, HasSubstr("its place is 18 of 20 (risk 65)"));
    EXPECT_THAT(said, HasSubstr("over capacity: the last that fits is 'h015.example', place 15 (risk 65)"));
}

TEST(AnExplanation, says_that_a_list_is_paused_or_was_stopped_or_an_entry_taken_out) {
    Explained world;
    (void)world.world.run();
    auto& store = *world.world.store;
    auto note = list_note_from_json(store.list_note("L").value()).value();
    note.pause = Pause{world.world.clock.now() + 2h, "bob", ""};
    ASSERT_TRUE(store.set_list_note("L", to_json(note)));
    ASSERT_TRUE(store.put_guard_stop({"L", "0123", "it would remove too much", world.world.clock.now()}));
    store::LedgerChange change;
    change.list = "L";
    change.erase = {"h003.example"};
    change.put_exceptions = {{"h003.example", world.world.clock.now(), ""}};
    ASSERT_TRUE(store.change(change));
    const auto said = world.explain("h003.example");
    EXPECT_FALSE(world.is_blocked);
    EXPECT_THAT(said, HasSubstr("'h003.example' was taken out by hand on the gateway"));
    EXPECT_THAT(said, HasSubstr("paused until"));
    EXPECT_THAT(said, HasSubstr("its last plan was stopped at"));
    EXPECT_THAT(world.explain("free.example"), Not(HasSubstr("paused")));
}

TEST(AnExplanation, of_a_url_on_an_address_is_about_that_url) {
    Explained world;
    world.world.add("urls", "U", {"http://192.0.2.9/x", "http://192.0.2.9/a/b"}, core::EntityType::url);
    (void)world.world.run();
    (void)world.world.run();  // sees the addresses, which are read back
    EXPECT_THAT(world.explain("http://192.0.2.9/x"), HasSubstr("blocked by its entry '192.0.2.9/x'"));
    EXPECT_TRUE(world.is_blocked);
    EXPECT_THAT(world.explain("192.0.2.9/y"), Not(HasSubstr("a part of")));
    EXPECT_EQ(world.verdict, "not blocked by Cordon");
    EXPECT_THAT(world.explain("192.0.2.9/a/"), HasSubstr("1 of its entries blocks a part of 192.0.2.9/a/"));
    EXPECT_FALSE(world.is_blocked);
    (void)world.explain("192.0.2.9");
    EXPECT_EQ(world.verdict, "not blocked by Cordon, but entries on it are");
    EXPECT_THAT(world.explain("http://203.0.113.7:8080/z"), HasSubstr("blocked by its entry '203.0.113.7'"));
    EXPECT_TRUE(world.is_blocked) << "the group blocks the whole address";
}

TEST(AnExplanation, names_entries_that_block_a_part_of_the_value) {
    Explained world;
    world.domains.content = {"b.h003.example", "a.h003.example", "h004.example"};
    (void)world.world.run();
    (void)world.world.run();  // sees the addresses, which are read back
    EXPECT_THAT(world.explain("h003.example"), HasSubstr("2 of its entries block a part of h003.example: "));
    EXPECT_FALSE(world.is_blocked);
    EXPECT_EQ(world.verdict, "not blocked by Cordon, but entries on it are");
    EXPECT_THAT(world.explain("203.0.113.0/24"),
                HasSubstr("1 of its entries blocks a part of 203.0.113.0/24: 203.0.113.7"));
    EXPECT_THAT(world.explain("198.51.100.0/28"), HasSubstr("blocked by its entry '198.51.100.0/24'"));
    EXPECT_TRUE(world.is_blocked);
}

TEST(AnExplanation, does_not_call_in_effect_what_is_only_saved) {
    Explained world;
    (void)world.world.run();
    world.world.gateway.activation_failure = Error{Code::refused, "no"};
    world.domains.content = hosts(21);
    world.domains.version = "2";
    (void)world.world.run();
    const auto said = world.explain("h021.example");
    EXPECT_EQ(world.verdict, "on a list of Cordon's, but not in effect as far as is known");
    EXPECT_THAT(said, HasSubstr("; saved, not active yet: 'cordon run' activates it"));
    EXPECT_THAT(world.explain("h003.example"), HasSubstr("changes are saved on the gateway that no activation"));
    EXPECT_EQ(world.verdict, "blocked by Cordon");
    world.world.gateway.activation_failure.reset();
    (void)world.world.run();
    EXPECT_THAT(world.explain("h021.example"), Not(HasSubstr("saved")));
    EXPECT_EQ(world.verdict, "blocked by Cordon");
}

TEST(AnExplanation, does_not_call_blocked_what_no_rule_blocks) {
    Explained world;
    (void)world.world.run();
    auto& store = *world.world.store;
    auto note = list_note_from_json(store.list_note("L").value()).value();
    note.rules.enforcement = core::Enforcement{core::EnforcementState::no_rule, "", "", "no rule blocks it", {}};
    ASSERT_TRUE(store.set_list_note("L", to_json(note)));
    const auto said = world.explain("h003.example");
    EXPECT_THAT(said, HasSubstr("the list blocks nothing: no rule blocks it (as of "));
    EXPECT_THAT(said, HasSubstr("'cordon check --online' reads the rules again"));
    EXPECT_EQ(world.verdict, "on a list of Cordon's, but not in effect as far as is known");
    EXPECT_THAT(world.explain("free.example"), Not(HasSubstr("no rule blocks it")));
}

TEST(AnExplanation, looks_at_the_object_that_entries_lie_on_where_the_list_is_of_another_kind_now) {
    Explained world;
    (void)world.world.run();
    auto jobs = world.world.jobs();
    jobs.front().target.kind = core::TargetKind::denylist;
    jobs.front().rules.target = core::TargetKind::denylist;
    const auto said = engine::explain("h003.example", world.sources(jobs)).value();
    EXPECT_TRUE(said.is_blocked);
    const auto lines = join(said.lines, "\n");
    EXPECT_THAT(lines, HasSubstr("'L' (custom URL category id of L)\n  blocked by its entry 'h003.example'"));
    EXPECT_THAT(lines, HasSubstr("'L' is a denylist now, but what was on it lies in a custom URL category"));
}

TEST(AnExplanation, says_that_an_entry_was_taken_over_or_is_older_than_what_is_noted) {
    Explained world;
    world.world.gateway.lists["L"] = {"h003.example"};
    (void)world.world.run();
    EXPECT_THAT(world.explain("h003.example"),
                HasSubstr("; taken over from others, or put there before that was noted"));
    EXPECT_TRUE(world.is_blocked);
}

TEST(AnExplanation, of_a_list_that_joins_and_folds_says_what_stands_for_the_value) {
    Explained world;
    world.domains.content = {"h003.example", "a.h003.example", "b.h003.example", "c.h003.example"};
    world.ips.content = {"203.0.113.4", "203.0.113.5", "203.0.113.6", "203.0.113.7"};
    world.world.sections[0].list.fold_hosts = true;
    world.world.sections[1].list.join_networks = true;
    (void)world.world.run();
    (void)world.world.run();  // sees the network, which is read back
    EXPECT_THAT(world.explain("a.h003.example"),
                HasSubstr("[domains] names it, but it is left out: " +
                          std::string(core::explanation_of(core::Reason::folded)) + ", .h003.example"));
    EXPECT_TRUE(world.is_blocked);
    EXPECT_THAT(world.explain("203.0.113.6"),
                HasSubstr("[ips] names it, but it is left out: " +
                          std::string(core::explanation_of(core::Reason::joined)) + ", 203.0.113.4/30"));
    EXPECT_TRUE(world.is_blocked);
}

}  // namespace
}  // namespace cordon::engine
