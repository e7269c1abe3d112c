#include "cli/plan_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace cordon::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

engine::RunResult retirement() {
    core::ListPlan plan;
    plan.list = "L";
    plan.placeholder = "placeholder.example.com";
    plan.additions = {{"placeholder.example.com", core::Side::plain}};
    plan.removals = {{"evil.example", core::Side::plain}};
    plan.removals_canonical = {"evil.example"};
    engine::RunResult result;
    result.report.command = "retire";
    result.report.digest = std::string(64, 'a');
    result.plans = {plan};
    return result;
}

std::string no_reason(const core::ListPlan&, std::string_view) {
    return {};
}

TEST(APlan, explains_the_placeholder_where_it_shows_it) {
    const auto result = retirement();
    EXPECT_THAT(plan_text(result, no_reason),
                HasSubstr("+ placeholder.example.com   reserved: keeps the list from being empty"));
    const auto json = nlohmann::json::parse(plan_json(result, no_reason));
    EXPECT_THAT(json["plans"][0]["additions"][0]["why"].get<std::string>(), HasSubstr("reserved"));
    EXPECT_EQ(json["plans"][0]["removals"][0]["why"], "");
}

TEST(APlan, tells_its_share_of_the_hours_limit_and_what_is_left_of_it) {
    auto result = retirement();
    result.cost = gateways::Cost{};
    result.cost->calls = {{"PUT /x", 30}};
    result.cost->tightest = "PUT /x";
    result.cost->share_of_hour = 0.075;
    result.cost->hour_limit = 400;
    result.cost->left_of_hour = 100;
    result.cost->expected_time = std::chrono::milliseconds(1500);
    EXPECT_THAT(plan_text(result, no_reason),
                HasSubstr("cost of applying: 30 x PUT /x; 7.5 % of the hour's 400 calls in the tightest rate budget, "
                          "PUT /x (100 left), about 2 s\n"));
    const auto json = nlohmann::json::parse(plan_json(result, no_reason));
    EXPECT_EQ(json["cost"]["share_of_hour"], 0.075);
    EXPECT_EQ(json["cost"]["left_of_hour"], 100);
}

TEST(APlan, of_several_lists_says_that_its_digest_is_of_all_of_them) {
    auto result = retirement();
    EXPECT_THAT(plan_text(result, no_reason), HasSubstr("plan aaaaaaaaaaaaaaaa\n"));
    result.plans.push_back(result.plans.front());
    result.report.command = "plan";
    EXPECT_THAT(plan_text(result, no_reason), HasSubstr("plan aaaaaaaaaaaaaaaa (of all lists together)\n"));
    EXPECT_THAT(plan_text(result, no_reason), Not(HasSubstr("of that list alone")));
    result.report.outcome = core::Outcome::stopped;
    result.report.exit_status = 4;
    EXPECT_THAT(plan_text(result, no_reason), HasSubstr("is of that list alone and goes with its --allow-removals"));
}

}  // namespace
}  // namespace cordon::cli
