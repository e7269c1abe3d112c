#include "engine/override_state.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/override_runs.hpp"
#include "tests/unit/engine/world.hpp"

namespace cordon::engine {
namespace {

using core::OverrideKind;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

/// A filled list, and what operators say of values of it.
struct Operators {
    World world;
    FakeFeed& feed = world.add("domains", "L", hosts(20));

    Operators() { EXPECT_EQ(world.run().report.exit_status, 0); }
    [[nodiscard]] core::Override said(OverrideKind kind, const std::string& value) {
        const auto now = world.clock.now();
        return {kind, value, kind == OverrideKind::block ? "L" : "", now, now + 24h, "alice", "why"};
    }
    RunResult unblock(const std::string& value) {
        RunOptions options;
        options.command = "unblock";
        options.operator_name = "alice";
        options.activation = world.activation;
        world.clock.advance(1min);
        return engine::unblock(said(OverrideKind::allow, value), world.jobs(), world.ports(), options, {}).value();
    }
    [[nodiscard]] std::string sentence(const core::Override& one) {
        auto all = world.store->overrides().value();
        const auto is_it = [&](const core::Override& kept) { return kept.kind == one.kind && kept.value == one.value; };
        if (std::none_of(all.begin(), all.end(), is_it)) {
            EXPECT_TRUE(world.store->put_override(one));
            all = world.store->overrides().value();
        }
        const auto states = states_of(all, {}, *world.store).value();
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (is_it(all[i])) return sentence_on(all[i], states[i]);
        }
        return {};
    }
};

TEST(WhatIsSaidOfAnUnblock, is_first_that_users_can_reach_the_value) {
    Operators operators;
    EXPECT_THAT(operators.unblock("h003.example").first_words, HasSubstr("users can reach h003.example: nothing on"));
    EXPECT_THAT(operators.sentence(operators.said(OverrideKind::allow, "h003.example")),
                HasSubstr("h003.example is unblocked until"));
}

TEST(WhatIsSaidOfAnUnblock, is_that_it_is_not_known_where_an_entry_may_lie_there_or_not) {
    Operators operators;
    store::LedgerChange died_before_settling;
    died_before_settling.list = "L";
    died_before_settling.put.push_back({"maybe.example", core::LedgerMark::intended, core::Side::plain, 0});
    ASSERT_TRUE(operators.world.store->change(died_before_settling));
    const auto wish = operators.said(OverrideKind::allow, "maybe.example");
    const auto state = states_of(std::span(&wish, 1), {}, *operators.world.store).value().front();
    EXPECT_FALSE(state.is_carried_out(OverrideKind::allow));
    EXPECT_THAT(
        first_words_on(wish, state, {.has_looked = true, .has_removed = true}),
        HasSubstr("whether users can reach maybe.example is not known: Cordon's 'maybe.example' may be on 'L'"));
    EXPECT_THAT(sentence_on(wish, state), HasSubstr("not carried out yet: 'maybe.example' may be on 'L'"));
}

TEST(WhatIsSaidOfAnUnblock, is_nothing_of_somebody_elses_entry_where_nobody_looked) {
    Operators operators;
    const auto wish = operators.said(OverrideKind::allow, "h003.example");
    OverrideState yesterday;
    yesterday.theirs.push_back({"h003.example", "L"});
    EXPECT_THAT(first_words_on(wish, yesterday, {}), HasSubstr("the lists could not be read"));
}

TEST(WhatIsSaidOfABlock, is_not_that_it_is_done_where_its_entry_may_be_gone) {
    Operators operators;
    store::LedgerChange leaving;
    leaving.list = "L";
    leaving.put.push_back({"h003.example", core::LedgerMark::leaving, core::Side::plain, 0});
    ASSERT_TRUE(operators.world.store->change(leaving));
    EXPECT_THAT(operators.sentence(operators.said(OverrideKind::block, "h003.example")),
                HasSubstr("noted, not carried out yet"));
}

TEST(WhatIsSaidOfAnUnblock, is_that_an_activation_is_owed_where_that_failed) {
    Operators operators;
    operators.world.gateway.activation_failure = Error{Code::unreachable, "maintenance"};
    operators.world.gateway.publishes = false;
    const auto result = operators.unblock("h003.example");
    EXPECT_NE(result.report.exit_status, 0);
    EXPECT_THAT(result.first_words, HasSubstr("users can reach it once that is activated"));
    EXPECT_THAT(operators.sentence(operators.said(OverrideKind::allow, "h003.example")),
                HasSubstr("what is saved is not in effect yet: 'cordon run' activates it"));
}

TEST(WhatIsSaidOfAnUnblock, is_more_hopeful_where_the_activation_failed_and_signing_out_published) {
    Operators operators;
    operators.world.gateway.activation_failure = Error{Code::unreachable, "maintenance"};
    const auto result = operators.unblock("h003.example");
    EXPECT_NE(result.report.exit_status, 0);
    EXPECT_THAT(result.first_words, HasSubstr("users should reach it already, since signing out has published that"));
}

TEST(WhatIsSaidOfAnUnblock, is_that_it_is_noted_where_the_gateway_did_not_take_it) {
    Operators operators;
    operators.world.gateway.apply_failure = Error{Code::unreachable, "maintenance"};
    EXPECT_THAT(operators.unblock("h003.example").first_words,
                HasSubstr("users cannot reach h003.example yet: Cordon's 'h003.example' is still on 'L'"));
    const auto one = operators.said(OverrideKind::allow, "h003.example");
    EXPECT_THAT(operators.sentence(one), HasSubstr("noted, not carried out yet: 'h003.example' is still on 'L'"));
    operators.world.gateway.apply_failure.reset();
    const auto next = operators.world.run().report;
    EXPECT_THAT(next.warnings, Contains(HasSubstr("h003.example is unblocked until")));
    EXPECT_THAT(operators.sentence(one), Not(HasSubstr("noted")));
}

TEST(WhatIsSaidOfAnUnblock, is_nothing_of_a_gateway_that_could_not_be_read) {
    Operators operators;
    operators.world.gateway.inventory_failure = Error{Code::unreachable, "maintenance"};
    EXPECT_THAT(operators.unblock("other.example").first_words,
                HasSubstr("whether users can reach other.example is not known: the lists could not be read"));
}

TEST(WhatIsSaidOfAnUnblock, is_that_an_entry_of_others_still_blocks_it) {
    Operators operators;
    operators.world.gateway.lists["L"].insert("theirs.example");
    EXPECT_THAT(operators.unblock("www.theirs.example").first_words,
                HasSubstr("nothing of Cordon's blocks www.theirs.example; whether"));
    EXPECT_THAT(operators.unblock("theirs.example").first_words,
                HasSubstr("nothing of Cordon's blocks it now, but 'theirs.example', an entry of somebody else on 'L'"));
    const auto one = operators.said(OverrideKind::allow, "theirs.example");
    EXPECT_THAT(operators.sentence(one), HasSubstr("but still blocked by 'theirs.example', an entry of somebody else"));
    operators.world.gateway.lists["L"].erase("theirs.example");
    (void)operators.world.run();
    EXPECT_THAT(operators.sentence(one), Not(HasSubstr("still blocked")));
}

TEST(WhatIsSaidOfABlock, is_whether_something_on_its_list_blocks_the_value) {
    Operators operators;
    const auto one = operators.said(OverrideKind::block, "bad.example");
    EXPECT_THAT(operators.sentence(one), HasSubstr("bad.example is to be blocked on 'L' until"));
    EXPECT_THAT(operators.sentence(one), HasSubstr("noted, not carried out yet"));
    const auto next = operators.world.run().report;
    EXPECT_THAT(next.warnings, Contains(HasSubstr("bad.example is blocked on 'L' until")));
    EXPECT_THAT(operators.sentence(one), HasSubstr("bad.example is blocked on 'L' until"));
}

TEST(WhatIsSaidOfABlock, is_that_an_unblock_makes_it_come_to_nothing) {
    Operators operators;
    const auto one = operators.said(OverrideKind::block, "www.bad.example");
    (void)operators.sentence(one);
    (void)operators.sentence(operators.said(OverrideKind::allow, "bad.example"));
    EXPECT_THAT(operators.sentence(one), HasSubstr("has no effect: bad.example is unblocked until"));
}

}  // namespace
}  // namespace cordon::engine
