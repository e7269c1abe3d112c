// The reader of rules against recorded answers of a real tenant (../shared/recorded).

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "gateways/zia/enforcement.hpp"

namespace cordon::gateways::zia {
namespace {

using nlohmann::json;

class RulesAgainstRecordings : public testing::Test {
protected:
    void SetUp() override {
        const std::filesystem::path file = CORDON_SHARED_DIR "/recorded/zia-exchanges.json";
        if (!std::filesystem::exists(file)) GTEST_SKIP() << "no recorded exchanges at " << file;
        std::ifstream stream(file);
        exchanges = json::parse(stream);
        ASSERT_FALSE(exchanges.empty());
    }

    /// Calls `look` with each good answer below this path, lists and single rules alike, as a list.
    template <class Look>
    int for_each_answer(const std::string& path, const Look& look) {
        int answers = 0;
        for (const auto& exchange : exchanges) {
            const bool is_rule = exchange.at("path").get<std::string>().starts_with("/zia/api/v1" + path);
            if (!is_rule || exchange.at("status") != 200) continue;
            ++answers;
            const auto& reply = exchange.at("reply");
            look(reply.is_array() ? reply : json::array({reply}), exchange);
        }
        return answers;
    }

    json exchanges;
};

TEST_F(RulesAgainstRecordings, every_answer_is_read) {
    const auto read_all = [&](Policy policy, const std::string& path) {
        return for_each_answer(path, [&](const json& reply, const json&) {
            const auto rules = read_policy_rules(policy, reply.dump());
            ASSERT_TRUE(rules) << rules.error().message;
            ASSERT_EQ(rules->size(), reply.size());
            for (std::size_t i = 0; i < reply.size(); ++i) {
                const auto& rule = (*rules)[i];
                EXPECT_EQ(rule.id, reply[i].at("id").dump());
                EXPECT_EQ(rule.name, reply[i].at("name").get<std::string>());
                EXPECT_EQ(rule.order, reply[i].at("order").get<std::int64_t>());
                EXPECT_EQ(rule.rank, reply[i].at("rank").get<std::int64_t>());
                EXPECT_EQ(rule.is_enabled, reply[i].at("state") == "ENABLED");
                EXPECT_EQ(rule.is_default, reply[i].value("defaultRule", false));
                EXPECT_EQ(rule.blocks, reply[i].at("action").get<std::string>().starts_with("BLOCK"));
            }
        });
    };
    EXPECT_GE(read_all(Policy::url_filtering, "/urlFilteringRules"), 7);
    EXPECT_GE(read_all(Policy::firewall, "/firewallFilteringRules"), 6);
}

TEST_F(RulesAgainstRecordings, the_minimal_rule_blocks_its_category_for_everybody) {
    int rules_seen = 0;
    for_each_answer("/urlFilteringRules", [&](const json& reply, const json&) {
        if (reply.empty() || !reply[0].at("name").get<std::string>().starts_with("TestURLRule_VCR")) return;
        ++rules_seen;
        const auto rules = read_policy_rules(Policy::url_filtering, reply.dump()).value();
        const auto judged = judge_enforcement(rules, {"L", core::TargetKind::url_category, {"OTHER_ADULT_MATERIAL"}});
        EXPECT_EQ(judged.state, core::EnforcementState::blocked) << judged.sentence;
        EXPECT_EQ(judge_enforcement(rules, {"L", core::TargetKind::url_category, {"CUSTOM_01"}}).state,
                  core::EnforcementState::no_rule);
    });
    EXPECT_GE(rules_seen, 3) << "answers to POST, GET and PUT";
}

TEST_F(RulesAgainstRecordings, a_rule_about_any_category_is_one_in_both_spellings) {
    int rules_seen = 0;
    for_each_answer("/urlFilteringRules", [&](const json& reply, const json& exchange) {
        if (exchange.at("recorded_in") != "TestURLFilteringRule.yaml") return;
        ++rules_seen;
        const auto rules = read_policy_rules(Policy::url_filtering, reply.dump()).value();
        EXPECT_TRUE(rules.front().is_about("CUSTOM_01")) << exchange.at("method");
        EXPECT_EQ(rules.front().limits, std::vector<std::string>{"requestMethods"})
            << "nine of seventeen; all levels of trust and risk and all agents are no limit";
    });
    EXPECT_GE(rules_seen, 2);
}

TEST_F(RulesAgainstRecordings, the_tenants_firewall_drops_what_no_rule_allows) {
    int lists = 0;
    for_each_answer("/firewallFilteringRules", [&](const json& reply, const json& exchange) {
        if (exchange.at("path") != "/zia/api/v1/firewallFilteringRules" || exchange.at("method") != "GET") return;
        ++lists;
        const auto rules = in_order(read_policy_rules(Policy::firewall, reply.dump()).value());
        EXPECT_TRUE(rules.back().is_default);
        const auto judged = judge_enforcement(rules, {"L", core::TargetKind::ipv4_group, {"10596673"}});
        EXPECT_EQ(judged.state, core::EnforcementState::blocked) << judged.sentence;
        EXPECT_EQ(judged.rule, "fN") << "enabled, at order 0, without any destination";
    });
    EXPECT_GE(lists, 1);
}

}  // namespace
}  // namespace cordon::gateways::zia
