#include "net/retry.hpp"

#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace cordon::net {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

Time now() {
    return *parse_iso8601("2026-11-21T09:30:00Z");
}

struct WaitFact {
    const char* name;
    RetryRule rule;
    int attempt;
    std::optional<milliseconds> retry_after;
    std::optional<milliseconds> least;  ///< nullopt: give up
    milliseconds most;
};

TEST(Retry, waits_follow_the_table) {
    constexpr int k_many = std::numeric_limits<int>::max();
    const RetryRule usual;
    const RetryRule exact{10, 1000ms, 60'000ms, 0};
    const WaitFact facts[] = {
        {"the first wait is the base", exact, 1, {}, 1000ms, 1000ms},
        {"it doubles", exact, 2, {}, 2000ms, 2000ms},
        {"and again", exact, 3, {}, 4000ms, 4000ms},
        {"up to the ceiling", exact, 6, {}, 32'000ms, 32'000ms},
        {"which holds", exact, 7, {}, 60'000ms, 60'000ms},
        {"and holds", exact, 9, {}, 60'000ms, 60'000ms},
        {"the last attempt is not followed by another", exact, 10, {}, {}, 0ms},
        {"nor one beyond it", exact, 11, {}, {}, 0ms},
        {"retry-after does not make more attempts", exact, 10, 1000ms, {}, 0ms},
        {"retry-after is a floor", exact, 1, 5000ms, 5000ms, 5000ms},
        {"a shorter retry-after changes nothing", exact, 3, 1000ms, 4000ms, 4000ms},
        {"retry-after goes above the ceiling", exact, 1, 3'600'000ms, 3'600'000ms, 3'600'000ms},
        {"retry-after of zero changes nothing", exact, 1, 0ms, 1000ms, 1000ms},
        {"attempt zero counts as the first", exact, 0, {}, 1000ms, 1000ms},
        {"a negative attempt counts as the first", exact, -5, {}, 1000ms, 1000ms},
        {"many doublings do not overflow", {k_many, 1000ms, 60'000ms, 0}, k_many - 1, {}, 60'000ms, 60'000ms},
        {"a thousand doublings do not overflow", {k_many, 1000ms, 60'000ms, 0}, 1100, {}, 60'000ms, 60'000ms},
        {"a huge base is capped", {5, milliseconds::max(), 60'000ms, 0}, 3, {}, 60'000ms, 60'000ms},
        {"a base of zero waits not at all", {5, 0ms, 60'000ms, 0.25}, 4, {}, 0ms, 0ms},
        {"a base of zero still honours retry-after", {5, 0ms, 60'000ms, 0}, 4, 2000ms, 2000ms, 2000ms},
        {"a ceiling of zero waits not at all", {5, 1000ms, 0ms, 0.25}, 4, {}, 0ms, 0ms},
        {"a negative ceiling counts as zero", {5, 1000ms, -1ms, 0.25}, 4, {}, 0ms, 0ms},
        {"one attempt never repeats", {1, 1000ms, 60'000ms, 0}, 1, {}, {}, 0ms},
        {"no attempt never repeats", {0, 1000ms, 60'000ms, 0}, 1, {}, {}, 0ms},
        {"jitter keeps within its share", usual, 1, {}, 750ms, 1250ms},
        {"jitter grows with the wait", usual, 4, {}, 6000ms, 10'000ms},
        {"jitter never leads above the ceiling", {9, 1000ms, 60'000ms, 0.25}, 8, {}, 45'000ms, 60'000ms},
        {"jitter never undercuts retry-after", usual, 1, 1000ms, 1000ms, 1250ms},
        {"jitter over 100 % counts as 100 %", {5, 1000ms, 60'000ms, 7}, 1, {}, 0ms, 2000ms},
        {"negative jitter counts as none", {5, 1000ms, 60'000ms, -1}, 1, {}, 1000ms, 1000ms},
    };
    std::mt19937_64 random(7);
    for (const auto& fact : facts) {
        for (int i = 0; i < 200; ++i) {
            const auto wait = wait_before_retry(fact.rule, fact.attempt, fact.retry_after, random);
            ASSERT_EQ(wait.has_value(), fact.least.has_value()) << fact.name;
            if (!wait) continue;
            ASSERT_GE(*wait, *fact.least) << fact.name;
            ASSERT_LE(*wait, fact.most) << fact.name;
        }
    }
}

TEST(Retry, jitter_spreads_over_its_whole_range_and_follows_the_generator) {
    std::mt19937_64 random(1);
    auto least = milliseconds::max();
    auto most = milliseconds::min();
    for (int i = 0; i < 2000; ++i) {
        const auto wait = *wait_before_retry({}, 1, {}, random);
        least = std::min(least, wait);
        most = std::max(most, wait);
    }
    EXPECT_LT(least, 770ms);
    EXPECT_GT(most, 1230ms);
    std::mt19937_64 a(3);
    std::mt19937_64 b(3);
    EXPECT_EQ(wait_before_retry({}, 2, {}, a), wait_before_retry({}, 2, {}, b));
}

struct AfterFact {
    std::string text;
    std::optional<milliseconds> wait;
};

TEST(Retry, retry_after_is_read_in_every_spelling) {
    constexpr milliseconds k_year = std::chrono::hours{24 * 366};
    const AfterFact facts[] = {
        // zia-api.md 9.3 and 15
        {"1", 1s},
        {"0", 1s},
        {"1 seconds", 1s},
        {"0 seconds", 1s},
        {"13s", 13s},
        {"5 minutes", 5min},
        // relatives of these
        {"1 second", 1s},
        {"60", 60s},
        {" 2 ", 2s},
        {"2 SECONDS", 2s},
        {"30sec", 30s},
        {"30 secs", 30s},
        {"1 minute", 1min},
        {"5m", 5min},
        {"5 min", 5min},
        {"5 mins", 5min},
        {"1h", 1h},
        {"1 hour", 1h},
        {"2 hours", 2h},
        {"1 day", 24h},
        {"1500ms", 1500ms},
        {"200 ms", 1s},
        {"1.5", 1500ms},
        {"2.0 seconds", 2s},
        {"3600", 1h},
        {"007", 7s},
        // RFC 9110 5.6.7, now is Sat, 21 Nov 2026 09:30:00
        {"Sat, 21 Nov 2026 09:30:10 GMT", 10s},
        {"Saturday, 21-Nov-26 09:31:00 GMT", 1min},
        {"Sat Nov 21 10:30:00 2026", 1h},
        {"Sat, 21 Nov 2026 09:30:00 GMT", 1s},
        {"Sat, 21 Nov 2020 09:30:00 GMT", 1s},
        {"Thu, 21 Nov 2999 09:30:00 GMT", k_year},
        // too long to believe
        {"99999999999", k_year},
        {"99999999999999999999999999", k_year},
        {std::string(400, '9'), k_year},
        {std::string(400, '9') + " days", k_year},
        // nothing that could be read
        {"", {}},
        {" ", {}},
        {"soon", {}},
        {"-1", {}},
        {"-1 seconds", {}},
        {"+1", {}},
        {"1 fortnight", {}},
        {"seconds", {}},
        {"nan", {}},
        {"inf", {}},
        {"1,5", {}},
        {"1e3", {}},
        {"0x10", {}},
        {"5 minutes or so", {}},
        {std::string("1\0s", 3), {}},
        {"Sat", {}},
        {"21 Nov", {}},
        {"12:00", {}},
        {std::string("Sat, 21 Nov 2026\0 09:30:10 GMT", 30), {}},
    };
    for (const auto& fact : facts) {
        EXPECT_EQ(parse_retry_after(fact.text, now()), fact.wait)
            << fact.text << " -> " << parse_retry_after(fact.text, now()).value_or(-1ms).count();
    }
}

}  // namespace
}  // namespace cordon::net
