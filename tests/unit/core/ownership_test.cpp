#include "core/marks.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/core/plan_scene.hpp"

namespace {

using namespace scene;

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
        {"all: everything is ours, so what is not wanted goes",
         AdoptRule::all,
         {"a.example", "old.example"},
         {"old.example"},
         0},
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

TEST(Plan, what_is_taken_over_is_taken_over_on_both_sides) {
    for (const bool is_known_on_one : {false, true}) {
        Scene scene;
        scene.ledger = {};
        if (is_known_on_one) scene.remembered("old.example");  // cordon adopt, after earlier runs
        scene.policy.adopt = AdoptRule::all;
        scene.there("Old.example", Side::plain).there("old.example").ours("b.example").feed({{"b.example"}});
        auto plan = planned(scene);
        EXPECT_EQ(plan.removals,
                  (std::vector<PlannedEntry>{{"Old.example", Side::plain}, {"old.example", Side::retain_parent}}));
        EXPECT_EQ(plan.counts.foreign, 0U);
        EXPECT_EQ(plan.keeps, (Texts{"b.example"}));

        scene.rows.push_back({"old.example"});  // while it is wanted both stay, and go together later
        apply(planned(scene), scene);
        EXPECT_FALSE(planned(scene).writes());
        scene.rows.pop_back();
        EXPECT_EQ(texts(planned(scene).removals), (Texts{"Old.example", "old.example"}));
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
        {"intended, there, not wanted: applied, and to be removed",
         M::intended,
         0,
         true,
         false,
         {"x.example seen 0"},
         {},
         false,
         true},
        {"intended, not there, wanted: planned again", M::intended, 0, false, true, {}, {}, true, false},
        {"intended, not there, not wanted: dropped", M::intended, 0, false, false, {}, {"x.example"}, false, false},
        {"sent, there: seen", M::sent, 1, true, true, {"x.example seen 0"}, {}, false, false},
        {"sent, not there: one try more, and planned again",
         M::sent,
         0,
         false,
         true,
         {"x.example intended 1"},
         {},
         true,
         false},
        {"sent, not there, not wanted: dropped", M::sent, 0, false, false, {}, {"x.example"}, false, false},
        {"seen, there, wanted: nothing", M::seen, 0, true, true, {}, {}, false, false},
        {"seen, there, not wanted: removed", M::seen, 0, true, false, {}, {}, false, true},
        {"seen, not there, not wanted: forgotten", M::seen, 0, false, false, {}, {"x.example"}, false, false},
        {"leaving, there, not wanted: removed again", M::leaving, 0, true, false, {}, {}, false, true},
        {"leaving, there, wanted again: ours and seen",
         M::leaving,
         0,
         true,
         true,
         {"x.example seen 0"},
         {},
         false,
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
    EXPECT_EQ(names_of(plan.new_quarantine), (Texts{"x.example"}));
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
        apply(plan, scene, {.shows = false});
        std::erase_if(scene.state.entries, [](const PresentEntry& entry) { return entry.canonical == "x.example"; });
    }
    EXPECT_EQ(asked, 2);
    EXPECT_EQ(names_of(scene.ledger.quarantine), (Texts{"x.example"}));
}

TEST(Plan, however_many_entries_a_gateway_does_not_keep_each_is_asked_twice_in_all) {
    for (const bool is_read_back : {true, false}) {
        Scene scene;
        scene.ours("other.example").feed({{"other.example"}});
        const auto unkept = hosts(60);
        for (const auto& host : unkept) scene.rows.push_back({host});
        std::size_t asked = 0;
        for (int run = 0; run < 5; ++run) {
            const auto plan = planned(scene);
            EXPECT_FALSE(plan.drifted) << "nothing that a read had shown is gone";
            asked += plan.additions.size();
            apply(plan, scene, {.shows = is_read_back, .keeps = [](const std::string&) { return false; }});
        }
        EXPECT_EQ(asked, 2 * unkept.size()) << is_read_back;
        EXPECT_EQ(names_of(scene.ledger.quarantine), unkept) << is_read_back;
        EXPECT_EQ(planned(scene).counts.quarantined, unkept.size());
    }
}

TEST(Plan, one_write_is_one_try_however_often_its_absence_is_read) {
    Scene scene;
    scene.ours("other.example").feed({{"other.example"}, {"x.example"}});
    const auto keeps_nothing = [](const std::string&) { return false; };
    apply(planned(scene), scene, {.keeps = keeps_nothing});
    EXPECT_EQ(marks(scene.ledger.ours), (Texts{"other.example seen 0", "x.example intended 1"}));
    scene.is_frozen = true;  // two reads without a write
    for (int read = 0; read < 2; ++read) apply(planned(scene), scene);
    EXPECT_EQ(marks(scene.ledger.ours), (Texts{"other.example seen 0", "x.example intended 1"}));
    scene.is_frozen = false;
    EXPECT_EQ(texts(planned(scene).additions), (Texts{"x.example"}));
}

TEST(Plan, what_is_wiped_with_entries_that_were_seen_has_not_had_its_try) {
    Scene scene;
    for (const auto& host : hosts(30)) {
        scene.remembered(host);
        scene.rows.push_back({host});
    }
    scene.ours("other.example").remembered("x.example", LedgerMark::sent, Side::retain_parent, 1);
    scene.rows.push_back({"other.example"});
    scene.rows.push_back({"x.example"});
    const auto plan = planned(scene);
    EXPECT_TRUE(plan.drifted);
    EXPECT_TRUE(plan.new_quarantine.empty());
    EXPECT_EQ(plan.additions.size(), 31U);
    EXPECT_EQ(plan.vanished, 31U);
}

TEST(Plan, putting_in_again_what_was_not_kept_is_no_growth) {
    Scene scene;
    scene.ours("other.example").feed({{"other.example"}});
    for (const auto& host : hosts(1200)) scene.rows.push_back({host});
    apply(planned(scene), scene, {.keeps = [](const std::string&) { return false; }});
    const auto plan = planned(scene);
    ASSERT_EQ(plan.counts.to_add, 1200U);
    EXPECT_EQ(plan.vanished, 1200U);
}

// --- Manual removals and drift ---

TEST(Plan, what_was_taken_out_by_hand_becomes_an_exception) {
    Scene scene;
    scene.ours("a.example").remembered("x.example").remembered("unwanted.example");
    scene.feed({{"a.example"}, {"x.example"}});
    const auto plan = planned(scene);
    EXPECT_FALSE(plan.writes());
    EXPECT_EQ(names_of(plan.new_exceptions), (Texts{"x.example"}));
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

}  // namespace
