#include "core/freshness.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cordon::core {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Time k_noon = parse_iso8601("2026-11-23T12:00:00Z").value();

RunReport report_of(Time finished, std::vector<std::pair<std::string, Outcome>> lists, const char* command = "run") {
    RunReport report;
    report.command = command;
    report.finished = finished;
    for (auto& [name, outcome] : lists) {
        ListReport list;
        list.list = name;
        list.outcome = outcome;
        report.lists.push_back(list);
    }
    return report;
}

TEST(Freshness, is_of_lists_that_a_run_left_as_their_feeds_want_them) {
    Freshness freshness;
    note_freshness(report_of(k_noon, {{"a", Outcome::done}, {"b", Outcome::unchanged}, {"c", Outcome::stale}}),
                   freshness);
    note_freshness(report_of(k_noon + 1h, {{"a", Outcome::partial}, {"b", Outcome::unchanged}, {"c", Outcome::failed}}),
                   freshness);
    note_freshness(report_of(k_noon - 1h, {{"a", Outcome::done}}), freshness);
    note_freshness(report_of(k_noon + 2h, {{"a", Outcome::done}}, "rollback"), freshness);
    EXPECT_EQ(freshness, (Freshness{{"a", k_noon}, {"b", k_noon + 1h}}));
}

TEST(Freshness, is_that_of_the_feed_that_was_asked_longest_ago) {
    auto report = report_of(k_noon, {{"a", Outcome::done}, {"b", Outcome::done}});
    report.lists[0].feeds = {"x", "y"};
    report.lists[1].feeds = {"x"};
    report.feeds.resize(2);
    report.feeds[0].feed = "x";
    report.feeds[0].confirmed_at = k_noon - 1min;
    report.feeds[1].feed = "y";
    report.feeds[1].confirmed_at = k_noon - 5h;  // it rested
    Freshness freshness;
    note_freshness(report, freshness);
    EXPECT_EQ(freshness, (Freshness{{"a", k_noon - 5h}, {"b", k_noon - 1min}}));
}

TEST(Readiness, wants_every_list_to_be_fresh) {
    const Freshness freshness{{"a", k_noon - 2h}, {"b", k_noon}, {"gone", k_noon - 99h}};
    const auto of = [&](std::vector<std::string> lists, std::chrono::seconds most) {
        return readiness_of(lists, freshness, k_noon, most);
    };
    EXPECT_TRUE(of({"a", "b"}, 2h).is_ready);
    EXPECT_EQ(of({"b", "a"}, 2h).oldest, k_noon - 2h);
    EXPECT_FALSE(of({"a", "b"}, 2h - 1s).is_ready);
    EXPECT_THAT(of({"b", "a"}, 1h).stale, ElementsAre("a"));
    EXPECT_THAT(of({"b", "never"}, 2h).stale, ElementsAre("never"));
    EXPECT_THAT(of({"b"}, 2h).stale, IsEmpty());
    EXPECT_FALSE(of({}, 2h).is_ready) << "nothing is protected";
}

}  // namespace
}  // namespace cordon::core
