#include "base/clock.hpp"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cordon {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

struct DateFact {
    const char* text;
    const char* utc;  ///< "" = refused
    int milliseconds;
};

TEST(Clock, iso_8601_is_read_as_feeds_write_it) {
    const DateFact facts[] = {
        {"2026-02-11", "2026-02-11T00:00:00Z", 0},
        {"2026-02-11T05:24:09Z", "2026-02-11T05:24:09Z", 0},
        {"2026-02-11t05:24:09z", "", 0},
        {"2026-02-11T05:24:09z", "2026-02-11T05:24:09Z", 0},
        {"2026-02-11 05:24:09", "2026-02-11T05:24:09Z", 0},
        {"2026-02-11T05:24:09", "2026-02-11T05:24:09Z", 0},
        {"2026-02-11T05:24", "2026-02-11T05:24:00Z", 0},
        {"2026-02-11T05:24:09.5Z", "2026-02-11T05:24:09Z", 500},
        {"2026-02-11T05:24:09.123456789Z", "2026-02-11T05:24:09Z", 123},
        {"2026-02-11T05:24:09+02:00", "2026-02-11T03:24:09Z", 0},
        {"2026-02-11T05:24:09-0530", "2026-02-11T10:54:09Z", 0},
        {"2026-02-11T05:24:09+02", "2026-02-11T03:24:09Z", 0},
        {"2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00Z", 0},
        {"2024-02-29", "2024-02-29T00:00:00Z", 0},
        {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z", 0},
        {"1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z", 0},
        {"9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z", 0},
        {"", "", 0},
        {"2026", "", 0},
        {"2026-02", "", 0},
        {"2026-2-1", "", 0},
        {"2026-13-01", "", 0},
        {"2026-00-01", "", 0},
        {"2026-02-30", "", 0},
        {"2023-02-29", "", 0},
        {"-026-02-11", "", 0},
        {"2026-02-11T", "", 0},
        {"2026-02-11T24:00:00Z", "", 0},
        {"2026-02-11T05:60:00Z", "", 0},
        {"2026-02-11T05:24:61Z", "", 0},
        {"2026-02-11T05:24:Z", "", 0},
        {"2026-02-11T05:24:09.Z", "", 0},
        {"2026-02-11T05:24:09+", "", 0},
        {"2026-02-11T05:24:09+02:", "", 0},
        {"2026-02-11T05:24:09+2:00", "", 0},
        {"2026-02-11T05:24:09+24:00", "", 0},
        {"2026-02-11T05:24:09+02:60", "", 0},
        {"2026-02-11T05:24:09ZZ", "", 0},
        {"2026-02-11T05:24:09 Z", "", 0},
        {" 2026-02-11", "", 0},
        {"2026-02-11 ", "", 0},
        {"11/02/2026", "", 0},
        {"+026-02-11", "", 0},
    };
    for (const auto& fact : facts) {
        const auto moment = parse_iso8601(fact.text);
        ASSERT_EQ(moment.has_value(), *fact.utc != '\0') << fact.text;
        if (!moment) {
            EXPECT_EQ(moment.error().code, Code::invalid);
            continue;
        }
        EXPECT_EQ(to_iso8601(*moment), fact.utc) << fact.text;
        EXPECT_EQ((*moment - std::chrono::floor<std::chrono::seconds>(*moment)).count(), fact.milliseconds)
            << fact.text;
    }
}

TEST(Clock, times_are_written_for_people_too) {
    EXPECT_EQ(to_readable_utc(*parse_iso8601("2026-11-21T09:30:05.999Z")), "2026-11-21 09:30:05 UTC");
}

TEST(Clock, hostile_dates_stand_harmless_in_the_message) {
    EXPECT_THAT(parse_iso8601("\x1b[2J").error().message, HasSubstr("'?[2J'"));
    EXPECT_LT(parse_iso8601(std::string(100'000, 'x')).error().message.size(), 200U);
    EXPECT_LT(parse_duration(std::string(100'000, 'x')).error().message.size(), 300U);
}

struct LengthFact {
    const char* text;
    std::chrono::seconds length;  ///< -1 s = refused
};

TEST(Clock, lengths_of_time_are_read_with_their_unit) {
    const LengthFact facts[] = {
        {"0", 0s},
        {"0s", 0s},
        {"0d", 0s},
        {"35s", 35s},
        {"90m", 90min},
        {"24h", 24h},
        {"7d", 168h},
        {"2w", 336h},
        {"007m", 7min},
        {"36600d", 36600 * 24h},
        {"36601d", -1s},
        {"", -1s},
        {"5", -1s},
        {"s", -1s},
        {"-1s", -1s},
        {"+1s", -1s},
        {"1.5h", -1s},
        {"1 h", -1s},
        {" 1h", -1s},
        {"1h ", -1s},
        {"1H", -1s},
        {"1y", -1s},
        {"1hh", -1s},
        {"1h30m", -1s},
        {"99999999999999999999s", -1s},
        {"9223372036854775807w", -1s},
    };
    for (const auto& fact : facts) {
        EXPECT_EQ(parse_duration(fact.text).value_or(-1s), fact.length) << fact.text;
    }
}

TEST(Clock, lengths_are_written_as_they_are_read) {
    EXPECT_EQ(to_text(0s), "0");
    EXPECT_EQ(to_text(35s), "35s");
    EXPECT_EQ(to_text(60s), "1m");
    EXPECT_EQ(to_text(90min), "90m");
    EXPECT_EQ(to_text(36h), "36h");
    EXPECT_EQ(to_text(168h), "7d");
    for (long n = 0; n < 200'000; n += 37)
        EXPECT_EQ(*parse_duration(to_text(std::chrono::seconds(n))), std::chrono::seconds(n));
}

TEST(Clock, a_manual_clock_moves_only_forward_by_waiting_and_anywhere_by_setting) {
    const Time start = *parse_iso8601("2026-11-21");
    ManualClock clock(start);
    EXPECT_TRUE(clock.wait_for(1h, {}));
    EXPECT_EQ(clock.now(), start + 1h);
    EXPECT_TRUE(clock.wait_until(start, {}));
    EXPECT_EQ(clock.now(), start + 1h);
    clock.advance(5ms);
    EXPECT_EQ(clock.now(), start + 1h + 5ms);
    clock.set(start);
    EXPECT_EQ(clock.now(), start);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_FALSE(clock.wait_for(1h, stop.get_token()));
    EXPECT_EQ(clock.now(), start);
}

TEST(Clock, the_system_clock_waits_and_can_be_interrupted) {
    SystemClock clock;
    const auto before = clock.now();
    EXPECT_TRUE(clock.wait_for(2ms, {}));
    EXPECT_GE(clock.now(), before + 2ms);
    EXPECT_TRUE(clock.wait_until(before - 1h, {}));
    std::stop_source stop;
    std::jthread stopper([&] { stop.request_stop(); });
    EXPECT_FALSE(clock.wait_until(Time::max(), stop.get_token()));
    EXPECT_FALSE(clock.wait_for(-1h, stop.get_token()));
}

}  // namespace
}  // namespace cordon
