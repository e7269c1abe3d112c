#include "engine/schedule.hpp"

#include <set>

#include <gtest/gtest.h>

namespace cordon::engine {
namespace {

using namespace std::chrono_literals;

Time at(const char* text) {
    return parse_iso8601(text).value();
}

Schedule hourly() {
    return {at("2026-11-21T09:30:00Z"), 1h};
}

TEST(Schedule, starts_at_steady_times_and_passes_over_those_that_a_long_run_took) {
    const struct {
        const char* fact;
        const char* now;
        const char* next;
    } cases[] = {
        {"a run that took no time", "2026-11-21T09:30:00Z", "2026-11-21T10:30:00Z"},
        {"a short run", "2026-11-21T09:31:07Z", "2026-11-21T10:30:00Z"},
        {"a run that ended a moment before the next start", "2026-11-21T10:29:59.999Z", "2026-11-21T10:30:00Z"},
        {"a run that ended with the next start", "2026-11-21T10:30:00Z", "2026-11-21T11:30:00Z"},
        {"a run that passed two starts", "2026-11-21T11:42:00Z", "2026-11-21T12:30:00Z"},
        {"a machine that slept for a week", "2026-11-28T09:31:00Z", "2026-11-28T10:30:00Z"},
        {"a clock that was set back a little", "2026-11-21T09:29:58Z", "2026-11-21T09:30:00Z"},
        {"a clock that was set back by years", "2020-01-01T00:00:00Z", "2020-01-01T00:30:00Z"},
    };
    for (const auto& c : cases) EXPECT_EQ(steady_start_after(hourly(), at(c.now)), at(c.next)) << c.fact;
}

TEST(Schedule, puts_a_start_off_by_at_most_five_percent_and_never_brings_it_forward) {
    EXPECT_EQ(most_jitter(hourly()), 3min);
    std::mt19937_64 random(7);
    std::set<Time> starts;
    for (int i = 0; i < 200; ++i) starts.insert(next_start(hourly(), at("2026-11-21T09:31:00Z"), random));
    EXPECT_GE(*starts.begin(), at("2026-11-21T10:30:00Z"));
    EXPECT_LE(*starts.rbegin(), at("2026-11-21T10:33:00Z"));
    EXPECT_GT(starts.size(), 150U) << "hosts must not strike together";
}

TEST(Schedule, does_not_drift_however_the_starts_are_put_off) {
    std::mt19937_64 random(1);
    auto now = hourly().first;
    for (int round = 1; round <= 1'000; ++round) {
        now = next_start(hourly(), now, random);
        const auto steady = hourly().first + round * 1h;
        EXPECT_GE(now, steady);
        EXPECT_LE(now, steady + most_jitter(hourly()));
    }
}

TEST(Schedule, keeps_times_for_the_shortest_interval) {
    std::mt19937_64 random(1);
    const Schedule schedule{hourly().first, 1s};
    const auto next = next_start(schedule, schedule.first, random);
    EXPECT_GE(next, schedule.first + 1s);
    EXPECT_LE(next, schedule.first + 1s + 50ms);
}

}  // namespace
}  // namespace cordon::engine
