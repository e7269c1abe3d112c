#include <filesystem>
#include <fstream>

#include <unistd.h>

#include "base/base64.hpp"
#include "tests/unit/gateways/keys.hpp"
#include "tests/unit/gateways/rig.hpp"

namespace cordon::gateways::zia {
namespace {

using namespace std::chrono_literals;
using testing::Kind;
using testing::TestKey;

constexpr const char* k_token_request = "POST /oauth2/v1/token";

ZiaOptions oneapi() {
    return Rig::options_for(Auth::oneapi);
}

Result<Inventory> look(Rig& rig) {
    return rig.gateway->inventory({}, rig.stop.get_token());
}

std::string refusal_of(Rig& rig) {
    const auto result = look(rig);
    EXPECT_FALSE(result);
    return result ? std::string{} : result.error().message;
}

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// Every way of signing in serves the same gateway.
class EverySignIn : public ::testing::TestWithParam<Auth> {};
INSTANTIATE_TEST_SUITE_P(Auth, EverySignIn, ::testing::Values(Auth::legacy, Auth::oneapi, Auth::bearer));

TEST_P(EverySignIn, reads_writes_activates_and_leaves) {
    Rig rig(Rig::options_for(GetParam()));
    const auto applied = rig.run(category_target(), category_plan({"bad.example.com"}));
    EXPECT_FALSE(applied.failure) << applied.failure->message;
    EXPECT_EQ(rig.gateway->activate({}).value(), core::ActivationState::active);
    EXPECT_EQ(rig.gateway->leave(/*keep_unpublished=*/false, {}).value(), "");
    EXPECT_EQ(rig.zia.count("POST /authenticatedSession"), GetParam() == Auth::legacy ? 1U : 0U);
    EXPECT_EQ(rig.zia.count("DELETE /authenticatedSession"), GetParam() == Auth::legacy ? 1U : 0U);
    EXPECT_EQ(rig.zia.count(k_token_request), GetParam() == Auth::oneapi ? 1U : 0U);
}

TEST_P(EverySignIn, costs_what_the_run_then_makes) {
    Rig rig(Rig::options_for(GetParam()));
    const auto inventory = rig.inventory({category_target()});
    std::vector<core::ListPlan> plans{category_plan({"bad.example.com"})};
    plans.front().creates = true;
    EXPECT_FALSE(rig.gateway->apply(category_target(), plans[0], inventory.lists[0], start(), {}).failure);
    EXPECT_TRUE(rig.gateway->activate({}));
    EXPECT_TRUE(rig.gateway->leave(false, {}));
    EXPECT_EQ(rig.gateway->cost_of({plans}).calls, rig.gateway->calls());
}

TEST_P(EverySignIn, that_is_no_longer_known_is_renewed_once) {
    Rig rig(Rig::options_for(GetParam()));
    ASSERT_TRUE(look(rig));
    rig.zia.reply_once("GET /status", {401, "", {}});
    EXPECT_TRUE(look(rig));
    for (int i = 0; i < 2; ++i) rig.zia.reply_once("GET /status", {401, "", {}});
    const auto refused = look(rig);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::refused);
}

TEST_P(EverySignIn, leaves_pending_changes_unpublished_where_only_looking) {
    Rig rig(Rig::options_for(GetParam()));
    ASSERT_TRUE(look(rig));
    rig.zia.status = "PENDING";
    const auto said = rig.gateway->leave(/*keep_unpublished=*/true, {});
    ASSERT_TRUE(said);
    EXPECT_EQ(rig.zia.status, "PENDING");
    EXPECT_EQ(said->empty(), GetParam() != Auth::legacy) << "leaving publishes only what a session saved";
}

TEST(OneApi, sends_the_secret_as_a_form_to_the_tenants_zidentity) {
    Rig rig(oneapi());
    ASSERT_TRUE(look(rig));
    const auto& request = rig.zia.seen.front();
    EXPECT_EQ(request.url, "https://acme.zslogin.net/oauth2/v1/token");
    EXPECT_EQ(request.form,
              "grant_type=client_credentials&client_id=client-1&audience=https%3A%2F%2Fapi.zscaler.com&"
              "client_secret=s3cr3t%20%2B%25");
    EXPECT_EQ(request.authorization, "");
    EXPECT_TRUE(rig.zia.seen.at(1).url.starts_with("https://api.zsapi.net/zia/api/v1/status"));
    EXPECT_TRUE(rig.zia.seen.at(1).authorization.starts_with("Bearer "));
    EXPECT_EQ(rig.zia.seen.at(1).cookie, "");
}

TEST(OneApi, proves_itself_by_a_signed_assertion_where_it_has_a_key) {
    for (const auto kind : {Kind::rsa_2048, Kind::p256}) {
        const TestKey key(kind);
        auto options = oneapi();
        options.client_secret = {};
        options.private_key = Secret(key.private_pem());
        Rig rig(options);
        std::string sent;
        rig.zia.takes_assertion = [&](const std::string& assertion) {
            sent = assertion;
            return key.verifies(assertion);
        };
        ASSERT_TRUE(look(rig));
        EXPECT_EQ(nlohmann::json::parse(testing::decoded(sent).claims).at("aud"), "https://acme.zslogin.net");
        EXPECT_FALSE(holds(rig.zia.seen.front().form, "client_secret"));
    }
}

TEST(OneApi, takes_a_new_token_shortly_before_the_old_one_ends) {
    const struct {
        int expires_in;
        std::chrono::seconds still_good, renewed;
    } facts[] = {{3600, 3539s, 3541s}, {60, 53s, 55s}, {86'400, 86'339s, 86'341s}};
    for (const auto& fact : facts) {
        Rig rig(oneapi());
        rig.zia.expires_in = fact.expires_in;
        const auto began = rig.clock.now();
        ASSERT_TRUE(look(rig));
        rig.clock.set(began + fact.still_good);
        ASSERT_TRUE(look(rig));
        EXPECT_EQ(rig.zia.count(k_token_request), 1U) << fact.expires_in;
        rig.clock.set(began + fact.renewed);
        ASSERT_TRUE(look(rig));
        EXPECT_EQ(rig.zia.count(k_token_request), 2U) << fact.expires_in;
    }
}

TEST(OneApi, judges_what_the_token_endpoint_refuses) {
    const struct {
        int status;
        const char *body, *advice;
        Code code = Code::refused;
        std::size_t requests = 1;
    } facts[] = {
        {400, R"({"error":"invalid_client","error_description":"no such client"})",
         "compare client_id and client_secret"},
        {401, R"({"error":"invalid_client"})", "secret may have expired"},
        {401, "", "the API client was not accepted"},
        {403, R"({"error":"access_denied"})", "has a role for ZIA"},
        {400, R"({"error":"unauthorized_client"})", "has a role for ZIA"},
        {400, R"({"error":"invalid_grant"})", "check private_key"},
        {400, R"({"error":"invalid_request"})", "token_url"},
        {404, "<html><body>Not Found</body></html>", "check vanity_domain and cloud, or token_url"},
        {302, "", "check vanity_domain and cloud, or token_url"},
        {429, "{}", "rate limit", Code::throttled, 8},
        {503, "<html>", "a problem of its own", Code::unreachable, 4},
        {200, "<html>", "without an access token"},
        {200, R"({"token_type":"Bearer"})", "without an access token"},
        {200, R"({"access_token":"a\r\nX-Evil: b"})", "without an access token"},
    };
    for (const auto& fact : facts) {
        Rig rig(oneapi());
        for (int i = 0; i < 10; ++i) rig.zia.reply_once(k_token_request, {fact.status, fact.body, {}});
        const auto result = look(rig);
        ASSERT_FALSE(result) << fact.body;
        EXPECT_EQ(result.error().code, fact.code) << result.error().message;
        EXPECT_TRUE(holds(result.error().message, fact.advice)) << result.error().message;
        EXPECT_EQ(rig.zia.count(k_token_request), fact.requests) << fact.body;
        EXPECT_EQ(rig.zia.seen.size(), fact.requests) << "nothing is sent without a token";
    }
}

TEST(OneApi, shows_no_secret_that_an_answer_quotes) {
    auto options = oneapi();
    Rig rig(options);
    for (const char* quoted : {"s3cr3t +%", "s3cr3t%20%2B%25"}) {
        rig.zia.reply_once(k_token_request, {400, std::string("you sent ") + quoted, {}});
        EXPECT_FALSE(holds(refusal_of(rig), "s3cr3t"));
    }
    ASSERT_TRUE(look(rig));
    const auto token = rig.zia.seen.back().authorization.substr(7);
    rig.zia.reply_once("GET /status", {403, "bad token " + token, {}});
    const auto said = refusal_of(rig);
    EXPECT_TRUE(holds(said, "bad token ***")) << said;
    EXPECT_FALSE(holds(said, token));
}

TEST(OneApi, names_the_request_for_zscalers_support) {
    Rig rig(oneapi());
    ASSERT_TRUE(look(rig));
    rig.zia.reply_once("GET /status", {403, "{}", {{"x-oneapi-request-id", "3f2a-77"}}});
    EXPECT_TRUE(refusal_of(rig).ends_with(" (x-oneapi-request-id 3f2a-77)"));
    rig.zia.reply_once("GET /status", {403, "{}", {{"x-oneapi-request-id", "\x1b[31m" + std::string(500, 'x')}}});
    const auto said = refusal_of(rig);
    EXPECT_FALSE(holds(said, "\x1b"));
    EXPECT_FALSE(holds(said, std::string(100, 'x')));
    for (int i = 0; i < 2; ++i) {
        rig.zia.reply_once("GET /status", {200, "{", {{"x-oneapi-request-id", "3f2a-78"}}});
    }
    EXPECT_TRUE(holds(refusal_of(rig), "3f2a-78"));
}

TEST(OneApi, the_gateways_own_refusal_leads_to_a_new_token) {
    Rig rig(oneapi());
    ASSERT_TRUE(look(rig));
    rig.zia.reply_once("GET /status",
                       {401, "{\n  \"detail\": \"unauthorized\",\n  \"type\": \"\",\n  \"title\": \"\"\n}", {}});
    EXPECT_TRUE(look(rig));
    EXPECT_EQ(rig.zia.count(k_token_request), 2U);
}

TEST(OneApi, a_key_that_cannot_sign_sends_nothing) {
    auto options = oneapi();
    options.client_secret = {};
    options.private_key = Secret("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    Rig rig(options);
    EXPECT_TRUE(holds(refusal_of(rig), "[zscaler] private_key"));
    EXPECT_TRUE(rig.zia.seen.empty());
}

TEST(OneApi, a_limit_of_the_gateway_without_retry_after_is_met_by_its_reset) {
    Rig rig(oneapi());
    ASSERT_TRUE(look(rig));
    rig.zia.reply_once("GET /status", {429, "", {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "54"}}});
    const auto before = rig.clock.now();
    EXPECT_TRUE(look(rig));
    EXPECT_GE(rig.clock.now() - before, 54s);
}

TEST(ExternalBearer, is_sent_to_the_legacy_host_without_a_session) {
    Rig rig(Rig::options_for(Auth::bearer));
    ASSERT_TRUE(look(rig));
    const auto& request = rig.zia.seen.front();
    EXPECT_TRUE(request.url.starts_with("https://zsapi.example.net/api/v1/status"));
    EXPECT_EQ(request.authorization, "Bearer " + rig.zia.bearer);
    EXPECT_EQ(request.cookie, "");
}

TEST(ExternalBearer, that_is_refused_first_is_sent_again_after_a_minute_once) {
    Rig rig(Rig::options_for(Auth::bearer));
    rig.zia.reply_once("GET /status", {401, "", {}});
    const auto before = rig.clock.now();
    EXPECT_TRUE(look(rig));
    EXPECT_GE(rig.clock.now() - before, 60s);
    rig.zia.bearer = "renewed";
    const auto later = rig.clock.now();
    EXPECT_TRUE(holds(refusal_of(rig), "it may have expired"));
    EXPECT_LT(rig.clock.now() - later, 30s);
}

/// A token that says so; its signature is nobody's.
std::string token_until(Time expiry) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(expiry.time_since_epoch()).count();
    return base64url(R"({"alg":"RS256"})") + "." + base64url("{\"exp\":" + std::to_string(seconds) + "}") + ".c2ln";
}

TEST(ExternalBearer, that_says_it_has_expired_is_not_waited_for) {
    auto options = Rig::options_for(Auth::bearer);
    options.bearer_token = Secret(token_until(start() - 1s));
    Rig expired(options);
    EXPECT_TRUE(holds(refusal_of(expired), "which says that it expired at "));
    EXPECT_LT(expired.clock.now() - start(), 30s);
    options.bearer_token = Secret(token_until(start() + 1h));
    Rig unknown(options);
    EXPECT_TRUE(holds(refusal_of(unknown), "it may have expired"));
    EXPECT_GE(unknown.clock.now() - start(), 60s) << "ZIA may be learning the provider's keys";
}

TEST(ExternalBearer, is_read_again_from_its_file) {
    std::string pattern = (std::filesystem::temp_directory_path() / "cordon-bearer-XXXXXX").string();
    ::close(::mkstemp(pattern.data()));
    auto options = Rig::options_for(Auth::bearer);
    options.bearer_token_file = pattern;
    Rig rig(options);
    ASSERT_TRUE(look(rig)) << "an empty file changes nothing";
    rig.zia.bearer = "renewed";
    std::ofstream(pattern) << "renewed\n";
    const auto before = rig.clock.now();
    EXPECT_TRUE(look(rig));
    EXPECT_LT(rig.clock.now() - before, 30s) << "there is nothing to wait for";
    std::filesystem::remove(pattern);
}

}  // namespace
}  // namespace cordon::gateways::zia
