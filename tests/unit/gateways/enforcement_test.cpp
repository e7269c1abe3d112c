#include "gateways/zia/enforcement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "tests/unit/gateways/rig.hpp"

namespace cordon::gateways::zia {
namespace {

using core::EnforcementState;
using ::testing::HasSubstr;
using ::testing::Not;
using Rule = nlohmann::json;

/// A BLOCK rule of the URL filtering policy as GET shows it (zia-api.md 7), naming CUSTOM_07.
Rule url_rule(const Rule& changes = Rule::object()) {
    Rule rule{{"id", 1},
              {"accessControl", "READ_WRITE"},
              {"name", "TI block"},
              {"order", 5},
              {"rank", 7},
              {"state", "ENABLED"},
              {"action", "BLOCK"},
              {"protocols", {"HTTPS_RULE", "HTTP_RULE"}},
              {"urlCategories", {"CUSTOM_07"}},
              {"requestMethods",
               {"OPTIONS", "GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "CONNECT", "OTHER", "PROPFIND", "PROPPATCH",
                "MOVE", "MKCOL", "LOCK", "COPY", "UNLOCK", "PATCH"}},
              {"blockOverride", false},
              {"lastModifiedBy", {{"id", 9}, {"name", "REDACTED"}}},
              {"enforceTimeValidity", false},
              {"sourceIpGroups", Rule::array()},
              {"usersAndGroupsSet", false},
              {"predefined", false}};
    if (changes.is_object()) rule.update(changes);
    return rule;
}

/// One that stands before it and is about the same category.
Rule earlier(const Rule& changes) {
    auto rule = url_rule({{"id", 2}, {"name", "Earlier"}, {"order", 2}, {"action", "ALLOW"}});
    if (changes.is_object()) rule.update(changes);
    return rule;
}

Rule firewall_rule(const Rule& changes = Rule::object()) {
    Rule rule{{"id", 1},
              {"name", "TI block IPs"},
              {"order", 3},
              {"rank", 7},
              {"state", "ENABLED"},
              {"action", "BLOCK_DROP"},
              {"enableFullLogging", true},
              {"destIpGroups", {{{"id", 10600001}, {"name", "TI_IPs"}}}},
              {"destIpCategories", Rule::array()},
              {"destCountries", Rule::array()},
              {"excludeSrcCountries", false},
              {"isEunEnabled", true},
              {"defaultRule", false}};
    if (changes.is_object()) rule.update(changes);
    return rule;
}

const Rule k_some_users = Rule::array({{{"id", 3}, {"name", "Ann"}}});

struct Fact {
    const char* says;  ///< named in the output
    std::vector<Rule> rules;
    EnforcementState state;
    const char* rule = "";
    const char* overridden_by = "";
    const char* sentence = "";  ///< a part of it
};

core::EnforcedList url_list() {
    return {"TI Block", core::TargetKind::url_category, {"CUSTOM_07"}};
}
core::EnforcedList ip_list() {
    return {"TI_IPs", core::TargetKind::ipv4_group, {"10600001"}};
}

void expect_facts(Policy policy, const core::EnforcedList& list, const std::vector<Fact>& facts) {
    for (const auto& fact : facts) {
        SCOPED_TRACE(fact.says);
        auto read = read_policy_rules(policy, Rule(fact.rules).dump());
        ASSERT_TRUE(read) << read.error().message;
        const auto judged = judge_enforcement(in_order(std::move(*read)), list);
        EXPECT_STREQ(name_of(judged.state), name_of(fact.state)) << judged.sentence;
        EXPECT_EQ(judged.rule, fact.rule) << judged.sentence;
        EXPECT_EQ(judged.overridden_by, fact.overridden_by) << judged.sentence;
        EXPECT_THAT(judged.sentence, HasSubstr(fact.sentence));
    }
}

TEST(Enforcement, a_category_is_judged_by_the_url_filtering_rules) {
    using enum EnforcementState;
    const auto any = Rule::array();
    const std::vector<Fact> facts{
        {"a tenant without rules blocks nothing", {}, no_rule, "", "", "Add URL Filtering Rule"},
        {"an enabled, unlimited block is enough",
         {url_rule()},
         blocked,
         "TI block",
         "",
         "the rule 'TI block' blocks it"},
        {"ANY_RULE covers the web", {url_rule({{"protocols", {"ANY_RULE"}}})}, blocked, "TI block"},
        {"a rule for plain HTTP alone leaves HTTPS open",
         {url_rule({{"protocols", {"HTTP_RULE"}}})},
         limited,
         "TI block",
         "",
         "limited by protocols"},
        {"a rule about another category does not count", {url_rule({{"urlCategories", {"CUSTOM_08"}}})}, no_rule},
        {"a rule without categories is about all", {url_rule({{"urlCategories", any}})}, blocked, "TI block"},
        {"ANY is about all", {url_rule({{"urlCategories", {"ANY"}}})}, blocked, "TI block"},
        {"an id that only begins alike is another", {url_rule({{"urlCategories", {"CUSTOM_070"}}})}, no_rule},
        {"a second set of categories takes away from the first",
         {url_rule({{"urlCategories2", {"NEWS"}}})},
         limited,
         "TI block",
         "",
         "urlCategories2"},
        {"a rule for some users blocks a part",
         {url_rule({{"users", k_some_users}})},
         limited,
         "TI block",
         "",
         "limited by users"},
        {"some groups and places are a part",
         {url_rule({{"groups", k_some_users}, {"locations", k_some_users}})},
         limited,
         "TI block",
         "",
         "groups, locations"},
        {"some hours are a part", {url_rule({{"timeWindows", k_some_users}})}, limited, "TI block"},
        {"a term is a part", {url_rule({{"enforceTimeValidity", true}})}, limited, "TI block"},
        {"a few request methods are a part", {url_rule({{"requestMethods", {"GET"}}})}, limited, "TI block"},
        {"who may override the block is not blocked", {url_rule({{"blockOverride", true}})}, limited, "TI block"},
        {"all levels of trust are no limit",
         {url_rule({{"deviceTrustLevels", {"UNKNOWN_DEVICETRUSTLEVEL", "LOW_TRUST", "MEDIUM_TRUST", "HIGH_TRUST"}}})},
         blocked,
         "TI block"},
        {"one level of trust is", {url_rule({{"deviceTrustLevels", {"LOW_TRUST"}}})}, limited, "TI block"},
        {"labels are no limit", {url_rule({{"labels", k_some_users}})}, blocked, "TI block"},
        {"a field that nobody knows may be a limit", {url_rule({{"brandNewScope", {1}}})}, limited, "TI block"},
        {"a rule that is switched off blocks nothing",
         {url_rule({{"state", "DISABLED"}})},
         switched_off,
         "TI block",
         "",
         "enable it and activate"},
        {"a rule that cautions lets through",
         {url_rule({{"action", "CAUTION"}})},
         no_rule,
         "",
         "TI block",
         "names it with the action CAUTION"},
        {"a rule that isolates does not block", {url_rule({{"action", "ISOLATE"}})}, no_rule, "", "TI block"},
        {"an earlier rule that allows wins",
         {url_rule(), earlier({})},
         overridden,
         "TI block",
         "Earlier",
         "move 'TI block' before it (Policy > URL & Cloud App Control)"},
        {"an earlier rule that allows everything wins",
         {url_rule(), earlier({{"urlCategories", any}})},
         overridden,
         "TI block",
         "Earlier"},
        {"an earlier rule that isolates wins",
         {url_rule(), earlier({{"action", "ISOLATE"}})},
         overridden,
         "TI block",
         "Earlier"},
        {"an earlier rule for some users takes a part away",
         {url_rule(), earlier({{"users", k_some_users}})},
         limited,
         "TI block",
         "Earlier",
         "lets a part through (what users match)"},
        {"an earlier rule about another category does not matter",
         {url_rule(), earlier({{"urlCategories", {"NEWS"}}})},
         blocked,
         "TI block"},
        {"an earlier rule that is switched off does not matter",
         {url_rule(), earlier({{"state", "DISABLED"}})},
         blocked,
         "TI block"},
        {"a later rule that allows does not matter", {url_rule(), earlier({{"order", 6}})}, blocked, "TI block"},
        {"nobody knows where a rule without an order stands",
         {url_rule(), earlier({{"order", nullptr}})},
         overridden,
         "TI block",
         "Earlier"},
        {"an earlier block for everybody comes first",
         {url_rule(), earlier({{"action", "BLOCK"}})},
         blocked,
         "Earlier"},
        {"a block for some, then one for all, blocks all",
         {url_rule(), earlier({{"action", "BLOCK"}, {"users", k_some_users}})},
         blocked,
         "TI block"},
        {"a block for some before a rule that allows blocks a part",
         {url_rule({{"order", 1}, {"users", k_some_users}}), earlier({})},
         limited,
         "TI block",
         "Earlier",
         "limited by users"},
        {"an enabled rule counts more than one that is switched off",
         {url_rule(), earlier({{"action", "BLOCK"}, {"state", "DISABLED"}})},
         blocked,
         "TI block"},
    };
    expect_facts(Policy::url_filtering, url_list(), facts);
}

TEST(Enforcement, a_group_is_judged_by_the_firewall_rules) {
    using enum EnforcementState;
    const auto none = Rule::array();
    const auto allow = [](const Rule& changes) {
        auto rule = firewall_rule({{"id", 2}, {"name", "Earlier"}, {"order", 1}, {"action", "ALLOW"}});
        if (changes.is_object()) rule.update(changes);
        return rule;
    };
    const auto default_rule =
        firewall_rule({{"id", 3}, {"name", "Default"}, {"order", -1}, {"defaultRule", true}, {"destIpGroups", none}});
    auto default_allow = default_rule;
    default_allow["action"] = "ALLOW";
    const std::vector<Fact> facts{
        {"a tenant without rules blocks nothing", {}, no_rule, "", "", "Add Firewall Filtering Rule"},
        {"a drop is enough", {firewall_rule()}, blocked, "TI block IPs"},
        {"a reset is enough", {firewall_rule({{"action", "BLOCK_RESET"}})}, blocked, "TI block IPs"},
        {"an ICMP answer is enough", {firewall_rule({{"action", "BLOCK_ICMP"}})}, blocked, "TI block IPs"},
        {"the action of the other policy is none here",
         {firewall_rule({{"action", "BLOCK"}})},
         no_rule,
         "",
         "TI block IPs"},
        {"another group does not count", {firewall_rule({{"destIpGroups", {{{"id", 5}}}}})}, no_rule},
        {"a rule about countries is not about the group",
         {firewall_rule({{"destIpGroups", none}, {"destCountries", {"COUNTRY_US"}}})},
         no_rule},
        {"a group and countries may be a part of the group",
         {firewall_rule({{"destCountries", {"COUNTRY_US"}}})},
         limited,
         "TI block IPs",
         "",
         "destCountries"},
        {"one service is a part", {firewall_rule({{"nwServices", k_some_users}})}, limited, "TI block IPs"},
        {"some sources are a part", {firewall_rule({{"srcIps", {"192.0.2.1"}}})}, limited, "TI block IPs"},
        {"a rule that is switched off blocks nothing",
         {firewall_rule({{"state", "DISABLED"}})},
         switched_off,
         "TI block IPs"},
        {"an earlier rule that allows wins",
         {firewall_rule(), allow({})},
         overridden,
         "TI block IPs",
         "Earlier",
         "Policy > Firewall Control"},
        {"an earlier rule that allows the web takes a part away",
         {firewall_rule(), allow({{"destIpGroups", none}, {"nwServices", k_some_users}})},
         limited,
         "TI block IPs",
         "Earlier"},
        {"an earlier rule for an application's own addresses does not matter",
         {firewall_rule(), allow({{"destIpGroups", none}, {"appServiceGroups", k_some_users}})},
         blocked,
         "TI block IPs"},
        {"the default rule is the last, whatever its order says",
         {default_allow, firewall_rule()},
         blocked,
         "TI block IPs"},
        {"a default rule that drops blocks what nobody allows", {default_rule}, blocked, "Default"},
        {"a default rule that drops is too late for what somebody allows",
         {default_rule, allow({})},
         overridden,
         "Default",
         "Earlier"},
    };
    expect_facts(Policy::firewall, ip_list(), facts);
    auto names = ip_list();
    names.kind = core::TargetKind::fqdn_group;
    expect_facts(Policy::firewall, names, facts);
}

TEST(Enforcement, the_denylist_needs_no_rule) {
    const auto judged = judge_enforcement({}, {"denylist", core::TargetKind::denylist, {}});
    EXPECT_EQ(judged.state, EnforcementState::by_itself);
    EXPECT_THAT(judged.sentence, HasSubstr("blocks by itself"));
}

TEST(Enforcement, of_several_objects_the_worst_counts) {
    auto list = ip_list();
    list.object_ids.emplace_back("10600002");
    const auto rules = in_order(read_policy_rules(Policy::firewall, Rule::array({firewall_rule()}).dump()).value());
    EXPECT_EQ(judge_enforcement(rules, list).state, EnforcementState::no_rule);
    const auto both = firewall_rule({{"destIpGroups", {{{"id", 10600002}}, {{"id", 10600001}}}}});
    const auto all = in_order(read_policy_rules(Policy::firewall, Rule::array({both}).dump()).value());
    EXPECT_EQ(judge_enforcement(all, list).state, EnforcementState::blocked);
}

TEST(Enforcement, entries_with_a_path_need_ssl_inspection) {
    auto list = url_list();
    list.path_entries = 1234;
    const auto rules = read_policy_rules(Policy::url_filtering, Rule::array({url_rule()}).dump()).value();
    EXPECT_THAT(judge_enforcement(rules, list).sentence, HasSubstr("1,234 of its entries are URLs with a path"));
    EXPECT_THAT(judge_enforcement(rules, list).sentence, HasSubstr("Policy > SSL Inspection"));
    list.path_entries = 0;
    EXPECT_THAT(judge_enforcement(rules, list).sentence, Not(HasSubstr("SSL")));
}

TEST(Enforcement, the_next_step_is_what_is_still_to_be_done) {
    auto list = url_list();
    EXPECT_THAT(judge_enforcement({}, list).sentence, HasSubstr("or set ensure_rule = block"));
    const auto off = [](const char* description) {
        const auto rule = url_rule({{"state", "DISABLED"}, {"description", description}});
        return read_policy_rules(Policy::url_filtering, Rule::array({rule}).dump()).value();
    };
    list.wish = core::RuleWish{"Cordon: L", 1, 7, false};
    EXPECT_THAT(judge_enforcement(off("managed by Cordon"), list).sentence, HasSubstr("set rule_state = enabled"));
    EXPECT_THAT(judge_enforcement(off("mine"), list).sentence, HasSubstr("enable it and activate (Policy > URL"));
    list.wish->is_enabled = true;
    EXPECT_THAT(judge_enforcement(off("managed by Cordon"), list).sentence,
                HasSubstr("a run that may write enables it"));
    EXPECT_THAT(judge_enforcement({}, list).sentence, HasSubstr("a run that may write makes one"));
    list.is_wish_refused = true;
    EXPECT_THAT(judge_enforcement(off("managed by Cordon"), list).sentence, HasSubstr("cannot enable it, as said"));
    EXPECT_THAT(judge_enforcement({}, list).sentence, HasSubstr("ensure_rule cannot make one, as said beside"));
    list.object_ids.clear();
    EXPECT_THAT(judge_enforcement({}, list).sentence, HasSubstr("does not exist yet"));
}

TEST(Enforcement, a_hostile_name_is_made_printable) {
    const auto rules =
        read_policy_rules(Policy::url_filtering, Rule::array({url_rule({{"name", "a\x1b[31m\nb"}})}).dump()).value();
    const auto judged = judge_enforcement(rules, url_list());
    EXPECT_EQ(judged.sentence.find('\x1b'), std::string::npos);
    EXPECT_EQ(judged.sentence.find('\n'), std::string::npos);
    EXPECT_EQ(judged.rule.find('\n'), std::string::npos);
}

TEST(Enforcement, an_answer_of_another_shape_is_corrupt) {
    for (const auto policy : {Policy::url_filtering, Policy::firewall}) {
        for (const char* body :
             {"", "{}", "null", "[1]", "[[]]", "<html>", "[{}", R"([{"name":7}])", R"([{"action":[]}])",
              R"([{"order":"1"}])", R"([{"order":1.5}])", R"([{"state":true}])", R"([{"id":{}}])",
              R"([{"urlCategories":"CUSTOM_07","destIpGroups":7}])", R"([{"urlCategories":[[]],"destIpGroups":[[]]}])",
              R"([{"urlCategories":[{"no":"id"}],"destIpGroups":[{"no":"id"}]}])", R"([{"defaultRule":"yes"}])"}) {
            const auto rules = read_policy_rules(policy, body);
            ASSERT_FALSE(rules) << body;
            EXPECT_EQ(rules.error().code, Code::corrupt);
        }
        EXPECT_TRUE(read_policy_rules(policy, "[]"));
        EXPECT_TRUE(read_policy_rules(policy, R"([{"name":null,"order":null,"urlCategories":null}])"));
    }
}

TEST(Enforcement, survives_its_json) {
    core::Enforcement enforcement{EnforcementState::limited, "a \"rule\"", "another", "one sentence", start()};
    EXPECT_EQ(core::enforcement_from_json(core::to_json(enforcement)), enforcement);
    for (const char* text : {"", "[]", "{}", R"({"state":"unheard_of","as_of":"2026-11-21T09:30:00Z"})",
                             R"({"state":"blocked","as_of":7})"}) {
        EXPECT_FALSE(core::enforcement_from_json(text)) << text;
    }
}

TEST(Enforcement, reads_each_policy_once_and_only_those_that_the_lists_need) {
    Rig rig;
    rig.zia.url_rules.push_back(url_rule());
    const std::vector<core::EnforcedList> urls{url_list(), url_list()};
    const auto stop = rig.stop.get_token();
    const auto judged = rig.gateway->enforcement(urls, stop);
    ASSERT_TRUE(judged);
    ASSERT_EQ(judged->size(), 2U);
    EXPECT_EQ(judged->front().state, EnforcementState::blocked);
    EXPECT_EQ(judged->front().as_of, rig.clock.now());
    EXPECT_EQ(rig.zia.count("GET /urlFilteringRules"), 1U);
    EXPECT_EQ(rig.zia.count("GET /firewallFilteringRules"), 0U);
    const std::vector<core::EnforcedList> addresses{ip_list(), {"denylist", core::TargetKind::denylist}};
    const auto more = rig.gateway->enforcement(addresses, stop);
    ASSERT_TRUE(more);
    EXPECT_EQ(more->front().state, EnforcementState::no_rule);
    EXPECT_EQ(more->back().state, EnforcementState::by_itself);
    EXPECT_EQ(rig.zia.count("GET /firewallFilteringRules"), 1U);
    EXPECT_EQ(rig.zia.count("GET /urlFilteringRules"), 1U);
}

TEST(Enforcement, firewall_rules_are_read_until_a_short_page) {
    Rig rig;
    auto page = Rule::array();
    for (int i = 0; i < 1000; ++i) page.push_back(firewall_rule({{"id", 10 + i}, {"destIpGroups", {{{"id", 5}}}}}));
    rig.zia.reply_once("GET /firewallFilteringRules?page=1&", {200, page.dump(), {}});
    rig.zia.reply_once("GET /firewallFilteringRules?page=2&", {200, Rule::array({firewall_rule()}).dump(), {}});
    const std::vector<core::EnforcedList> lists{ip_list()};
    const auto judged = rig.gateway->enforcement(lists, rig.stop.get_token());
    ASSERT_TRUE(judged);
    EXPECT_EQ(judged->front().state, EnforcementState::blocked) << "it stands on the second page";
    EXPECT_EQ(rig.zia.count("GET /firewallFilteringRules"), 2U);
}

TEST(Enforcement, a_server_that_knows_no_pages_is_not_asked_for_ever) {
    Rig rig;
    for (int i = 0; i < 1000; ++i) {
        rig.zia.firewall_rules.push_back(firewall_rule({{"id", 10 + i}, {"name", "r" + std::to_string(i)}}));
    }
    rig.zia.before_request = [&](const FakeZia::Seen& request) {
        if (!request.path.starts_with("/firewallFilteringRules?page=2")) return;
        rig.zia.reply_once("GET /firewallFilteringRules?page=2", {200, rig.zia.firewall_rules.dump(), {}});
    };
    const std::vector<core::EnforcedList> lists{ip_list()};
    ASSERT_TRUE(rig.gateway->enforcement(lists, rig.stop.get_token()));
    EXPECT_EQ(rig.zia.count("GET /firewallFilteringRules"), 2U);
}

TEST(Enforcement, a_damaged_answer_is_asked_for_again_once) {
    Rig rig;
    rig.zia.garble_once("GET /urlFilteringRules", "[{");
    const std::vector<core::EnforcedList> lists{url_list()};
    EXPECT_TRUE(rig.gateway->enforcement(lists, rig.stop.get_token()));
    Rig other;
    other.zia.garble_once("GET /urlFilteringRules", "[{");
    other.zia.garble_once("GET /urlFilteringRules", "[{");
    const auto judged = other.gateway->enforcement(lists, other.stop.get_token());
    ASSERT_FALSE(judged);
    EXPECT_EQ(judged.error().code, Code::corrupt);
}

TEST(Enforcement, without_permission_the_error_says_so) {
    Rig rig;
    rig.zia.reply_once(
        "GET /urlFilteringRules",
        {403, R"({"code":"RBA_LIMITED","message":"Functional scope restriction requires Policies"})", {}});
    const std::vector<core::EnforcedList> lists{url_list()};
    const auto judged = rig.gateway->enforcement(lists, rig.stop.get_token());
    ASSERT_FALSE(judged);
    EXPECT_EQ(judged.error().code, Code::refused);
    EXPECT_THAT(judged.error().message, HasSubstr("Role Management"));
}

}  // namespace
}  // namespace cordon::gateways::zia
