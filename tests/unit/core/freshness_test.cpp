#include "core/freshness.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cordon::core {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Time k_noon = parse_iso8601("2026-11-23T12:00:00Z").value();

RunReport report_of(std::vector<std::pair<std::string, std::optional<Time>>> lists) {
    RunReport report;
    for (auto& [name, in_step_as_of] : lists) {
        ListReport list;
        list.list = name;
        list.in_step_as_of = in_step_as_of;
        report.lists.push_back(list);
    }
    return report;
}

TEST(Freshness, is_of_lists_that_a_run_left_in_step_with_their_feeds) {
    Freshness freshness;
    note_freshness(report_of({{"a", k_noon}, {"b", k_noon}, {"c", std::nullopt}}), freshness, k_noon + 9h);
    note_freshness(report_of({{"a", std::nullopt}, {"b", k_noon + 1h}}), freshness, k_noon + 9h);
    note_freshness(report_of({{"a", k_noon - 1h}}), freshness, k_noon + 9h);
    EXPECT_EQ(freshness, (Freshness{{"a", k_noon}, {"b", k_noon + 1h}})) << "also where reports come out of order";
}

TEST(Freshness, gives_way_once_the_clock_was_set_back) {
    Freshness freshness;
    note_freshness(report_of({{"a", k_noon + 5h}}), freshness, k_noon + 5h);
    note_freshness(report_of({{"a", k_noon + 4h}}), freshness, k_noon);
    EXPECT_EQ(freshness, (Freshness{{"a", k_noon + 5h}})) << "what is said of the future counts for nothing";
    note_freshness(report_of({{"a", k_noon}}), freshness, k_noon);
    EXPECT_EQ(freshness, (Freshness{{"a", k_noon}})) << "and is not kept for being the latest";
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

TEST(Readiness, is_not_given_for_hours_by_a_clock_that_was_set_back) {
    const Freshness freshness{{"a", k_noon + 5h}, {"b", k_noon}};
    const auto readiness = readiness_of({"a", "b"}, freshness, k_noon, 6h);
    EXPECT_THAT(readiness.stale, ElementsAre("a")) << "nobody knows how old it is";
    EXPECT_EQ(readiness.oldest, k_noon);
}

TEST(AList, is_as_old_as_the_feed_of_its_that_was_asked_longest_ago) {
    ListReport list;
    list.feeds = {"x", "y", "silent"};
    std::vector<FeedReport> feeds(4);
    feeds[0].feed = "x";
    feeds[0].confirmed_at = k_noon - 1min;
    feeds[1].feed = "y";
    feeds[1].confirmed_at = k_noon - 5h;  // it rested
    feeds[2].feed = "silent";
    feeds[3].feed = "another list's";
    feeds[3].confirmed_at = k_noon - 9h;
    EXPECT_EQ(confirmed_as_of(list, feeds, k_noon), k_noon - 5h);
    list.feeds = {"silent"};
    EXPECT_EQ(confirmed_as_of(list, feeds, k_noon), k_noon);
    list.feeds = {"x", "y"};
    EXPECT_EQ(confirmed_as_of(list, feeds, k_noon - 2min), std::nullopt) << "the clock was set back";
}

}  // namespace
}  // namespace cordon::core
