#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "tests/unit/cli/stored_things.hpp"

namespace cordon::cli {
namespace {

using testing::HasSubstr;

using ExceptionsList = StoredThings;
using RunsList = StoredThings;

TEST_F(ExceptionsList, is_a_json_array_with_json) {
    arguments_.command = Command::exceptions_list;
    arguments_.json = true;
    ASSERT_EQ(exceptions_command(arguments_, {out_, err_}), 0) << err_.str();
    EXPECT_EQ(out_.str(), "[]\n");

    store::LedgerChange change{.list = "L"};
    change.put_exceptions = {{"evil.example", Time{std::chrono::milliseconds{1'795'262'400'000}}, "taken out by hand"}};
    ASSERT_TRUE(store()->change(change));
    out_.str({});
    ASSERT_EQ(exceptions_command(arguments_, {out_, err_}), 0) << err_.str();
    const auto json = nlohmann::json::parse(out_.str());
    ASSERT_EQ(json.size(), 1U);
    EXPECT_EQ(json[0].at("list"), "L");
    EXPECT_EQ(json[0].at("entry"), "evil.example");
    EXPECT_EQ(json[0].at("because"), "taken out by hand");
    EXPECT_THAT(json[0].at("since").get<std::string>(), testing::StartsWith("2026-11-21T"));
}

TEST_F(RunsList, shows_a_killed_run_as_unfinished) {
    core::RunReport begun;
    begun.id = "20261121T093000Z-3f2a9c";
    begun.command = "run";
    begun.outcome = core::Outcome::unfinished;
    ASSERT_TRUE(store()->save_run(begun));
    arguments_.command = Command::runs_list;
    ASSERT_EQ(runs_command(arguments_, {out_, err_}), 0) << err_.str();
    EXPECT_THAT(out_.str(), HasSubstr("20261121T093000Z-3f2a9c  run      unfinished: still at work, or killed\n"));
}

}  // namespace
}  // namespace cordon::cli
