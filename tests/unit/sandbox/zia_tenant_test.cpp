#include "tests/unit/sandbox/client.hpp"

namespace cordon::sandbox {
namespace {

using Tenant = ZiaTest;

std::string status_of(const net::ServerResponse& answer) {
    return Json::parse(answer.body)["status"];
}

TEST_F(Tenant, signs_in_with_cookie_and_auth_type) {
    const auto answer = sign_in();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body,
              R"({"authType":"ADMIN_LOGIN","obfuscateApiKey":true,"passwordExpiryTime":-1,"passwordExpiryDays":-1})");
    EXPECT_THAT(header_of(answer, "Set-Cookie"),
                testing::MatchesRegex("JSESSIONID=[0-9A-F]{32}; Path=/; Secure; HttpOnly"));
    EXPECT_EQ(header_of(answer, "x-zscaler-mode"), "read-write");
    EXPECT_EQ(header_of(answer, "Content-Disposition"), "attachment; filename=\"api.json\"");
}

TEST_F(Tenant, refuses_wrong_credentials_and_clocks_as_documented) {
    Credentials wrong;
    wrong.password = "other";
    EXPECT_EQ(Json::parse(sign_in(wrong).body)["code"], "INVALID_USERNAME_OR_PASSWORD");
    wrong = {};
    wrong.api_key = "otherOther12";
    clock.advance(2s);
    EXPECT_EQ(Json::parse(sign_in(wrong).body)["code"], "AUTHENTICATION_FAILED");
    const auto early = std::to_string((clock.now() - 121min).time_since_epoch().count());
    const Json body = {{"apiKey", zia::obfuscate(Credentials{}.api_key, early)},
                       {"username", Credentials{}.username},
                       {"password", Credentials{}.password},
                       {"timestamp", early}};
    const auto answer = send("POST", "/authenticatedSession", body);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(Json::parse(answer.body)["code"], "AUTHENTICATION_FAILED");
    EXPECT_EQ(send("POST", "/authenticatedSession", Json::array()).body, R"({"message":"Request body is invalid."})");
    EXPECT_EQ(clouds.open_sessions(), 0U);
}

TEST_F(Tenant, takes_the_timestamp_as_a_number_too) {
    const auto now = clock.now().time_since_epoch().count();
    const auto answer = send("POST", "/authenticatedSession",
                             {{"apiKey", zia::obfuscate(Credentials{}.api_key, std::to_string(now))},
                              {"username", Credentials{}.username},
                              {"password", Credentials{}.password},
                              {"timestamp", now}});
    EXPECT_EQ(answer.status, 200) << answer.body;
}

TEST_F(Tenant, has_the_odd_sign_ins_on_request) {
    clouds.set_quirks({Quirk::sign_in_without_session});
    const auto hollow = sign_in();
    EXPECT_EQ(hollow.status, 200);
    EXPECT_FALSE(Json::parse(hollow.body).contains("authType"));
    EXPECT_EQ(header_of(hollow, "Set-Cookie"), "");
    clouds.set_quirks({Quirk::only_oneapi});
    clock.advance(2s);
    const auto migrated = sign_in();
    EXPECT_EQ(migrated.status, 401);
    EXPECT_NE(migrated.body.find("only through Zscaler OneAPI"), std::string::npos);
    clouds.set_quirks({Quirk::no_password_expiry});
    clock.advance(2s);
    EXPECT_EQ(sign_in().body, R"({"authType":"ADMIN_LOGIN","obfuscateApiKey":true})");
}

TEST_F(Tenant, answers_401_without_session_and_after_idling) {
    EXPECT_EQ(Json::parse(send("GET", "/urlCategories").body)["code"], "SESSION_NOT_VALID");
    EXPECT_FALSE(Json::parse(send("GET", "/authenticatedSession").body).contains("authType"));
    sign_in();
    clock.advance(290s);
    EXPECT_EQ(send("GET", "/status").status, 200) << "use keeps the session";
    clock.advance(290s);
    EXPECT_EQ(send("GET", "/status").status, 200);
    clock.advance(300s);
    EXPECT_EQ(send("GET", "/status").status, 401);
}

TEST_F(Tenant, keeps_saved_and_active_apart_until_activation) {
    sign_in();
    EXPECT_EQ(status_of(send("GET", "/status")), "ACTIVE");
    create("TI", {"evil.example"});
    EXPECT_EQ(status_of(send("GET", "/status")), "PENDING");
    EXPECT_TRUE(clouds.active_category("TI").empty());
    EXPECT_TRUE(clouds.blocked_by("evil.example").empty());
    EXPECT_EQ(status_of(send("POST", "/status/activate")), "ACTIVE");
    EXPECT_EQ(clouds.active_category("TI"), std::set<std::string>{"evil.example"});
    ASSERT_EQ(clouds.blocked_by("https://evil.example/x").size(), 1U);
    EXPECT_EQ(clouds.blocked_by("https://evil.example/x")[0].list, "TI");
}

TEST_F(Tenant, a_write_that_changes_nothing_leaves_nothing_pending) {
    sign_in();
    const auto id = create("TI", {"evil.example"});
    send("POST", "/status/activate");
    EXPECT_EQ(change(id, "ADD_TO_LIST", "TI", {"evil.example"}).status, 200);
    EXPECT_FALSE(clouds.has_pending());
}

TEST_F(Tenant, signing_out_and_idling_activate_by_themselves) {
    sign_in();
    const auto id = create("TI", {"a.example"});
    EXPECT_EQ(status_of(send("DELETE", "/authenticatedSession")), "ACTIVE");
    EXPECT_EQ(clouds.active_category("TI").size(), 1U);
    clock.advance(2s);
    sign_in();
    change(id, "ADD_TO_LIST", "TI", {"b.example"});
    EXPECT_EQ(clouds.active_category("TI").size(), 1U);
    clock.advance(5min);
    EXPECT_EQ(clouds.active_category("TI").size(), 2U);
}

TEST_F(Tenant, another_admins_unfinished_changes_hold_an_activation_back) {
    sign_in();
    create("TI", {"a.example"});
    ASSERT_TRUE(clouds.edit_by_hand("Finance Allowed Sites", {"new.example"}, {}, Sandbox::Publish::later));
    EXPECT_EQ(status_of(send("POST", "/status/activate")), "PENDING");
    EXPECT_TRUE(clouds.active_category("TI").empty());
    clouds.publish_by_hand();
    EXPECT_EQ(clouds.active_category("TI").size(), 1U);
    EXPECT_TRUE(clouds.active_category("Finance Allowed Sites").contains("new.example"));
}

TEST_F(Tenant, lists_are_edited_created_and_deleted_by_hand) {
    clouds.create_category_by_hand("Old Feed", {}, {"a.example", "b.example"});
    clouds.create_group_by_hand("Old IPs", {"198.51.100.7"});
    EXPECT_TRUE(clouds.edit_by_hand("Old Feed", {"c.example"}, {"a.example"}));
    EXPECT_EQ(clouds.list("Old Feed", Side::active)->retaining_parent,
              (std::set<std::string>{"b.example", "c.example"}));
    EXPECT_TRUE(clouds.edit_by_hand("Old IPs", {"198.51.100.8"}, {}));
    EXPECT_EQ(clouds.active_group("Old IPs").size(), 2U);
    EXPECT_TRUE(clouds.delete_by_hand("Old Feed"));
    EXPECT_FALSE(clouds.list("Old Feed", Side::active));
    EXPECT_FALSE(clouds.edit_by_hand("Old Feed", {}, {}));
    EXPECT_FALSE(clouds.has_pending());
}

TEST_F(Tenant, a_rate_that_is_broken_gives_the_recorded_429_and_is_a_violation) {
    sign_in();
    EXPECT_EQ(send_at_once("GET", "/status").status, 200);
    EXPECT_EQ(send_at_once("GET", "/status").status, 200);
    const auto third = send_at_once("GET", "/status");
    EXPECT_EQ(third.status, 429);
    EXPECT_EQ(third.body, R"({"message":"Rate Limit (2/SECOND) exceeded","Retry-After":"1 seconds"})");
    EXPECT_EQ(header_of(third, "Retry-After"), "1");
    ASSERT_EQ(clouds.violations().size(), 1U);
    EXPECT_NE(clouds.violations()[0].find("GET /status: more than 2 requests in a second"), std::string::npos);
    clock.advance(1s);
    EXPECT_EQ(send_at_once("GET", "/status").status, 200);
}

TEST_F(Tenant, activation_has_windows_of_a_minute_and_an_hour) {
    sign_in();
    for (int i = 0; i < 40; ++i) {
        clock.advance(7s);
        ASSERT_EQ(send_at_once("POST", "/status/activate").status, 200) << i;
    }
    clock.advance(7s);
    const auto refused = send_at_once("POST", "/status/activate");
    EXPECT_EQ(refused.status, 429);
    EXPECT_NE(refused.body.find("Rate Limit (40/HOUR) exceeded"), std::string::npos);
    EXPECT_GT(std::stoi(header_of(refused, "Retry-After")), 3000);
}

TEST_F(Tenant, retry_after_has_its_other_spellings_on_request) {
    sign_in();
    clouds.set_quirks({Quirk::retry_after_in_words, Quirk::retry_after_zero});
    send_at_once("POST", "/ipDestinationGroups", {{"name", "x"}});
    const auto refused = send_at_once("POST", "/ipDestinationGroups", {{"name", "x"}});
    EXPECT_EQ(header_of(refused, "Retry-After"), "0 seconds");
}

TEST_F(Tenant, the_edit_lock_answers_with_the_recorded_body_and_applies_nothing) {
    sign_in();
    const auto id = create("TI", {"a.example"});
    Fault lock;
    lock.kind = Fault::Kind::edit_lock;
    lock.method = "PUT";
    clouds.inject(lock);
    const auto locked = change(id, "ADD_TO_LIST", "TI", {"b.example"});
    EXPECT_EQ(locked.status, 409);
    EXPECT_EQ(locked.body, R"({"code":"EDIT_LOCK_NOT_AVAILABLE"})");
    EXPECT_EQ(clouds.saved_category("TI").size(), 1U);
    EXPECT_EQ(change(id, "ADD_TO_LIST", "TI", {"b.example"}).status, 200);
    EXPECT_TRUE(clouds.violations().empty());
}

TEST_F(Tenant, a_reset_after_a_write_has_applied_it_and_one_before_has_not) {
    sign_in();
    const auto id = create("TI", {"a.example"});
    Fault reset;
    reset.kind = Fault::Kind::reset_after;
    reset.method = "PUT";
    clouds.inject(reset);
    EXPECT_EQ(change(id, "ADD_TO_LIST", "TI", {"b.example"}).cut_after, 0U);
    EXPECT_EQ(clouds.saved_category("TI").size(), 2U);
    reset.kind = Fault::Kind::reset_before;
    clouds.inject(reset);
    EXPECT_EQ(change(id, "ADD_TO_LIST", "TI", {"c.example"}).cut_after, 0U);
    EXPECT_EQ(clouds.saved_category("TI").size(), 2U);
}

TEST_F(Tenant, answers_are_spoiled_in_every_way_that_is_asked_for) {
    sign_in();
    const auto hit_by = [&](Fault::Kind kind) {
        Fault fault;
        fault.kind = kind;
        fault.path = "/api/v1/status";
        fault.delay = 40s;
        fault.status = 503;
        fault.body = R"({"message":"unavailable"})";
        clouds.inject(fault);
        return send("GET", "/status");
    };
    EXPECT_EQ(hit_by(Fault::Kind::answer).status, 503);
    EXPECT_EQ(hit_by(Fault::Kind::torn_body).cut_after, std::string(R"({"status":"ACTIVE"})").size() / 2);
    EXPECT_EQ(hit_by(Fault::Kind::not_json).body.substr(0, 6), "<html>");
    EXPECT_EQ(hit_by(Fault::Kind::too_large).status, 413);
    EXPECT_EQ(hit_by(Fault::Kind::read_only).status, 403);
    EXPECT_EQ(header_of(hit_by(Fault::Kind::content_encoding), "Content-Encoding"), "gzip");
    const auto before = clock.now();
    EXPECT_EQ(hit_by(Fault::Kind::slow).status, 200);
    EXPECT_GE(clock.now() - before, 40s) << "on the sandbox's clock";
    EXPECT_EQ(hit_by(Fault::Kind::session_lost).status, 401);
    EXPECT_EQ(clouds.open_sessions(), 0U);
    EXPECT_EQ(clouds.journal().back().fault, "session_lost");
}

TEST_F(Tenant, in_maintenance_reads_pass_and_writes_do_not) {
    sign_in();
    const auto id = create("TI", {"a.example"});
    clouds.set_maintenance(Sandbox::Maintenance::on);
    const auto refused = change(id, "ADD_TO_LIST", "TI", {"b.example"});
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(Json::parse(refused.body)["code"], "STATE_READONLY");
    EXPECT_EQ(header_of(refused, "x-zscaler-mode"), "read-only");
    EXPECT_EQ(send("GET", "/urlCategories/" + id).status, 200);
    clouds.set_maintenance(Sandbox::Maintenance::off);
    EXPECT_EQ(change(id, "ADD_TO_LIST", "TI", {"b.example"}).status, 200);
}

TEST_F(Tenant, the_transport_answers_as_recorded) {
    sign_in();
    const auto unknown = send("GET", "/nothing/here");
    EXPECT_EQ(unknown.status, 404);
    EXPECT_EQ(unknown.body, "");
    EXPECT_EQ(send("DELETE", "/status").status, 405);
    clock.advance(2s);
    auto form = request_to("POST", "/api/v1/urlCategories", "a=b");
    form.headers = {{"cookie", cookie}, {"content-type", "application/x-www-form-urlencoded"}};
    const auto unsupported = clouds.answer(form);
    EXPECT_EQ(unsupported.status, 415);
    EXPECT_EQ(unsupported.body, "");
}

TEST_F(Tenant, an_activation_may_take_its_time) {
    Options options;
    options.activation_takes = 30s;
    Sandbox slow(options, clock);
    slow.create_category_by_hand("TI", {"a.example"}, {});
    EXPECT_EQ(slow.status(), "INPROGRESS");
    EXPECT_TRUE(slow.active_category("TI").empty());
    clock.advance(30s);
    EXPECT_EQ(slow.status(), "ACTIVE");
    EXPECT_EQ(slow.active_category("TI").size(), 1U);
}

TEST_F(Tenant, counts_calls_and_writes_by_endpoint) {
    sign_in();
    const auto id = create("TI", {"a.example"});
    change(id, "ADD_TO_LIST", "TI", {"b.example"});
    send("POST", "/status/activate");
    send("DELETE", "/authenticatedSession");
    EXPECT_EQ(clouds.zia_calls(), 5U);
    EXPECT_EQ(clouds.zia_writes(), 2U);
    EXPECT_EQ(clouds.counts().at("PUT /api/v1/urlCategories/{id}"), 1U);
    EXPECT_EQ(clouds.journal()[2].target, "/api/v1/urlCategories/" + id + "?action=ADD_TO_LIST");
    clouds.forget_requests();
    EXPECT_EQ(clouds.zia_calls(), 0U);
}

class Groups : public ZiaTest {
protected:
    Groups() { sign_in(); }
    Json make(const Json& addresses) {
        const auto made =
            send("POST", "/ipDestinationGroups",
                 {{"name", "ti-ip-001"}, {"type", "DSTN_IP"}, {"addresses", addresses}, {"description", "ti"}});
        EXPECT_EQ(made.status, 200) << made.body;
        return Json::parse(made.body);
    }
};

TEST_F(Groups, have_the_three_recorded_shapes) {  // zia-api.md 6.2
    const auto keys_of = [](const Json& json) {
        std::set<std::string> keys;
        for (const auto& [key, value] : json.items()) keys.insert(key);
        return keys;
    };
    const auto made = make({"198.51.100.0/24", "203.0.113.9"});
    std::set<std::string> keys{"id", "name", "type", "addresses", "description", "ipCategories", "countries"};
    EXPECT_EQ(keys_of(made), keys);
    const auto path = fmt::format("/ipDestinationGroups/{}", made["id"].get<int>());
    const auto put = Json::parse(
        send("PUT", path,
             {{"name", "ti-ip-001"}, {"type", "DSTN_IP"}, {"description", "ti"}, {"addresses", {"203.0.113.9"}}})
            .body);
    keys.insert("creatorContext");
    EXPECT_EQ(keys_of(put), keys);
    const auto read = Json::parse(send("GET", path).body);
    keys.insert({"urlCategories", "ipAddresses"});
    EXPECT_EQ(keys_of(read), keys);
    EXPECT_EQ(read["ipAddresses"], read["addresses"]);
}

TEST_F(Groups, are_replaced_by_a_put_and_appended_to_without_override) {
    const auto path = fmt::format("/ipDestinationGroups/{}", make({"198.51.100.1", "198.51.100.2"})["id"].get<int>());
    const auto put = [&](const std::string& query, const Json& addresses) {
        return send("PUT", path + query,
                    {{"name", "ti-ip-001"}, {"type", "DSTN_IP"}, {"description", "ti"}, {"addresses", addresses}})
            .status;
    };
    EXPECT_EQ(put("?override=false", {"198.51.100.3"}), 200);
    EXPECT_EQ(clouds.saved_group("ti-ip-001").size(), 3U);
    EXPECT_EQ(put("", {"198.51.100.9"}), 200);
    EXPECT_EQ(clouds.saved_group("ti-ip-001"), std::set<std::string>{"198.51.100.9"});
    EXPECT_EQ(put("", Json::array()), 400) << "never empty";
    EXPECT_EQ(put("", {"2001:db8::1"}), 400) << "IPv4 only";
    EXPECT_TRUE(clouds.active_group("ti-ip-001").empty());
    send("POST", "/status/activate");
    EXPECT_EQ(clouds.blocked_by("http://198.51.100.9:8080/").size(), 1U);
}

TEST_F(Groups, hold_8000_addresses_and_the_organisation_16000) {
    Json addresses = Json::array();
    for (int i = 0; i < 8'001; ++i) addresses.push_back(fmt::format("198.18.{}.{}", i / 256, i % 256));
    const auto make_with = [&](const std::string& name) {
        return send("POST", "/ipDestinationGroups", {{"name", name}, {"type", "DSTN_IP"}, {"addresses", addresses}});
    };
    EXPECT_EQ(make_with("one").status, 400);
    addresses.erase(addresses.size() - 1);
    EXPECT_EQ(make_with("one").status, 200);
    EXPECT_EQ(make_with("one").status, 400) << "the name is taken";
    const auto beyond = make_with("two");
    EXPECT_EQ(beyond.status, 403) << "another team holds two";
    EXPECT_EQ(Json::parse(beyond.body)["code"], "LIMIT_EXCEEDED");
}

TEST_F(Groups, are_deleted_with_204_and_then_unknown) {
    const auto path = fmt::format("/ipDestinationGroups/{}", make({"198.51.100.1"})["id"].get<int>());
    EXPECT_EQ(send("DELETE", path).status, 204);
    EXPECT_EQ(send("GET", path).status, 404);
}

}  // namespace
}  // namespace cordon::sandbox
