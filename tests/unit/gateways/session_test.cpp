#include "tests/unit/gateways/rig.hpp"

namespace cordon::gateways::zia {
namespace {

using namespace std::chrono_literals;

Result<Inventory> read(Rig& rig) {
    return rig.gateway->inventory({}, rig.stop.get_token());
}

TEST(Session, is_opened_by_the_first_request_and_only_once) {
    Rig rig;
    EXPECT_TRUE(rig.zia.seen.empty());
    EXPECT_TRUE(read(rig));
    EXPECT_TRUE(read(rig));
    EXPECT_EQ(rig.zia.count("POST /authenticatedSession"), 1U);
}

TEST(Session, sends_the_obfuscated_key_with_its_stamp_and_never_the_key) {
    Rig rig;
    rig.clock.set(Time(std::chrono::milliseconds(1'700'000'000'007)));
    ASSERT_TRUE(read(rig));
    const auto body = rig.zia.seen.front().body;
    EXPECT_EQ(body.at("apiKey"), "aaaaahcccccf");
    EXPECT_EQ(body.at("timestamp"), "1700000000007");
    EXPECT_EQ(body.at("username"), "svc@example.com");
    EXPECT_EQ(body.at("password"), "correct horse");
    EXPECT_EQ(body.dump().find("abcdefghijkl"), std::string::npos);
}

// zia-api.md 2.4: 200, JSESSIONID and authType, all three.
TEST(Session, needs_status_cookie_and_auth_type) {
    const FakeZia::Reply half_answers[] = {
        {200, R"({"authType":"ADMIN_LOGIN"})", {}},
        {200, R"({"obfuscateApiKey":true})", {{"set-cookie", "JSESSIONID=AB; Path=/"}}},
        {200, R"({"authType":"ADMIN_LOGIN"})", {{"set-cookie", "OTHER=AB; Path=/"}}},
        {200, R"({"authType":"ADMIN_LOGIN"})", {{"set-cookie", "JSESSIONID=; Path=/"}}},
        {204, "", {{"set-cookie", "JSESSIONID=AB; Path=/"}}},
        {200, "<html>", {{"set-cookie", "JSESSIONID=AB; Path=/"}}},
    };
    for (const auto& reply : half_answers) {
        Rig rig;
        rig.zia.reply_once("POST /authenticatedSession", reply);
        const auto result = read(rig);
        ASSERT_FALSE(result) << reply.body;
        EXPECT_EQ(result.error().code, Code::refused);
        EXPECT_NE(result.error().message.find("authType"), std::string::npos);
        EXPECT_EQ(result.error().message.find("correct horse"), std::string::npos);
    }
}

TEST(Session, bad_credentials_are_not_tried_twice) {
    Rig rig;
    rig.zia.reply_once("POST /authenticatedSession",
                       {400, R"({"code":"INVALID_USERNAME_OR_PASSWORD","message":"Invalid email or password"})", {}});
    ASSERT_FALSE(read(rig));
    EXPECT_EQ(rig.zia.count("POST /authenticatedSession"), 1U);
}

TEST(Session, a_migrated_tenant_is_named_as_such) {
    Rig rig;
    rig.zia.reply_once("POST /authenticatedSession", {401, "allowed only through Zscaler OneAPI", {}});
    const auto result = read(rig);
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().message.find("OneAPI"), std::string::npos);
    EXPECT_EQ(rig.zia.seen.size(), 1U);
}

TEST(Session, that_expired_in_the_middle_is_opened_again_once) {
    for (const char* body : {R"({"code":"SESSION_NOT_VALID","message":"x"})",
                             R"({"message":"getAttributeNames: Session already invalidated"})", ""}) {
        Rig rig;
        ASSERT_TRUE(read(rig));
        rig.zia.reply_once("GET /status", {401, body, {}});
        EXPECT_TRUE(read(rig)) << body;
        EXPECT_EQ(rig.zia.count("POST /authenticatedSession"), 2U);
    }
}

TEST(Session, that_is_refused_twice_in_a_row_is_a_failure) {
    Rig rig;
    for (int i = 0; i < 2; ++i) rig.zia.reply_once("GET /status", {401, R"({"code":"SESSION_NOT_VALID"})", {}});
    const auto result = read(rig);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Code::refused);
    EXPECT_EQ(rig.zia.count("GET /status"), 2U);
}

TEST(Session, maintenance_during_sign_in_is_waited_for) {
    Rig rig;
    rig.zia.reply_once("POST /authenticatedSession", {503, "", {}});
    EXPECT_TRUE(read(rig));
    EXPECT_EQ(rig.zia.count("POST /authenticatedSession"), 2U);
}

TEST(Session, an_unusable_base_uri_sends_nothing) {
    auto options = Rig::usual_options();
    options.base_uri = "http://zsapi.example.net";
    Rig rig(options);
    const auto result = read(rig);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Code::invalid);
    EXPECT_TRUE(rig.zia.seen.empty());
}

TEST(Wire, waits_as_long_as_retry_after_says_and_repeats) {
    Rig rig;
    ASSERT_TRUE(read(rig));
    rig.zia.reply_once("GET /status",
                       {429, R"({"message":"Rate Limit (2/SECOND) exceeded"})", {{"retry-after", "17"}}});
    const auto before = rig.clock.now();
    EXPECT_TRUE(read(rig));
    EXPECT_GE(rig.clock.now() - before, 17s);
    EXPECT_LT(rig.clock.now() - before, 40s);
    const auto trouble = rig.gateway->troubles().at("GET /status");
    EXPECT_EQ(trouble.errors, 1U);
    EXPECT_GE(trouble.waits, 1U);
    EXPECT_GE(trouble.waited, 17s);
    EXPECT_LT(trouble.waited, 40s);
}

TEST(Wire, gives_up_at_once_when_the_wait_is_longer_than_its_patience) {
    Rig rig;
    rig.zia.reply_once("GET /status", {429, R"({"Retry-After":"55 minutes"})", {}});
    const auto before = rig.clock.now();
    const auto result = read(rig);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Code::throttled);
    EXPECT_NE(result.error().message.find("55m"), std::string::npos) << result.error().message;
    EXPECT_LT(rig.clock.now() - before, 5s);
}

TEST(Wire, an_endless_429_ends) {
    Rig rig;
    for (int i = 0; i < 50; ++i) rig.zia.reply_once("GET /status", {429, "{}", {}});
    const auto result = read(rig);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Code::throttled);
    EXPECT_EQ(rig.zia.count("GET /status"), 8U);
}

TEST(Wire, server_errors_and_damaged_answers_of_reads_are_asked_again) {
    Rig rig;
    rig.zia.reply_once("GET /status", {502, "<html>", {}});
    rig.zia.lose_once("GET /status", FakeZia::Loss::not_applied);
    rig.zia.reply_once("GET /status", {200, R"({"sta)", {}});
    EXPECT_TRUE(read(rig));
}

TEST(Wire, an_answer_that_stays_damaged_is_corrupt) {
    Rig rig;
    for (int i = 0; i < 2; ++i) rig.zia.reply_once("GET /status", {200, R"({"sta)", {}});
    const auto result = read(rig);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Code::corrupt);
}

TEST(Wire, keeps_the_budget_of_each_endpoint) {
    Rig rig;
    const auto before = rig.clock.now();
    for (int i = 0; i < 6; ++i) ASSERT_TRUE(read(rig));
    // Two a second: the sixth GET /status cannot be sent before the third second.
    EXPECT_GE(rig.clock.now() - before, 2s);
}

TEST(Wire, counts_every_request_by_method_and_template) {
    Rig rig;
    rig.inventory({category_target(), group_target()});
    const std::map<std::string, std::uint64_t> expected{{"POST /authenticatedSession", 1},
                                                        {"GET /status", 1},
                                                        {"GET /urlCategories", 1},
                                                        {"GET /urlCategories/urlQuota", 1},
                                                        {"GET /ipDestinationGroups", 1}};
    EXPECT_EQ(rig.gateway->calls(), expected);
}

TEST(Wire, a_stop_before_a_request_sends_nothing) {
    Rig rig;
    rig.stop.request_stop();
    const auto result = read(rig);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Code::cancelled);
    EXPECT_TRUE(rig.zia.seen.empty());
}

TEST(Session, credentials_that_are_no_utf8_are_refused_before_anything_is_sent) {
    auto options = Rig::usual_options();
    options.password = Secret("caf\xE9 password");
    Rig rig(options);
    const auto taken = rig.gateway->inventory({}, {});
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, Code::invalid);
    EXPECT_NE(taken.error().message.find("UTF-8"), std::string::npos);
    EXPECT_TRUE(rig.zia.seen.empty());
}

TEST(Wire, a_proxy_that_is_wanted_and_not_named_sends_nothing_past_it) {
    auto options = Rig::usual_options();
    options.proxy_enabled = true;
    Rig rig(options);
    const auto taken = rig.gateway->inventory({}, {});
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, Code::invalid);
    EXPECT_TRUE(rig.zia.seen.empty());
}

TEST(Wire, retry_after_is_met_until_the_patience_of_one_call_is_used_up) {
    Rig rig;  // rate_patience is 900 s
    for (int i = 0; i < 20; ++i) rig.zia.reply_once("GET /status", {429, "{}", {{"retry-after", "400"}}});
    const auto before = rig.clock.now();
    EXPECT_FALSE(rig.gateway->inventory({}, {}));
    EXPECT_EQ(rig.zia.count("GET /status"), 3U);
    EXPECT_LE(rig.clock.now() - before, std::chrono::seconds(1100));  // with the jitter on top
}

}  // namespace
}  // namespace cordon::gateways::zia
