#include <filesystem>
#include <fstream>
#include <sstream>

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "store/sql_store.hpp"

namespace cordon::cli {
namespace {

using testing::HasSubstr;

/// A settings file and the store beside it.
class StoredThings : public testing::Test {
protected:
    StoredThings() {
        std::filesystem::create_directories(folder_);
        std::ofstream(folder_ / "settings.ini") << "[cordon]\nstate_dir = state\n";
        arguments_.common.settings = folder_ / "settings.ini";
    }
    ~StoredThings() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] std::unique_ptr<store::Store> store() const { return store::open_store(folder_ / "state").value(); }

    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("cordon-stored-" + std::to_string(::getpid()) + "-" +
                                                  testing::UnitTest::GetInstance()->current_test_info()->name());
    Arguments arguments_;
    std::ostringstream out_, err_;
};

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
