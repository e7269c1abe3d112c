#include <thread>

#include "net/http.hpp"
#include "tests/unit/sandbox/client.hpp"

namespace cordon::sandbox {
namespace {

net::ServerResponse call(Sandbox& clouds, const std::string& method, const std::string& page,
                         const std::string& body = {}) {
    return clouds.answer(request_to(method, "/_sandbox/" + page, body));
}

TEST(Control, shows_the_state_and_takes_rehearsals) {
    ManualClock clock{test_start()};
    Sandbox clouds({}, clock);
    EXPECT_EQ(call(clouds, "POST", "tick", R"({"ticks":3})").status, 200);
    EXPECT_EQ(call(clouds, "POST", "quota", R"({"urls":75000})").status, 200);
    EXPECT_EQ(call(clouds, "POST", "edit", R"({"list":"Finance Allowed Sites","add":["evil.example"]})").status, 200);
    EXPECT_EQ(call(clouds, "POST", "edit", R"({"list":"None"})").status, 404);
    const auto state = Json::parse(call(clouds, "GET", "state").body);
    EXPECT_EQ(state["tick"], 3);
    EXPECT_EQ(state["url_quota"], 75000);
    EXPECT_EQ(state["status"], "ACTIVE");
    EXPECT_EQ(state["lists"][0]["name"], "Finance Allowed Sites");
    EXPECT_EQ(state["lists"][0]["active"], 4);
    EXPECT_EQ(Json::parse(call(clouds, "GET", "active").body)["branch-offices"].size(), 2U);
    const auto blocked = Json::parse(call(clouds, "GET", "blocked?url=http%3A%2F%2Fevil.example%2Fx").body);
    EXPECT_EQ(blocked["blocked"], true);
    EXPECT_EQ(blocked["by"][0]["entry"], "evil.example");
    EXPECT_EQ(Json::parse(call(clouds, "GET", "blocked?url=good.example").body)["blocked"], false);
}

TEST(Control, injects_faults_and_replaces_feeds) {
    ManualClock clock{test_start()};
    Sandbox clouds({}, clock);
    EXPECT_EQ(
        call(clouds, "POST", "fault", R"({"kind":"answer","path":"/v2/*","status":503,"headers":{"Retry-After":"3"}})")
            .status,
        200);
    EXPECT_EQ(call(clouds, "POST", "feed", R"({"path":"/home/a.csv","content":"evil.example\n"})").status, 200);
    auto request = request_to("GET", "/v2/fusion/files?path=/home/a.csv");
    request.headers.emplace_back("x-rftoken", Credentials{}.rf_token);
    const auto refused = clouds.answer(request);
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(header_of(refused, "Retry-After"), "3");
    EXPECT_EQ(clouds.answer(request).body, "evil.example\n");
    EXPECT_EQ(Json::parse(call(clouds, "GET", "journal").body).size(), 2U);
    EXPECT_EQ(Json::parse(call(clouds, "GET", "counts").body)["GET /v2/fusion/files"], 2);
}

TEST(Control, says_what_is_wrong_with_a_request) {
    ManualClock clock{test_start()};
    Sandbox clouds({}, clock);
    EXPECT_EQ(call(clouds, "GET", "none").status, 404);
    EXPECT_EQ(call(clouds, "POST", "none").status, 404);
    EXPECT_EQ(call(clouds, "PUT", "tick").status, 405);
    EXPECT_EQ(call(clouds, "POST", "fault", R"({"kind":"flood"})").status, 400);
    EXPECT_EQ(call(clouds, "POST", "fault", "{").status, 400);
    EXPECT_EQ(call(clouds, "POST", "quota", R"({"urls":"many"})").status, 400);
    EXPECT_EQ(call(clouds, "POST", "quirks", R"(["none"])").status, 400);
    EXPECT_EQ(call(clouds, "POST", "quirks", R"(["sign_out_204"])").status, 200);
    EXPECT_TRUE(clouds.options().quirks.contains(Quirk::sign_out_204));
}

TEST(Control, refuses_a_key_that_an_action_does_not_have) {
    ManualClock clock{test_start()};
    Sandbox clouds({}, clock);
    const auto said = [&](const char* action, const char* body) {
        const auto answer = call(clouds, "POST", action, body);
        return std::to_string(answer.status) + " " + Json::parse(answer.body).value("error", "");
    };
    EXPECT_EQ(said("quota", R"({"urls":5,"url":6})"), "400 'quota' has no key \"url\"; it takes urls");
    EXPECT_EQ(said("edit", R"({"list":"Finance Allowed Sites","added":["evil.example"]})"),
              "400 'edit' has no key \"added\"; it takes list, add, remove, publish");
    EXPECT_EQ(said("publish", R"({"admin":"eve@portal.example"})"),
              "400 'publish' has no key \"admin\"; it takes no keys");
    const auto state = Json::parse(call(clouds, "GET", "state").body);
    EXPECT_NE(state["url_quota"], 5) << "nothing of it is done";
    EXPECT_EQ(call(clouds, "POST", "rule",
                   R"({"kind":"url","rule":{"name":"Anything","action":"ALLOW","urlCategories":["MUSIC"]}})")
                  .status,
              200)
        << "what a rule holds is the rule's matter";
}

TEST(Server, listens_on_loopback_only) {
    ManualClock clock{test_start()};
    for (const char* address : {"0.0.0.0", "192.0.2.1", "::", "example.com"}) {
        Options options;
        options.address = address;
        const auto refused = Sandbox::start(options, clock);
        ASSERT_FALSE(refused) << address;
        EXPECT_EQ(refused.error().code, Code::invalid);
    }
}

TEST(Server, answers_over_a_socket_from_several_threads) {
    SystemClock clock;
    Options options;
    options.has_rate_limits = false;
    auto clouds = Sandbox::start(options, clock);
    ASSERT_TRUE(clouds) << clouds.error().message;
    std::vector<std::jthread> clients;
    std::atomic<int> good{0};
    for (int i = 0; i < 4; ++i) {
        clients.emplace_back([&] {
            const auto client = net::make_curl_client({});
            for (int j = 0; j < 10; ++j) {
                net::Request request;
                request.url = (*clouds)->url() + "/fusion/v3/files/%2Fpublic%2Fprevent%2Fweaponized_domains.json";
                request.headers = {{"X-RFToken", Credentials{}.rf_token}};
                const auto answer = client->send(request, {});
                if (answer && answer->status == 200 && answer->body.size() > 100'000) ++good;
            }
        });
    }
    clients.clear();
    EXPECT_EQ(good, 40);
    EXPECT_EQ((*clouds)->journal().size(), 40U);
    EXPECT_TRUE((*clouds)->violations().empty());
}

TEST(Server, a_torn_answer_reaches_the_client_as_an_error) {
    SystemClock clock;
    auto clouds = Sandbox::start({}, clock);
    ASSERT_TRUE(clouds) << clouds.error().message;
    for (const auto kind : {Fault::Kind::torn_body, Fault::Kind::reset_before, Fault::Kind::reset_after}) {
        Fault fault;
        fault.kind = kind;
        (*clouds)->inject(fault);
        net::Request request;
        request.url = (*clouds)->url() + "/v2/fusion/files?path=public/prevent/weaponized_domains.json";
        request.headers = {{"X-RFToken", Credentials{}.rf_token}};
        const auto answer = net::make_curl_client({})->send(request, {});
        EXPECT_FALSE(answer) << static_cast<int>(kind);
    }
}

}  // namespace
}  // namespace cordon::sandbox
