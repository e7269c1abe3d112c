#include "core/restore.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/core/plan_scene.hpp"

namespace {

using namespace scene;
using testing::ElementsAre;
using testing::IsEmpty;
using Change = PastList::Change;
using When = PastList::When;

// --- What was on a list ---

/// Takes "b1+x" as record 1, before the moment, that added x; "a2-x" as record 2, after it, that removed x.
PastList past_of(const Texts& records) {
    PastList past;
    for (const auto& record : records) {
        past.take(record[0] == 'b' ? When::before : When::after, static_cast<std::uint64_t>(record[1] - '0'),
                  record[2] == '+' ? Change::added : Change::removed, record.substr(3));
    }
    return past;
}

TEST(APastList, is_told_by_what_came_and_went_before_and_after) {
    EXPECT_THAT(past_of({"b1+x", "b1+y", "b2-y", "a3+z", "a4-x"}).entries({"z"}), ElementsAre("x"));
}

TEST(APastList, holds_what_no_record_names_where_it_is_ours_now) {
    EXPECT_THAT(past_of({"a1+new"}).entries({"adopted", "new"}), ElementsAre("adopted"));
}

TEST(APastList, holds_what_only_left_since) {
    EXPECT_THAT(past_of({"a1-old", "a2+old", "a3-old"}).entries({}), ElementsAre("old"));
}

TEST(APastList, does_not_hold_what_only_came_since) {
    EXPECT_THAT(past_of({"a1+new", "a2-new"}).entries({}), IsEmpty());
}

TEST(APastList, holds_what_vanished_and_was_put_back_since) {
    EXPECT_THAT(past_of({"b1+x", "a2+x"}).entries({"x"}), ElementsAre("x"));
}

TEST(APastList, holds_what_moved_to_the_other_side) {
    EXPECT_THAT(past_of({"b1+x", "b2+x", "b2-x"}).entries({"x"}), ElementsAre("x")) << "before";
    EXPECT_THAT(past_of({"a1+x", "a1-x"}).entries({"x"}), ElementsAre("x")) << "after, and adopted before the log";
    EXPECT_THAT(past_of({"a1+x", "a2+x", "a2-x"}).entries({"x"}), IsEmpty()) << "after, and new then";
}

TEST(SurelyOurs, leaves_out_what_an_interrupted_run_may_have_put_there) {
    ListState state;
    state.entries = {present("both.example", Side::plain), present("both.example"), present("unseen.example")};
    ListLedger ledger;
    for (const auto& [text, mark] :
         std::vector<std::pair<std::string, LedgerMark>>{{"both.example", LedgerMark::intended},
                                                         {"leaving.example", LedgerMark::leaving},
                                                         {"seen.example", LedgerMark::seen},
                                                         {"unseen.example", LedgerMark::intended}}) {
        ledger.ours.push_back({text, mark, Side::retain_parent, 0});
    }
    EXPECT_THAT(surely_ours(state, ledger), ElementsAre("both.example", "leaving.example", "seen.example"));
}

// --- The plan ---

/// A list of which ours are a, b and c, and foreign is another's.
struct Rolled {
    ListState state;
    ListLedger ledger;
    ListPolicy policy;
    Room room;
    Told told;
    Texts forbidden;

    Rolled() {
        state.exists = true;
        state.object_id = ledger.object_id = "1";
        ledger.is_known = true;
        policy.placeholder = k_placeholder;
        for (const auto* text : {"a.example", "b.example", "c.example"}) own(text);
        state.entries.push_back(present("foreign.example"));
        sort_entries(state.entries);
    }
    void own(const std::string& text) {
        state.entries.push_back(present(text));
        sort_entries(state.entries);
        ledger.ours.push_back({text, LedgerMark::seen, Side::retain_parent, 0});
        sort_ours(ledger.ours);
    }
    ListPlan to(const Texts& past) {
        const auto forbids = [this](const std::string& entry) -> std::optional<Verdict> {
            if (std::find(forbidden.begin(), forbidden.end(), entry) == forbidden.end()) return std::nullopt;
            return Verdict{Reason::never, "[allow] never"};
        };
        auto plan = plan_restoration("L", TargetKind::url_category, past, "run 1", forbids, state, ledger, policy, room,
                                     k_now, told);
        EXPECT_EQ(plan.counts.imbalance(), "");
        return plan;
    }
};

TEST(ARestoration, removes_what_came_since_adds_what_went_and_leaves_others_alone) {
    Rolled rolled;
    const auto plan = rolled.to({"a.example", "foreign.example", "y.example", "z.example"});
    EXPECT_THAT(texts(plan.additions), ElementsAre("y.example", "z.example"));
    EXPECT_THAT(plan.removals_canonical, ElementsAre("b.example", "c.example"));
    EXPECT_EQ(plan.counts.fetched, 4U);
    EXPECT_EQ(plan.counts.on_gateway, 2U);
    EXPECT_EQ(plan.counts.pending, 2U);
    EXPECT_EQ(plan.counts.foreign, 1U);
    EXPECT_THAT(plan.keeps, ElementsAre("a.example", "foreign.example", "y.example", "z.example"));
    EXPECT_EQ(settle(plan, std::vector<std::string>{"y.example"}, {}).imbalance(), "");
}

TEST(ARestoration, to_what_is_there_writes_nothing) {
    Rolled rolled;
    EXPECT_FALSE(rolled.to({"a.example", "b.example", "c.example"}).writes());
}

TEST(ARestoration, never_puts_back_what_is_forbidden_now_and_takes_it_off) {
    Rolled rolled;
    rolled.forbidden = {"b.example", "z.example"};
    const auto plan = rolled.to({"a.example", "b.example", "c.example", "z.example"});
    EXPECT_THAT(plan.additions, IsEmpty());
    EXPECT_THAT(plan.removals_canonical, ElementsAre("b.example"));
    EXPECT_EQ(plan.counts.reasons.of(Reason::never), 2U);
    EXPECT_EQ(rolled.told.count(Reason::never), 2U);
}

TEST(ARestoration, respects_what_people_took_out_and_the_gateway_refused) {
    Rolled rolled;
    rolled.ledger.exceptions = {{"x.example", k_now, "by hand"}};
    rolled.ledger.quarantine = {{"y.example", k_now, "refused"}};
    rolled.ledger.ours.push_back({"just-gone.example", LedgerMark::seen, Side::retain_parent, 0});
    sort_ours(rolled.ledger.ours);
    const auto plan = rolled.to({"a.example", "just-gone.example", "x.example", "y.example"});
    EXPECT_THAT(plan.additions, IsEmpty());
    EXPECT_EQ(plan.counts.excepted, 2U);
    EXPECT_EQ(plan.counts.quarantined, 1U);
    EXPECT_THAT(names_of(plan.new_exceptions), ElementsAre("just-gone.example"));
}

TEST(ARestoration, leaves_out_what_has_no_room) {
    Rolled rolled;
    rolled.room.urls = 1;
    const auto plan = rolled.to({"a.example", "b.example", "c.example", "x.example", "y.example"});
    EXPECT_THAT(texts(plan.additions), ElementsAre("x.example"));
    EXPECT_EQ(plan.counts.over_capacity, 1U);
    Rolled full;
    full.room.urls = 0;
    const auto swapped = full.to({"a.example", "x.example", "y.example"});
    EXPECT_THAT(texts(swapped.additions), ElementsAre("x.example", "y.example")) << "what goes makes room";
    EXPECT_TRUE(swapped.removals_first);
}

TEST(ARestoration, of_an_empty_past_leaves_the_placeholder) {
    Rolled rolled;
    rolled.state.entries.erase(rolled.state.entries.begin() + 3);  // the foreign one
    const auto plan = rolled.to({});
    EXPECT_THAT(texts(plan.additions), ElementsAre(k_placeholder));
    EXPECT_EQ(plan.counts.to_remove, 3U);
}

TEST(ARestoration, brings_back_what_an_interrupted_removal_took) {
    Rolled rolled;
    rolled.ledger.ours[0].mark = LedgerMark::leaving;  // a.example, still there
    rolled.ledger.ours.push_back({"gone.example", LedgerMark::leaving, Side::retain_parent, 0});
    sort_ours(rolled.ledger.ours);
    const auto plan = rolled.to({"a.example", "b.example", "c.example", "gone.example"});
    EXPECT_THAT(texts(plan.additions), ElementsAre("gone.example"));
    EXPECT_THAT(plan.removals, IsEmpty());
    EXPECT_THAT(marks(plan.sightings), ElementsAre("a.example seen 0"));
    EXPECT_THAT(plan.forgotten, IsEmpty());
}

TEST(ARestoration, of_an_object_that_is_gone_makes_it_anew) {
    Rolled rolled;
    rolled.state = {};
    const auto plan = rolled.to({"a.example", "z.example"});
    EXPECT_TRUE(plan.creates);
    EXPECT_TRUE(plan.drifted);
    EXPECT_THAT(texts(plan.additions), ElementsAre("a.example", "z.example"));
}

}  // namespace
