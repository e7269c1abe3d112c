#include "core/plan.hpp"

#include <gtest/gtest.h>

#include <string>

#include "core/plan_commands.hpp"
#include "tests/unit/core/plan_scene.hpp"

namespace {

using namespace scene;

// --- Additions, removals, creation ---

TEST(Plan, a_list_that_does_not_exist_is_created_with_its_first_entries) {
    Scene scene;
    scene.state = {"Blocked", false, "", {}};
    scene.ledger = {};
    scene.feed({{"b.example"}, {"a.example"}});
    const auto plan = planned(scene);
    EXPECT_TRUE(plan.creates);
    EXPECT_EQ(texts(plan.additions), (Texts{"a.example", "b.example"}));
    EXPECT_EQ(plan.additions[0].side, Side::retain_parent);
    EXPECT_EQ(plan.counts.pending, 2U);
    EXPECT_EQ(plan.keeps, (Texts{"a.example", "b.example"}));
    EXPECT_FALSE(plan.drifted);
}

TEST(Plan, a_list_that_does_not_exist_and_would_hold_nothing_is_not_created) {
    Scene scene;
    scene.state = {"Blocked", false, "", {}};
    scene.ledger = {};
    const auto plan = planned(scene);
    EXPECT_FALSE(plan.creates);
    EXPECT_FALSE(plan.writes());
    EXPECT_TRUE(plan.keeps.empty());
}

TEST(Plan, without_a_free_category_nothing_is_created) {
    Scene scene;
    scene.state = {"Blocked", false, "", {}};
    scene.ledger = {};
    scene.room.categories = 0;
    scene.feed({{"a.example"}});
    const auto plan = planned(scene);
    EXPECT_FALSE(plan.writes());
    EXPECT_EQ(plan.counts.over_capacity, 1U);
    EXPECT_EQ(scene.told.values.at(0).detail, "no further custom category can be created (max_categories)");
}

TEST(Plan, what_is_new_is_added_and_what_is_gone_from_the_feed_is_removed) {
    Scene scene;
    scene.ours("a.example").ours("b.example").feed({{"b.example"}, {"c.example"}});
    const auto plan = planned(scene);
    EXPECT_EQ(texts(plan.additions), (Texts{"c.example"}));
    EXPECT_EQ(texts(plan.removals), (Texts{"a.example"}));
    EXPECT_EQ(plan.counts.unchanged, 1U);
    EXPECT_EQ(plan.counts.on_gateway, 1U);
    EXPECT_EQ(plan.keeps, (Texts{"b.example", "c.example"}));
    EXPECT_FALSE(plan.removals_first);
}

TEST(Plan, tells_which_additions_matter_most) {
    Scene scene;
    scene
        .feed({{"a.example", 66}, {"b.example", 99}, {"c.example", 80, 1}, {"d.example", 80, 2}, {"there.example", 90}})
        .ours("there.example");
    const ListPlan plan = planned(scene);
    std::vector<std::string> order;
    for (const auto at : plan.by_importance) order.push_back(plan.additions.at(at).text);
    EXPECT_EQ(order, (std::vector<std::string>{"b.example", "d.example", "c.example", "a.example"}));
}

TEST(Plan, nothing_changed_means_nothing_is_written) {
    Scene scene;
    scene.ours("a.example").feed({{"a.example"}});
    const auto plan = planned(scene);
    EXPECT_FALSE(plan.writes());
    EXPECT_TRUE(plan.sightings.empty());
    EXPECT_TRUE(plan.forgotten.empty());
}

TEST(Plan, removals_carry_the_gateways_spelling) {
    Scene scene;
    scene.there("Evil.Example").remembered("evil.example").ours("b.example").feed({{"b.example"}});
    const auto plan = planned(scene);
    EXPECT_EQ(texts(plan.removals), (Texts{"Evil.Example"}));
    EXPECT_EQ(plan.removals_canonical, (Texts{"evil.example"}));
}

TEST(Plan, an_entry_of_ours_leaves_in_all_its_spellings_on_its_side) {
    Scene scene;
    scene.there("EVIL.example").there("evil.example").there("Evil.example", Side::plain);
    scene.remembered("evil.example").ours("b.example").feed({{"b.example"}});
    const auto plan = planned(scene);
    EXPECT_EQ(texts(plan.removals), (Texts{"EVIL.example", "evil.example"}));
    EXPECT_EQ(plan.counts.to_remove, 1U) << "counts are by canonical form";
    EXPECT_EQ(plan.keeps, (Texts{"b.example", "evil.example"})) << "the foreign spelling stays";
}

TEST(Plan, an_addition_in_another_spelling_is_no_addition) {
    Scene scene;
    scene.there("EVIL.example").remembered("evil.example").feed({{"evil.example"}});
    EXPECT_FALSE(planned(scene).writes());
}

TEST(Plan, a_group_has_only_the_plain_side) {
    Scene scene;
    scene.target = TargetKind::ipv4_group;
    scene.policy.placeholder = "192.0.2.1";
    scene.there("198.51.100.77/24", Side::plain).remembered("198.51.100.0/24", LedgerMark::seen, Side::plain);
    scene.feed({{"203.0.113.9"}});
    const auto plan = planned(scene);
    ASSERT_EQ(texts(plan.additions), (Texts{"203.0.113.9"}));
    EXPECT_EQ(plan.additions[0].side, Side::plain);
    EXPECT_EQ(texts(plan.removals), (Texts{"198.51.100.77/24"}));
}

// --- Capacity ---

TEST(Plan, the_cap_counts_foreign_entries_too) {
    Scene scene;
    scene.policy.cap = 3;
    scene.there("theirs.example").there("a.example").feed({{"a.example"}, {"b.example"}, {"c.example"}});
    const auto plan = planned(scene);
    EXPECT_EQ(texts(plan.additions), (Texts{"b.example"}));
    EXPECT_EQ(plan.counts.over_capacity, 1U);
    EXPECT_EQ(scene.told.values.at(0).value, "c.example");
    EXPECT_EQ(scene.told.values.at(0).detail, "cap of 3 entries");
}

TEST(Plan, foreign_entries_beyond_the_cap_leave_no_room) {
    Scene scene;
    scene.policy.cap = 1;
    scene.there("theirs.example").there("more.example").feed({{"a.example"}});
    EXPECT_FALSE(planned(scene).writes());
}

TEST(Plan, the_tenants_room_limits_what_is_added_but_removes_nothing) {
    Scene scene;
    scene.room.urls = 1;
    scene.ours("a.example").ours("b.example").feed({{"a.example"}, {"b.example"}, {"c.example"}, {"d.example"}});
    const auto plan = planned(scene);
    EXPECT_EQ(texts(plan.additions), (Texts{"c.example"}));
    EXPECT_TRUE(plan.removals.empty());
    EXPECT_EQ(plan.counts.over_capacity, 1U);
}

TEST(Plan, removals_make_room_and_then_come_first) {
    Scene scene;
    scene.room.urls = 0;
    scene.ours("a.example").ours("b.example").feed({{"b.example"}, {"c.example"}, {"d.example"}});
    const auto plan = planned(scene);
    EXPECT_EQ(texts(plan.additions), (Texts{"c.example"}));
    EXPECT_EQ(texts(plan.removals), (Texts{"a.example"}));
    EXPECT_TRUE(plan.removals_first);
}

TEST(Plan, the_cap_is_not_exceeded_even_for_a_moment) {
    Scene scene;
    scene.policy.cap = 2;
    scene.ours("a.example").ours("b.example").feed({{"b.example"}, {"c.example"}});
    EXPECT_TRUE(planned(scene).removals_first);
    scene.policy.cap = 3;
    EXPECT_FALSE(planned(scene).removals_first);
}

TEST(Plan, a_group_holds_no_more_than_the_gateway_allows) {
    Scene scene;
    scene.target = TargetKind::ipv4_group;
    scene.policy.placeholder = "192.0.2.1";
    scene.room.addresses_per_group = 2;
    scene.there("198.51.100.1", Side::plain);
    scene.feed({{"203.0.113.1"}, {"203.0.113.2"}, {"203.0.113.3"}});
    const auto plan = planned(scene);
    EXPECT_EQ(texts(plan.additions), (Texts{"203.0.113.1"}));
    EXPECT_EQ(scene.told.values.at(0).detail, "a group holds 2 addresses");
    scene.room.addresses = 0;
    EXPECT_TRUE(planned(scene).additions.empty());
}

TEST(Plan, an_fqdn_group_counts_names_and_not_addresses) {
    Scene scene;
    scene.target = TargetKind::fqdn_group;
    scene.room.names_per_group = 2;
    scene.room.addresses_per_group = 0;
    scene.room.urls = 0;
    scene.there("theirs.example", Side::plain);
    scene.feed({{"a.example"}, {"b.example"}, {"c.example"}});
    const auto plan = planned(scene);
    EXPECT_EQ(texts(plan.additions), (Texts{"a.example"}));
    EXPECT_EQ(plan.additions.at(0).side, Side::plain);
    EXPECT_EQ(scene.told.values.at(0).detail, "a group holds 2 host names");
    scene.room.names = 0;
    EXPECT_TRUE(planned(scene).additions.empty());
    EXPECT_EQ(scene.told.values.at(0).detail, "the tenant has room for 0 more host names");
}

TEST(Plan, the_denylist_shares_the_tenants_urls_and_needs_no_place_for_a_category) {
    Scene scene;
    scene.target = TargetKind::denylist;
    scene.policy.placeholder.clear();
    scene.room.urls = 1;
    scene.room.categories = 0;
    scene.feed({{"a.example"}, {"b.example"}});
    EXPECT_EQ(texts(planned(scene).additions), (Texts{"a.example"}));
}

TEST(Plan, a_list_without_placeholder_may_become_empty) {
    Scene scene;
    scene.target = TargetKind::denylist;
    scene.policy.placeholder.clear();
    scene.ours("a.example", Side::plain).ours("b.example", Side::plain);
    const auto plan = plan_retirement("Denied", scene.target, scene.state, scene.ledger, scene.policy);
    EXPECT_EQ(texts(plan.removals), (Texts{"a.example", "b.example"}));
    EXPECT_TRUE(plan.additions.empty());
    EXPECT_TRUE(plan.keeps.empty());
}

TEST(Plan, a_plan_takes_its_part_of_the_room_and_gives_none_away) {
    const IndicatorSet set = indicators({{"b.example"}, {"c.example"}});
    const FeedPart part{"feed", &set, 65};
    ListRules rules;
    rules.permit_reserved = true;
    NoRejectSink sink;
    const auto desired = build_desired({&part, 1}, rules, no_protection(), sink);
    Scene scene;
    scene.ours("a.example");
    Room room;
    room.urls = 10;
    static_cast<void>(
        plan_list("Blocked", scene.target, &desired, scene.state, scene.ledger, scene.policy, room, k_now, sink));
    EXPECT_EQ(room.urls, 9U) << "two added, one removed";
    static_cast<void>(
        plan_list("New", scene.target, &desired, {"New", false, "", {}}, {}, scene.policy, room, k_now, sink));
    EXPECT_EQ(room.urls, 7U);
    EXPECT_EQ(room.categories, 63U);
}

TEST(Plan, the_edge_of_the_cap_does_not_flutter) {
    struct Case {
        const char* fact;
        Row newcomer;
        bool hysteresis;
        bool displaces;
    };
    const Case cases[]{
        {"four higher stays out", {"a.example", 69, 0}, true, false},
        {"five higher comes in", {"a.example", 70, 0}, true, true},
        {"as risky and a day later comes in", {"a.example", 65, 1}, true, true},
        {"as risky on the same day stays out", {"a.example", 65, 0}, true, false},
        {"without hysteresis the order alone decides", {"a.example", 65, 0}, false, true},
    };
    for (const auto& c : cases) {
        Scene scene;
        scene.policy.cap = 1;
        scene.policy.hysteresis = c.hysteresis;
        scene.ours("b.example").feed({{"b.example", 65, 0}, c.newcomer});
        const auto plan = planned(scene);
        EXPECT_EQ(plan.removals.size(), c.displaces ? 1U : 0U) << c.fact;
        EXPECT_EQ(plan.additions.size(), c.displaces ? 1U : 0U) << c.fact;
        EXPECT_EQ(plan.counts.over_capacity, 1U) << c.fact;
        EXPECT_EQ(plan.removals_first, c.displaces) << c.fact;
    }
}

TEST(Plan, an_entry_that_the_feed_no_longer_names_goes_whatever_the_hysteresis_says) {
    Scene scene;
    scene.policy.cap = 1;
    scene.ours("risky.example").feed({{"mild.example", 10, 0}});
    const auto plan = planned(scene);
    EXPECT_EQ(texts(plan.removals), (Texts{"risky.example"}));
    EXPECT_EQ(texts(plan.additions), (Texts{"mild.example"}));
}

TEST(Plan, what_an_expired_feed_put_there_stays_where_it_is) {
    Scene scene;
    scene.policy.cap = 2;
    scene.min_risk = 80;
    scene.ours("old.example").ours("current.example");
    scene.old_rows = {{"old.example", 10, 0}};
    scene.feed({{"current.example", 80, 0}, {"new.example", 99, 9}, {"newer.example", 99, 9}});
    for (const bool hysteresis : {true, false}) {
        scene.policy.hysteresis = hysteresis;
        const auto plan = planned(scene);
        EXPECT_EQ(texts(plan.additions), (Texts{"new.example"})) << "risk 99 displaces risk 80, not what is pinned";
        EXPECT_EQ(texts(plan.removals), (Texts{"current.example"}));
    }
}

TEST(Plan, an_entry_of_a_current_feed_stays_too_while_an_expired_one_named_it) {
    Scene scene;
    scene.policy.cap = 1;
    scene.ours("both.example").feed({{"both.example", 65, 0}, {"new.example", 99, 9}});
    EXPECT_TRUE(planned(scene).writes());
    scene.old_rows = {{"both.example", 99, 9}};
    EXPECT_FALSE(planned(scene).writes());
}

TEST(Plan, what_an_expired_feed_names_and_is_not_there_has_no_privilege) {
    Scene scene;
    scene.policy.cap = 1;
    scene.ours("a.example").feed({{"a.example", 65, 0}});
    scene.old_rows = {{"gone.example", 66, 0}};
    EXPECT_FALSE(planned(scene).writes());
}

// --- The placeholder ---

TEST(Plan, a_list_that_would_be_empty_keeps_the_placeholder) {
    Scene scene;
    scene.ours("a.example");
    const auto plan = planned(scene);
    EXPECT_EQ(texts(plan.removals), (Texts{"a.example"}));
    EXPECT_EQ(texts(plan.additions), (Texts{k_placeholder}));
    EXPECT_EQ(plan.additions.at(0).side, Side::retain_parent);
    EXPECT_EQ(plan.keeps, (Texts{k_placeholder}));
    EXPECT_EQ(plan.counts.to_add, 0U) << "the placeholder is counted nowhere";
}

TEST(Plan, the_placeholder_goes_with_the_next_addition) {
    Scene scene;
    scene.there(k_placeholder).feed({{"a.example"}});
    const auto plan = planned(scene);
    EXPECT_EQ(texts(plan.additions), (Texts{"a.example"}));
    EXPECT_EQ(texts(plan.removals), (Texts{k_placeholder}));
    EXPECT_EQ(plan.counts.present, 0U);
    EXPECT_EQ(plan.counts.to_remove, 0U);
    EXPECT_FALSE(plan.removals_first);
}

TEST(Plan, a_placeholder_that_stands_alone_stays) {
    Scene scene;
    scene.there(k_placeholder).remembered(k_placeholder);
    const auto plan = planned(scene);
    EXPECT_FALSE(plan.writes());
    EXPECT_EQ(plan.keeps, (Texts{k_placeholder}));
    EXPECT_TRUE(plan.forgotten.empty());
}

TEST(Plan, a_category_that_was_empty_is_not_given_a_placeholder) {
    Scene scene;
    EXPECT_FALSE(planned(scene).writes());
}

TEST(Plan, a_feed_cannot_own_the_placeholder) {
    Scene scene;
    scene.there(k_placeholder).feed({{k_placeholder}, {"a.example"}});
    const auto plan = planned(scene);
    EXPECT_EQ(texts(plan.additions), (Texts{"a.example"}));
    EXPECT_EQ(texts(plan.removals), (Texts{k_placeholder}));
    EXPECT_EQ(plan.counts.quarantined, 1U);
}

// --- Frozen lists ---

TEST(Plan, a_frozen_list_loses_and_gains_nothing) {
    Scene scene;
    scene.is_frozen = true;
    scene.there("theirs.example").ours("a.example");
    scene.there("new.example").remembered("new.example", LedgerMark::sent);
    scene.remembered("gone.example", LedgerMark::leaving).remembered("vanished.example");
    scene.remembered("maybe.example", LedgerMark::intended);
    const auto plan = planned(scene);
    EXPECT_FALSE(plan.writes());
    EXPECT_EQ(marks(plan.sightings), (Texts{"new.example seen 0"}));
    EXPECT_EQ(plan.forgotten, (Texts{"gone.example"})) << "whether the others are wanted is not known";
    EXPECT_TRUE(plan.new_exceptions.empty());
    EXPECT_EQ(plan.counts.accepted, 0U);
    EXPECT_EQ(plan.counts.unchanged, 2U);
    EXPECT_EQ(plan.counts.foreign, 1U);
    EXPECT_EQ(plan.keeps, (Texts{"a.example", "new.example", "theirs.example"}));
}

TEST(Plan, a_frozen_list_that_is_first_seen_decides_no_ownership) {
    Scene scene;
    scene.is_frozen = true;
    scene.ledger = {};
    scene.policy.adopt = AdoptRule::all;
    scene.there("a.example");
    EXPECT_TRUE(planned(scene).became_ours.empty());
}

// --- Digest ---

TEST(Plan, the_digest_names_the_changes_and_no_times) {
    Scene scene;
    scene.ours("a.example").feed({{"b.example", 65, 0}});
    const auto digest = planned(scene).digest;
    EXPECT_EQ(planned(scene).digest, digest);
    scene.now += std::chrono::hours{5};
    scene.rows = {{"b.example", 70, 3}};
    EXPECT_EQ(planned(scene).digest, digest) << "the same changes";
    scene.policy.new_entries = Side::plain;
    EXPECT_NE(planned(scene).digest, digest) << "another side";
    scene.policy.new_entries = Side::retain_parent;
    scene.rows = {{"c.example"}};
    EXPECT_NE(planned(scene).digest, digest) << "another entry";
    scene.rows = {{"b.example"}};
    scene.state.name = "Other";
    EXPECT_NE(planned(scene).digest, digest) << "another list";
}

TEST(Plan, the_digest_of_several_lists_does_not_depend_on_their_order) {
    Scene scene;
    scene.feed({{"a.example"}});
    const auto first = scene.plan();
    scene.state.name = "Another";
    const auto second = scene.plan();
    EXPECT_EQ(digest_of({&first, &second}), digest_of({&second, &first}));
    EXPECT_NE(digest_of({&first, &second}), digest_of({&first}));
}

// --- Counts ---

TEST(Counts, settling_moves_what_was_applied_and_what_was_refused) {
    Scene scene;
    scene.feed({{"a.example"}, {"b.example"}, {"c.example"}});
    const auto plan = planned(scene);
    ASSERT_EQ(plan.counts.pending, 3U);
    const Texts added{"a.example", k_placeholder, "stranger.example"};
    const std::vector<Exclusion> refused{{"b.example", k_now, "Invalid urls"}};
    const auto counts = settle(plan, added, refused);
    EXPECT_EQ(counts.on_gateway, 1U);
    EXPECT_EQ(counts.quarantined, 1U);
    EXPECT_EQ(counts.pending, 1U);
    EXPECT_EQ(counts.imbalance(), "");
}

TEST(Counts, every_sum_that_does_not_hold_is_named) {
    struct Case {
        const char* names;
        std::uint64_t ListCounts::*field;
    };
    for (const auto& c : {Case{"fetched", &ListCounts::fetched}, Case{"accepted", &ListCounts::excepted},
                          Case{"accepted", &ListCounts::pending}, Case{"present", &ListCounts::foreign},
                          Case{"present", &ListCounts::unchanged}}) {
        ListCounts counts;
        EXPECT_EQ(counts.imbalance(), "");
        counts.*c.field = 1;
        EXPECT_EQ(counts.imbalance().rfind(c.names, 0), 0U) << counts.imbalance();
    }
    ListCounts counts;
    counts.reasons.add(Reason::duplicate);
    EXPECT_NE(counts.imbalance(), "");
}

}  // namespace
