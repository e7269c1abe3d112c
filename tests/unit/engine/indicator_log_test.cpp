#include "engine/indicator_log.hpp"

#include <unistd.h>

#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "tests/unit/engine/world.hpp"

namespace cordon::engine {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class AnIndicatorLog : public testing::Test {
protected:
    ~AnIndicatorLog() override { std::filesystem::remove_all(folder_); }
    [[nodiscard]] std::filesystem::path file() const { return folder_ / "logs" / "indicators.csv"; }
    [[nodiscard]] std::string text() const { return read_file(file()).value(); }

    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("cordon-indicators-" + std::to_string(::getpid()) + "-" +
                                                  testing::UnitTest::GetInstance()->current_test_info()->name());
    ManualClock clock_{parse_iso8601("2026-11-21T09:30:00Z").value()};
};

TEST_F(AnIndicatorLog, has_a_row_for_everything_that_came_and_went) {
    auto log = IndicatorLog::open(file(), clock_).value();
    log->take("A, B", Strings{"evil.example", "evil.example/?a=\"%v\",b"}, Strings{"old.example"});
    EXPECT_THAT(text(),
                testing::MatchesRegex("time,list,action,entry\n"
                                      "2026-11-21T09:30:00[^,]*,\"A, B\",added,evil.example\n"
                                      "2026-11-21T09:30:00[^,]*,\"A, B\",added,\"evil.example/.a=\"\"%v\"\",b\"\n"
                                      "2026-11-21T09:30:00[^,]*,\"A, B\",removed,old.example\n"));
}

TEST_F(AnIndicatorLog, goes_on_where_the_last_run_ended) {
    IndicatorLog::open(file(), clock_).value()->take("A", Strings{"one.example"}, {});
    IndicatorLog::open(file(), clock_).value()->take("A", Strings{"two.example"}, {});
    EXPECT_THAT(text(), testing::AllOf(HasSubstr("one.example"), HasSubstr("two.example")));
    EXPECT_EQ(text().find("time,list", 1), std::string::npos) << "one header";
}

TEST_F(AnIndicatorLog, keeps_five_files_at_most_that_only_their_owner_reads) {
    auto log = IndicatorLog::open(file(), clock_).value();
    const Strings entries(700, std::string(10'000, 'a'));
    for (int i = 0; i < 6; ++i) log->take("A", entries, {});
    std::size_t files = 0;
    for (const auto& found : std::filesystem::directory_iterator(folder_ / "logs")) {
        ++files;
        EXPECT_EQ(found.status().permissions(),
                  std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
        EXPECT_THAT(read_file(found.path()).value(), StartsWith("time,list,action,entry\n"));
    }
    EXPECT_EQ(files, 5U);
}

TEST_F(AnIndicatorLog, that_cannot_be_written_says_which_key_is_at_fault) {
    std::filesystem::create_directories(file());  // a folder where the file should be
    const auto log = IndicatorLog::open(file(), clock_);
    ASSERT_FALSE(log);
    EXPECT_THAT(log.error().message, HasSubstr("log_indicators"));
}

TEST(ARunWithAChangeSink, tells_it_what_the_gateway_took) {
    struct Kept final : ChangeSink {
        Strings rows;
        void take(const std::string& list, std::span<const std::string> added,
                  std::span<const std::string> removed) override {
            for (const auto& entry : added) rows.push_back(list + " + " + entry);
            for (const auto& entry : removed) rows.push_back(list + " - " + entry);
        }
    } kept;
    World world;
    auto& feed = world.add("feed", "L", hosts(3));
    const auto run = [&] {
        auto ports = world.ports();
        ports.changes = &kept;
        return run_once(world.sections, world.jobs(), ports, {}, {}).report.exit_status;
    };
    EXPECT_EQ(run(), 0);
    feed.content = {"h002.example", "h003.example", "h004.example"};
    feed.version += "+";
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(run(), 0);
    EXPECT_THAT(kept.rows, testing::ElementsAre("L + h001.example", "L + h002.example", "L + h003.example",
                                                "L + h004.example", "L - h001.example"));
}

}  // namespace
}  // namespace cordon::engine
