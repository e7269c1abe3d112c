// Servers and proxies that quote a request back; the harness looks for the marked secrets after each run.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/rehearsal.hpp"

namespace cordon::scenario {
namespace {

using sandbox::Fault;

/// Where and with which status a server quotes everything that it was sent.
struct Echo {
    std::string path;
    int status;
};
void PrintTo(const Echo& echo, std::ostream* out) {
    *out << echo.status << " to " << echo.path;
}

class AnAnswerThatQuotesSecrets : public testing::TestWithParam<Echo> {};

TEST_P(AnAnswerThatQuotesSecrets, leaks_none_of_them) {
    Rehearsal rehearsal;
    rehearsal.put_domains(hosts(5));
    rehearsal.put_ips(addresses(5));
    for (const bool is_json : {false, true}) {
        Fault fault;
        fault.path = GetParam().path;
        fault.status = GetParam().status;
        fault.count = 0;
        const auto& secrets = rehearsal.secrets();  // key, password, token: each cloud quotes what it was sent
        const auto words = GetParam().path.starts_with("/v2") ? secrets[2] : secrets[0] + " and " + secrets[1];
        fault.body =
            is_json ? R"({"code":"X","message":")" + words + R"(","error":{"message":")" + words + "\"}}" : words;
        rehearsal.clouds().clear_faults();
        rehearsal.clouds().inject(fault);
        EXPECT_NE(rehearsal.run().status, 0);
    }
}

INSTANTIATE_TEST_SUITE_P(Each, AnAnswerThatQuotesSecrets,
                         testing::Values(Echo{"/v2/*", 400}, Echo{"/v2/*", 401}, Echo{"/v2/*", 503},
                                         Echo{"/api/v1/authenticatedSession", 400},
                                         Echo{"/api/v1/authenticatedSession", 401},
                                         Echo{"/api/v1/authenticatedSession", 403},
                                         Echo{"/api/v1/authenticatedSession", 500}));

TEST(ClosedDoors, wrong_credentials_fail_the_run_and_name_what_to_check) {
    Rehearsal rehearsal;
    rehearsal.put_domains(hosts(5));
    rehearsal.put_ips(addresses(5));
    rehearsal.set("zscaler", "password", "wrong-" + rehearsal.secrets()[1]);
    const auto wrong_password = rehearsal.run();
    EXPECT_EQ(wrong_password.status, 1);
    EXPECT_THAT(wrong_password.said(), testing::HasSubstr("password"));
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
