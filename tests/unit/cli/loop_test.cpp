#include "cli/loop.hpp"

#include <sstream>
#include <stdexcept>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cordon::cli {
namespace {

using namespace std::chrono_literals;
using core::Outcome;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Time start() {
    return parse_iso8601("2026-11-21T09:30:00Z").value();
}

Round failed(const std::string& reason) {
    return {k_exit_failed, RoundEnd::failed, reason};
}
const Round k_worked{};
const Round k_partial{k_exit_failed, RoundEnd::worked};
const Round k_guarded{4, RoundEnd::worked};
const Round k_no_turn{k_exit_other_run, RoundEnd::no_turn};

/// A loop on a clock that waits at once; its rounds end as scripted, and the last one is followed by a stop.
struct Stage {
    int run(std::vector<Round> rounds, LoopOptions options = {1h, 3}) {
        const std::function<Round()> next = [&] {
            starts.push_back(clock.now());
            clock.advance(takes);
            out << "report " << starts.size() << "\n";
            const auto round = rounds.at(starts.size() - 1);
            if (round.status == k_exit_bug) throw std::runtime_error("a bug");
            return round;
        };
        StopAfter stopping(clock, rounds.size(), starts);
        return run_loop(options, next, stopping, std::mt19937_64(1), {out, err}, stopping.token());
    }

    /// Stops instead of waiting when so many rounds are over.
    class StopAfter final : public Clock {
    public:
        StopAfter(ManualClock& clock, std::size_t most, const std::vector<Time>& starts)
            : clock_(clock), most_(most), starts_(starts) {}
        [[nodiscard]] Time now() const override { return clock_.now(); }
        bool wait_until(Time moment, const std::stop_token& stop) override {
            if (starts_.size() >= most_) source_.request_stop();
            return clock_.wait_until(moment, stop);
        }
        [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

    private:
        ManualClock& clock_;
        std::size_t most_;
        const std::vector<Time>& starts_;
        std::stop_source source_;
    };

    ManualClock clock{start()};
    std::chrono::milliseconds takes = 40s;
    std::vector<Time> starts;
    std::ostringstream out;
    std::ostringstream err;
};

TEST(Loop, runs_at_once_and_then_at_steady_times) {
    Stage stage;
    EXPECT_EQ(stage.run(std::vector<Round>(5, k_worked)), 0);
    ASSERT_EQ(stage.starts.size(), 5U);
    EXPECT_EQ(stage.starts[0], start());
    for (int i = 1; i < 5; ++i) {
        EXPECT_GE(stage.starts[static_cast<std::size_t>(i)], start() + i * 1h);
        EXPECT_LE(stage.starts[static_cast<std::size_t>(i)], start() + i * 1h + 3min);
    }
}

TEST(Loop, passes_over_the_starts_that_a_long_run_took) {
    Stage stage;
    stage.takes = 150min;
    EXPECT_EQ(stage.run({k_worked, k_worked}), 0);
    EXPECT_GE(stage.starts.at(1), start() + 3h);
    EXPECT_LE(stage.starts.at(1), start() + 3h + 3min);
}

TEST(Loop, says_when_the_next_run_starts) {
    Stage stage;
    EXPECT_EQ(stage.run({k_worked}), 0);
    EXPECT_THAT(stage.err.str(), HasSubstr("the next run starts at 2026-11-21 10:3"));
}

TEST(Loop, starts_when_it_said) {
    Stage stage;
    EXPECT_EQ(stage.run(std::vector<Round>(4, k_worked), {12h, 3}), 0);
    for (std::size_t i = 1; i < 4; ++i) {
        EXPECT_THAT(stage.err.str(), HasSubstr("the next run starts at " + to_readable_utc(stage.starts.at(i))));
    }
}

TEST(Loop, ends_non_zero_with_the_reasons_after_so_many_failed_runs_in_a_row) {
    Stage stage;
    EXPECT_EQ(stage.run({k_worked, failed("no DNS"), failed("no route\nat all"), failed("bad sign-in"), k_worked}), 1);
    EXPECT_EQ(stage.starts.size(), 4U);
    EXPECT_THAT(stage.err.str(), AllOf(HasSubstr("3 failed runs in a row"), HasSubstr("no DNS"),
                                       HasSubstr("no route; at all"), HasSubstr("bad sign-in")));
}

TEST(Loop, counts_anew_after_a_run_that_did_all_or_a_part_of_its_work) {
    for (const auto& good : {k_worked, k_partial, k_guarded}) {
        Stage stage;
        EXPECT_EQ(stage.run({failed("a"), failed("b"), good, failed("c"), failed("d"), good}), 0);
        EXPECT_EQ(stage.starts.size(), 6U);
    }
}

TEST(Loop, goes_on_while_another_run_holds_the_lock_and_learns_nothing_from_it) {
    Stage stage;
    EXPECT_EQ(stage.run(std::vector<Round>(20, k_no_turn)), 0);
    Stage mixed;
    EXPECT_EQ(mixed.run({failed("a"), k_no_turn, failed("b"), k_no_turn, failed("c"), k_worked}), 1);
    EXPECT_EQ(mixed.starts.size(), 5U);
}

TEST(Loop, never_gives_up_where_no_limit_is_set) {
    Stage stage;
    EXPECT_EQ(stage.run(std::vector<Round>(50, failed("no route")), {1h, 0}), 0);
}

TEST(Loop, prints_no_more_than_the_last_ten_reasons) {
    Stage stage;
    std::vector<Round> rounds(19, failed("the first ones"));
    for (int i = 0; i < 10; ++i) rounds.push_back(failed("the last ones"));
    EXPECT_EQ(stage.run(rounds, {1h, 29}), 1);
    EXPECT_THAT(stage.err.str(),
                AllOf(HasSubstr("29 failed runs"), HasSubstr("the last ones"), Not(HasSubstr("the first ones"))));
}

TEST(Loop, takes_a_thrown_exception_for_a_failed_run) {
    Stage stage;
    const Round bug{k_exit_bug, RoundEnd::failed};
    EXPECT_EQ(stage.run({bug, bug, bug}), 1);
    EXPECT_THAT(stage.err.str(), HasSubstr("this is a bug in cordon: a bug"));
}

TEST(Loop, ends_at_once_with_2_where_the_settings_are_wrong_from_the_start) {
    Stage stage;
    EXPECT_EQ(stage.run({{k_exit_usage, RoundEnd::failed, "no such list"}, k_worked}), 2);
    EXPECT_EQ(stage.starts.size(), 1U);
    Stage later;
    EXPECT_EQ(later.run({k_worked, {k_exit_usage, RoundEnd::failed, "an [allow] file has gone"}, k_worked}), 0);
}

TEST(Loop, ends_with_130_where_the_signal_cut_a_run_short) {
    Stage stage;
    EXPECT_EQ(stage.run({k_worked, {k_exit_interrupted, RoundEnd::cut_short}, k_worked}), 130);
    EXPECT_EQ(stage.starts.size(), 2U);
}

TEST(Loop, ends_with_0_where_the_signal_came_too_late_to_cut_the_run_short) {
    std::stop_source source;
    ManualClock clock(start());
    std::ostringstream text;
    int rounds = 0;
    const std::function<Round()> run_once = [&] {
        ++rounds;
        source.request_stop();
        return k_worked;
    };
    EXPECT_EQ(run_loop({1h, 3}, run_once, clock, std::mt19937_64(1), {text, text}, source.get_token()), 0);
    EXPECT_EQ(rounds, 1);
}

core::ListReport list_that(Outcome outcome) {
    core::ListReport list;
    list.list = "Prevent";
    list.outcome = outcome;
    list.message = "because";
    return list;
}

core::RunReport run_with(const std::vector<Outcome>& lists, Outcome overall, const std::string& message = {}) {
    core::RunReport report;
    report.outcome = overall;
    report.exit_status = core::exit_status_of(overall);
    report.message = message;
    for (const auto outcome : lists) report.lists.push_back(list_that(outcome));
    return report;
}

TEST(ARound, failed_only_where_nothing_of_the_run_worked) {
    const struct {
        const char* fact;
        core::RunReport report;
        RoundEnd end;
    } cases[] = {
        {"all went well", run_with({Outcome::done}, Outcome::done), RoundEnd::worked},
        {"part of a list", run_with({Outcome::partial}, Outcome::partial), RoundEnd::worked},
        {"an old snapshot stands in", run_with({Outcome::stale}, Outcome::stale), RoundEnd::worked},
        {"one list of two", run_with({Outcome::done, Outcome::failed}, Outcome::failed), RoundEnd::worked},
        {"one feed of two is too old", run_with({Outcome::done, Outcome::frozen}, Outcome::frozen), RoundEnd::worked},
        {"the guard stopped a list", run_with({Outcome::stopped}, Outcome::stopped), RoundEnd::worked},
        {"every list failed", run_with({Outcome::failed, Outcome::failed}, Outcome::failed), RoundEnd::failed},
        {"every list is failed or frozen", run_with({Outcome::frozen, Outcome::failed}, Outcome::failed),
         RoundEnd::failed},
        {"no sign-in", run_with({Outcome::failed}, Outcome::failed, "bad password"), RoundEnd::failed},
        {"no activation", run_with({Outcome::done}, Outcome::failed, "not activated"), RoundEnd::failed},
        {"no activation beside a stop", run_with({Outcome::stopped}, Outcome::stopped, "not activated"),
         RoundEnd::failed},
        {"a signal", run_with({Outcome::interrupted}, Outcome::interrupted, "stopped"), RoundEnd::cut_short},
    };
    for (const auto& c : cases) {
        const auto round = round_of(c.report);
        EXPECT_EQ(round.end, c.end) << c.fact;
        EXPECT_EQ(round.status, c.report.exit_status) << c.fact;
        EXPECT_EQ(round.reason.empty(), c.end != RoundEnd::failed) << c.fact;
    }
    EXPECT_EQ(round_of(run_with({Outcome::failed}, Outcome::failed)).reason, "list 'Prevent': because");
}

TEST(ARound, failed_where_every_feed_did_and_nothing_was_written) {
    auto report = run_with({Outcome::stale}, Outcome::stale);
    core::FeedReport feed;
    feed.feed = "domains";
    feed.outcome = Outcome::stale;
    feed.message = "no route";
    report.feeds = {feed, feed};
    EXPECT_EQ(round_of(report).end, RoundEnd::failed);
    EXPECT_EQ(round_of(report).reason, "feed 'domains': no route; feed 'domains': no route");
    report.lists[0].removed = 1;
    EXPECT_EQ(round_of(report).end, RoundEnd::worked);
    report.lists[0].removed = 0;
    report.feeds[1].outcome = Outcome::unchanged;
    EXPECT_EQ(round_of(report).end, RoundEnd::worked);
}

TEST(ARound, without_a_run_is_told_by_its_status) {
    EXPECT_EQ(round_without_run(k_exit_other_run, "process 7 is at work").end, RoundEnd::no_turn);
    EXPECT_EQ(round_without_run(k_exit_interrupted, "").end, RoundEnd::cut_short);
    EXPECT_EQ(round_without_run(k_exit_usage, "").end, RoundEnd::failed);
    EXPECT_EQ(round_without_run(k_exit_failed, "the store is locked").end, RoundEnd::failed);
}

}  // namespace
}  // namespace cordon::cli
