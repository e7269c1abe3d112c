// What the tenant's rules make of the lists, and the rule that `ensure_rule = block` keeps.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/scenario/rehearsal.hpp"

namespace cordon::scenario {
namespace {

using core::EnforcementState;
using sandbox::Side;
using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::json;

constexpr const char* k_ours = "Cordon: Test Domains";

/// Both lists filled, in a tenant without rules of its own.
struct Tenant {
    Rehearsal rehearsal;

    explicit Tenant(sandbox::Options options = {}) : rehearsal(std::move(options)) {
        rehearsal.put_domains({"evil.example", "worse.example"});
        rehearsal.put_ips(addresses(3));
    }
    void ensure(const std::string& section = "risklist_domains") { rehearsal.set(section, "ensure_rule", "block"); }
    void next_day() { rehearsal.clock.advance(24h); }

    [[nodiscard]] Json rules(Side side = Side::saved) { return Json::parse(rehearsal.clouds().url_rules(side)); }
    [[nodiscard]] Json firewall_rules(Side side = Side::saved) {
        return Json::parse(rehearsal.clouds().firewall_rules(side));
    }
    /// Null where there is none.
    [[nodiscard]] static Json named(const Json& rules, const std::string& name) {
        for (const auto& rule : rules) {
            if (rule.at("name") == name) return rule;
        }
        return {};
    }
    [[nodiscard]] std::string category_id() { return rehearsal.run().list(Rehearsal::k_domains).object_id; }
    [[nodiscard]] std::size_t reads_of_rules() {
        auto counts = rehearsal.clouds().counts();
        return counts["GET /api/v1/urlFilteringRules"] + counts["GET /api/v1/firewallFilteringRules"];
    }
};

EnforcementState state_of(const Ending& ending, const std::string& list = Rehearsal::k_domains) {
    const auto& report = ending.list(list);
    EXPECT_TRUE(report.enforcement) << ending.said();
    return report.enforcement ? report.enforcement->state : EnforcementState::no_rule;
}

TEST(Enforcement, a_run_says_that_no_rule_blocks_a_list_and_succeeds_all_the_same) {
    Tenant tenant;
    const auto ending = tenant.rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_EQ(state_of(ending), EnforcementState::no_rule);
    EXPECT_EQ(state_of(ending, Rehearsal::k_ips), EnforcementState::no_rule);
    EXPECT_THAT(ending.said(), HasSubstr("Add URL Filtering Rule"));
    EXPECT_THAT(ending.said(), HasSubstr("Add Firewall Filtering Rule"));
    EXPECT_EQ(tenant.rehearsal.clouds().stopped_by("evil.example"), std::nullopt);
}

TEST(Enforcement, a_rule_that_an_administrator_made_is_found_and_what_overrides_it) {
    Tenant tenant;
    const auto id = tenant.category_id();
    auto& clouds = tenant.rehearsal.clouds();
    ASSERT_TRUE(clouds.create_url_rule_by_hand(fmt::format(
        R"({{"name":"TI block","action":"BLOCK","protocols":["ANY_RULE"],"state":"ENABLED","urlCategories":["{}"]}})",
        id)));
    tenant.next_day();
    const auto found = tenant.rehearsal.run();
    EXPECT_EQ(state_of(found), EnforcementState::blocked);
    EXPECT_EQ(found.list(Rehearsal::k_domains).enforcement->rule, "TI block");
    EXPECT_EQ(clouds.stopped_by("evil.example"), "TI block");
    ASSERT_TRUE(clouds.create_url_rule_by_hand(
        R"({"name":"Let all","action":"ALLOW","protocols":["ANY_RULE"],"state":"ENABLED","order":1})"));
    tenant.next_day();
    const auto overridden = tenant.rehearsal.run();
    EXPECT_EQ(state_of(overridden), EnforcementState::overridden);
    EXPECT_EQ(overridden.list(Rehearsal::k_domains).enforcement->overridden_by, "Let all");
    EXPECT_EQ(overridden.status, 0);
}

TEST(Enforcement, rules_are_read_once_a_day) {
    Tenant tenant;
    static_cast<void>(tenant.rehearsal.run());
    EXPECT_EQ(tenant.reads_of_rules(), 2U) << "one for each policy";
    for (int hour = 0; hour < 5; ++hour) {
        tenant.rehearsal.clock.advance(1h);
        EXPECT_EQ(state_of(tenant.rehearsal.run()), EnforcementState::no_rule);
    }
    EXPECT_EQ(tenant.reads_of_rules(), 2U);
    tenant.next_day();
    static_cast<void>(tenant.rehearsal.run());
    EXPECT_EQ(tenant.reads_of_rules(), 4U);
}

TEST(Enforcement, a_wished_rule_is_made_switched_off_and_blocks_once_it_is_enabled) {
    Tenant tenant;
    tenant.ensure();
    auto& clouds = tenant.rehearsal.clouds();
    ASSERT_TRUE(clouds.create_url_rule_by_hand(
        R"({"name":"Theirs","action":"ALLOW","protocols":["ANY_RULE"],"state":"ENABLED","urlCategories":["NEWS"]})"));
    const auto theirs = Tenant::named(tenant.rules(), "Theirs");
    const auto made = tenant.rehearsal.run();
    EXPECT_EQ(made.status, 0) << made.said();
    EXPECT_EQ(state_of(made), EnforcementState::switched_off);
    EXPECT_THAT(made.said(), HasSubstr("was made, switched off"));
    const auto rule = Tenant::named(tenant.rules(Side::active), k_ours);
    ASSERT_FALSE(rule.is_null()) << "it is activated with the list";
    EXPECT_EQ(rule.at("state"), "DISABLED");
    EXPECT_EQ(rule.at("order"), 1);
    EXPECT_EQ(clouds.stopped_by("evil.example"), std::nullopt);

    tenant.rehearsal.set("risklist_domains", "rule_state", "enabled");
    const auto enabled = tenant.rehearsal.run();
    EXPECT_EQ(enabled.status, 0) << enabled.said();
    EXPECT_EQ(state_of(enabled), EnforcementState::blocked);
    EXPECT_EQ(clouds.stopped_by("evil.example"), k_ours);
    EXPECT_FALSE(clouds.has_pending());
    auto pushed = theirs;
    pushed["order"] = 2;
    auto now = Tenant::named(tenant.rules(), "Theirs");
    for (const auto* key : {"lastModifiedTime", "lastModifiedBy"}) {
        now.erase(key);
        pushed.erase(key);
    }
    EXPECT_EQ(now, pushed) << "ZIA pushed it down; nothing else of it changed";
}

TEST(Enforcement, a_group_gets_a_firewall_rule) {
    Tenant tenant;
    tenant.ensure("risklist_ips");
    tenant.rehearsal.set("risklist_ips", "rule_name", "TI addresses");
    tenant.rehearsal.set("risklist_ips", "rule_state", "enabled");
    const auto ending = tenant.rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_EQ(state_of(ending, Rehearsal::k_ips), EnforcementState::blocked);
    EXPECT_EQ(Tenant::named(tenant.firewall_rules(Side::active), "TI addresses").at("action"), "BLOCK_DROP");
}

TEST(Enforcement, what_somebody_changed_in_our_rule_is_put_right_the_next_day) {
    Tenant tenant;
    tenant.ensure();
    static_cast<void>(tenant.rehearsal.run());
    const auto rule = Tenant::named(tenant.rules(), k_ours);
    ASSERT_FALSE(rule.is_null());
    auto& clouds = tenant.rehearsal.clouds();
    ASSERT_TRUE(clouds.change_rule_by_hand(rule.at("id").get<std::int64_t>(),
                                           R"({"name":"Renamed","action":"ALLOW","urlCategories":["NEWS"]})"));
    EXPECT_EQ(tenant.rehearsal.run().status, 0);
    EXPECT_TRUE(Tenant::named(tenant.rules(), k_ours).is_null()) << "rules are looked at once a day";
    tenant.next_day();
    const auto right = tenant.rehearsal.run();
    EXPECT_EQ(right.status, 0) << right.said();
    EXPECT_THAT(right.said(), HasSubstr("was put right (name, action, categories)"));
    const auto now = Tenant::named(tenant.rules(Side::active), k_ours);
    ASSERT_FALSE(now.is_null());
    EXPECT_EQ(now.at("id"), rule.at("id"));
    EXPECT_EQ(now.at("action"), "BLOCK");
    EXPECT_EQ(now.at("urlCategories"), rule.at("urlCategories"));
    EXPECT_EQ(tenant.rules().size(), 1U);
}

TEST(Enforcement, what_a_plan_says_it_costs_is_what_the_run_calls_on_each_day) {
    Tenant tenant;
    auto& rehearsal = tenant.rehearsal;
    const auto expect_as_planned = [&](const char* when) {
        SCOPED_TRACE(when);
        const auto planned = rehearsal.plan();
        ASSERT_TRUE(planned.cost) << planned.said();
        const auto ending = rehearsal.run();
        EXPECT_EQ(ending.status, 0) << ending.said();
        EXPECT_EQ(planned.cost->calls, ending.report.calls.at("zia"));
    };
    expect_as_planned("the first fill, without rules of ours");
    tenant.ensure();
    tenant.ensure("risklist_ips");
    expect_as_planned("both rules are made");
    expect_as_planned("nothing is to do");
    tenant.next_day();
    expect_as_planned("the day's reading");
    rehearsal.set("risklist_ips", "rule_state", "enabled");
    expect_as_planned("one rule is switched on");
}

TEST(Enforcement, a_rule_that_is_as_wished_is_written_no_more) {
    Tenant tenant;
    tenant.ensure();
    tenant.ensure("risklist_ips");
    static_cast<void>(tenant.rehearsal.run());
    const auto writes = tenant.rehearsal.clouds().zia_writes();
    for (int day = 0; day < 3; ++day) {
        tenant.next_day();
        EXPECT_EQ(tenant.rehearsal.run().status, 0);
    }
    EXPECT_EQ(tenant.rehearsal.clouds().zia_writes(), writes);
}

TEST(Enforcement, two_rules_that_want_the_same_place_leave_each_other_alone) {
    Tenant tenant;
    tenant.rehearsal.add_list("risklist_urls", "url", "/lists/urls.csv", "Test URLs");
    tenant.rehearsal.put_feed("/lists/urls.csv", risk_list({"evil.example/a", "evil.example/b"}));
    tenant.ensure();
    tenant.ensure("risklist_urls");
    const auto ending = tenant.rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_THAT(ending.list("Test URLs").enforcement->sentence, HasSubstr("2 of its entries are URLs with a path"));
    const auto writes = tenant.rehearsal.clouds().zia_writes();
    tenant.next_day();
    EXPECT_EQ(tenant.rehearsal.run().status, 0);
    EXPECT_EQ(tenant.rehearsal.clouds().zia_writes(), writes);
}

/// Ten lists of domains, each of which wants a rule.
struct TenLists : Tenant {
    static constexpr std::size_t k_lists = 10;

    TenLists() {
        rehearsal.erase_section("risklist_ips");
        ensure();
        for (std::size_t i = 1; i < k_lists; ++i) {
            const auto section = fmt::format("risklist_more{}", i);
            rehearsal.add_list(section, "domain", file(i), fmt::format("More {}", i));
            ensure(section);
        }
        publish("old");
    }
    static std::string file(std::size_t i) {
        return i == 0 ? Rehearsal::k_domain_file : fmt::format("/lists/more{}.csv", i);
    }
    /// Two entries a list, one of which changes with `word`.
    void publish(const std::string& word) {
        for (std::size_t i = 0; i < k_lists; ++i) {
            rehearsal.put_feed(file(i),
                               risk_list({fmt::format("{}{}.example", word, i), fmt::format("b{}.example", i)}));
        }
    }
    /// Calls to ZIA since the last time, by what was called; without signing in and out.
    std::map<std::string, std::size_t> calls() {
        std::map<std::string, std::size_t> calls;
        for (const auto& [call, count] : rehearsal.clouds().counts()) {
            const auto before = std::exchange(seen_[call], count);
            const bool counts = call.find(" /api/v1/") != std::string::npos && !call.ends_with("/authenticatedSession");
            if (counts && count > before) calls[call] = count - before;
        }
        return calls;
    }
    static std::size_t sum(const std::map<std::string, std::size_t>& calls) {
        std::size_t sum = 0;
        for (const auto& [call, count] : calls) sum += count;
        return sum;
    }

private:
    std::map<std::string, std::size_t> seen_;
};

TEST(Enforcement, ten_new_lists_with_their_rules_take_two_calls_each_and_six_more) {
    TenLists tenant;
    const auto ending = tenant.rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    const auto calls = tenant.calls();
    EXPECT_EQ(calls.at("POST /api/v1/urlCategories"), 10U);
    EXPECT_EQ(calls.at("POST /api/v1/urlFilteringRules"), 10U);
    EXPECT_EQ(calls.at("GET /api/v1/urlFilteringRules"), 2U) << "before the first and after the last is written";
    EXPECT_EQ(TenLists::sum(calls), 26U) << testing::PrintToString(calls);
    EXPECT_EQ(tenant.rules(Side::active).size(), 10U);
    for (const auto& list : ending.report.lists) EXPECT_EQ(state_of(ending, list.list), EnforcementState::switched_off);
}

TEST(Enforcement, an_update_of_ten_lists_takes_two_calls_each_and_five_more) {
    TenLists tenant;
    static_cast<void>(tenant.rehearsal.run());
    static_cast<void>(tenant.calls());
    tenant.next_day();
    tenant.publish("new");
    const auto ending = tenant.rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    const auto calls = tenant.calls();
    EXPECT_EQ(calls.at("PUT /api/v1/urlCategories/{id}"), 20U) << testing::PrintToString(calls);
    EXPECT_EQ(calls.at("GET /api/v1/urlFilteringRules"), 1U) << "once a day";
    EXPECT_EQ(TenLists::sum(calls), 25U) << testing::PrintToString(calls);
    EXPECT_TRUE(tenant.rehearsal.active("More 9").contains("new9.example"));
    EXPECT_FALSE(tenant.rehearsal.active("More 9").contains("old9.example"));
}

TEST(Enforcement, a_rule_of_that_name_that_is_not_ours_is_left_alone) {
    Tenant tenant;
    tenant.ensure();
    ASSERT_TRUE(tenant.rehearsal.clouds().create_url_rule_by_hand(
        R"({"name":"Cordon: Test Domains","action":"ALLOW","protocols":["ANY_RULE"],"state":"ENABLED"})"));
    const auto before = tenant.rules();
    const auto ending = tenant.rehearsal.run();
    EXPECT_EQ(ending.status, 1);
    EXPECT_THAT(ending.said(), HasSubstr("left alone"));
    EXPECT_EQ(tenant.rules(), before);
    EXPECT_TRUE(tenant.rehearsal.active(Rehearsal::k_domains).contains("evil.example"))
        << "the list is written all the same";
}

TEST(Enforcement, without_permission_the_lists_are_written_and_an_administrator_is_told_what_to_click) {
    sandbox::Options options;
    options.forbidden = {"POST /urlFilteringRules"};
    Tenant tenant(options);
    tenant.ensure();
    const auto ending = tenant.rehearsal.run();
    EXPECT_EQ(ending.status, 1);
    EXPECT_THAT(ending.said(), HasSubstr("let an administrator who may add it: Policy > URL & Cloud App Control"));
    EXPECT_TRUE(tenant.rehearsal.active(Rehearsal::k_domains).contains("evil.example"));
    tenant.rehearsal.clouds().reconfigure([](sandbox::Options& now) { now.forbidden.clear(); });
    tenant.next_day();
    EXPECT_EQ(tenant.rehearsal.run().status, 0);
    EXPECT_FALSE(Tenant::named(tenant.rules(), k_ours).is_null());
}

TEST(Enforcement, rules_that_may_not_be_read_are_a_warning) {
    sandbox::Options options;
    options.forbidden = {"* /urlFilteringRules*", "* /firewallFilteringRules*"};
    Tenant tenant(options);
    const auto ending = tenant.rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_THAT(ending.said(), HasSubstr("whether rules block the lists is not known"));
    const auto reads = tenant.reads_of_rules();
    EXPECT_THAT(tenant.rehearsal.run().said(), HasSubstr("whether rules block the lists is not known"));
    EXPECT_EQ(tenant.reads_of_rules(), reads) << "asking once a day is enough";
}

TEST(Enforcement, a_lost_answer_to_a_new_rule_makes_no_second_one) {
    Tenant tenant;
    tenant.ensure();
    sandbox::Fault fault;
    fault.method = "POST";
    fault.path = "/api/v1/urlFilteringRules";
    fault.kind = sandbox::Fault::Kind::reset_after;
    tenant.rehearsal.clouds().inject(fault);
    static_cast<void>(tenant.rehearsal.run());
    static_cast<void>(tenant.rehearsal.run());
    EXPECT_EQ(tenant.rules().size(), 1U);
    EXPECT_FALSE(Tenant::named(tenant.rules(Side::active), k_ours).is_null());
}

}  // namespace
}  // namespace cordon::scenario
