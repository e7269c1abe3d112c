#include "daemon/health.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace cordon::daemon {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Time k_noon = parse_iso8601("2026-11-23T12:00:00Z").value();

net::ServerResponse ask(const char* method, const char* path, const ServiceStatus& status = {}) {
    net::ServerRequest request;
    request.method = method;
    request.path = path;
    return answer_health(request, status, "1.2.3").value();
}

TEST(Health, is_told_for_as_long_as_the_process_answers) {
    ServiceStatus status;
    status.started = k_noon;
    EXPECT_EQ(ask("GET", "/healthz").status, 200);
    EXPECT_TRUE(nlohmann::json::parse(ask("GET", "/healthz", status).body)["last_run"].is_null());
    status.last_ended = k_noon;
    status.last_run = "20261123T120000Z-abcdef";
    status.last_outcome = core::Outcome::failed;
    status.last_problem = "list 'Secret Name': token abc";
    status.settings_problem = "settings.ini line 3: nonsense";
    const auto body = ask("GET", "/healthz", status).body;
    const auto json = nlohmann::json::parse(body);
    EXPECT_EQ(json["last_run"]["outcome"], "failed");
    EXPECT_EQ(json["version"], "1.2.3");
    EXPECT_EQ(json["settings"], "the file was changed and is not taken");
    EXPECT_THAT(body, Not(HasSubstr("Secret Name"))) << "nobody has signed in";
    EXPECT_THAT(body, Not(HasSubstr("nonsense")));
}

TEST(Readiness, is_a_status_that_a_load_balancer_understands) {
    ServiceStatus status;
    EXPECT_EQ(ask("GET", "/readyz", status).status, 503);
    status.readiness.is_ready = true;
    status.readiness.oldest = k_noon;
    EXPECT_EQ(ask("HEAD", "/readyz", status).status, 200);
    EXPECT_EQ(nlohmann::json::parse(ask("GET", "/readyz", status).body)["oldest_good"], "2026-11-23T12:00:00Z");
    EXPECT_EQ(ask("POST", "/readyz", status).status, 405);
}

TEST(AnyOtherPath, is_no_health) {
    net::ServerRequest request;
    request.method = "GET";
    request.path = "/x\n<script>";
    EXPECT_FALSE(answer_health(request, {}, ""));
}

}  // namespace
}  // namespace cordon::daemon
