#include "engine/freeze.hpp"

#include <cstdlib>
#include <ctime>

#include <gtest/gtest.h>

namespace cordon::engine {
namespace {

WallTime wall(const char* text) {
    return wall_time(parse_iso8601(text).value(), FreezeZone::utc);
}

/// "" where the moment is free; "-" where the freeze has no end.
std::string end_of_freeze(const char* windows, const char* moment) {
    const auto parsed = parse_freeze(windows);
    EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().message);
    if (!parsed) return "not understood";
    const auto freeze = freeze_at(*parsed, wall(moment));
    if (!freeze) return {};
    return freeze->until ? text_of(*freeze->until, FreezeZone::utc) : "-";
}

struct FreezeCase {
    const char* windows;
    const char* moment;
    const char* until;
};

TEST(AFreeze, lasts_as_the_table_says) {
    // 2026-11-20 is a Friday.
    const FreezeCase table[] = {
        {"", "2026-11-20T18:00:00Z", ""},
        // every week, over its turn
        {"Fri 18:00 - Mon 06:00", "2026-11-20T17:59:59Z", ""},
        {"Fri 18:00 - Mon 06:00", "2026-11-20T18:00:00Z", "Mon 2026-11-23 06:00 UTC"},
        {"Fri 18:00 - Mon 06:00", "2026-11-22T23:59:59Z", "Mon 2026-11-23 06:00 UTC"},
        {"Fri 18:00 - Mon 06:00", "2026-11-23T00:00:00Z", "Mon 2026-11-23 06:00 UTC"},
        {"Fri 18:00 - Mon 06:00", "2026-11-23T05:59:59Z", "Mon 2026-11-23 06:00 UTC"},
        {"Fri 18:00 - Mon 06:00", "2026-11-23T06:00:00Z", ""},
        {"friday 18:00-MONDAY 6:00", "2026-11-21T12:00:00Z", "Mon 2026-11-23 06:00 UTC"},
        {"Mon 08:00 - Mon 06:00", "2026-11-23T07:00:00Z", ""},
        {"Mon 08:00 - Mon 06:00", "2026-11-23T08:00:00Z", "Mon 2026-11-30 06:00 UTC"},
        {"Tue 08:00 - Tue 10:00", "2026-11-24T09:00:00Z", "Tue 2026-11-24 10:00 UTC"},
        {"Tue 08:00 - Tue 10:00", "2026-11-25T09:00:00Z", ""},
        // whole days
        {"Sat - Sun", "2026-11-20T23:59:59Z", ""},
        {"Sat - Sun", "2026-11-21T00:00:00Z", "Mon 2026-11-23 00:00 UTC"},
        {"Sat - Sun", "2026-11-22T23:59:59Z", "Mon 2026-11-23 00:00 UTC"},
        {"Sat - Sun", "2026-11-23T00:00:00Z", ""},
        {"Sun - Mon 06:00", "2026-11-23T05:00:00Z", "Mon 2026-11-23 06:00 UTC"},
        // every day, over midnight and not
        {"22:00 - 05:00", "2026-11-20T21:59:00Z", ""},
        {"22:00 - 05:00", "2026-11-20T22:00:00Z", "Sat 2026-11-21 05:00 UTC"},
        {"22:00 - 05:00", "2026-11-21T04:59:00Z", "Sat 2026-11-21 05:00 UTC"},
        {"22:00 - 05:00", "2026-11-21T05:00:00Z", ""},
        {"08:00 - 18:00", "2026-11-21T12:00:00Z", "Sat 2026-11-21 18:00 UTC"},
        {"20:00 - 24:00", "2026-11-21T23:59:00Z", "Sun 2026-11-22 00:00 UTC"},
        {"20:00 - 24:00", "2026-11-21T00:00:00Z", ""},
        // once
        {"2026-12-24 12:00 - 2027-01-02", "2026-12-24T11:59:00Z", ""},
        {"2026-12-24 12:00 - 2027-01-02", "2026-12-24T12:00:00Z", "Sun 2027-01-03 00:00 UTC"},
        {"2026-12-24 12:00 - 2027-01-02", "2027-01-02T23:59:00Z", "Sun 2027-01-03 00:00 UTC"},
        {"2026-12-24 12:00 - 2027-01-02", "2027-01-03T00:00:00Z", ""},
        {"2026-12-24 \xe2\x80\x93 2026-12-24", "2026-12-24T12:00:00Z", "Fri 2026-12-25 00:00 UTC"},
        {"2028-02-29 - 2028-02-29 10:00", "2028-02-29T09:00:00Z", "Tue 2028-02-29 10:00 UTC"},
        // several
        {"22:00 - 05:00; Fri 18:00 - Mon 06:00", "2026-11-18T23:00:00Z", "Thu 2026-11-19 05:00 UTC"},
        {"22:00 - 05:00\n  Fri 18:00 - Mon 06:00", "2026-11-21T23:00:00Z", "Mon 2026-11-23 06:00 UTC"},
        {"Mon 05:00 - Mon 09:00; Fri 18:00 - Mon 06:00;", "2026-11-21T23:00:00Z", "Mon 2026-11-23 09:00 UTC"},
        {"00:00 - 12:00; 12:00 - 00:00", "2026-11-21T23:00:00Z", "-"},
        {"00:00 - 24:00", "2026-11-21T23:00:00Z", "-"},
        {"Mon - Sun", "2026-11-21T23:00:00Z", "-"},
    };
    for (const auto& row : table) EXPECT_EQ(end_of_freeze(row.windows, row.moment), row.until) << row.windows;
}

TEST(AFreeze, that_cannot_be_read_is_answered_with_the_accepted_forms) {
    for (const char* bad : {"weekends",
                            "Fri 18:00",
                            "Fri 18:00 -",
                            "- Mon",
                            "Fri 18:00 - 06:00",
                            "18:00 - Mon 06:00",
                            "22:00 - 22:00",
                            "Fri 18:00 - Fri 18:00",
                            "25:00 - 05:00",
                            "22:60 - 05:00",
                            "22 - 05",
                            "22:0 - 05:00",
                            "2026-02-30 - 2026-03-01",
                            "2026-12-24 - 2026-12-23",
                            "2026-12-24 12:00 - 2026-12-24 12:00",
                            "2026-12-24 - Mon",
                            "Fr 18:00 - Mon 06:00",
                            "22:00 - 05:00 daily",
                            "24:01 - 05:00",
                            "22:00 - 05:00, 07:00 - 08:00",
                            "2026-1224 - 2026-12-25"}) {
        const auto parsed = parse_freeze(bad);
        ASSERT_FALSE(parsed) << bad;
        EXPECT_EQ(parsed.error().code, Code::invalid);
        EXPECT_NE(parsed.error().message.find("'Fri 18:00 - Mon 06:00' (every week)"), std::string::npos);
        EXPECT_NE(parsed.error().message.find("is none"), std::string::npos);
    }
}

TEST(AFreeze, names_only_the_window_that_was_not_understood) {
    const auto parsed = parse_freeze("22:00 - 05:00; someday");
    ASSERT_FALSE(parsed);
    EXPECT_NE(parsed.error().message.find("'someday' is none"), std::string::npos);
}

TEST(AFreeze, in_local_time_follows_the_machines_zone) {
    const char* before = std::getenv("TZ");
    const std::string kept = before == nullptr ? "" : before;
    ::setenv("TZ", "UTC-3", 1);  // POSIX: three hours east
    ::tzset();
    const auto local = wall_time(parse_iso8601("2026-11-20T22:30:00Z").value(), FreezeZone::local);
    before == nullptr ? ::unsetenv("TZ") : ::setenv("TZ", kept.c_str(), 1);
    ::tzset();
    EXPECT_EQ(text_of(local, FreezeZone::local), "Sat 2026-11-21 01:30 local time");
}

}  // namespace
}  // namespace cordon::engine
