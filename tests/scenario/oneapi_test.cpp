// What only a sign-in through OneAPI has; everything else runs in each way (CORDON_REHEARSAL_AUTH, sign_in.hpp).

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/rehearsal.hpp"
#include "tests/unit/gateways/keys.hpp"

namespace cordon::scenario {
namespace {

using gateways::zia::testing::Kind;
using gateways::zia::testing::TestKey;
using testing::HasSubstr;
using testing::Not;

/// A tenant that has left the legacy sign-in, with its API client in the settings, whatever the other tests run in.
class OneApi : public testing::Test {
protected:
    static sandbox::Options options(std::string public_key = {}) {
        sandbox::Options options;
        options.quirks = {sandbox::Quirk::only_oneapi};
        options.credentials.oneapi_public_key = std::move(public_key);
        return options;
    }
    static void sign_in_by(Rehearsal& rehearsal, const std::string& key, const std::string& value) {
        for (const char* other : {"base_uri", "api_key", "username", "password", "bearer_token", "client_secret"}) {
            rehearsal.unset("zscaler", other);
        }
        rehearsal.set("zscaler", "token_url", rehearsal.clouds().url());
        rehearsal.set("zscaler", "api_url", rehearsal.clouds().url());
        rehearsal.set("zscaler", "client_id", rehearsal.clouds().options().credentials.oneapi_client_id);
        rehearsal.set("zscaler", key, value);
        rehearsal.put_domains(hosts(40));
        rehearsal.put_ips(addresses(30));
    }
    static std::size_t tokens(Rehearsal& rehearsal) { return rehearsal.clouds().counts()["POST /oauth2/v1/token"]; }
};

TEST_F(OneApi, takes_a_private_key_from_a_file_beside_the_settings) {
    for (const auto kind : {Kind::rsa_2048, Kind::p256}) {
        const TestKey key(kind);
        Rehearsal rehearsal(options(key.public_pem()));
        sign_in_by(rehearsal, "private_key", "client.pem");
        std::ofstream(rehearsal.folder() / "client.pem") << key.private_pem();
        const auto ending = rehearsal.run();
        EXPECT_EQ(ending.status, 0) << ending.said();
        EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(40));
        EXPECT_EQ(tokens(rehearsal), 1U);
    }
}

TEST_F(OneApi, refuses_a_key_that_is_not_the_clients) {
    Rehearsal rehearsal(options(TestKey(Kind::p256).public_pem()));
    sign_in_by(rehearsal, "private_key", "client.pem");
    std::ofstream(rehearsal.folder() / "client.pem") << TestKey(Kind::p256).private_pem();
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 1);
    EXPECT_THAT(ending.said(), HasSubstr("the API client was not accepted"));
    EXPECT_EQ(tokens(rehearsal), 1U) << "a wrong key is not tried twice";
}

TEST_F(OneApi, says_what_is_wrong_whichever_status_refuses_the_client) {
    for (const bool is_401 : {false, true}) {
        auto tenant = options();
        if (is_401) tenant.quirks.insert(sandbox::Quirk::token_refusal_401);
        Rehearsal rehearsal(tenant);
        sign_in_by(rehearsal, "client_secret", "not-the-secret");
        const auto ending = rehearsal.run();
        EXPECT_EQ(ending.status, 1);
        EXPECT_THAT(ending.said(), HasSubstr("compare client_id and client_secret"));
        EXPECT_THAT(ending.said(), Not(HasSubstr("not-the-secret")));
    }
}

TEST_F(OneApi, goes_on_with_a_new_token_where_the_old_one_lives_for_a_minute_only) {
    auto tenant = options();
    tenant.oneapi_token_life = 60s;
    Rehearsal rehearsal(tenant);
    sign_in_by(rehearsal, "client_secret", rehearsal.clouds().options().credentials.oneapi_client_secret);
    rehearsal.set("zscaler", "batch_size", "1");  // one write a second
    rehearsal.put_domains(hosts(150));
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(150));
    EXPECT_GE(tokens(rehearsal), 3U);
    EXPECT_LE(tokens(rehearsal), 6U);
}

TEST_F(OneApi, leaves_without_publishing_and_without_a_request) {
    Rehearsal rehearsal(options());
    sign_in_by(rehearsal, "client_secret", rehearsal.clouds().options().credentials.oneapi_client_secret);
    EXPECT_EQ(rehearsal.run().status, 0);
    EXPECT_EQ(rehearsal.clouds().counts().count("DELETE /api/v1/authenticatedSession"), 0U);
}

TEST_F(OneApi, names_the_request_that_was_refused_for_support) {
    Rehearsal rehearsal(options());
    sign_in_by(rehearsal, "client_secret", rehearsal.clouds().options().credentials.oneapi_client_secret);
    const auto before = rehearsal.run();
    ASSERT_EQ(before.status, 0) << before.said();
    sandbox::Fault fault;
    fault.path = "/api/v1/urlCategories*";
    fault.method = "GET";
    fault.status = 403;
    fault.body = R"({"code":"RBA_LIMITED","message":"Functional scope restriction requires Policy"})";
    fault.count = 0;
    fault.kind = sandbox::Fault::Kind::answer;
    rehearsal.clouds().inject(fault);
    const auto refused = rehearsal.run();
    EXPECT_EQ(refused.status, 1);
    EXPECT_THAT(refused.said(), HasSubstr("the role that the API client has for ZIA lacks the functional scope"));
    EXPECT_THAT(refused.said(), HasSubstr("(x-oneapi-request-id "));
}

}  // namespace
}  // namespace cordon::scenario
