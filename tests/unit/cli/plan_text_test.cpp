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
