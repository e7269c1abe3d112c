#include "base/base64.hpp"
#include "tests/unit/sandbox/client.hpp"
#include "tests/unit/sandbox/signing.hpp"

namespace cordon::sandbox {
namespace {

using OneApi = ZiaTest;

const std::string k_audience_field = "&audience=https%3A%2F%2Fapi.zscaler.com";

std::string error_of(const net::ServerResponse& answer) {
    return Json::parse(answer.body).value("error", "");
}

std::string pending_status(const net::ServerResponse& answer) {
    return Json::parse(answer.body).value("status", "");
}

TEST_F(OneApi, gives_a_token_for_a_secret_in_the_form_or_as_basic) {
    const auto answer = sign_in_to_oneapi();
    EXPECT_EQ(answer.status, 200) << answer.body;
    const auto body = Json::parse(answer.body);
    EXPECT_EQ(body["token_type"], "Bearer");
    EXPECT_EQ(body["expires_in"], 3'600);
    EXPECT_EQ(header_of(answer, "content-type"), "application/json;charset=UTF-8");
    EXPECT_EQ(header_of(answer, "server"), "ingress-gateway");
    EXPECT_EQ(header_of(answer, "x-ratelimit-limit"), "500, 500;w=1, 100000;w=60");
    const auto pair = base64(Credentials{}.oneapi_client_id + ":" + Credentials{}.oneapi_client_secret);
    EXPECT_EQ(ask_token("grant_type=client_credentials" + k_audience_field, {"authorization", "Basic " + pair}).status,
              200);
    EXPECT_EQ(clouds.counts().at("POST /oauth2/v1/token"), 2U);
    EXPECT_EQ(clouds.zia_writes(), 0U);
}

TEST_F(OneApi, refuses_tokens_with_an_oauth_error) {
    const auto with = [&](const std::string& form) { return ask_token(form); };
    const std::string id = "client_id=" + Credentials{}.oneapi_client_id;
    const std::string secret = "&client_secret=" + Credentials{}.oneapi_client_secret;
    const auto wrong = with("grant_type=client_credentials&" + id + "&client_secret=other" + k_audience_field);
    EXPECT_EQ(wrong.status, 400);
    EXPECT_EQ(error_of(wrong), "invalid_client");
    EXPECT_EQ(error_of(with("grant_type=client_credentials&client_id=other" + secret + k_audience_field)),
              "invalid_client");
    EXPECT_EQ(error_of(with("grant_type=client_credentials&" + id + secret)), "invalid_request") << "no audience";
    EXPECT_EQ(error_of(with("grant_type=password&" + id + secret + k_audience_field)), "unsupported_grant_type");
    auto json = request_to("POST", "/oauth2/v1/token", R"({"grant_type":"client_credentials"})");
    EXPECT_EQ(clouds.answer(json).status, 400);
    EXPECT_EQ(clouds.answer(request_to("GET", "/oauth2/v1/token")).status, 405);
    clouds.set_quirks({Quirk::token_refusal_401});
    EXPECT_EQ(with("grant_type=client_credentials&" + id + "&client_secret=other" + k_audience_field).status, 401);
}

TEST_F(OneApi, serves_zia_below_its_own_base_with_the_gateways_headers) {
    sign_in_to_oneapi();
    const auto answer = send("GET", "/status");
    EXPECT_EQ(answer.status, 200);
    for (const char* name :
         {"strict-transport-security", "x-content-type-options", "x-frame-options", "x-xss-protection", "x-oneapi-host",
          "x-oneapi-version", "x-envoy-upstream-service-time"}) {
        EXPECT_NE(header_of(answer, name), "") << name;
    }
    EXPECT_EQ(header_of(answer, "strict-transport-security"), "max-age=31536000; includeSubDomains; preload");
    EXPECT_EQ(header_of(answer, "x-zscaler-mode"), "read-write");
    EXPECT_EQ(header_of(answer, "content-disposition"), "attachment; filename=\"api.json\"");
    EXPECT_EQ(header_of(answer, "x-ratelimit-limit"), "5000, 5000;w=60");
    EXPECT_EQ(header_of(answer, "x-ratelimit-remaining"), "4999");
    EXPECT_EQ(header_of(answer, "x-ratelimit-reset"), "58") << "minutes follow the clock";
    const auto next = send("GET", "/urlCategories/urlQuota");
    EXPECT_EQ(header_of(next, "x-ratelimit-remaining"), "4998");
    EXPECT_EQ(header_of(next, "x-transaction-id"), header_of(answer, "x-transaction-id"));
    EXPECT_NE(header_of(next, "x-oneapi-request-id"), header_of(answer, "x-oneapi-request-id"));
    EXPECT_EQ(send("GET", "/nothing/here").status, 404);
    clock.advance(60s);
    EXPECT_EQ(header_of(send("GET", "/status"), "x-ratelimit-remaining"), "4999");
}

TEST_F(OneApi, answers_the_gateways_401_without_a_good_token) {
    sign_in_to_oneapi();
    clock.advance(3'600s);
    const auto refused = send("GET", "/status");
    EXPECT_EQ(refused.status, 401);
    EXPECT_EQ(refused.body.size(), 71U) << "as recorded (zia-api.md 3.4)";
    EXPECT_EQ(Json::parse(refused.body)["detail"], "unauthorized");
    EXPECT_EQ(header_of(refused, "x-oneapi-api-category"), "public");
    for (const char* name : {"x-ratelimit-limit", "x-zscaler-mode", "content-disposition"}) {
        EXPECT_EQ(header_of(refused, name), "") << name;
    }
    sign_in_to_oneapi();
    EXPECT_EQ(send("GET", "/status").status, 200);
    clouds.revoke_oneapi_tokens();
    EXPECT_EQ(send("GET", "/status").status, 401);
    sign_in();
    token = "nobodys";
    EXPECT_EQ(send("GET", "/status").status, 401) << "a cookie is no token";
}

TEST_F(OneApi, grows_old_when_the_sandboxs_clock_is_put_forward) {
    const auto put_forward = [this](const char* body) {
        return clouds.answer(request_to("POST", "/_sandbox/clock", body)).status;
    };
    const auto before = clock.now();
    sign_in_to_oneapi();
    EXPECT_EQ(send("GET", "/status").status, 200);
    EXPECT_EQ(put_forward(R"({"forward_s":86400})"), 200);
    EXPECT_EQ(send("GET", "/status").status, 401) << "its token has run out";
    EXPECT_LT(clock.now() - before, 1h) << "nobody else's clock moves";
    sign_in_to_oneapi();
    EXPECT_EQ(send("GET", "/status").status, 200);
    for (const char* body : {"{}", R"({"forward_s":-1})", R"({"forward_s":0})", R"({"forward_s":99999999999})"}) {
        EXPECT_EQ(put_forward(body), 400) << body;
    }
}

TEST_F(OneApi, signs_with_a_private_key_of_either_kind) {
    const auto seconds = clock.now().time_since_epoch().count() / 1'000;
    const Json claims = {{"iss", Credentials{}.oneapi_client_id},
                         {"sub", Credentials{}.oneapi_client_id},
                         {"iat", seconds},
                         {"exp", seconds + 600},
                         {"aud", "https://api.zscaler.com"}};
    const auto ask = [&](const std::string& jwt) {
        return ask_token(
            fmt::format("grant_type=client_credentials&client_id={}&client_assertion={}&client_assertion_type="
                        "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer{}",
                        Credentials{}.oneapi_client_id, jwt, k_audience_field));
    };
    const auto changed = [&](const char* name, const Json& value) {
        auto other = claims;
        other[name] = value;
        return other;
    };
    const auto stranger = SigningKey::p256();
    EXPECT_EQ(ask(stranger.jwt(claims)).status, 400) << "no key is registered";
    for (const auto& key : {SigningKey::rsa(), SigningKey::p256()}) {
        clouds.reconfigure([&](Options& options) { options.credentials.oneapi_public_key = key.public_pem(); });
        EXPECT_EQ(ask(key.jwt(claims)).status, 200) << ask(key.jwt(claims)).body;
        for (const char* audience :
             {"https://sandbox.zslogin.net", "http://sandbox.zslogin.net", "http://127.0.0.1:8080"}) {
            EXPECT_EQ(ask(key.jwt(changed("aud", audience))).status, 200) << audience;
        }
        EXPECT_EQ(ask(key.jwt(changed("aud", {"x", "https://api.zscaler.com"}))).status, 200);
        EXPECT_EQ(ask(key.jwt(changed("aud", "https://elsewhere.example"))).status, 400);
        EXPECT_EQ(ask(key.jwt(changed("iss", "other"))).status, 400);
        EXPECT_EQ(ask(key.jwt(changed("sub", "other"))).status, 400);
        EXPECT_EQ(ask(key.jwt(changed("exp", seconds))).status, 400);
        EXPECT_EQ(ask(key.jwt(changed("exp", nullptr))).status, 400);
        EXPECT_EQ(ask(key.jwt(claims, "none")).status, 400);
        EXPECT_EQ(ask(stranger.jwt(claims)).status, 400);
        EXPECT_EQ(ask(key.jwt(claims) + "A").status, 400);
        EXPECT_EQ(ask("no.jwt").status, 400);
    }
}

TEST_F(OneApi, is_an_admin_of_its_own_that_neither_idles_nor_activates_by_itself) {
    sign_in_to_oneapi();
    create("TI", {"evil.example"});
    clock.advance(3'600s);
    EXPECT_TRUE(clouds.active_category("TI").empty()) << "the token is over, nothing is activated";
    sign_in_to_oneapi();
    EXPECT_EQ(pending_status(send("GET", "/status")), "PENDING");
    EXPECT_EQ(pending_status(send("POST", "/status/activate")), "ACTIVE");
    EXPECT_EQ(clouds.active_category("TI").size(), 1U);
}

TEST_F(OneApi, a_sign_out_activates_and_keeps_the_token) {  // zia-api.md 3.3
    sign_in_to_oneapi();
    create("TI", {"evil.example"});
    EXPECT_EQ(pending_status(send("DELETE", "/authenticatedSession")), "ACTIVE");
    EXPECT_EQ(clouds.active_category("TI").size(), 1U);
    EXPECT_EQ(send("GET", "/status").status, 200);
    EXPECT_EQ(send("POST", "/authenticatedSession", Json::object()).status, 403);
}

TEST_F(OneApi, changes_of_another_admin_hold_its_activation_back) {
    sign_in();
    create("Other", {"other.example"});
    sign_in_to_oneapi();
    create("TI", {"evil.example"});
    EXPECT_EQ(pending_status(send("POST", "/status/activate")), "PENDING");
    token.clear();
    EXPECT_EQ(pending_status(send("POST", "/status/activate")), "ACTIVE");
    EXPECT_EQ(clouds.active_category("TI").size(), 1U);
}

TEST_F(OneApi, is_counted_and_hit_by_faults_like_the_legacy_api) {
    sign_in_to_oneapi();
    const auto id = create("TI", {"a.example"});
    Fault fault;
    fault.method = "PUT";
    fault.path = "/api/v1/urlCategories*";
    clouds.inject(fault);
    EXPECT_EQ(change(id, "ADD_TO_LIST", "TI", {"b.example"}).status, 500);
    fault.path = "/zia/*";
    clouds.inject(fault);
    EXPECT_EQ(change(id, "ADD_TO_LIST", "TI", {"b.example"}).status, 500);
    EXPECT_EQ(clouds.counts().at("PUT /api/v1/urlCategories/{id}"), 2U);
    EXPECT_EQ(clouds.journal().back().target, "/zia/api/v1/urlCategories/" + id + "?action=ADD_TO_LIST");
    EXPECT_EQ(clouds.zia_writes(), 3U);
    EXPECT_EQ(clouds.zia_calls(), 3U) << "a request for a token is none of ZIA's";
    fault.kind = Fault::Kind::session_lost;
    fault.path = "*";
    clouds.inject(fault);
    EXPECT_EQ(change(id, "ADD_TO_LIST", "TI", {"b.example"}).status, 401);
    EXPECT_EQ(send("GET", "/status").status, 401) << "the token is revoked";
    EXPECT_TRUE(clouds.has_pending()) << "and nothing is activated";
}

TEST_F(OneApi, shares_zias_own_limits_with_the_legacy_api_and_has_the_gateways_besides) {
    sign_in_to_oneapi();
    clouds.reconfigure([](Options& options) { options.rate_tolerance = 0ms; });
    send("GET", "/status");
    send_at_once("GET", "/status");
    const auto refused = send_at_once("GET", "/status");
    EXPECT_EQ(refused.body, R"({"message":"Rate Limit (2/SECOND) exceeded","Retry-After":"1 seconds"})");
    EXPECT_EQ(header_of(refused, "x-ratelimit-remaining"), "4997") << "the gateway does not show it";

    Options few;
    few.most_gateway_calls = 2;
    Sandbox small(few, clock);
    auto request =
        request_to("POST", "/oauth2/v1/token",
                   fmt::format("grant_type=client_credentials&client_id={}&client_secret={}{}",
                               Credentials{}.oneapi_client_id, Credentials{}.oneapi_client_secret, k_audience_field));
    request.headers = {{"content-type", "application/x-www-form-urlencoded"}};
    const std::string good = Json::parse(small.answer(request).body)["access_token"];
    for (const int status : {200, 200, 429}) {
        auto read = request_to("GET", "/zia/api/v1/status");
        read.headers = {{"authorization", "Bearer " + good}};
        EXPECT_EQ(small.answer(read).status, status);
    }
}

TEST_F(OneApi, takes_a_bearer_of_another_provider_on_the_legacy_host) {  // zia-api.md 2.7
    const auto with = [&](const std::string& bearer, const std::string& method, const std::string& path) {
        clock.advance(2s);
        auto request = request_to(method, "/api/v1" + path);
        request.headers = {{"authorization", "Bearer " + bearer}};
        return clouds.answer(request);
    };
    EXPECT_EQ(with(Credentials{}.external_bearer, "GET", "/status").status, 200);
    EXPECT_EQ(with(Credentials{}.external_bearer, "POST", "/status/activate").status, 200);
    EXPECT_EQ(header_of(with(Credentials{}.external_bearer, "GET", "/status"), "x-ratelimit-limit"), "");
    const auto refused = with("other", "GET", "/status");
    EXPECT_EQ(refused.status, 401);
    EXPECT_EQ(Json::parse(refused.body)["code"], "SESSION_NOT_VALID");
}

TEST_F(OneApi, leaves_crowdstrikes_token_paths_to_crowdstrike) {
    auto request = request_to("POST", "/oauth2/token");
    EXPECT_EQ(header_of(clouds.answer(request), "X-Cs-Region"), "us-1");
}

}  // namespace
}  // namespace cordon::sandbox
