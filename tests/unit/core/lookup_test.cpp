#include "core/lookup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/core/plan_scene.hpp"

namespace {

using namespace cordon::core;
using namespace scene;
using testing::ElementsAre;
using testing::IsEmpty;
using Fate = LookupDecision::Fate;

constexpr LookupRules k_off{};
constexpr LookupRules k_skip{true, false};
constexpr LookupRules k_classify{false, true};
constexpr LookupRules k_both{true, true};

const Classification k_unknown{"MISCELLANEOUS_OR_UNKNOWN", "", true, ""};
const Classification k_shopping{"ONLINE_SHOPPING", "", false, ""};
const Classification k_malware{"OTHER_MISCELLANEOUS", "MALWARE_SITE", false, ""};
const Classification k_unknown_malware{"MISCELLANEOUS_OR_UNKNOWN", "MALWARE_SITE", true, ""};
const Classification k_refused{"", "", false, "Invalid URL"};

TEST(Lookup, decides_by_rules_and_answer) {
    struct Case {
        const char* fact;
        LookupRules rules;
        const Classification* answer;
        LookupDecision expected;  // the usual side is retain_parent
    };
    const Case cases[]{
        {"switched off, nothing is asked", k_off, nullptr, {Fate::deliver, Side::retain_parent}},
        {"switched off, an answer counts for nothing", k_off, &k_malware, {Fate::deliver, Side::retain_parent}},
        {"without an answer a newcomer waits to be skipped", k_skip, nullptr, {Fate::wait, Side::retain_parent}},
        {"without an answer a newcomer waits for its side", k_classify, nullptr, {Fate::wait, Side::retain_parent}},
        {"what is flagged is left out", k_skip, &k_malware, {Fate::leave_out, Side::retain_parent}},
        {"flagged without a class too", k_both, &k_unknown_malware, {Fate::leave_out, Side::retain_parent}},
        {"what is not flagged goes to the usual side", k_skip, &k_unknown, {Fate::deliver, Side::retain_parent}},
        {"uncategorised goes to the plain side", k_classify, &k_unknown, {Fate::deliver, Side::plain}},
        {"categorised keeps its parent", k_classify, &k_shopping, {Fate::deliver, Side::retain_parent}},
        {"classify alone leaves nothing out", k_classify, &k_malware, {Fate::deliver, Side::retain_parent}},
        {"classify alone sorts by class only", k_classify, &k_unknown_malware, {Fate::deliver, Side::plain}},
        {"both: clean and uncategorised", k_both, &k_unknown, {Fate::deliver, Side::plain}},
        {"what cannot be looked up is delivered as usual", k_both, &k_refused, {Fate::deliver, Side::retain_parent}},
    };
    for (const auto& c : cases) EXPECT_EQ(decide(c.rules, c.answer, Side::retain_parent), c.expected) << c.fact;
    EXPECT_EQ(decide(k_classify, &k_shopping, Side::plain), (LookupDecision{Fate::deliver, Side::retain_parent}));
}

TEST(Lookup, asks_without_leading_dot_and_port) {
    const std::pair<const char*, const char*> cases[]{
        {"evil.example", "evil.example"},
        {".evil.example", "evil.example"},
        {"evil.example:8080", "evil.example"},
        {"evil.example:8080/a:1?b=c:2", "evil.example/a:1?b=c:2"},
        {"evil.example:8080?x", "evil.example?x"},
        {"evil.example:x/y", "evil.example:x/y"},
        {"evil.example/a?u=http://b:80/", "evil.example/a?u=http://b:80/"},
        {"198.51.100.7", "198.51.100.7"},
        {"198.51.100.7:81/x", "198.51.100.7/x"},
        {"2001:db8::1", "2001:db8::1"},
    };
    for (const auto& [entry, value] : cases) EXPECT_EQ(lookup_value(entry), value);
}

/// Four names of falling risk, skip_known and classify.
Scene four_names() {
    Scene scene;
    scene.policy.lookup = k_both;
    scene.feed({{"a.example", 90}, {"b.example", 80}, {"c.example", 70}, {"d.example", 60}});
    return scene;
}

TEST(LookupPlan, newcomers_wait_until_they_are_looked_up) {
    auto scene = four_names();
    const auto plan = planned(scene);
    EXPECT_THAT(plan.additions, IsEmpty());
    EXPECT_EQ(plan.counts.awaiting_lookup, 4U);
    EXPECT_EQ(scene.told.count(Reason::awaiting_lookup), 4U);
    EXPECT_THAT(scene.needs().needed, ElementsAre("a.example", "b.example", "c.example", "d.example"));
}

TEST(LookupPlan, what_is_flagged_stays_out_and_the_rest_is_split_over_the_sides) {
    auto scene = four_names();
    scene.answers = {
        {"a.example", k_malware}, {"b.example", k_unknown}, {"c.example", k_shopping}, {"d.example", k_refused}};
    const auto plan = planned(scene);
    EXPECT_EQ(plan.additions,
              (std::vector<PlannedEntry>{
                  {"b.example", Side::plain}, {"c.example", Side::retain_parent}, {"d.example", Side::retain_parent}}));
    EXPECT_EQ(plan.counts.known_to_gateway, 1U);
    ASSERT_EQ(scene.told.values.size(), 1U);
    EXPECT_EQ(scene.told.values[0].reason, Reason::known_to_gateway);
    EXPECT_EQ(scene.told.values[0].detail, "MALWARE_SITE");
    EXPECT_THAT(scene.needs().needed, IsEmpty());
}

TEST(LookupPlan, only_as_many_are_asked_as_there_are_places_and_the_call_is_filled_up) {
    auto scene = four_names();
    scene.policy.cap = 2;
    EXPECT_THAT(scene.needs(2).needed, ElementsAre("a.example", "b.example"));
    EXPECT_THAT(scene.needs(2).ahead, IsEmpty());
    EXPECT_THAT(scene.needs(3).ahead, ElementsAre("c.example"));
    scene.answers = {{"a.example", k_malware}, {"b.example", k_malware}};
    EXPECT_THAT(scene.needs(2).needed, ElementsAre("c.example", "d.example")) << "the next get the places";
    EXPECT_EQ(planned(scene).counts.awaiting_lookup, 2U);
}

TEST(LookupPlan, what_is_there_is_never_asked_and_never_taken_away) {
    auto scene = four_names();
    scene.ours("a.example").there("b.example");
    scene.answers = {{"a.example", k_malware}, {"b.example", k_malware}};
    const auto plan = planned(scene);
    EXPECT_THAT(plan.removals, IsEmpty());
    EXPECT_EQ(plan.counts.on_gateway, 2U);
    EXPECT_EQ(plan.counts.known_to_gateway, 0U);
    EXPECT_THAT(scene.needs().needed, ElementsAre("c.example", "d.example"));
}

TEST(LookupPlan, what_left_the_feed_goes_while_newcomers_wait) {
    auto scene = four_names();
    scene.ours("old.example").ours("a.example");
    const auto plan = planned(scene);
    EXPECT_THAT(texts(plan.removals), ElementsAre("old.example"));
    EXPECT_EQ(plan.counts.awaiting_lookup, 3U);
}

TEST(LookupPlan, who_waits_displaces_nobody_but_is_asked) {
    for (const bool hysteresis : {true, false}) {
        auto scene = four_names();
        scene.policy.cap = 2;
        scene.policy.hysteresis = hysteresis;
        scene.ours("c.example").ours("d.example");
        EXPECT_THAT(scene.needs().needed, ElementsAre("a.example", "b.example"));
        const auto waiting = planned(scene);
        EXPECT_FALSE(waiting.writes());
        EXPECT_EQ(waiting.counts.awaiting_lookup, 2U);
        scene.answers = {{"b.example", k_unknown}};
        const auto plan = planned(scene);
        EXPECT_THAT(texts(plan.additions), ElementsAre("b.example"));
        EXPECT_THAT(texts(plan.removals), ElementsAre("d.example"));
        EXPECT_EQ(plan.counts.awaiting_lookup, 1U);
    }
}

TEST(LookupPlan, what_we_put_there_and_is_gone_goes_back_unasked_to_its_side) {
    auto scene = four_names();
    scene.remembered("a.example", LedgerMark::intended, Side::plain).remembered("b.example", LedgerMark::leaving);
    const auto plan = planned(scene);
    EXPECT_EQ(plan.additions, (std::vector<PlannedEntry>{{"a.example", Side::plain}}));
    EXPECT_EQ(plan.counts.awaiting_lookup, 3U);
}

TEST(LookupPlan, addresses_are_looked_up_and_networks_are_delivered_unasked) {
    Scene scene;
    scene.target = TargetKind::ipv4_group;
    scene.policy.placeholder = "192.0.2.1";
    scene.policy.lookup = k_skip;
    scene.feed({{"198.51.100.7"}, {"198.51.100.16/28"}});
    EXPECT_THAT(texts(planned(scene).additions), ElementsAre("198.51.100.16/28"));
    EXPECT_THAT(scene.needs().needed, ElementsAre("198.51.100.7"));
}

TEST(LookupPlan, one_value_stands_for_all_entries_that_ask_it) {
    Scene scene;
    scene.policy.lookup = k_skip;
    scene.feed({{"a.example"}, {"*.a.example"}});
    EXPECT_THAT(scene.needs().needed, ElementsAre("a.example"));
}

}  // namespace
