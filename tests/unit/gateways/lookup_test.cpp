#include "gateways/zia/lookup.hpp"

#include <gmock/gmock.h>

#include "gateways/zia/lookup_answers.hpp"
#include "gateways/zia/url_rules.hpp"
#include "tests/unit/gateways/rig.hpp"

namespace cordon::gateways::zia {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

LookupAnswers ask(Rig& rig, const Strings& values, std::chrono::seconds patience = 5s) {
    return rig.gateway->classify(values, patience, rig.stop.get_token());
}

Strings refused_of(const LookupAnswers& given) {
    Strings values;
    for (const auto& answer : given.answers) {
        if (!answer.classification.refused.empty()) values.push_back(answer.value);
    }
    return sorted(values);
}

TEST(UrlLookup, asks_a_hundred_a_call_and_matches_answers_on_the_url) {
    Rig rig;
    rig.zia.flagged = {"h100003.example.com", "h100249.example.com"};
    const auto given = ask(rig, hosts(250));
    EXPECT_FALSE(given.failure);
    EXPECT_FALSE(given.is_budget_spent);
    ASSERT_EQ(given.answers.size(), 250U);
    EXPECT_EQ(rig.zia.count("POST /urlLookup"), 3U);
    for (const auto& answer : given.answers) {
        const bool is_flagged = answer.value == "h100003.example.com" || answer.value == "h100249.example.com";
        EXPECT_EQ(answer.classification.alerts, is_flagged ? "MALWARE_SITE" : "") << answer.value;
        EXPECT_EQ(answer.classification.is_uncategorised, !is_flagged) << answer.value;
    }
}

TEST(UrlLookup, takes_a_second_for_each_call_and_ends_without_error_when_the_hour_is_spent) {
    Rig rig;
    const auto given = ask(rig, hosts(40'100));
    EXPECT_EQ(given.answers.size(), 40'000U);
    EXPECT_TRUE(given.is_budget_spent);
    EXPECT_FALSE(given.failure);
    EXPECT_GE(rig.clock.now() - start(), 399s);
    EXPECT_LT(rig.clock.now() - start(), 500s) << "the hour is not waited for";
    rig.clock.advance(1h);
    EXPECT_EQ(ask(rig, hosts(10)).answers.size(), 10U);
}

TEST(UrlLookup, halves_a_refused_call_until_the_bad_values_stand_alone) {
    for (const bool names : {true, false}) {
        Rig rig;
        rig.zia.names_bad_entries = names;
        rig.zia.unnamed_message = "Request body is invalid.";
        rig.zia.bad_entries = {"h100000.example.com", "h100057.example.com", "h100099.example.com"};
        const auto given = ask(rig, hosts(100));
        EXPECT_FALSE(given.failure);
        EXPECT_EQ(given.answers.size(), 100U);
        EXPECT_EQ(refused_of(given), rig.zia.bad_entries);
        EXPECT_LE(rig.zia.count("POST /urlLookup"), names ? 2U : 39U);
    }
}

TEST(UrlLookup, a_lone_bad_value_is_found_too) {
    Rig rig;
    rig.zia.names_bad_entries = false;
    rig.zia.bad_entries = {"h100000.example.com"};
    const auto given = ask(rig, hosts(1));
    EXPECT_FALSE(given.failure);
    EXPECT_EQ(refused_of(given), rig.zia.bad_entries);
}

TEST(UrlLookup, blames_no_value_that_was_not_refused_alone) {
    Rig rig;
    rig.zia.reply_once("POST /urlLookup", {400, R"({"message":"Request body is invalid."})", {}});
    const auto given = ask(rig, hosts(2));
    EXPECT_FALSE(given.failure);
    EXPECT_EQ(given.answers.size(), 2U);
    EXPECT_THAT(refused_of(given), IsEmpty());
}

TEST(UrlLookup, blames_nobody_where_ZIA_refuses_one_value_after_the_other) {
    Rig rig;
    rig.zia.names_bad_entries = false;
    rig.zia.bad_entries = hosts(100);
    const auto given = ask(rig, hosts(100));
    ASSERT_TRUE(given.failure);
    EXPECT_THAT(given.answers, IsEmpty());
    EXPECT_LE(rig.zia.count("POST /urlLookup"), 30U);
}

TEST(UrlLookup, a_failure_keeps_what_was_answered_before) {
    Rig rig;
    rig.zia.before_request = [&](const FakeZia::Seen& request) {
        if (!request.path.starts_with("/urlLookup") || rig.zia.count("POST /urlLookup") != 2) return;
        rig.zia.before_request = {};
        for (int i = 0; i < 10; ++i) rig.zia.reply_once("POST /urlLookup", {500, "", {}});
    };
    const auto given = ask(rig, hosts(300));
    EXPECT_EQ(given.answers.size(), 100U);
    ASSERT_TRUE(given.failure);
    EXPECT_THAT(given.failure->message, HasSubstr("500"));
}

TEST(UrlLookup, a_long_wait_that_ZIA_asks_for_is_the_end_of_the_budget) {
    Rig rig;
    rig.zia.reply_once("POST /urlLookup",
                       {429, R"({"message":"Rate Limit (400/HOUR) exceeded"})", {{"retry-after", "1800"}}});
    const auto given = ask(rig, hosts(3));
    EXPECT_TRUE(given.is_budget_spent);
    EXPECT_FALSE(given.failure);
}

TEST(UrlLookup, an_answer_about_other_values_is_an_error_and_a_missing_row_is_not) {
    Rig rig;
    const char* const other =
        R"([{"url":"other.example","urlClassifications":[],"urlClassificationsWithSecurityAlert":[]}])";
    rig.zia.garble_once("POST /urlLookup", other);
    const auto given = ask(rig, hosts(2));
    ASSERT_TRUE(given.failure);
    EXPECT_EQ(given.failure->code, Code::corrupt);
    rig.zia.garble_once(
        "POST /urlLookup",
        R"([{"url":"h100001.example.com","urlClassifications":[],"urlClassificationsWithSecurityAlert":[]}])");
    const auto short_of_one = ask(rig, hosts(2));
    EXPECT_FALSE(short_of_one.failure);
    ASSERT_EQ(short_of_one.answers.size(), 1U) << "nothing is known of the other";
    EXPECT_EQ(short_of_one.answers[0].value, "h100001.example.com");
}

TEST(UrlLookup, an_answer_of_another_shape_is_corrupt) {
    for (const char* body :
         {"", "{}", "[1]", "<html>", R"([{"urlClassifications":[],"urlClassificationsWithSecurityAlert":[]}])",
          R"([{"url":"a","urlClassifications":"NEWS","urlClassificationsWithSecurityAlert":[]}])",
          R"([{"url":"a","urlClassifications":[]}])",
          R"([{"url":"a","urlClassifications":[7],"urlClassificationsWithSecurityAlert":[]}])"}) {
        const auto rows = read_lookups(body);
        ASSERT_FALSE(rows) << body;
        EXPECT_EQ(rows.error().code, Code::corrupt);
    }
    const auto rows = read_lookups(
        R"([{"url":"a","urlClassifications":["NEWS","B"],"urlClassificationsWithSecurityAlert":null,"application":"x"},
            {"url":"b","urlClassifications":[],"urlClassificationsWithSecurityAlert":["PHISHING"]}])");
    ASSERT_TRUE(rows);
    EXPECT_EQ((*rows)[0].classification, (core::Classification{"NEWS, B", "", false, ""}));
    EXPECT_EQ((*rows)[1].classification, (core::Classification{"", "PHISHING", true, ""}));
}

nlohmann::json blocking_rule() {
    return {{"id", 7},
            {"name", "Threats"},
            {"state", "ENABLED"},
            {"action", "BLOCK"},
            {"rank", 7},
            {"order", 1},
            {"protocols", {"HTTPS_RULE", "HTTP_RULE"}},
            {"blockOverride", false},
            {"sourceIpGroups", nlohmann::json::array()},
            {"urlCategories",
             {"OTHER_THREAT", "PHISHING", "BOTNET", "MALWARE_SITE", "P2P", "UNAUTHORIZED_COMMUNICATION", "XSS",
              "BROWSER_EXPLOIT", "SUSPICIOUS_DESTINATION", "SPYWARE_OR_ADWARE", "WEB_SPAM", "PAGE_RISK_INDEX"}}};
}

TEST(UrlRules, only_an_enabled_unrestricted_block_counts) {
    using Json = nlohmann::json;
    const auto left_by = [](const Json& rule) {
        return read_unblocked_alerts(Json::array({rule}).dump()).value().size();
    };
    EXPECT_EQ(left_by(blocking_rule()), 0U);
    const std::pair<const char*, Json> changes[]{
        {"state", "DISABLED"},        {"action", "CAUTION"},       {"users", Json::array({{{"id", 3}}})},
        {"protocols", {"HTTP_RULE"}}, {"requestMethods", {"GET"}}, {"enforceTimeValidity", true},
        {"urlCategories2", {"NEWS"}}, {"blockOverride", true},     {"someNewScope", Json::array({1})},
    };
    for (const auto& [key, value] : changes) {
        auto rule = blocking_rule();
        rule[key] = value;
        EXPECT_EQ(left_by(rule), 12U) << key;
    }
    auto some = blocking_rule();
    some["urlCategories"] = {"PHISHING", "CUSTOM_01"};
    EXPECT_EQ(left_by(some), 11U);
    some.erase("urlCategories");
    EXPECT_EQ(left_by(some), 0U) << "a rule without categories blocks all";
    EXPECT_FALSE(read_unblocked_alerts("{}"));
}

TEST(UrlRules, an_earlier_rule_that_does_not_block_takes_its_categories_out) {
    using Json = nlohmann::json;
    auto block = blocking_rule();
    block["order"] = 2;
    auto other = blocking_rule();
    other["action"] = "CAUTION";
    other["urlCategories"] = {"PHISHING"};
    other["users"] = Json::array({{{"id", 3}}});
    const auto left = [&] { return read_unblocked_alerts(Json::array({block, other}).dump()).value(); };
    EXPECT_EQ(left(), Strings{"PHISHING"});
    other.erase("order");
    EXPECT_EQ(left(), Strings{"PHISHING"}) << "nobody knows where it stands";
    other["order"] = 3;
    EXPECT_THAT(left(), IsEmpty());
    other["order"] = 1;
    other.erase("urlCategories");
    EXPECT_EQ(left().size(), 12U) << "a rule without categories is about all";
    other["state"] = "DISABLED";
    EXPECT_THAT(left(), IsEmpty());
}

TEST(UrlRules, an_alert_that_they_are_not_judged_by_leaves_nothing_out) {
    const auto rows = read_lookups(
        R"([{"url":"a","urlClassifications":["NEWS"],"urlClassificationsWithSecurityAlert":["PHISHING","BRAND_NEW"]},
            {"url":"b","urlClassifications":[],"urlClassificationsWithSecurityAlert":["BRAND_NEW"]}])");
    ASSERT_TRUE(rows);
    EXPECT_EQ((*rows)[0].classification, (core::Classification{"NEWS, BRAND_NEW", "PHISHING", false, ""}));
    EXPECT_EQ((*rows)[1].classification, (core::Classification{"BRAND_NEW", "", false, ""}));
}

TEST(UrlRules, the_advice_names_what_is_not_blocked) {
    Rig rig;
    const auto advice = rig.gateway->unblocked_alerts(rig.stop.get_token());
    ASSERT_TRUE(advice);
    EXPECT_THAT(*advice, HasSubstr("PHISHING"));
    rig.zia.url_rules.push_back(blocking_rule());
    EXPECT_EQ(rig.gateway->unblocked_alerts(rig.stop.get_token()).value(), "");
}

TEST(UrlLookup, costs_a_call_for_each_hundred) {
    Rig rig;
    auto plan = category_plan({"a.example"});
    plan.lookups = 101;
    plan.lookup.skips_known = true;
    const auto cost = rig.gateway->cost_of({std::span(&plan, 1)});
    EXPECT_EQ(cost.calls.at("POST /urlLookup"), 2U);
    EXPECT_EQ(cost.calls.at("GET /urlFilteringRules"), 1U);
}

}  // namespace
}  // namespace cordon::gateways::zia
