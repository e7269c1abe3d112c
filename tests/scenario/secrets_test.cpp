// Servers and proxies that quote a request back; the harness looks for the marked secrets after each run.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/rehearsal.hpp"
#include "tests/scenario/sign_in.hpp"

namespace cordon::scenario {
namespace {

using sandbox::Fault;

enum class At { feed, sign_in };

/// Where and with which status a server quotes everything that it was sent.
struct Echo {
    At at;
    int status;
};
void PrintTo(const Echo& echo, std::ostream* out) {
    *out << echo.status << (echo.at == At::feed ? " of the feed" : " to the sign-in");
}

class AnAnswerThatQuotesSecrets : public testing::TestWithParam<Echo> {};

TEST_P(AnAnswerThatQuotesSecrets, leaks_none_of_them) {
    Rehearsal rehearsal;
    rehearsal.put_domains(hosts(5));
    rehearsal.put_ips(addresses(5));
    for (const bool is_json : {false, true}) {
        Fault fault;
        fault.path = GetParam().at == At::feed ? std::string("/v2/*") : sign_in_path();
        fault.status = GetParam().status;
        fault.count = 0;
        const auto& secrets = rehearsal.secrets();  // key, password, token: each cloud quotes what it was sent
        const auto words = GetParam().at == At::feed ? secrets[2] : secrets[0] + " and " + secrets[1];
        fault.body =
            is_json ? R"({"code":"X","message":")" + words + R"(","error":{"message":")" + words + "\"}}" : words;
        rehearsal.clouds().clear_faults();
        rehearsal.clouds().inject(fault);
        EXPECT_NE(rehearsal.run().status, 0);
    }
}

INSTANTIATE_TEST_SUITE_P(Each, AnAnswerThatQuotesSecrets,
                         testing::Values(Echo{At::feed, 400}, Echo{At::feed, 401}, Echo{At::feed, 503},
                                         Echo{At::sign_in, 400}, Echo{At::sign_in, 401}, Echo{At::sign_in, 403},
                                         Echo{At::sign_in, 500}));

TEST(ClosedDoors, wrong_credentials_fail_the_run_and_name_what_to_check) {
    Rehearsal rehearsal;
    rehearsal.put_domains(hosts(5));
    rehearsal.put_ips(addresses(5));
    rehearsal.set("zscaler", secret_key(), "wrong-" + rehearsal.secrets()[1]);
    const auto wrong_secret = rehearsal.run();
    EXPECT_EQ(wrong_secret.status, 1);
    EXPECT_THAT(wrong_secret.said(), testing::HasSubstr(wrong_secret_words()));
    rehearsal.set("rfapi", "token", "wrong" + rehearsal.secrets()[2]);
    const auto wrong_token = rehearsal.run();
    EXPECT_EQ(wrong_token.status, 1);
    EXPECT_THAT(wrong_token.said(), testing::HasSubstr("RF_API_KEY"));
}

TEST(ClosedDoors, a_proxy_that_is_not_there_fails_the_run_without_its_credentials) {
    Rehearsal rehearsal;
    rehearsal.set("zscaler", "proxy_enabled", "true");
    rehearsal.set("zscaler", "proxy_servers", "[\"http://someone:" + rehearsal.secrets()[1] + "@127.0.0.1:9\"]");
    rehearsal.put_domains(hosts(5));
    rehearsal.put_ips(addresses(5));
    EXPECT_EQ(rehearsal.run().status, 1);
}

}  // namespace
}  // namespace cordon::scenario
