#include "net/rate_budget.hpp"

#include <algorithm>
#include <limits>
#include <random>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/net/memory_journal.hpp"

namespace cordon::net {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using testing::MemoryJournal;
using namespace std::chrono_literals;

Time start() {
    return *parse_iso8601("2026-11-21T09:30:00Z");
}

struct Bench {
    ManualClock clock{start()};
    MemoryJournal journal;
    RateBudget budget{clock, journal};

    Result<std::chrono::milliseconds> take(const std::vector<RateWindow>& windows, std::chrono::seconds patience = 2h,
                                           const std::string& key = "k") {
        return budget.take(key, windows, patience, {});
    }
};

/// The largest number of times that any window of this length holds.
std::size_t densest(const std::vector<Time>& times, milliseconds window) {
    std::size_t most = 0;
    for (std::size_t first = 0; first < times.size(); ++first) {
        const auto end = std::lower_bound(times.begin(), times.end(), times[first] + window);
        most = std::max(most, static_cast<std::size_t>(end - times.begin()) - first);
    }
    return most;
}

TEST(RateBudget, no_window_ever_holds_more_than_its_share) {
    for (unsigned seed = 0; seed < 60; ++seed) {
        std::mt19937_64 random(seed);
        const auto pick = [&](std::size_t least, std::size_t most) {
            return std::uniform_int_distribution<std::size_t>(least, most)(random);
        };
        const std::vector<RateWindow> windows{{pick(1, 4), std::chrono::seconds(pick(1, 5))},
                                              {pick(3, 20), std::chrono::seconds(pick(10, 300))}};
        ManualClock clock(start());
        MemoryJournal journal;
        auto budget = std::make_unique<RateBudget>(clock, journal);
        std::vector<Time> sent;
        for (int i = 0; i < 150; ++i) {
            clock.advance(milliseconds(pick(0, 1) * pick(0, 4000)));
            if (pick(0, 9) == 0) budget = std::make_unique<RateBudget>(clock, journal);  // a restart
            ASSERT_TRUE(budget->take("k", windows, 1h, {}).has_value());
            sent.push_back(clock.now());
        }
        for (const auto& window : windows) ASSERT_LE(densest(sent, window.window), window.most) << "seed " << seed;
    }
}

TEST(RateBudget, waits_no_longer_than_the_window_and_the_margin_ask) {
    Bench bench;
    const std::vector<RateWindow> windows{{2, 1s}};
    ASSERT_TRUE(bench.take(windows).has_value());
    ASSERT_TRUE(bench.take(windows).has_value());
    EXPECT_EQ(bench.clock.now(), start());
    ASSERT_TRUE(bench.take(windows).has_value());
    EXPECT_GT(bench.clock.now(), start() + 1s);
    EXPECT_LE(bench.clock.now(), start() + 1200ms);
}

TEST(RateBudget, a_second_and_an_hour_are_kept_together) {
    Bench bench;
    const std::vector<RateWindow> put{{1, 1s}, {400, 1h}};  // zia-api.md 9.2
    for (int i = 0; i < 400; ++i) ASSERT_TRUE(bench.take(put).has_value());
    EXPECT_GE(bench.clock.now(), start() + 399s);
    EXPECT_LT(bench.clock.now(), start() + 500s);
    EXPECT_EQ(*bench.budget.remaining("k", put), 0U);
    ASSERT_TRUE(bench.take(put).has_value());
    EXPECT_GE(bench.clock.now(), start() + 1h);
    EXPECT_LT(bench.clock.now(), start() + 1h + 1s);
}

TEST(RateBudget, survives_a_restart_through_the_journal) {
    Bench bench;
    const std::vector<RateWindow> windows{{3, 1h}};
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(bench.take(windows).has_value());
    RateBudget restarted(bench.clock, bench.journal);
    EXPECT_EQ(*restarted.remaining("k", windows), 0U);
    const auto refused = restarted.take("k", windows, 10min, {});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, Code::throttled);
    ASSERT_TRUE(restarted.take("k", windows, 2h, {}).has_value());
    EXPECT_GE(bench.clock.now(), start() + 1h);
}

TEST(RateBudget, impatience_is_throttled_and_says_what_and_until_when) {
    Bench bench;
    const std::vector<RateWindow> windows{{1, 1s}, {1, 1h}};
    ASSERT_TRUE(bench.take(windows, 0s, "zia POST /status/activate").has_value());
    const auto refused = bench.take(windows, 59min, "zia POST /status/activate");
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, Code::throttled);
    EXPECT_THAT(refused.error().message, HasSubstr("zia POST /status/activate (1 in 3600 s)"));
    EXPECT_THAT(refused.error().message, HasSubstr("until 2026-11-21 10:30:00 UTC"));
    EXPECT_EQ(bench.clock.now(), start());
    EXPECT_EQ(bench.journal.kept["zia POST /status/activate"].size(), 1U);
}

TEST(RateBudget, patience_counts_from_the_first_wait) {
    Bench bench;
    const std::vector<RateWindow> windows{{1, 10s}};
    ASSERT_TRUE(bench.take(windows).has_value());
    EXPECT_FALSE(bench.take(windows, 10s).has_value());
    EXPECT_TRUE(bench.take(windows, 11s).has_value());
}

TEST(RateBudget, keys_do_not_share) {
    Bench bench;
    const std::vector<RateWindow> windows{{1, 1h}};
    ASSERT_TRUE(bench.take(windows, 0s, "a").has_value());
    ASSERT_TRUE(bench.take(windows, 0s, "b").has_value());
    EXPECT_FALSE(bench.take(windows, 0s, "a").has_value());
    EXPECT_EQ(*bench.budget.remaining("c", windows), 1U);
}

TEST(RateBudget, is_written_down_before_it_is_granted_and_not_granted_when_that_fails) {
    Bench bench;
    const std::vector<RateWindow> windows{{2, 1h}};
    ASSERT_TRUE(bench.take(windows).has_value());
    EXPECT_EQ(bench.journal.kept["k"], std::vector<Time>{start()});
    bench.journal.is_broken = true;
    const auto failed = bench.take(windows);
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().code, Code::corrupt);
    bench.journal.is_broken = false;
    EXPECT_EQ(*bench.budget.remaining("k", windows), 1U);
}

TEST(RateBudget, an_unreadable_journal_grants_nothing_and_is_asked_again) {
    Bench bench;
    bench.journal.is_broken = true;
    EXPECT_EQ(bench.take({{1, 1h}}).error().code, Code::corrupt);
    EXPECT_EQ(bench.budget.remaining("k", {{1, 1h}}).error().code, Code::corrupt);
    bench.journal.is_broken = false;
    EXPECT_TRUE(bench.take({{1, 1h}}).has_value());
}

TEST(RateBudget, the_journal_is_trimmed) {
    Bench bench;
    const std::vector<RateWindow> windows{{5, 1min}};
    for (int i = 0; i < 50; ++i) {
        ASSERT_TRUE(bench.take(windows).has_value());
        bench.clock.advance(30s);
    }
    EXPECT_LE(bench.journal.kept["k"].size(), 4U);
}

TEST(RateBudget, programs_with_one_journal_share_one_budget) {
    Bench bench;
    const std::vector<RateWindow> windows{{2, 1s}};
    std::vector<std::unique_ptr<RateBudget>> programs;
    for (int i = 0; i < 4; ++i) programs.push_back(std::make_unique<RateBudget>(bench.clock, bench.journal));
    std::vector<Time> sent;
    for (int round = 0; round < 5; ++round) {
        for (const auto& program : programs) {
            ASSERT_TRUE(program->take("k", windows, 1h, {}).has_value());
            sent.push_back(bench.clock.now());
        }
    }
    EXPECT_EQ(densest(sent, 1s), 2U);
}

TEST(RateBudget, a_longer_window_asked_for_later_is_kept_too) {
    Bench bench;
    bench.journal.kept["k"] = {start() - 30min, start() - 20min};
    EXPECT_EQ(*bench.budget.remaining("k", {{1, 1s}}), 1U);
    EXPECT_EQ(bench.take({{2, 1h}}, 1min).error().code, Code::throttled);
}

TEST(RateBudget, a_clock_that_jumps_back_delays_by_one_window_at_most) {
    Bench bench;
    const std::vector<RateWindow> windows{{1, 1min}};
    ASSERT_TRUE(bench.take(windows).has_value());
    bench.clock.set(start() - 24h);
    ASSERT_TRUE(bench.take(windows, 2min).has_value());
    EXPECT_LE(bench.clock.now(), start() - 24h + 61s);

    bench.clock.set(start() - 48h);
    RateBudget restarted(bench.clock, bench.journal);
    ASSERT_TRUE(restarted.take("k", windows, 2min, {}).has_value());
    EXPECT_LE(bench.clock.now(), start() - 48h + 61s);
}

TEST(RateBudget, a_stop_request_cancels) {
    Bench bench;
    std::stop_source stop;
    ASSERT_TRUE(bench.take({{1, 1h}}).has_value());
    stop.request_stop();
    EXPECT_EQ(bench.budget.take("k", {{1, 1h}}, 2h, stop.get_token()).error().code, Code::cancelled);
    EXPECT_EQ(bench.journal.kept["k"].size(), 1U);
}

TEST(RateBudget, a_window_of_zero_allows_nothing_and_no_window_everything) {
    Bench bench;
    EXPECT_EQ(bench.take({{0, 1s}}).error().code, Code::throttled);
    EXPECT_TRUE(bench.take({}).has_value());
    EXPECT_EQ(*bench.budget.remaining("k", {}), std::numeric_limits<std::size_t>::max());
    EXPECT_TRUE(bench.journal.kept["k"].empty());
}

TEST(RateBudget, threads_share_one_budget) {
    Bench bench;
    const std::vector<RateWindow> windows{{3, 1s}};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 25; ++n) EXPECT_TRUE(bench.take(windows).has_value());
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_GE(bench.clock.now(), start() + 32s);
}

}  // namespace
}  // namespace cordon::net
