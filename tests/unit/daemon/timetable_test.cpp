#include "daemon/timetable.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cordon::daemon {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Time k_start = parse_iso8601("2026-11-23T09:00:00Z").value();  // a Monday

Turn turn(const char* section, std::chrono::seconds every, const char* quiet = "") {
    return {section, every, engine::parse_freeze(quiet).value()};
}

class ATimetable : public testing::Test {
protected:
    std::mt19937_64 random_{1};

    Timetable table(std::vector<Turn> turns) { return {std::move(turns), engine::FreezeZone::utc, k_start}; }
    void ran(Timetable& table, Time at, const std::set<std::string>& again = {}) {
        table.ran(at, at + 30s, again, random_);
    }
};

TEST_F(ATimetable, begins_with_a_run_of_all_feeds) {
    const auto fresh = table({turn("a", 1h), turn("b", 6h)});
    EXPECT_TRUE(fresh.is_due(k_start));
    EXPECT_EQ(fresh.next(k_start), k_start);
    EXPECT_THAT(fresh.resting(k_start), IsEmpty());
}

TEST_F(ATimetable, asks_each_feed_as_often_as_it_wants_and_lets_the_others_rest) {
    auto hourly = table({turn("a", 1h), turn("b", 6h)});
    ran(hourly, k_start);
    const auto next = hourly.next(k_start + 1min);
    EXPECT_GE(next, k_start + 1h);
    EXPECT_LE(next, k_start + 1h + 3min) << "5 % by chance";
    EXPECT_FALSE(hourly.is_due(k_start + 59min));
    EXPECT_THAT(hourly.resting(next), ElementsAre("b"));
    std::size_t runs_of_b = 0;
    for (Time now = k_start; now < k_start + 24h; now = hourly.next(now)) {
        if (!hourly.is_due(now)) continue;
        runs_of_b += hourly.resting(now).contains("b") ? 0U : 1U;
        ran(hourly, now);
    }
    EXPECT_EQ(runs_of_b, 3U) << "at 6, 12 and 18 h; that of the start was before";
}

TEST_F(ATimetable, keeps_its_steady_times_however_long_a_run_takes) {
    auto hourly = table({turn("a", 1h)});
    hourly.ran(k_start, k_start + 150min, {}, random_);
    EXPECT_GE(hourly.next(k_start + 150min), k_start + 3h);
    EXPECT_LE(hourly.next(k_start + 150min), k_start + 3h + 3min);
}

TEST_F(ATimetable, asks_nobody_in_quiet_hours_and_at_their_end_whose_turn_came_meanwhile) {
    auto quiet = table({turn("a", 1h, "10:00 - 14:00")});
    ran(quiet, k_start);
    EXPECT_FALSE(quiet.is_due(k_start + 2h));
    EXPECT_THAT(quiet.resting(k_start + 2h), ElementsAre("a"));
    EXPECT_THAT(quiet.awake(k_start + 2h), IsEmpty());
    EXPECT_EQ(quiet.next(k_start + 2h), k_start + 5h) << "the end of the quiet hours, however often it is asked";
    EXPECT_EQ(quiet.next(k_start + 2h + 7s), k_start + 5h);
    EXPECT_TRUE(quiet.is_due(k_start + 5h));
    EXPECT_THAT(quiet.awake(k_start + 5h), ElementsAre("a"));
}

TEST_F(ATimetable, asks_soon_again_for_which_something_is_to_be_made_good_and_ever_later) {
    auto failing = table({turn("a", 1h), turn("b", 6h)});
    ran(failing, k_start);
    const auto first = failing.next(k_start + 1min);
    std::vector<long> minutes;
    Time now = first;
    for (int i = 0; i < 5; ++i) {
        ran(failing, now, {"a", "b"});
        EXPECT_THAT(failing.resting(failing.next(now)), ElementsAre("b")) << "what rested goes on resting";
        minutes.push_back(std::chrono::floor<std::chrono::minutes>(failing.next(now) - now).count());
        now = failing.next(now);
    }
    EXPECT_THAT(minutes, ElementsAre(1, 2, 5, 10, 15));
    ran(failing, now);
    ran(failing, failing.next(now), {"a"});
    EXPECT_LT(failing.next(failing.next(now)) - failing.next(now), 2h) << "counted anew";
}

TEST_F(ATimetable, leaves_the_others_their_times) {
    auto both = table({turn("a", 1h), turn("b", 1h)});
    both.ran(k_start, k_start + 30s, {"b"}, random_);
    EXPECT_THAT(both.resting(k_start + 2min), ElementsAre("a"));
}

TEST_F(ATimetable, of_a_clock_that_was_set_back_is_never_further_off_than_an_interval) {
    auto hourly = table({turn("a", 1h)});
    ran(hourly, k_start);
    const auto earlier = k_start - 9h;
    hourly.meet(earlier);
    EXPECT_LE(hourly.next(earlier), earlier + 1h + 3min);
    const auto next = hourly.next(earlier);
    hourly.meet(next);
    EXPECT_TRUE(hourly.is_due(next)) << "meeting it again puts nothing off";
}

TEST_F(ATimetable, brings_a_feed_forward_that_has_something_new) {
    auto hourly = table({turn("a", 1h), turn("b", 1h)});
    ran(hourly, k_start);
    hourly.hurry("b", k_start + 10min);
    EXPECT_TRUE(hourly.is_due(k_start + 10min));
    EXPECT_THAT(hourly.resting(k_start + 10min), ElementsAre("a"));
    hourly.hurry("nobody", k_start + 10min);
    ran(hourly, k_start + 10min);
    EXPECT_GE(hourly.next(k_start + 11min), k_start + 1h) << "its steady time stays";
}

TEST_F(ATimetable, keeps_the_times_of_what_other_settings_leave_as_it_was) {
    auto old = table({turn("a", 1h), turn("b", 1h), turn("c", 1h)});
    ran(old, k_start);
    old.replace({turn("a", 1h), turn("b", 2h), turn("d", 1h)}, engine::FreezeZone::utc, k_start + 10min);
    EXPECT_THAT(old.resting(k_start + 10min), ElementsAre("a")) << "b and d have their turn at once, c is gone";
}

TEST_F(ATimetable, of_nothing_waits_for_other_settings) {
    const auto empty = table({});
    EXPECT_FALSE(empty.is_due(k_start));
    EXPECT_GT(empty.next(k_start), k_start);
}

}  // namespace
}  // namespace cordon::daemon
