#include "core/bookkeeping.hpp"

#include <gtest/gtest.h>

#include <string>

#include "core/plan_commands.hpp"
#include "tests/unit/core/plan_scene.hpp"

namespace {

using namespace scene;

// --- Retiring and moving ---

TEST(Plan, a_retirement_removes_what_is_ours_in_its_exact_spelling) {
    Scene scene;
    scene.there("Evil.example").remembered("evil.example").there("theirs.example").remembered("gone.example");
    const auto plan = plan_retirement("Blocked", scene.target, scene.state, scene.ledger, scene.policy);
    EXPECT_EQ(texts(plan.removals), (Texts{"Evil.example"}));
    EXPECT_TRUE(plan.additions.empty());
    EXPECT_EQ(plan.forgotten, (Texts{"gone.example"}));
    EXPECT_EQ(plan.keeps, (Texts{"theirs.example"}));
    EXPECT_EQ(plan.counts.imbalance(), "");
}

TEST(Plan, a_retirement_that_would_empty_the_object_leaves_the_placeholder) {
    Scene scene;
    scene.ours("a.example");
    const auto plan = plan_retirement("Blocked", scene.target, scene.state, scene.ledger, scene.policy);
    EXPECT_EQ(texts(plan.additions), (Texts{k_placeholder}));
    EXPECT_EQ(plan.keeps, (Texts{k_placeholder}));
}

TEST(Plan, a_move_takes_what_is_ours_to_the_other_side) {
    Scene scene;
    scene.there("A.example", Side::plain).remembered("a.example", LedgerMark::seen, Side::plain);
    scene.ours("b.example", Side::retain_parent).there("theirs.example", Side::plain);
    const auto plan = plan_move("Blocked", scene.state, scene.ledger, Side::retain_parent);
    EXPECT_EQ(plan.additions, (std::vector<PlannedEntry>{{"a.example", Side::retain_parent}}));
    EXPECT_EQ(plan.removals, (std::vector<PlannedEntry>{{"A.example", Side::plain}}));
    EXPECT_FALSE(plan.removals_first);
    EXPECT_EQ(plan.keeps, (Texts{"a.example", "b.example", "theirs.example"}));
    EXPECT_EQ(plan.counts.imbalance(), "");
}

/// a.example and b.example are ours on the plain side and were to move; the removals were refused.
Scene interrupted_move(bool is_read_back) {
    Scene scene;
    scene.ours("a.example", Side::plain).ours("b.example", Side::plain).there("theirs.example", Side::plain);
    scene.feed({{"a.example"}, {"b.example"}});
    const auto plan = plan_move("Blocked", scene.state, scene.ledger, Side::retain_parent);
    apply(plan, scene, {.shows = is_read_back, .removes = false});
    return scene;
}

Texts on(Side side, const Scene& scene) {
    Texts list;
    for (const auto& entry : scene.state.entries) {
        if (entry.side == side) list.push_back(entry.canonical);
    }
    return list;
}

TEST(Move, what_an_interrupted_move_left_on_both_sides_is_ours_on_both_and_counted_once) {
    for (const bool is_read_back : {true, false}) {
        Scene scene = interrupted_move(is_read_back);
        EXPECT_EQ(marks(scene.ledger.ours), (Texts{"a.example intended 0", "b.example intended 0"}));
        const auto plan = planned(scene);
        EXPECT_FALSE(plan.writes()) << "an ordinary run leaves both";
        EXPECT_TRUE(plan.sightings.empty());
        EXPECT_EQ(plan.counts.present, 3U);
        EXPECT_EQ(plan.counts.unchanged, 2U);
        EXPECT_EQ(plan.counts.on_gateway, 2U);
        EXPECT_EQ(plan.counts.foreign, 1U);
    }
}

TEST(Move, when_the_feed_drops_it_an_entry_of_an_interrupted_move_leaves_both_sides) {
    Scene scene = interrupted_move(true);
    scene.feed({{"b.example"}});
    const auto plan = planned(scene);
    EXPECT_EQ(plan.removals,
              (std::vector<PlannedEntry>{{"a.example", Side::plain}, {"a.example", Side::retain_parent}}));
    EXPECT_EQ(plan.counts.to_remove, 1U);
    EXPECT_EQ(marks(intents_of(plan, scene.ledger)), (Texts{"a.example intended 0"}))
        << "until both are gone it is ours wherever it is found";
    EXPECT_EQ(plan.keeps, (Texts{"b.example", "theirs.example"}));
    apply(plan, scene);
    EXPECT_EQ(marks(scene.ledger.ours), (Texts{"b.example intended 0"}));
}

TEST(Move, a_second_move_finishes_an_interrupted_one) {
    for (const bool is_read_back : {true, false}) {
        Scene scene = interrupted_move(is_read_back);
        const auto plan = plan_move("Blocked", scene.state, scene.ledger, Side::retain_parent);
        EXPECT_TRUE(plan.additions.empty());
        EXPECT_EQ(plan.removals, (std::vector<PlannedEntry>{{"a.example", Side::plain}, {"b.example", Side::plain}}));
        const auto intents = intents_of(plan, scene.ledger);
        EXPECT_EQ(marks(intents), (Texts{"a.example intended 0", "b.example intended 0"}));
        EXPECT_EQ(intents.at(0).side, Side::retain_parent);
        apply(plan, scene, {.shows = is_read_back});
        EXPECT_EQ(on(Side::plain, scene), (Texts{"theirs.example"}));
        EXPECT_EQ(marks(scene.ledger.ours), (Texts{"a.example seen 0", "b.example seen 0"}));
        EXPECT_EQ(scene.ledger.ours.at(0).side, Side::retain_parent);
        EXPECT_FALSE(planned(scene).writes());
    }
}

TEST(Move, a_second_move_that_is_interrupted_too_changes_nothing) {
    Scene scene = interrupted_move(true);
    const auto plan = plan_move("Blocked", scene.state, scene.ledger, Side::retain_parent);
    apply(plan, scene, {.removes = false});
    EXPECT_EQ(marks(scene.ledger.ours), (Texts{"a.example intended 0", "b.example intended 0"}));
    EXPECT_EQ(plan_move("Blocked", scene.state, scene.ledger, Side::retain_parent).digest, plan.digest);
}

TEST(Move, an_entry_of_an_interrupted_move_that_is_found_on_one_side_is_seen_there) {
    Scene scene = interrupted_move(true);
    std::erase_if(scene.state.entries, [](const PresentEntry& entry) {
        return entry.canonical == "a.example" && entry.side == Side::plain;
    });
    const auto plan = planned(scene);
    ASSERT_EQ(marks(plan.sightings), (Texts{"a.example seen 0"}));
    EXPECT_EQ(plan.sightings.at(0).side, Side::retain_parent);
}

TEST(Move, what_the_other_side_refuses_stays_ours_where_it_was) {
    Scene scene;
    scene.ours("a.example", Side::plain);
    const auto plan = plan_move("Blocked", scene.state, scene.ledger, Side::retain_parent);
    const std::vector<Exclusion> refused{{"a.example", k_now, "Invalid urls"}};
    const auto outcome = outcome_of(plan, scene.ledger, {}, {}, refused, &scene.state.entries);
    EXPECT_TRUE(outcome.put.empty());
    EXPECT_TRUE(outcome.erase.empty()) << "the intent holds until a read shows where it is";
}

// --- Bookkeeping ---

TEST(Bookkeeping, intents_are_written_for_additions_and_removals_but_not_for_the_placeholder) {
    Scene scene;
    scene.ours("a.example").there(k_placeholder);
    scene.remembered("sent.example", LedgerMark::sent).feed({{"b.example"}, {"sent.example"}});
    const auto plan = planned(scene);
    EXPECT_EQ(marks(intents_of(plan, scene.ledger)),
              (Texts{"a.example leaving 0", "b.example intended 0", "sent.example intended 1"}));
}

TEST(Bookkeeping, an_entry_that_moves_is_intended_on_its_new_side) {
    Scene scene;
    scene.ours("a.example", Side::plain);
    const auto plan = plan_move("Blocked", scene.state, scene.ledger, Side::retain_parent);
    const auto intents = intents_of(plan, scene.ledger);
    ASSERT_EQ(marks(intents), (Texts{"a.example intended 0"}));
    EXPECT_EQ(intents[0].side, Side::retain_parent);
    const Texts moved{"a.example"};
    const auto outcome = outcome_of(plan, scene.ledger, moved, moved, {}, nullptr);
    EXPECT_EQ(marks(outcome.put), (Texts{"a.example sent 0"}));
    EXPECT_TRUE(outcome.erase.empty());
}

TEST(Bookkeeping, what_the_gateway_answered_goes_into_the_ledger) {
    Scene scene;
    scene.ours("a.example").feed({{"b.example"}, {"c.example"}, {"d.example"}, {"e.example"}});
    const auto plan = planned(scene);
    const Texts added{"b.example", "c.example"}, removed{"a.example"};
    const std::vector<Exclusion> refused{{"d.example", k_now, "Invalid urls"}};
    const std::vector<PresentEntry> now{present("b.example")};
    const auto outcome = outcome_of(plan, scene.ledger, added, removed, refused, &now);
    EXPECT_EQ(marks(outcome.put), (Texts{"b.example seen 0", "c.example intended 1"}));
    EXPECT_EQ(outcome.erase, (Texts{"a.example", "d.example"})) << "e.example keeps its intent";
}

TEST(Bookkeeping, an_answered_addition_that_the_read_back_does_not_show_has_had_a_try) {
    Scene scene;
    scene.remembered("x.example", LedgerMark::intended, Side::retain_parent, 1);
    scene.feed({{"x.example"}, {"y.example"}});
    const auto plan = planned(scene);
    const Texts answered{"x.example", "y.example"};
    const std::vector<PresentEntry> nothing;
    EXPECT_EQ(marks(outcome_of(plan, scene.ledger, answered, {}, {}, &nothing).put),
              (Texts{"x.example intended 2", "y.example intended 1"}));
    EXPECT_EQ(marks(outcome_of(plan, scene.ledger, answered, {}, {}, nullptr).put),
              (Texts{"x.example sent 1", "y.example sent 0"}))
        << "without a read it is the next one that counts";
}

TEST(Bookkeeping, of_several_spellings_only_a_read_tells_that_all_are_gone) {
    Scene scene;
    scene.there("A.example").there("a.example").remembered("a.example").ours("b.example").feed({{"b.example"}});
    const auto plan = planned(scene);
    const Texts removed{"a.example"};
    EXPECT_TRUE(outcome_of(plan, scene.ledger, {}, removed, {}, nullptr).erase.empty());
    EXPECT_TRUE(outcome_of(plan, scene.ledger, {}, removed, {}, &scene.state.entries).erase.empty());
    const std::vector<PresentEntry> now{present("b.example")};
    EXPECT_EQ(outcome_of(plan, scene.ledger, {}, removed, {}, &now).erase, removed);
}

}  // namespace
