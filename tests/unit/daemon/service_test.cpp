#include "daemon/service.hpp"

#include <functional>
#include <map>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cordon::daemon {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Time k_start = parse_iso8601("2026-11-23T09:00:00Z").value();

core::RunReport good_report() {
    core::RunReport report;
    report.id = "good";
    report.command = "run";
    core::ListReport list;
    list.list = "L";
    list.in_step_as_of = k_start + 1h;
    report.lists.push_back(list);
    return report;
}

/// Does nothing but remember, and ends the service once it has run often enough.
class FakeWork final : public Work {
public:
    explicit FakeWork(ManualClock& clock) : clock_(clock) {}

    struct Run {
        std::chrono::minutes at;
        std::string who;
        std::set<std::string> resting;
    };
    std::vector<Run> runs;
    std::vector<std::string> plans;  ///< by whom they were asked for
    std::vector<std::chrono::minutes> polls;
    std::vector<std::set<std::string>> asked;  ///< by poll
    std::vector<std::string> said;
    std::string shown;
    std::size_t most_runs = 3;
    std::function<RunEnd()> end_of_run = [this] {
        auto report = good_report();
        report.finished = clock_.now();
        return RunEnd{report};
    };
    std::function<std::vector<std::string>()> answer_to_poll = [] { return std::vector<std::string>{}; };
    bool has_new = false;
    std::function<void()> on_show = [] {};
    std::function<void()> on_plan = [] {};
    std::function<Result<Pace>()> new_settings = [] { return Pace{}; };
    std::vector<core::RunReport> finished;  ///< by other commands or processes
    std::stop_source stop;

    Result<Pace> read_settings() override {
        has_new = false;
        return new_settings();
    }
    bool has_new_settings() override { return has_new; }
    RunEnd run(const std::optional<RunWish>& wish, const std::set<std::string>& resting,
               const std::stop_token&) override {
        runs.push_back({since_start(), wish ? wish->who : "", resting});
        if (runs.size() >= most_runs) stop.request_stop();
        return end_of_run();
    }
    void plan(const RunWish& wish, const std::stop_token&) override {
        plans.push_back(wish.who);
        on_plan();
    }
    std::vector<std::string> poll(const std::set<std::string>& sections, const std::stop_token&) override {
        asked.push_back(sections);
        polls.push_back(since_start());
        return answer_to_poll();
    }
    std::vector<core::RunReport> finished_runs() override { return std::exchange(finished, {}); }
    void show(const std::string& status) override {
        shown = status;
        on_show();
    }
    void say(const std::string& line) override { said.push_back(line); }

private:
    std::chrono::minutes since_start() const {
        return std::chrono::floor<std::chrono::minutes>(clock_.now() - k_start);
    }
    ManualClock& clock_;
};

class AService : public testing::Test {
protected:
    ManualClock clock_{k_start};
    FakeWork work_{clock_};
    Pace pace_;

    AService() {
        pace_.turns = {{"a", 1h, {}}, {"b", 6h, {}}};
        pace_.lists = {"L"};
        pace_.poll = 0s;
    }
    Service service() { return {work_, pace_, clock_, std::mt19937_64(7)}; }
    void serve(Service& service) { service.serve(work_.stop.get_token()); }

    /// When the second run began, where the first one ended with this report.
    std::chrono::minutes second_start_after(const core::RunReport& report) {
        work_.end_of_run = [&] { return RunEnd{report}; };
        work_.most_runs = 2;
        auto service = this->service();
        serve(service);
        return work_.runs.at(1).at;
    }
};

TEST_F(AService, runs_at_once_and_then_at_its_times) {
    auto service = this->service();
    serve(service);
    ASSERT_THAT(work_.runs, SizeIs(3));
    EXPECT_EQ(work_.runs[0].at, 0min);
    EXPECT_THAT(work_.runs[0].resting, IsEmpty());
    EXPECT_GE(work_.runs[1].at, 60min);
    EXPECT_LE(work_.runs[1].at, 63min);
    EXPECT_THAT(work_.runs[1].resting, ElementsAre("b"));
    EXPECT_GE(work_.runs[2].at, 120min);
    EXPECT_EQ(work_.shown, "ends");
    EXPECT_THAT(work_.said, Contains("run good: done"));
}

TEST_F(AService, runs_as_soon_as_a_poll_finds_something_new) {
    pace_.poll = 5min;
    work_.answer_to_poll = [this] {
        return work_.polls.size() == 3 ? std::vector<std::string>{"b"} : std::vector<std::string>{};
    };
    work_.most_runs = 2;
    auto service = this->service();
    serve(service);
    EXPECT_THAT(work_.polls, ElementsAre(5min, 10min, 15min));
    EXPECT_EQ(work_.runs[1].at, 15min);
    EXPECT_THAT(work_.runs[1].resting, ElementsAre("a"));
}

TEST_F(AService, does_not_let_a_poll_bring_a_feed_forward_that_it_could_not_get) {
    pace_.poll = 5min;
    work_.answer_to_poll = [] { return std::vector<std::string>{}; };
    work_.end_of_run = [] {
        auto report = good_report();
        core::FeedReport feed;
        feed.feed = "a";
        feed.outcome = core::Outcome::stale;
        report.feeds.push_back(feed);
        return RunEnd{report};
    };
    work_.most_runs = 5;
    auto service = this->service();
    serve(service);
    ASSERT_FALSE(work_.asked.empty());
    EXPECT_THAT(work_.asked.front(), ElementsAre("b"));
}

TEST_F(AService, tries_again_soon_after_a_failure_and_says_why) {
    work_.end_of_run = [] { return RunEnd{std::nullopt, "another run is under way"}; };
    auto service = this->service();
    serve(service);
    EXPECT_EQ(work_.runs[1].at, 1min);
    EXPECT_EQ(work_.runs[2].at, 3min);
    EXPECT_THAT(work_.said, Contains("no run: another run is under way"));
    EXPECT_EQ(service.status().last_problem, "another run is under way");
}

TEST_F(AService, outlives_what_a_run_throws) {
    work_.end_of_run = []() -> RunEnd { throw std::runtime_error("oops"); };
    auto service = this->service();
    serve(service);
    EXPECT_THAT(work_.runs, SizeIs(3));
    EXPECT_THAT(work_.said, Contains(HasSubstr("this is a bug in cordon: oops")));
}

TEST_F(AService, waits_for_a_person_where_the_guard_stopped_a_list) {
    auto report = good_report();
    report.outcome = core::Outcome::stopped;
    EXPECT_GE(second_start_after(report), 60min);
}

TEST_F(AService, lets_a_lasting_warning_wait_for_its_turn) {
    auto report = good_report();
    report.outcome = core::Outcome::partial;
    report.warnings = {"must_block: evil.example is on no list"};
    EXPECT_GE(second_start_after(report), 60min);
}

TEST_F(AService, goes_on_at_its_pace_when_the_clock_is_set_back) {
    work_.most_runs = 2;
    work_.end_of_run = [this] {
        if (work_.runs.size() == 1) clock_.set(k_start - 9h);
        return RunEnd{good_report()};
    };
    pace_.poll = 5min;
    auto service = this->service();
    serve(service);
    EXPECT_LE(work_.runs[1].at, -9h + 63min);
    ASSERT_FALSE(work_.polls.empty());
    EXPECT_LE(work_.polls.front(), -9h + 5min);
}

TEST_F(AService, keeps_a_wish_that_another_command_holds_up) {
    auto service = this->service();
    work_.end_of_run = [&] {
        if (work_.runs.size() == 1) {
            EXPECT_TRUE(service.ask_for({"alice", WishKind::run, "", "L", "digest"}));
            return RunEnd{good_report()};
        }
        if (work_.runs.size() < 4) return RunEnd{std::nullopt, "another command is at work", true};
        return RunEnd{good_report()};
    };
    work_.most_runs = 4;
    serve(service);
    for (const std::size_t run : {1U, 2U, 3U}) EXPECT_EQ(work_.runs[run].who, "alice");
    EXPECT_EQ(work_.runs[3].at, 0min) << "it is tried again after seconds";
}

TEST_F(AService, keeps_an_approval_that_is_held_up_also_where_somebody_asks_meanwhile) {
    auto service = this->service();
    work_.end_of_run = [&] {
        if (work_.runs.size() == 1) {
            EXPECT_TRUE(service.ask_for({"alice", WishKind::run, "", "L", "digest"}));
        }
        if (work_.runs.size() != 2) return RunEnd{good_report()};
        EXPECT_TRUE(service.ask_for({"bob"})) << "alice's is under way";
        return RunEnd{std::nullopt, "another command is at work", true};
    };
    work_.most_runs = 4;
    serve(service);
    std::vector<std::string> who;
    for (const auto& run : work_.runs) who.push_back(run.who);
    EXPECT_THAT(who, ElementsAre("", "alice", "alice", "bob"));
}

TEST_F(AService, outlives_what_its_other_steps_throw_and_lets_each_take_its_time) {
    pace_.poll = 5min;
    std::map<std::string, std::chrono::minutes> may_take;
    auto service = this->service();
    const auto fail_as = [&](const std::string& step) {
        may_take[step] = service.status().step_may_take;
        throw std::runtime_error(step);
    };
    work_.on_show = [&] { fail_as("show"); };
    work_.on_plan = [&] { fail_as("plan"); };
    work_.answer_to_poll = [&]() -> std::vector<std::string> {
        fail_as("poll");
        return {};
    };
    work_.new_settings = [&]() -> Result<Pace> {
        fail_as("settings");
        return Pace{};
    };
    work_.end_of_run = [&]() -> RunEnd {
        if (work_.runs.size() == 1) {
            EXPECT_TRUE(service.ask_for({"alice", WishKind::plan}));
            service.reload();
        }
        fail_as("run");
        return {};
    };
    work_.most_runs = 4;
    serve(service);
    for (const auto* step : {"show", "plan", "poll", "settings", "run"})
        EXPECT_THAT(work_.said, Contains(HasSubstr(std::string("this is a bug in cordon: ") + step)));
    EXPECT_THAT(service.status().settings_problem, HasSubstr("settings"));
    EXPECT_LE(may_take["show"], 2min);
    EXPECT_EQ(may_take["plan"], may_take["run"]);
    EXPECT_GE(may_take["run"], 1h) << "it may wait for an hour's calls";
    EXPECT_GT(may_take["poll"], 2min);
    EXPECT_EQ(service.status().step_may_take, 2min) << "of what comes after";
}

TEST_F(AService, takes_new_settings_between_two_runs) {
    work_.most_runs = 2;
    work_.end_of_run = [this] {
        work_.has_new = true;
        return RunEnd{good_report()};
    };
    work_.new_settings = [] {
        Pace pace;
        pace.turns = {{"new", 1h, {}}};
        pace.lists = {"M"};
        return pace;
    };
    auto service = this->service();
    serve(service);
    EXPECT_EQ(work_.runs[1].at, 0min) << "a feed of which nothing is known has its turn at once";
    EXPECT_THAT(service.status().readiness.stale, ElementsAre("M"));
}

TEST_F(AService, keeps_its_settings_where_the_new_ones_are_wrong_and_says_so) {
    work_.most_runs = 2;
    work_.end_of_run = [this] {
        work_.has_new = work_.runs.size() == 1;
        return RunEnd{good_report()};
    };
    work_.new_settings = []() -> Result<Pace> { return fail(Code::invalid, "line 3: nonsense"); };
    auto service = this->service();
    serve(service);
    EXPECT_GE(work_.runs[1].at, 60min);
    EXPECT_EQ(service.status().settings_problem, "line 3: nonsense");
    EXPECT_THAT(work_.said, Contains(HasSubstr("those before stay in force: line 3: nonsense")));
}

TEST_F(AService, reads_its_settings_again_when_it_is_told_to_though_the_file_looks_the_same) {
    int read = 0;
    work_.new_settings = [&]() -> Result<Pace> {
        ++read;
        return pace_;
    };
    auto service = this->service();
    service.reload();
    serve(service);
    EXPECT_EQ(read, 1);
}

TEST_F(AService, runs_all_feeds_at_once_when_somebody_asks) {
    auto service = this->service();
    std::size_t asked = 0;
    work_.end_of_run = [&] {
        if (asked++ == 0) {
            EXPECT_TRUE(service.ask_for({"alice"}));
            EXPECT_EQ(service.status().asked_by, "alice");
            const auto second = service.ask_for({"bob"});
            EXPECT_EQ(second.error().code, Code::blocked);
            EXPECT_THAT(second.error().message, HasSubstr("alice has asked for a run already"));
        }
        return RunEnd{good_report()};
    };
    work_.most_runs = 2;
    serve(service);
    EXPECT_EQ(work_.runs[1].at, 0min);
    EXPECT_EQ(work_.runs[1].who, "alice");
    EXPECT_THAT(work_.runs[1].resting, IsEmpty());
    EXPECT_FALSE(service.status().asked_by);
}

TEST_F(AService, makes_a_plan_when_somebody_asks_which_counts_as_no_run) {
    auto service = this->service();
    work_.end_of_run = [&] {
        if (work_.runs.size() > 1) return RunEnd{good_report()};
        EXPECT_TRUE(service.ask_for({"alice", WishKind::plan}));
        return RunEnd{good_report()};
    };
    work_.most_runs = 2;
    serve(service);
    EXPECT_THAT(work_.plans, ElementsAre("alice"));
    EXPECT_GE(work_.runs[1].at, 60min);
}

TEST_F(AService, is_ready_for_as_long_as_its_lists_are_fresh_also_across_restarts) {
    work_.finished = {good_report()};
    work_.finished[0].lists[0].in_step_as_of = k_start - 1h;
    pace_.max_staleness = 2h;
    auto service = this->service();
    EXPECT_TRUE(service.status().readiness.is_ready);
    clock_.advance(61min);
    EXPECT_FALSE(service.status().readiness.is_ready);
    work_.most_runs = 1;
    serve(service);
    EXPECT_TRUE(service.status().readiness.is_ready);
}

TEST_F(AService, knows_of_the_runs_of_other_commands) {
    auto service = this->service();
    EXPECT_FALSE(service.status().last_outcome);
    work_.on_show = [&] {
        if (!work_.shown.starts_with("the next run")) return;
        if (work_.runs.size() == 1 && service.status().last_run == "good") {
            work_.finished = {good_report()};
            work_.finished[0].id = "by hand";
            work_.finished[0].outcome = core::Outcome::stopped;
            work_.finished[0].finished = clock_.now();
        }
        if (service.status().last_run != "by hand") return;
        EXPECT_EQ(service.status().last_outcome, core::Outcome::stopped);
        work_.stop.request_stop();
    };
    serve(service);
    EXPECT_EQ(service.status().last_run, "by hand");
}

TEST_F(AService, that_is_told_to_stop_runs_no_more) {
    work_.stop.request_stop();
    auto service = this->service();
    serve(service);
    EXPECT_THAT(work_.runs, IsEmpty());
}

}  // namespace
}  // namespace cordon::daemon
