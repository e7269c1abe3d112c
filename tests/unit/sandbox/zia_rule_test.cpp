#include "tests/unit/sandbox/client.hpp"

namespace cordon::sandbox {
namespace {

class Rules : public ZiaTest {
protected:
    Rules() { sign_in(); }

    static Json url_rule(const std::string& name, const Json& categories, int order = 1) {
        return {{"name", name},
                {"order", order},
                {"rank", 7},
                {"action", "BLOCK"},
                {"state", "ENABLED"},
                {"urlCategories", categories},
                {"protocols", {"HTTPS_RULE", "HTTP_RULE"}}};
    }
    static Json firewall_rule(const std::string& name, std::int64_t group, int order = 1) {
        return {{"name", name},           {"order", order},     {"rank", 7},
                {"action", "BLOCK_DROP"}, {"state", "ENABLED"}, {"destIpGroups", Json::array({{{"id", group}}})}};
    }
    Json made(const std::string& path, const Json& rule) {
        const auto answer = send("POST", path, rule);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return Json::parse(answer.body);
    }
    Json listed(const std::string& path) { return Json::parse(send("GET", path).body); }
    std::int64_t make_group(const std::string& name, const Json& addresses, const std::string& type = "DSTN_IP") {
        return Json::parse(
                   send("POST", "/ipDestinationGroups", {{"name", name}, {"type", type}, {"addresses", addresses}})
                       .body)
            .value("id", 0);
    }
    static std::string path_of(const Json& rule) {
        return fmt::format("/urlFilteringRules/{}", rule["id"].get<std::int64_t>());
    }
    static std::vector<std::string> names_of(const Json& rules) {
        std::vector<std::string> names;
        for (const auto& rule : rules) names.push_back(rule["name"]);
        return names;
    }
};

TEST_F(Rules, of_url_filtering_get_what_is_left_out) {  // zia-api.md 7
    const auto rule = made("/urlFilteringRules", url_rule("TI block", {"ANY"}));
    EXPECT_EQ(rule["requestMethods"].size(), 17U);
    EXPECT_EQ(rule["urlCategories"], Json({"ANY"})) << "POST echoes it";
    EXPECT_FALSE(rule.contains("lastModifiedTime"));
    EXPECT_FALSE(rule.contains("accessControl"));
    const auto read = Json::parse(send("GET", path_of(rule)).body);
    EXPECT_FALSE(read.contains("urlCategories")) << "GET leaves ANY out";
    EXPECT_EQ(read["accessControl"], "READ_WRITE");
    EXPECT_TRUE(read["lastModifiedTime"].is_number());
    EXPECT_EQ(listed("/urlFilteringRules").size(), 1U);
    EXPECT_TRUE(clouds.violations().empty());
}

TEST_F(Rules, push_others_down_and_close_the_gap) {
    const auto first = made("/urlFilteringRules", url_rule("a", {"MUSIC"}));
    made("/urlFilteringRules", url_rule("b", {"MUSIC"}, 1));
    made("/urlFilteringRules", url_rule("c", {"MUSIC"}, 3));
    EXPECT_EQ(names_of(listed("/urlFilteringRules")), (std::vector<std::string>{"b", "a", "c"}));
    EXPECT_EQ(send("PUT", path_of(first), url_rule("a", {"MUSIC"}, 3)).status, 200);
    EXPECT_EQ(names_of(listed("/urlFilteringRules")), (std::vector<std::string>{"b", "c", "a"}));
    EXPECT_EQ(send("DELETE", path_of(first)).status, 204);
    EXPECT_EQ(listed("/urlFilteringRules")[1]["order"], 2);
    EXPECT_EQ(send("GET", path_of(first)).status, 404);
    EXPECT_EQ(send("POST", "/urlFilteringRules", url_rule("d", {"MUSIC"}, 4)).status, 400) << "a gap";
    EXPECT_EQ(send("POST", "/urlFilteringRules", url_rule("d", {"MUSIC"}, 0)).status, 400);
}

TEST_F(Rules, are_refused_as_documented) {
    made("/urlFilteringRules", url_rule("taken", {"MUSIC"}));
    const auto refused = [&](const std::string& key, const Json& value) {
        auto rule = url_rule("new", {"MUSIC"});
        rule[key] = value;
        const auto answer = send("POST", "/urlFilteringRules", rule);
        return fmt::format("{} {}", answer.status, Json::parse(answer.body).value("code", "no code"));
    };
    EXPECT_EQ(refused("name", "TAKEN"), "400 DUPLICATE_ITEM");
    EXPECT_EQ(refused("urlCategories", {"CUSTOM_77"}), "500 UNEXPECTED_ERROR");
    EXPECT_EQ(refused("action", "DROP"), "400 no code");
    EXPECT_EQ(refused("accessControl", "READ_WRITE"), "400 no code");
    EXPECT_EQ(refused("order", "1"), "400 no code");
    EXPECT_EQ(refused("rank", 8), "400 INVALID_INPUT_ARGUMENT");
    auto rule = url_rule("new", {"MUSIC"});
    rule.erase("rank");
    EXPECT_EQ(Json::parse(send("POST", "/urlFilteringRules", rule).body)["message"], "Rule must have a rank specified");
    EXPECT_TRUE(clouds.change_rule_by_hand(listed("/urlFilteringRules")[0]["id"], R"({"rank":3})"));
    EXPECT_EQ(Json::parse(send("POST", "/urlFilteringRules", url_rule("new", {"MUSIC"})).body)["message"],
              "Rule with rank 7 is not allowed at order 1");
}

TEST_F(Rules, that_were_read_too_long_ago_or_carry_what_is_only_read_are_refused) {
    const auto rule = made("/urlFilteringRules", url_rule("TI block", {"MUSIC"}));
    auto sent = url_rule("TI block", {"MUSIC"});
    sent["lastModifiedTime"] = clock.now().time_since_epoch().count() / 1'000 - 60;
    const auto stale = send("PUT", path_of(rule), sent);
    EXPECT_EQ(stale.status, 409);
    EXPECT_EQ(Json::parse(stale.body)["code"], "STALE_CONFIGURATION_ERROR");
    const auto read = Json::parse(send("GET", path_of(rule)).body);
    EXPECT_EQ(send("PUT", path_of(rule), read).body, R"({"message":"Request body is invalid."})");
    sent["lastModifiedTime"] = read["lastModifiedTime"];
    EXPECT_EQ(send("PUT", path_of(rule), sent).status, 200);
}

TEST_F(Rules, stage_and_keep_what_they_name_from_being_deleted) {
    const auto id = create("TI", {"evil.example"});
    const auto rule = made("/urlFilteringRules", url_rule("TI block", {id}));
    EXPECT_EQ(clouds.url_rules(Side::active), "[]");
    EXPECT_EQ(clouds.stopped_by("evil.example"), std::nullopt);
    send("POST", "/status/activate");
    EXPECT_EQ(clouds.stopped_by("https://evil.example/x"), "TI block");
    const auto refused = send("DELETE", "/urlCategories/" + id);
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(Json::parse(refused.body)["code"], "RESOURCE_IN_USE");
    send("DELETE", path_of(rule));
    EXPECT_EQ(send("DELETE", "/urlCategories/" + id).status, 204);
}

TEST_F(Rules, of_the_firewall_block_groups_above_the_default_rule) {
    const auto group = make_group("TI IPs", {"198.51.100.0/24"});
    const auto rule = made("/firewallFilteringRules", firewall_rule("TI block IPs", group));
    EXPECT_FALSE(rule.contains("lastModifiedTime"));
    const auto rules = listed("/firewallFilteringRules");
    EXPECT_EQ(rules[0]["order"], -1);
    EXPECT_EQ(rules[0]["defaultRule"], true);
    EXPECT_EQ(rules[1]["destIpGroups"][0]["name"], "TI IPs");
    EXPECT_EQ(listed("/firewallFilteringRules?page=2&pageSize=1").size(), 1U);
    EXPECT_EQ(listed("/firewallFilteringRules?ruleAction=ALLOW").size(), 1U);
    send("POST", "/status/activate");
    EXPECT_EQ(clouds.stopped_by("http://198.51.100.7/"), "TI block IPs");
    const auto refused = send("DELETE", fmt::format("/ipDestinationGroups/{}", group));
    EXPECT_EQ(Json::parse(refused.body)["message"],
              "GROUP is associated with 1 rule(s). Deletion of this group is not allowed.");
    const auto last_resort = fmt::format("/firewallFilteringRules/{}", rules[0]["id"].get<int>());
    EXPECT_EQ(send("DELETE", last_resort).status, 400);
    EXPECT_EQ(send("POST", "/firewallFilteringRules", firewall_rule("other", 1)).status, 500);
}

TEST_F(Rules, of_the_firewall_are_ten_without_the_advanced_one) {
    const auto group = make_group("TI IPs", {"198.51.100.7"});
    for (int i = 1; i <= 10; ++i) made("/firewallFilteringRules", firewall_rule(fmt::format("rule {}", i), group));
    const auto refused = send("POST", "/firewallFilteringRules", firewall_rule("eleven", group));
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(Json::parse(refused.body)["code"], "LIMIT_EXCEEDED");
    clouds.reconfigure([](Options& options) { options.has_advanced_firewall = true; });
    made("/firewallFilteringRules", firewall_rule("eleven", group));
}

TEST_F(Rules, may_be_forbidden_to_the_role) {
    clouds.reconfigure([](Options& options) { options.forbidden = {"* /firewall*", "POST /urlFilteringRules"}; });
    const auto refused = send("GET", "/firewallFilteringRules");
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(refused.body, R"({"code":"RBA_LIMITED","message":"Functional scope restriction requires Firewall"})");
    EXPECT_EQ(send("GET", "/urlFilteringRules").status, 200);
    EXPECT_EQ(send("POST", "/urlFilteringRules", url_rule("x", {"MUSIC"})).status, 403);
}

TEST_F(Rules, of_others_are_made_changed_and_deleted_by_hand) {
    const auto id =
        clouds.create_url_rule_by_hand(R"({"name":"Let music through","action":"ALLOW","urlCategories":["MUSIC"]})");
    ASSERT_TRUE(id);
    EXPECT_EQ(Json::parse(clouds.url_rules(Side::active))[0]["order"], 1);
    EXPECT_TRUE(clouds.change_rule_by_hand(*id, R"({"state":"DISABLED"})", Sandbox::Publish::later));
    EXPECT_EQ(Json::parse(clouds.url_rules(Side::active))[0]["state"], "ENABLED");
    EXPECT_EQ(clouds.pending_admins(), std::set<std::string>{"admin@portal.example"});
    clouds.publish_by_hand();
    EXPECT_EQ(Json::parse(clouds.url_rules(Side::active))[0]["state"], "DISABLED");
    EXPECT_TRUE(clouds.delete_rule_by_hand(*id));
    EXPECT_FALSE(clouds.delete_rule_by_hand(*id));
    EXPECT_FALSE(clouds.change_rule_by_hand(*id, "{}"));
    EXPECT_FALSE(clouds.create_firewall_rule_by_hand(R"({"name":"no action"})"));
    EXPECT_TRUE(clouds.create_firewall_rule_by_hand(R"({"name":"IPs","action":"BLOCK_DROP",
        "destAddresses":["203.0.113.9"],"order":1})"));
    EXPECT_EQ(clouds.stopped_by("203.0.113.9"), "IPs");
}

TEST_F(Rules, that_come_first_or_hold_for_some_do_not_block) {
    const auto id = create("TI", {"evil.example"});
    const auto rule = [&](const std::string& name, const std::string& rest) {
        return fmt::format(R"({{"name":"{}","urlCategories":["{}"],"order":1,{}}})", name, id, rest);
    };
    ASSERT_TRUE(clouds.create_url_rule_by_hand(rule("block", R"("action":"BLOCK")")));
    ASSERT_TRUE(clouds.create_url_rule_by_hand(rule("few", R"("action":"ALLOW","users":[{"id":7}])")));
    send("POST", "/status/activate");
    EXPECT_EQ(clouds.stopped_by("evil.example"), "block");
    ASSERT_TRUE(clouds.create_url_rule_by_hand(rule("allow", R"("action":"ALLOW")")));
    EXPECT_EQ(clouds.stopped_by("evil.example"), std::nullopt);
}

using SharedLists = Rules;

TEST_F(SharedLists, the_denylist_has_two_names_and_echoes_what_was_sent) {  // zia-api.md 8.1
    const auto put = [&](const std::string& query, const Json& urls) {
        return send("PUT", "/cyberThreatProtection/maliciousUrls" + query, {{"maliciousUrls", urls}});
    };
    clouds.edit_by_hand("denylist", {"others.example"}, {});
    EXPECT_EQ(put("?action=ADD_TO_LIST", {"evil.example"}).body, R"({"maliciousUrls":["evil.example"]})");
    EXPECT_EQ(Json::parse(send("GET", "/security/advanced").body)["blacklistUrls"].size(), 2U);
    EXPECT_EQ(
        send("POST", "/security/advanced/blacklistUrls?action=REMOVE_FROM_LIST", {{"blacklistUrls", {"evil.example"}}})
            .body,
        R"({"blacklistUrls":["evil.example"]})");
    EXPECT_EQ(send("GET", "/cyberThreatProtection/maliciousUrls").body, R"({"maliciousUrls":["others.example"]})");
    EXPECT_TRUE(clouds.violations().empty());
    EXPECT_EQ(put("", {"evil.example"}).status, 200);
    EXPECT_EQ(clouds.denylist(Side::saved), std::set<std::string>{"evil.example"});
    EXPECT_EQ(clouds.violations().size(), 1U) << "it took others' entry away";
    send("POST", "/status/activate");
    EXPECT_EQ(clouds.stopped_by("evil.example/x"), "denylist");
    EXPECT_EQ(put("?action=ADD_TO_LIST", {"nodots"}).body,
              R"({"code":"INVALID_INPUT_ARGUMENT","message":"Invalid urls [nodots]"})");
}

TEST_F(SharedLists, the_denylist_shares_the_quota) {
    create("TI", {"a.example", "b.example"});
    clouds.set_quota(clouds.unique_urls() + 1);
    const auto add = [&](const Json& urls) {
        return send("POST", "/security/advanced/blacklistUrls?action=ADD_TO_LIST", {{"blacklistUrls", urls}});
    };
    EXPECT_EQ(add({"a.example", "c.example"}).status, 200) << "what is there already costs nothing";
    const auto refused = add({"d.example"});
    EXPECT_EQ(refused.status, 400);
    EXPECT_NE(refused.body.find("An organization can have a maximum of"), std::string::npos);
}

TEST_F(SharedLists, the_allowlist_and_exempted_urls_are_served) {
    EXPECT_EQ(send("GET", "/security").body, "{}");
    EXPECT_EQ(send("PUT", "/cyberThreatProtection/securityExceptions", {{"bypassUrls", {"good.example"}}}).status, 200);
    EXPECT_EQ(send("GET", "/security").body, R"({"whitelistUrls":["good.example"]})");
    EXPECT_EQ(send("POST", "/authSettings/exemptedUrls?action=ADD_TO_LIST", {{"urls", {"x.example"}}}).status, 200);
    EXPECT_EQ(send("POST", "/authSettings/exemptedUrls?action=REMOVE_FROM_LIST", {{"urls", Json::array()}}).status,
              200);
    EXPECT_EQ(send("GET", "/authSettings/exemptedUrls").body, R"({"urls":["x.example"]})");
}

TEST_F(SharedLists, groups_of_names_have_their_own_syntax_and_limits) {  // zia-api.md 6.2, 6.3
    const auto status = [&](const std::string& type, const Json& addresses) {
        return send("POST", "/ipDestinationGroups", {{"name", "names"}, {"type", type}, {"addresses", addresses}})
            .status;
    };
    EXPECT_EQ(status("DSTN_FQDN", {"*.evil.example"}), 400);
    EXPECT_EQ(status("DSTN_FQDN", {"198.51.100.7"}), 400);
    EXPECT_EQ(status("DSTN_DOMAIN", {"a.*.evil.example"}), 400);
    EXPECT_EQ(status("DSTN_DOMAIN", {"*.*.evil.example"}), 400);
    EXPECT_EQ(status("DSTN_DOMAIN", {".evil.example"}), 400);
    EXPECT_EQ(status("DSTN_DOMAIN", {"*.evil.example", "other.example"}), 200);
    Json many = Json::array();
    for (int i = 0; i < 101; ++i) many.push_back(fmt::format("host-{}.example", i));
    const auto grow = [&](const Json& addresses) {
        return send("POST", "/ipDestinationGroups",
                    {{"name", fmt::format("more {}", addresses.size())},
                     {"type", "DSTN_FQDN"},
                     {"addresses", addresses}})
            .status;
    };
    EXPECT_EQ(grow(many), 400);
    clouds.reconfigure([](Options& options) { options.has_advanced_firewall = true; });
    EXPECT_EQ(grow(many), 200);
    for (int i = 101; i < 8'000; ++i) many.push_back(fmt::format("host-{}.example", i));
    EXPECT_EQ(grow(many), 200);
    many.erase(0);
    EXPECT_EQ(grow(many), 403) << "16,000 in all";
    EXPECT_EQ(listed("/ipDestinationGroups/ipv6DestinationGroups").size(), 1U);
}

TEST_F(SharedLists, names_of_groups_are_blocked_with_what_the_star_stands_for) {
    const auto group = make_group("names", {"*.evil.example", "other.example"}, "DSTN_DOMAIN");
    made("/firewallFilteringRules", firewall_rule("Names", group));
    send("POST", "/status/activate");
    for (const char* url : {"a.b.evil.example", "evil.example", "https://OTHER.example/x"}) {
        EXPECT_EQ(clouds.stopped_by(url), "Names") << url;
    }
    EXPECT_EQ(clouds.stopped_by("www.other.example"), std::nullopt);
}

TEST_F(SharedLists, several_admins_hold_an_activation_back_until_all_have_activated) {
    create("TI", {"a.example"});
    clouds.stage_by_hand("eve@portal.example");
    clouds.stage_by_hand("bob@portal.example");
    send("POST", "/status/activate");
    EXPECT_EQ(clouds.pending_admins(), (std::set<std::string>{"bob@portal.example", "eve@portal.example"}));
    EXPECT_TRUE(clouds.active_category("TI").empty());
    clouds.publish_by_hand();
    EXPECT_TRUE(clouds.pending_admins().empty());
    EXPECT_EQ(clouds.active_category("TI").size(), 1U);
}

TEST_F(SharedLists, control_pages_show_and_change_rules) {
    const auto post = [&](const std::string& action, const Json& body) {
        return Json::parse(clouds.answer(request_to("POST", "/_sandbox/" + action, body.dump())).body);
    };
    const auto get = [&](const std::string& page) {
        return Json::parse(clouds.answer(request_to("GET", "/_sandbox/" + page)).body);
    };
    const auto made_rule = post("rule", {{"rule", url_rule("Hand", {"MUSIC"})}, {"publish", false}});
    EXPECT_TRUE(made_rule["id"].is_number());
    EXPECT_EQ(get("state")["pending_admins"], Json({"admin@portal.example"}));
    EXPECT_EQ(get("rules")["url"].size(), 1U);
    EXPECT_EQ(get("rules?side=active")["url"].size(), 0U);
    EXPECT_EQ(post("rule", {{"id", made_rule["id"]}, {"change", {{"state", "DISABLED"}}}})["done"], true);
    EXPECT_EQ(post("rule", {{"id", made_rule["id"]}, {"delete", true}})["done"], true);
    EXPECT_TRUE(post("rule", {{"rule", {{"name", "x"}}}}).contains("error"));
    post("edit", {{"list", "denylist"}, {"add", {"evil.example"}}});
    EXPECT_EQ(get("denylist")["active"], Json({"evil.example"}));
    EXPECT_EQ(get("blocked?url=evil.example")["rule"], "denylist");
    post("stage", {{"admin", "eve@portal.example"}});
    EXPECT_EQ(get("state")["status"], "PENDING");
    post("publish", Json::object());
    post("tenant", {{"forbidden", {"* /firewall*"}}, {"advanced_firewall", true}, {"token_life_s", 60}});
    EXPECT_EQ(send("GET", "/firewallFilteringRules").status, 403);
    EXPECT_EQ(sign_in_to_oneapi().status, 200);
    post("tenant", {{"revoke_tokens", true}});
    EXPECT_EQ(send("GET", "/status").status, 401);
}

}  // namespace
}  // namespace cordon::sandbox
