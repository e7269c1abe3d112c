#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "gateways/zia/policy_rules.hpp"
#include "tests/unit/gateways/rig.hpp"

namespace cordon::gateways::zia {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Rule = nlohmann::json;

core::EnforcedList category() {
    return {"TI Block", core::TargetKind::url_category, {"CUSTOM_07"}};
}
core::EnforcedList group() {
    return {"TI_IPs", core::TargetKind::ipv4_group, {"10600001"}};
}

/// A tenant with a rule of somebody else's at order 1.
struct RuleRig : Rig {
    core::RuleWish wish{"Cordon: TI Block", 1, 7, false};

    RuleRig() { zia.url_rules.push_back(theirs("Theirs", 1)); }

    static Rule theirs(const std::string& name, int order) {
        return {{"id", 500 + order},
                {"name", name},
                {"order", order},
                {"rank", 7},
                {"state", "ENABLED"},
                {"action", "ALLOW"},
                {"urlCategories", {"NEWS"}},
                {"lastModifiedTime", 1},
                {"lastModifiedBy", {{"id", 1}}},
                {"accessControl", "READ_WRITE"}};
    }
    core::KeptRule keep(const std::string& known_id = "", core::EnforcedList list = category()) {
        list.wish = wish;
        return gateway->keep_rule(list, known_id, stop.get_token());
    }
    core::KeptRule look(const std::string& known_id = "") {
        auto list = category();
        list.wish = wish;
        return gateway->look_at_rule(list, known_id, stop.get_token());
    }
    /// As at the end of a run; what is found then holds at the beginning of the next one.
    core::Enforcement judge(const core::EnforcedList& list = category()) {
        const auto judged = gateway->enforcement({&list, 1}, stop.get_token());
        EXPECT_TRUE(judged);
        return judged->front();
    }
    Rule* rule(const std::string& name) {
        for (auto& one : zia.url_rules) {
            if (one.at("name") == name) return &one;
        }
        return nullptr;
    }
    [[nodiscard]] std::size_t rule_writes() const {
        return zia.count("POST /urlFilteringRules") + zia.count("PUT /urlFilteringRules") +
               zia.count("POST /firewallFilteringRules") + zia.count("PUT /firewallFilteringRules");
    }
};

TEST(RuleKeeper, makes_the_rule_that_is_wished_and_touches_no_other) {
    RuleRig rig;
    auto before = rig.zia.url_rules.front();
    const auto kept = rig.keep();
    ASSERT_FALSE(kept.failure) << kept.failure->message;
    EXPECT_TRUE(kept.wrote);
    EXPECT_THAT(kept.said, HasSubstr("was made, switched off"));
    const auto sent = rig.zia.seen_of("POST /urlFilteringRules").at(0).body;
    EXPECT_EQ(sent.at("name"), "Cordon: TI Block");
    EXPECT_THAT(sent.at("description").get<std::string>(), HasSubstr("managed by Cordon"));
    EXPECT_EQ(sent.at("order"), 1);
    EXPECT_EQ(sent.at("rank"), 7);
    EXPECT_EQ(sent.at("action"), "BLOCK");
    EXPECT_EQ(sent.at("state"), "DISABLED");
    EXPECT_EQ(sent.at("urlCategories"), Rule::array({"CUSTOM_07"}));
    EXPECT_EQ(sent.at("protocols"), Rule::array({"ANY_RULE"}));
    EXPECT_EQ(rig.rule("Cordon: TI Block")->at("id").dump(), kept.id);
    EXPECT_EQ(rig.rule("Theirs")->at("order"), 2) << "ZIA itself pushes it down";
    before["order"] = 2;
    EXPECT_EQ(*rig.rule("Theirs"), before);
    EXPECT_EQ(rig.rule_writes(), 1U);
}

TEST(RuleKeeper, makes_a_firewall_rule_for_a_group) {
    RuleRig rig;
    rig.wish = {"Cordon: TI_IPs", 1, 7, true};
    const auto kept = rig.keep("", group());
    ASSERT_FALSE(kept.failure) << kept.failure->message;
    const auto sent = rig.zia.seen_of("POST /firewallFilteringRules").at(0).body;
    EXPECT_EQ(sent.at("action"), "BLOCK_DROP");
    EXPECT_EQ(sent.at("state"), "ENABLED");
    EXPECT_EQ(sent.at("destIpGroups"), Rule::array({Rule{{"id", 10600001}}}));
    const std::vector<core::EnforcedList> lists{group()};
    EXPECT_EQ(rig.gateway->enforcement(lists, rig.stop.get_token()).value().front().state,
              core::EnforcementState::blocked);
}

TEST(RuleKeeper, says_what_there_is_to_do_and_does_it_not) {
    RuleRig rig;
    const auto missing = rig.look();
    EXPECT_EQ(missing.deed, core::RuleDeed::make);
    EXPECT_THAT(missing.said, HasSubstr("the rule 'Cordon: TI Block' is to be made, switched off"));
    EXPECT_EQ(rig.rule_writes(), 0U);
    const auto id = rig.keep().id;
    EXPECT_EQ(rig.look(id).deed, core::RuleDeed::none);
    EXPECT_THAT(rig.look(id).said, IsEmpty());
    rig.wish.is_enabled = true;
    const auto differing = rig.look(id);
    EXPECT_EQ(differing.deed, core::RuleDeed::put_right);
    EXPECT_THAT(differing.said, HasSubstr("is to be put right (state), switched on"));
    EXPECT_EQ(rig.rule_writes(), 1U);
    rig.rule("Cordon: TI Block")->at("description") = "mine";
    rig.gateway = make_zia(Rig::usual_options(), std::make_unique<FakeClient>(rig.zia), rig.clock, rig.budget,
                           std::mt19937_64{7});
    EXPECT_TRUE(rig.look(id).failure);
    EXPECT_EQ(rig.look(id).deed, core::RuleDeed::none);
}

TEST(RuleKeeper, leaves_a_rule_that_is_as_wished_alone) {
    RuleRig rig;
    const auto id = rig.keep().id;
    const auto kept = rig.keep(id);
    EXPECT_FALSE(kept.wrote);
    EXPECT_EQ(kept.id, id);
    EXPECT_THAT(kept.said, IsEmpty());
    EXPECT_EQ(rig.rule_writes(), 1U);
}

TEST(RuleKeeper, puts_right_what_somebody_changed_with_one_put_of_the_whole_rule) {
    struct Case {
        const char* key;
        Rule value;
        const char* said;
    };
    const std::vector<Case> cases{{"name", "Renamed", "name"},
                                  {"rank", 3, "rank"},
                                  {"state", "ENABLED", "state"},
                                  {"action", "ALLOW", "action"},
                                  {"urlCategories", {"CUSTOM_07", "NEWS"}, "categories"},
                                  {"urlCategories", Rule::array(), "categories"}};
    for (const auto& one : cases) {
        SCOPED_TRACE(one.said);
        RuleRig rig;
        const auto id = rig.keep().id;
        auto& ours = *rig.rule("Cordon: TI Block");
        ours["someFieldOfTomorrow"] = {{"kept", true}};
        ours["users"] = Rule::array({{{"id", 3}}});
        const auto wished = ours;
        ours[one.key] = one.value;
        rig.gateway = make_zia(Rig::usual_options(), std::make_unique<FakeClient>(rig.zia), rig.clock, rig.budget,
                               std::mt19937_64{7});  // a run of its own
        const auto kept = rig.keep(id);
        ASSERT_FALSE(kept.failure) << kept.failure->message;
        EXPECT_TRUE(kept.wrote);
        EXPECT_THAT(kept.said, HasSubstr(one.said));
        EXPECT_EQ(rig.zia.count("PUT /urlFilteringRules/"), 1U);
        auto now = *rig.rule("Cordon: TI Block");
        EXPECT_EQ(now, wished);
    }
}

TEST(RuleKeeper, moves_its_rule_back_to_its_place) {
    RuleRig rig;
    const auto id = rig.keep().id;
    rig.rule("Cordon: TI Block")->at("order") = 2;
    rig.rule("Theirs")->at("order") = 1;
    static_cast<void>(rig.judge());
    EXPECT_THAT(rig.keep(id).said, HasSubstr("put right (order)"));
    EXPECT_EQ(rig.rule("Cordon: TI Block")->at("order"), 1);
    EXPECT_EQ(rig.rule("Theirs")->at("order"), 2);
}

TEST(RuleKeeper, rules_of_ours_do_not_push_each_other_about) {
    RuleRig rig;
    auto second = category();
    second.list = "Second";
    second.object_ids = {"CUSTOM_08"};
    const auto first_id = rig.keep().id;
    rig.wish.name = "Cordon: Second";
    const auto second_id = rig.keep("", second).id;
    EXPECT_EQ(rig.rule("Cordon: TI Block")->at("order"), 2) << "both wished for the first place";
    const auto writes = rig.rule_writes();
    EXPECT_FALSE(rig.keep(second_id, second).wrote);
    rig.wish.name = "Cordon: TI Block";
    EXPECT_FALSE(rig.keep(first_id).wrote);
    EXPECT_EQ(rig.rule_writes(), writes);
}

/// The list with this number, which wants a rule at the third place.
core::EnforcedList one_of_many(RuleRig& rig, int number) {
    auto list = category();
    list.list = "L" + std::to_string(number);
    list.object_ids = {"CUSTOM_" + std::to_string(20 + number)};
    rig.wish.name = "Cordon: " + list.list;
    rig.wish.order = 3;
    return list;
}

TEST(RuleKeeper, ten_rules_are_made_after_one_read_and_judged_after_another) {
    RuleRig rig;
    for (int order = 2; order <= 4; ++order)
        rig.zia.url_rules.push_back(RuleRig::theirs("T" + std::to_string(order), order));
    std::vector<std::string> ids;
    for (int i = 0; i < 10; ++i) {
        const auto kept = rig.keep("", one_of_many(rig, i));
        ASSERT_FALSE(kept.failure) << kept.failure->message;
        ids.push_back(kept.id);
    }
    EXPECT_EQ(rig.zia.count("GET /urlFilteringRules"), 1U);
    EXPECT_EQ(rig.rule_writes(), 10U);
    EXPECT_EQ(rig.rule("Cordon: L9")->at("order"), 3);
    EXPECT_EQ(rig.rule("Cordon: L0")->at("order"), 12);
    EXPECT_EQ(rig.rule("T4")->at("order"), 14);
    // What the rules do is judged by what ZIA lists, not by what it answered.
    rig.rule("Cordon: L0")->at("state") = "ENABLED";
    EXPECT_EQ(rig.judge(one_of_many(rig, 0)).state, core::EnforcementState::blocked);
    EXPECT_EQ(rig.judge(one_of_many(rig, 1)).state, core::EnforcementState::switched_off);
    EXPECT_EQ(rig.zia.count("GET /urlFilteringRules"), 2U);
    for (int i = 0; i < 10; ++i) {
        const auto list = one_of_many(rig, i);
        rig.wish.is_enabled = i == 0;
        EXPECT_FALSE(rig.keep(ids[static_cast<std::size_t>(i)], list).wrote) << i;
    }
    EXPECT_EQ(rig.zia.count("GET /urlFilteringRules"), 2U);
}

TEST(RuleKeeper, an_answer_that_does_not_show_the_rule_is_read_back_before_the_next_one) {
    RuleRig rig;
    rig.zia.garble_once("POST /urlFilteringRules", "{}");
    ASSERT_FALSE(rig.keep("", one_of_many(rig, 0)).failure);
    ASSERT_FALSE(rig.keep("", one_of_many(rig, 1)).failure);
    EXPECT_EQ(rig.zia.count("GET /urlFilteringRules"), 2U);
    EXPECT_EQ(rig.rule_writes(), 2U);
    EXPECT_EQ(rig.zia.url_rules.size(), 3U);
}

TEST(PolicyRules, those_around_a_written_one_make_room_for_it) {
    const auto rule = [](const char* id, std::int64_t order) {
        PolicyRule one;
        one.id = id;
        one.order = order;
        return one;
    };
    auto last = rule("d", 4);
    last.is_default = true;
    const std::vector<PolicyRule> rules{rule("a", 1), rule("b", 2), rule("c", 3), last};
    const auto order_of = [&](const PolicyRule& written) {
        std::string text;
        for (const auto& one : with_written(rules, written)) text += one.id + std::to_string(one.order) + " ";
        return text;
    };
    EXPECT_EQ(order_of(rule("n", 1)), "n1 a2 b3 c4 d4 ");
    EXPECT_EQ(order_of(rule("n", 4)), "a1 b2 c3 n4 d4 ");
    EXPECT_EQ(order_of(rule("c", 1)), "c1 a2 b3 d4 ");
    EXPECT_EQ(order_of(rule("a", 3)), "b1 c2 a3 d4 ");
    EXPECT_EQ(order_of(rule("b", 2)), "a1 b2 c3 d4 ");
}

TEST(RuleKeeper, an_order_beyond_the_last_rule_is_the_last_place) {
    RuleRig rig;
    rig.wish.order = 50;
    const auto kept = rig.keep();
    EXPECT_EQ(rig.rule("Cordon: TI Block")->at("order"), 2);
    EXPECT_FALSE(rig.keep(kept.id).wrote);
}

TEST(RuleKeeper, finds_its_rule_by_name_and_mark_where_the_id_is_gone) {
    RuleRig rig;
    const auto id = rig.keep().id;
    EXPECT_EQ(rig.keep("123456").id, id);
    EXPECT_EQ(rig.keep("").id, id);
    EXPECT_EQ(rig.rule_writes(), 1U);
}

TEST(RuleKeeper, makes_the_rule_anew_that_somebody_deleted) {
    RuleRig rig;
    const auto id = rig.keep().id;
    RuleRig later;
    const auto kept = later.keep(id);
    EXPECT_TRUE(kept.wrote);
    EXPECT_NE(later.rule("Cordon: TI Block"), nullptr);
}

TEST(RuleKeeper, leaves_a_rule_of_that_name_alone_that_it_did_not_make) {
    RuleRig rig;
    rig.zia.url_rules.push_back(RuleRig::theirs("CORDON: TI BLOCK", 2));
    const auto kept = rig.keep();
    ASSERT_TRUE(kept.failure);
    EXPECT_THAT(kept.failure->message, HasSubstr("left alone"));
    EXPECT_THAT(kept.failure->message, HasSubstr("rule_name"));
    EXPECT_FALSE(kept.wrote);
    EXPECT_EQ(rig.rule_writes(), 0U);
}

TEST(RuleKeeper, without_permission_it_says_what_an_administrator_clicks) {
    RuleRig rig;
    rig.zia.reply_once(
        "POST /urlFilteringRules",
        {403, R"({"code":"RBA_LIMITED","message":"Functional scope restriction requires Policies"})", {}});
    const auto kept = rig.keep();
    ASSERT_TRUE(kept.failure);
    EXPECT_EQ(kept.failure->code, Code::refused);
    EXPECT_THAT(
        kept.failure->message,
        HasSubstr("Policy > URL & Cloud App Control > Add URL Filtering Rule: Rule Order 1, Rule Status Enabled, "
                  "URL Categories 'TI Block', Action Block"));
    EXPECT_FALSE(kept.wrote);
}

TEST(RuleKeeper, a_rank_that_is_not_allowed_at_its_order_is_explained) {
    RuleRig rig;
    rig.zia.rule_refusal = "Rule with rank 7 is not allowed at order 1";
    const auto kept = rig.keep();
    ASSERT_TRUE(kept.failure);
    EXPECT_THAT(kept.failure->message, HasSubstr("rules stand in the order of their ranks, 0 first"));
}

TEST(RuleKeeper, a_lost_answer_is_read_back) {
    RuleRig rig;
    rig.zia.lose_once("POST /urlFilteringRules", FakeZia::Loss::applied);
    const auto kept = rig.keep();
    EXPECT_FALSE(kept.failure);
    EXPECT_FALSE(kept.id.empty());
    EXPECT_TRUE(kept.wrote);
    RuleRig other;
    other.zia.lose_once("POST /urlFilteringRules", FakeZia::Loss::not_applied);
    const auto lost = other.keep();
    ASSERT_TRUE(lost.failure);
    EXPECT_EQ(lost.failure->code, Code::unknown);
    EXPECT_TRUE(lost.wrote) << "it may still come";
    EXPECT_EQ(other.zia.count("POST /urlFilteringRules"), 1U) << "never sent twice";
}

TEST(RuleKeeper, a_rule_that_changed_in_between_is_read_again_once) {
    RuleRig rig;
    const auto id = rig.keep().id;
    rig.wish.is_enabled = true;
    rig.zia.reply_once("PUT /urlFilteringRules/", {409, R"({"code":"STALE_CONFIGURATION_ERROR","message":"x"})", {}});
    EXPECT_FALSE(rig.keep(id).failure);
    EXPECT_EQ(rig.rule("Cordon: TI Block")->at("state"), "ENABLED");
    EXPECT_EQ(rig.zia.count("GET /urlFilteringRules/"), 2U);
}

TEST(RuleKeeper, a_damaged_rule_is_not_sent_back) {
    RuleRig rig;
    const auto id = rig.keep().id;
    rig.wish.is_enabled = true;
    rig.zia.garble_once("GET /urlFilteringRules/", "[]");
    rig.zia.garble_once("GET /urlFilteringRules/", R"({"id":1,"name":"another"})");
    const auto kept = rig.keep(id);
    ASSERT_TRUE(kept.failure);
    EXPECT_EQ(kept.failure->code, Code::corrupt);
    EXPECT_EQ(rig.zia.count("PUT /urlFilteringRules"), 0U);
}

}  // namespace
}  // namespace cordon::gateways::zia
