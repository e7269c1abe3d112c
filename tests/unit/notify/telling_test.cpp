#include "notify/telling.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/sql_store.hpp"
#include "tests/unit/notify/scene.hpp"
#include "tests/unit/store/store_factory.hpp"

namespace cordon::notify {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::k_morning;

/// Takes notices, or does not.
class Inbox final : public Notifier {
public:
    struct Kept {
        std::vector<std::string> titles;
        bool is_open = true;
        Code code = Code::unreachable;  ///< where it is not
    };
    explicit Inbox(Kept& kept) : kept_(kept) {}
    Result<void> send(const core::Notice& notice, const std::stop_token&) override {
        if (!kept_.is_open) return fail(kept_.code, "the inbox is closed");
        kept_.titles.push_back(notice.title);
        return {};
    }
    std::string receiver() const override { return "an inbox"; }

private:
    Kept& kept_;
};

class TellingPeople : public ::testing::Test {
protected:
    void SetUp() override {
        receivers_.push_back({"one", {}, std::make_unique<Inbox>(first_)});
        receivers_.push_back({"two", {}, std::make_unique<Inbox>(second_)});
    }
    /// A run `hours` after the first, kept as the engine keeps it.
    std::vector<std::string> run(int hours, core::Outcome outcome) {
        core::RunReport report;
        report.id = "run-" + std::to_string(hours);
        report.command = "run";
        report.started = report.finished = k_morning + std::chrono::hours{hours};
        report.outcome = outcome;
        if (outcome == core::Outcome::failed) report.message = "ZIA is down";
        const auto store = store::open_store(folder_.path / "state").value();
        EXPECT_TRUE(store->save_run(report));
        return tell(receivers_, report, *store, {});
    }
    store::TemporaryFolder folder_;
    Inbox::Kept first_;
    Inbox::Kept second_;
    std::vector<Receiver> receivers_;
};

TEST_F(TellingPeople, reaches_everybody_once_and_once_more_when_it_is_over_also_across_processes) {
    EXPECT_THAT(run(0, core::Outcome::failed), IsEmpty());
    EXPECT_THAT(run(1, core::Outcome::failed), IsEmpty());
    EXPECT_THAT(run(2, core::Outcome::done), IsEmpty());
    EXPECT_THAT(run(3, core::Outcome::done), IsEmpty());
    EXPECT_THAT(first_.titles, ElementsAre("A run failed", "Over: runs work again"));
    EXPECT_EQ(second_.titles, first_.titles);
}

TEST_F(TellingPeople, goes_on_with_the_others_and_tries_again_where_one_cannot_be_reached) {
    first_.is_open = false;
    EXPECT_THAT(run(0, core::Outcome::failed),
                ElementsAre("[notify_one] 'A run failed' was not told (an inbox): the inbox is closed; the next run "
                            "tries again"));
    EXPECT_THAT(second_.titles, ElementsAre("A run failed"));
    first_.is_open = true;
    EXPECT_THAT(run(1, core::Outcome::failed), IsEmpty());
    EXPECT_THAT(first_.titles, ElementsAre("A run failed"));
    EXPECT_THAT(second_.titles, ElementsAre("A run failed")) << "the other one knows";
}

TEST_F(TellingPeople, counts_the_runs_after_which_somebody_could_not_be_told) {
    const auto failures = [&] {
        const auto store = store::open_store(folder_.path / "state").value();
        return core::notice_failures_from_json(store->memo(core::k_notice_failures_memo).value());
    };
    first_.is_open = false;
    for (int hour = 0; hour < 3; ++hour) EXPECT_EQ(run(hour, core::Outcome::failed).size(), 1U);
    EXPECT_EQ(failures(), (core::NoticeFailures{{"one", 3}, {"two", 0}}));
    first_.code = Code::cancelled;
    EXPECT_EQ(run(3, core::Outcome::failed).size(), 1U);
    EXPECT_EQ(failures().at("one"), 3U) << "that was no fault of the receiver";
    receivers_.erase(receivers_.begin());
    (void)run(4, core::Outcome::done);
    EXPECT_EQ(failures(), (core::NoticeFailures{{"two", 0}})) << "the other one is gone";
}

TEST_F(TellingPeople, knows_of_a_killed_run_by_what_the_store_keeps_of_it) {
    core::RunReport killed;
    killed.id = "killed";
    killed.command = "run";
    killed.outcome = core::Outcome::unfinished;
    ASSERT_TRUE(store::open_store(folder_.path / "state").value()->save_run(killed));
    EXPECT_THAT(run(1, core::Outcome::done), IsEmpty());
    EXPECT_THAT(first_.titles, ElementsAre("A run was killed"));
}

TEST_F(TellingPeople, begins_anew_where_what_was_told_is_damaged) {
    ASSERT_TRUE(store::open_store(folder_.path / "state").value()->put_memo("notices one", "{"));
    const auto problems = run(0, core::Outcome::failed);
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_THAT(problems[0], HasSubstr("[notify_one] what it was told is not known any more"));
    EXPECT_THAT(first_.titles, ElementsAre("A run failed"));
    EXPECT_THAT(run(1, core::Outcome::failed), IsEmpty()) << "and is whole again";
}

}  // namespace
}  // namespace cordon::notify
