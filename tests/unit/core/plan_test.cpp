#include "core/plan.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/core/plan_scene.hpp"

namespace {

using namespace scene;
using Texts = std::vector<std::string>;

std::vector<std::string> marks(const std::vector<LedgerEntry>& entries) {
    static const char* const names[]{"intended", "sent", "seen", "leaving"};
    std::vector<std::string> list;
    for (const auto& entry : entries) {
        list.push_back(entry.canonical + " " + names[static_cast<int>(entry.mark)] + " " + std::to_string(entry.tries));
    }
    return list;
}

Texts names(const std::vector<Exclusion>& exclusions) {
    Texts list;
    for (const auto& exclusion : exclusions) list.push_back(exclusion.canonical);
    return list;
}

/// Plans and checks what must hold for every plan.
ListPlan planned(Scene& scene) {
    ListPlan plan = scene.plan();
    EXPECT_EQ(plan.counts.imbalance(), "");
    EXPECT_EQ(plan.removals.size(), plan.removals_canonical.size());
    EXPECT_EQ(plan.digest.size(), 64U);
    return plan;
}

/// n names: h000.example ...
Texts hosts(std::size_t count) {
    Texts list;
    for (std::size_t i = 0; i < count; ++i) {
        std::string digits = std::to_string(i);
        list.push_back("h" + std::string(4 - digits.size(), '0') + digits + ".example");
    }
    return list;
}

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
    EXPECT_EQ(scene.told.values.at(0).detail, "no further custom category can be created");
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

// --- Ownership ---

struct AdoptCase {
    const char* fact;
    AdoptRule rule;
    Texts became_ours;
    Texts removals;
    std::uint64_t foreign;
};

TEST(Plan, ownership_is_decided_when_a_list_is_first_seen) {
    const AdoptCase cases[]{
        {"matching: what the feed names is ours, the rest is foreign", AdoptRule::matching, {"a.example"}, {}, 1},
        {"all: everything is ours, so what is not wanted goes", AdoptRule::all, {"a.example", "old.example"},
         {"old.example"}, 0},
        {"none: nothing is ours", AdoptRule::none, {}, {}, 2},
    };
    for (const auto& c : cases) {
        Scene scene;
        scene.ledger = {};
        scene.policy.adopt = c.rule;
        scene.there("a.example", Side::plain).there("old.example").feed({{"a.example"}, {"b.example"}});
        const auto plan = planned(scene);
        Texts became;
        for (const auto& entry : plan.became_ours) {
            became.push_back(entry.canonical);
            EXPECT_EQ(entry.mark, LedgerMark::seen);
        }
        EXPECT_EQ(became, c.became_ours) << c.fact;
        EXPECT_EQ(texts(plan.removals), c.removals) << c.fact;
        EXPECT_EQ(texts(plan.additions), (Texts{"b.example"})) << c.fact;
        EXPECT_EQ(plan.counts.foreign, c.foreign) << c.fact;
        EXPECT_EQ(plan.counts.on_gateway, 1U) << c.fact;
        for (const auto& entry : plan.became_ours) {
            EXPECT_EQ(entry.side, entry.canonical == "a.example" ? Side::plain : Side::retain_parent) << c.fact;
        }
    }
}

TEST(Plan, ownership_is_decided_only_once) {
    Scene scene;
    scene.policy.adopt = AdoptRule::all;
    scene.there("a.example").there("old.example").feed({{"a.example"}});
    const auto plan = planned(scene);
    EXPECT_TRUE(plan.became_ours.empty());
    EXPECT_FALSE(plan.writes());
    EXPECT_EQ(plan.counts.foreign, 2U);
    EXPECT_EQ(plan.counts.on_gateway, 1U) << "a foreign entry satisfies the plan";
}

TEST(Plan, a_foreign_entry_is_never_removed) {
    Scene scene;
    scene.there("theirs.example").ours("a.example").feed({{"b.example"}});
    EXPECT_EQ(texts(planned(scene).removals), (Texts{"a.example"}));
}

TEST(Plan, what_the_feed_has_beyond_the_cap_is_adopted_too) {
    Scene scene;
    scene.ledger = {};
    scene.policy.cap = 1;
    scene.there("a.example").there("b.example").feed({{"a.example", 90}, {"b.example", 65}});
    const auto plan = planned(scene);
    EXPECT_EQ(plan.became_ours.size(), 2U);
    EXPECT_EQ(texts(plan.removals), (Texts{"b.example"}));
}

TEST(Plan, an_entry_of_ours_that_somebody_moved_to_the_other_side_is_foreign_and_forgotten) {
    Scene scene;
    scene.there("a.example", Side::plain).remembered("a.example", LedgerMark::seen, Side::retain_parent);
    scene.ours("b.example").feed({{"b.example"}});
    const auto plan = planned(scene);
    EXPECT_FALSE(plan.writes());
    EXPECT_EQ(plan.forgotten, (Texts{"a.example"}));
    EXPECT_EQ(plan.vanished, 0U);
    EXPECT_EQ(plan.counts.foreign, 1U);
}

TEST(Plan, an_intended_entry_is_ours_on_whichever_side_it_is_found) {
    Scene scene;
    scene.there("a.example", Side::plain).remembered("a.example", LedgerMark::intended, Side::retain_parent);
    scene.feed({{"a.example"}});
    const auto plan = planned(scene);
    ASSERT_EQ(marks(plan.sightings), (Texts{"a.example seen 0"}));
    EXPECT_EQ(plan.sightings[0].side, Side::plain);
    EXPECT_EQ(plan.counts.unchanged, 1U);
}

// --- Marks ---

struct MarkCase {
    const char* fact;
    LedgerMark mark;
    std::uint32_t tries;
    bool is_there;
    bool is_wanted;
    Texts sightings;
    Texts forgotten;
    bool adds;
    bool removes;
};

TEST(Plan, what_a_read_means_for_one_entry_of_ours) {
    using M = LedgerMark;
    const MarkCase cases[]{
        {"intended, there, wanted: it was applied", M::intended, 1, true, true, {"x.example seen 0"}, {}, false, false},
        {"intended, there, not wanted: applied, and to be removed", M::intended, 0, true, false,
         {"x.example seen 0"}, {}, false, true},
        {"intended, not there, wanted: planned again", M::intended, 0, false, true, {}, {}, true, false},
        {"intended, not there, not wanted: dropped", M::intended, 0, false, false, {}, {"x.example"}, false, false},
        {"sent, there: seen", M::sent, 1, true, true, {"x.example seen 0"}, {}, false, false},
        {"sent, not there: one try more, and planned again", M::sent, 0, false, true, {"x.example intended 1"}, {},
         true, false},
        {"sent, not there, not wanted: dropped", M::sent, 0, false, false, {}, {"x.example"}, false, false},
        {"seen, there, wanted: nothing", M::seen, 0, true, true, {}, {}, false, false},
        {"seen, there, not wanted: removed", M::seen, 0, true, false, {}, {}, false, true},
        {"seen, not there, not wanted: forgotten", M::seen, 0, false, false, {}, {"x.example"}, false, false},
        {"leaving, there, not wanted: removed again", M::leaving, 0, true, false, {}, {}, false, true},
        {"leaving, there, wanted again: ours and seen", M::leaving, 0, true, true, {"x.example seen 0"}, {}, false,
         false},
        {"leaving, not there: forgotten", M::leaving, 0, false, false, {}, {"x.example"}, false, false},
        {"leaving, not there, wanted again: added", M::leaving, 0, false, true, {}, {}, true, false},
    };
    for (const auto& c : cases) {
        Scene scene;
        scene.ours("other.example").remembered("x.example", c.mark, Side::retain_parent, c.tries);
        scene.feed({{"other.example"}});
        if (c.is_there) scene.there("x.example");
        if (c.is_wanted) scene.rows.push_back({"x.example"});
        const auto plan = planned(scene);
        EXPECT_EQ(marks(plan.sightings), c.sightings) << c.fact;
        EXPECT_EQ(plan.forgotten, c.forgotten) << c.fact;
        EXPECT_EQ(texts(plan.additions), c.adds ? Texts{"x.example"} : Texts{}) << c.fact;
        EXPECT_EQ(texts(plan.removals), c.removes ? Texts{"x.example"} : Texts{}) << c.fact;
        EXPECT_TRUE(plan.new_exceptions.empty()) << c.fact;
        EXPECT_TRUE(plan.new_quarantine.empty()) << c.fact;
        EXPECT_FALSE(plan.drifted) << c.fact;
    }
}

TEST(Plan, what_is_sent_twice_and_never_shown_goes_to_quarantine) {
    Scene scene;
    scene.ours("other.example").remembered("x.example", LedgerMark::sent, Side::retain_parent, 1);
    scene.feed({{"other.example"}, {"x.example"}});
    const auto plan = planned(scene);
    EXPECT_EQ(names(plan.new_quarantine), (Texts{"x.example"}));
    EXPECT_EQ(plan.new_quarantine.at(0).because, "not kept by the gateway");
    EXPECT_EQ(plan.forgotten, (Texts{"x.example"}));
    EXPECT_EQ(plan.counts.quarantined, 1U);
    EXPECT_FALSE(plan.writes());
    EXPECT_EQ(scene.told.count(Reason::quarantined), 1U);
}

TEST(Plan, a_gateway_that_does_not_keep_an_entry_is_asked_twice_in_all) {
    Scene scene;
    scene.ours("other.example").feed({{"other.example"}, {"x.example"}});
    int asked = 0;
    for (int run = 0; run < 5; ++run) {
        const auto plan = planned(scene);
        asked += static_cast<int>(plan.additions.size());
        apply(plan, scene, false);
        std::erase_if(scene.state.entries, [](const PresentEntry& entry) { return entry.canonical == "x.example"; });
    }
    EXPECT_EQ(asked, 2);
    EXPECT_EQ(names(scene.ledger.quarantine), (Texts{"x.example"}));
}

TEST(Plan, many_entries_that_no_read_showed_were_wiped_by_somebody_and_are_no_quarantine) {
    Scene scene;
    scene.ours("other.example").feed({{"other.example"}});
    for (const auto& host : hosts(26)) {
        scene.remembered(host, LedgerMark::sent, Side::retain_parent, 1);
        scene.rows.push_back({host});
    }
    const auto plan = planned(scene);
    EXPECT_TRUE(plan.drifted);
    EXPECT_TRUE(plan.new_quarantine.empty());
    EXPECT_EQ(plan.additions.size(), 26U);
}

// --- Manual removals and drift ---

TEST(Plan, what_was_taken_out_by_hand_becomes_an_exception) {
    Scene scene;
    scene.ours("a.example").remembered("x.example").remembered("unwanted.example");
    scene.feed({{"a.example"}, {"x.example"}});
    const auto plan = planned(scene);
    EXPECT_FALSE(plan.writes());
    EXPECT_EQ(names(plan.new_exceptions), (Texts{"x.example"}));
    EXPECT_EQ(plan.new_exceptions.at(0).since, k_now);
    EXPECT_EQ(plan.forgotten, (Texts{"unwanted.example", "x.example"}));
    EXPECT_EQ(plan.counts.excepted, 1U);
    EXPECT_EQ(plan.vanished, 2U);
    EXPECT_FALSE(plan.drifted);
    EXPECT_EQ(scene.told.count(Reason::excepted), 1U);
}

struct VanishCase {
    const char* fact;
    std::size_t ours;
    std::size_t vanished;
    bool is_drift;
};

TEST(Plan, wholesale_disappearance_is_drift_and_is_put_back) {
    const VanishCase cases[]{
        {"25 are by hand", 30, 25, false},
        {"26 are drift", 30, 26, true},
        {"1 % of many is by hand", 3000, 30, false},
        {"more than 1 % is drift", 3000, 31, true},
    };
    for (const auto& c : cases) {
        Scene scene;
        const auto list = hosts(c.ours);
        for (std::size_t i = 0; i < list.size(); ++i) {
            scene.ledger.ours.push_back({list[i], LedgerMark::seen, Side::retain_parent, 0});
            if (i >= c.vanished) scene.state.entries.push_back(present(list[i]));
            scene.rows.push_back({list[i]});
        }
        const auto plan = planned(scene);
        EXPECT_EQ(plan.drifted, c.is_drift) << c.fact;
        EXPECT_EQ(plan.vanished, c.vanished) << c.fact;
        EXPECT_EQ(plan.additions.size(), c.is_drift ? c.vanished : 0) << c.fact;
        EXPECT_EQ(plan.new_exceptions.size(), c.is_drift ? 0 : c.vanished) << c.fact;
    }
}

TEST(Plan, a_new_object_is_drift_however_few_entries_vanished) {
    Scene scene;
    scene.ledger.object_id = "CUSTOM_09";
    scene.ours("a.example").remembered("x.example").feed({{"a.example"}, {"x.example"}});
    const auto plan = planned(scene);
    EXPECT_TRUE(plan.drifted);
    EXPECT_EQ(texts(plan.additions), (Texts{"x.example"}));
    EXPECT_TRUE(plan.new_exceptions.empty());
}

TEST(Plan, a_deleted_object_is_created_again) {
    Scene scene;
    scene.state = {"Blocked", false, "", {}};
    scene.remembered("a.example").feed({{"a.example"}});
    const auto plan = planned(scene);
    EXPECT_TRUE(plan.drifted);
    EXPECT_TRUE(plan.creates);
    EXPECT_EQ(texts(plan.additions), (Texts{"a.example"}));
}

TEST(Plan, without_respect_for_manual_removals_entries_are_put_back) {
    Scene scene;
    scene.policy.respect_manual_removals = std::chrono::seconds{0};
    scene.ours("a.example").remembered("x.example").feed({{"a.example"}, {"x.example"}, {"y.example"}});
    scene.ledger.exceptions = {{"y.example", k_now, "by hand"}};
    const auto plan = planned(scene);
    EXPECT_FALSE(plan.drifted);
    EXPECT_EQ(texts(plan.additions), (Texts{"x.example", "y.example"}));
    EXPECT_EQ(plan.lapsed_exceptions, (Texts{"y.example"}));
}

TEST(Plan, exclusions_hold_until_they_lapse) {
    struct Case {
        const char* fact;
        std::chrono::seconds age;
        bool is_there;
        bool lapses;
    };
    const Case cases[]{
        {"young", std::chrono::days{29}, false, false},
        {"thirty days old", std::chrono::days{30}, false, true},
        {"there again: an admin put it back, or the gateway took it", std::chrono::days{1}, true, true},
    };
    for (const auto& c : cases) {
        for (const bool is_quarantine : {false, true}) {
            Scene scene;
            scene.ours("a.example").feed({{"a.example"}, {"x.example"}});
            auto& exclusions = is_quarantine ? scene.ledger.quarantine : scene.ledger.exceptions;
            exclusions = {{"x.example", k_now - c.age, "because"}};
            if (c.is_there) scene.there("x.example");
            const auto plan = planned(scene);
            const auto& lapsed = is_quarantine ? plan.lapsed_quarantine : plan.lapsed_exceptions;
            EXPECT_EQ(lapsed, c.lapses ? Texts{"x.example"} : Texts{}) << c.fact;
            EXPECT_EQ(plan.counts.excepted + plan.counts.quarantined, c.lapses ? 0U : 1U) << c.fact;
            EXPECT_EQ(plan.additions.size(), c.lapses && !c.is_there ? 1U : 0U) << c.fact;
            EXPECT_EQ(plan.counts.foreign, c.is_there ? 1U : 0U) << c.fact;
        }
    }
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
    static_cast<void>(plan_list("Blocked", scene.target, &desired, scene.state, scene.ledger, scene.policy, room,
                                k_now, sink));
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
    const std::vector<ListPlan> one{first, second}, other{second, first};
    EXPECT_EQ(digest_of(one), digest_of(other));
    EXPECT_NE(digest_of(one), digest_of({&first, 1}));
}

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
    EXPECT_EQ(marks(outcome.put), (Texts{"b.example seen 0", "c.example sent 0"}));
    EXPECT_EQ(outcome.erase, (Texts{"a.example", "d.example"})) << "e.example keeps its intent";
}

}  // namespace
