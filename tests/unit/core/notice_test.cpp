#include "core/notice.hpp"

#include <algorithm>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace cordon;
using namespace cordon::core;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Words = std::vector<std::string>;

const Time k_first = *parse_iso8601("2026-11-21T09:00:00Z");

/// A good run, so long after the first.
RunReport run_after(std::chrono::minutes length) {
    RunReport report;
    report.id = "run-" + std::to_string(length.count());
    report.command = "run";
    report.started = k_first + length;
    report.finished = report.started + 30s;
    FeedReport feed;
    feed.feed = "feed";
    report.feeds.push_back(feed);
    ListReport list;
    list.list = "List";
    list.digest = "d";
    list.counts.foreign = 3;
    list.enforcement = Enforcement{EnforcementState::blocked, "rule", "", "the rule blocks it", report.started};
    report.lists.push_back(list);
    report.quota = QuotaReport{100, 1000};
    return report;
}

RunReport run_at(int hours) {
    return run_after(std::chrono::hours{hours});
}

/// A receiver over several runs.
class Receiver {
public:
    NoticeRules rules;
    NoticeMemory memory;
    bool is_reachable = true;

    /// "run_failed", "recovered guard_stopped List" ...
    std::vector<std::string> told(const RunReport& report) {
        auto decided = decide_notices(report, before_ ? &*before_ : nullptr, std::move(memory), rules);
        memory = std::move(decided.memory);
        std::vector<std::string> words;
        for (const auto& notice : decided.due) {
            auto text = std::string(name_of(notice.kind));
            if (notice.kind != notice.about) text += std::string(" ") + name_of(notice.about);
            if (!notice.subject.empty()) text += " " + notice.subject;
            words.push_back(text);
            texts.push_back(notice.title + "\n" + notice.text);
            if (is_reachable) mark_told(notice, memory);
        }
        before_ = report;
        return words;
    }
    std::vector<std::string> texts;

private:
    std::optional<RunReport> before_;
};

void fail_run(RunReport& report) {
    report.message = "ZIA refused the sign-in";
    report.outcome = Outcome::failed;
}
void stop_list(RunReport& report) {
    report.lists[0].outcome = report.outcome = Outcome::stopped;
    report.lists[0].message = "it would remove 900 of 1,000 entries";
}
void lose_feed(RunReport& report) {
    report.feeds[0].outcome = report.outcome = Outcome::frozen;
    report.feeds[0].message = "no answer";
}
void switch_rule_off(RunReport& report) {
    report.lists[0].enforcement =
        Enforcement{EnforcementState::switched_off, "rule", "", "its rule is disabled", report.started};
}
void fill_quota(RunReport& report) {
    report.quota = QuotaReport{900, 1000};
}

struct Case {
    const char* name;
    void (*spoil)(RunReport&);
    std::string notice;
    std::string text;
};

class EachTrouble : public testing::TestWithParam<Case> {};

TEST_P(EachTrouble, is_told_once_a_day_and_once_when_it_is_over) {
    const auto& [name, spoil, notice, text] = GetParam();
    Receiver receiver;
    EXPECT_THAT(receiver.told(run_at(0)), IsEmpty());
    for (int hour = 1; hour < 52; ++hour) {
        auto report = run_at(hour);
        spoil(report);
        const bool is_due = hour == 1 || hour == 25 || hour == 49;
        EXPECT_EQ(receiver.told(report), is_due ? Words{notice} : Words{}) << "hour " << hour;
    }
    EXPECT_THAT(receiver.texts.front(), HasSubstr(text));
    EXPECT_THAT(receiver.told(run_at(52)), ElementsAre("recovered " + notice));
    EXPECT_THAT(receiver.texts.back(), HasSubstr("first seen at 2026-11-21 10:00:00 UTC"));
    EXPECT_THAT(receiver.told(run_at(53)), IsEmpty()) << "told once";
}

TEST_P(EachTrouble, is_told_again_when_it_could_not_be_delivered) {
    const auto& [name, spoil, notice, text] = GetParam();
    Receiver receiver;
    EXPECT_THAT(receiver.told(run_at(0)), IsEmpty());
    receiver.is_reachable = false;
    auto report = run_at(1);
    spoil(report);
    EXPECT_THAT(receiver.told(report), ElementsAre(notice));
    receiver.is_reachable = true;
    report = run_at(2);
    spoil(report);
    EXPECT_THAT(receiver.told(report), ElementsAre(notice));
    receiver.is_reachable = false;
    EXPECT_THAT(receiver.told(run_at(3)), ElementsAre("recovered " + notice));
    receiver.is_reachable = true;
    EXPECT_THAT(receiver.told(run_at(4)), ElementsAre("recovered " + notice));
    EXPECT_THAT(receiver.told(run_at(5)), IsEmpty());
}

TEST_P(EachTrouble, that_nobody_was_told_of_ends_in_silence) {
    const auto& [name, spoil, notice, text] = GetParam();
    Receiver receiver;
    receiver.is_reachable = false;
    auto report = run_at(1);
    spoil(report);
    EXPECT_THAT(receiver.told(report), ElementsAre(notice));
    EXPECT_THAT(receiver.told(run_at(2)), IsEmpty());
}

TEST_P(EachTrouble, is_neither_seen_nor_over_in_a_run_that_was_interrupted) {
    const auto& [name, spoil, notice, text] = GetParam();
    Receiver receiver;
    auto report = run_at(1);
    spoil(report);
    EXPECT_THAT(receiver.told(report), ElementsAre(notice));
    auto interrupted = run_at(2);
    interrupted.outcome = Outcome::interrupted;
    EXPECT_THAT(receiver.told(interrupted), IsEmpty());
    EXPECT_THAT(receiver.told(run_at(3)), ElementsAre("recovered " + notice));
}

TEST_P(EachTrouble, that_is_not_wanted_is_not_told) {
    const auto& [name, spoil, notice, text] = GetParam();
    Receiver receiver;
    receiver.rules.wanted = {NoticeKind::recovered};
    auto report = run_at(1);
    spoil(report);
    EXPECT_THAT(receiver.told(report), IsEmpty());
    EXPECT_THAT(receiver.told(run_at(2)), IsEmpty());
}

TEST_P(EachTrouble, may_be_wanted_without_its_end) {
    const auto& [name, spoil, notice, text] = GetParam();
    Receiver receiver;
    receiver.rules.wanted.erase(NoticeKind::recovered);
    auto report = run_at(1);
    spoil(report);
    EXPECT_THAT(receiver.told(report), ElementsAre(notice));
    EXPECT_THAT(receiver.told(run_at(2)), IsEmpty());
    report = run_at(3);
    spoil(report);
    EXPECT_THAT(receiver.told(report), IsEmpty()) << "it may be over at once";
    report = run_at(4);
    spoil(report);
    EXPECT_THAT(receiver.told(report), ElementsAre(notice)) << "it was over in between";
}

TEST_P(EachTrouble, that_comes_and_goes_is_told_with_its_end_once_a_day) {
    const auto& [name, spoil, notice, text] = GetParam();
    Receiver receiver;
    Words told;
    for (auto length = 0min; length < 48h; length += 5min) {
        auto report = run_after(length);
        if (length.count() % 2 == 0) spoil(report);
        const auto more = receiver.told(report);
        told.insert(told.end(), more.begin(), more.end());
    }
    EXPECT_THAT(told, ElementsAre(notice, "recovered " + notice, notice, "recovered " + notice));
}

TEST_P(EachTrouble, that_comes_back_to_stay_is_told_within_the_hour_and_with_its_end) {
    const auto& [name, spoil, notice, text] = GetParam();
    Receiver receiver;
    for (auto length = 0min; length <= 120min; length += 5min) {
        auto report = run_after(length);
        const bool is_bad = length == 0min || (length >= 10min && length <= 100min);
        if (is_bad) spoil(report);
        const auto expected = length == 0min     ? Words{notice}
                              : length == 5min   ? Words{"recovered " + notice}
                              : length == 70min  ? Words{notice}
                              : length == 105min ? Words{"recovered " + notice}
                                                 : Words{};
        EXPECT_EQ(receiver.told(report), expected) << length.count();
    }
    EXPECT_THAT(receiver.texts.back(), HasSubstr("first seen at 2026-11-21 09:10:00 UTC"));
}

TEST(Notices, that_an_older_program_told_are_known) {
    Receiver receiver;
    receiver.memory = notice_memory_from_json(R"({"troubles":[{"kind":"run_failed","subject":"",)"
                                              R"("since":1795251600000,"told":1795251600000}],)"
                                              R"("last_good":{},"foreign":{}})")
                          .value();
    EXPECT_THAT(receiver.told(run_at(1)), ElementsAre("recovered run_failed"));
}

TEST_P(EachTrouble, is_not_told_for_ever_where_the_clock_was_set_back) {
    const auto& [name, spoil, notice, text] = GetParam();
    Receiver receiver;
    auto report = run_at(1000);
    spoil(report);
    EXPECT_THAT(receiver.told(report), ElementsAre(notice));
    for (const int hour : {1, 24, 25}) {
        report = run_at(hour);
        spoil(report);
        EXPECT_EQ(receiver.told(report), hour == 25 ? Words{notice} : Words{}) << hour;
    }
}

TEST_P(EachTrouble, is_remembered_in_json) {
    const auto& [name, spoil, notice, text] = GetParam();
    Receiver receiver;
    auto report = run_at(1);
    spoil(report);
    EXPECT_THAT(receiver.told(report), ElementsAre(notice));
    const auto back = notice_memory_from_json(to_json(receiver.memory));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back, receiver.memory);
    EXPECT_FALSE(back->troubles.empty());
}

INSTANTIATE_TEST_SUITE_P(All, EachTrouble,
                         testing::Values(Case{"run", fail_run, "run_failed", "ZIA refused the sign-in"},
                                         Case{"guard", stop_list, "guard_stopped List", "remove 900 of 1,000 entries"},
                                         Case{"rule", switch_rule_off, "not_enforced List", "its rule is disabled"},
                                         Case{"feed", lose_feed, "feed_stale feed", "no answer"},
                                         Case{"quota", fill_quota, "quota_nearly_full", "900 of 1,000 URLs (90 %)"}),
                         [](const auto& one) { return one.param.name; });

TEST(Notices, a_stale_feed_is_told_when_its_last_success_is_too_long_ago) {
    Receiver receiver;
    EXPECT_THAT(receiver.told(run_at(0)), IsEmpty());
    for (int hour = 1; hour <= 4; ++hour) {
        auto report = run_at(hour);
        report.feeds[0].outcome = Outcome::stale;
        EXPECT_EQ(receiver.told(report), hour == 3 ? Words{"feed_stale feed"} : Words{}) << hour;
    }
    EXPECT_THAT(receiver.texts.back(), HasSubstr("ended at 2026-11-21 09:00:30 UTC"));
    EXPECT_THAT(receiver.told(run_at(5)), ElementsAre("recovered feed_stale feed"));
}

TEST(Notices, a_run_in_which_a_feed_rests_says_nothing_of_it) {
    Receiver receiver;
    EXPECT_THAT(receiver.told(run_at(0)), IsEmpty());
    for (int hour = 1; hour <= 6; ++hour) {
        auto report = run_at(hour);
        const bool rests = hour % 2 == 0;
        report.feeds[0].was_asked = !rests;
        report.feeds[0].outcome = rests ? Outcome::unchanged : Outcome::stale;
        EXPECT_EQ(receiver.told(report), hour == 3 ? Words{"feed_stale feed"} : Words{}) << hour;
    }
    EXPECT_THAT(receiver.texts.back(), HasSubstr("ended at 2026-11-21 09:00:30 UTC"));
    EXPECT_THAT(receiver.told(run_at(7)), ElementsAre("recovered feed_stale feed"));
}

TEST(Notices, a_resting_feed_of_which_all_is_too_old_is_told) {
    Receiver receiver;
    EXPECT_THAT(receiver.told(run_at(0)), IsEmpty());
    auto report = run_at(1);
    lose_feed(report);
    report.feeds[0].was_asked = false;
    EXPECT_THAT(receiver.told(report), ElementsAre("feed_stale feed"));
}

TEST(Notices, a_short_outage_of_a_feed_is_not_told) {
    Receiver receiver;
    EXPECT_THAT(receiver.told(run_at(0)), IsEmpty());
    auto report = run_at(1);
    report.feeds[0].outcome = Outcome::stale;
    EXPECT_THAT(receiver.told(report), IsEmpty());
    EXPECT_THAT(receiver.told(run_at(2)), IsEmpty());
}

TEST(Notices, a_feed_that_never_came_is_told_at_once) {
    Receiver receiver;
    auto report = run_at(0);
    report.feeds[0].outcome = Outcome::stale;
    EXPECT_THAT(receiver.told(report), ElementsAre("feed_stale feed"));
}

TEST(Notices, a_killed_run_is_told_by_the_one_after_it) {
    Receiver receiver;
    auto killed = run_at(0);
    killed.outcome = Outcome::unfinished;
    const auto decided = decide_notices(run_at(1), &killed, {}, {});
    ASSERT_EQ(decided.due.size(), 1U);
    EXPECT_EQ(decided.due[0].kind, NoticeKind::run_failed);
    EXPECT_THAT(decided.due[0].text, HasSubstr("run-0 never ended"));
}

TEST(Notices, a_failed_list_is_a_failed_run) {
    Receiver receiver;
    auto report = run_at(0);
    report.lists[0].outcome = report.outcome = Outcome::failed;
    report.lists[0].message = "ZIA refused it";
    EXPECT_THAT(receiver.told(report), ElementsAre("run_failed"));
    EXPECT_THAT(receiver.texts.back(), HasSubstr("list 'List': ZIA refused it"));
}

TEST(Notices, work_that_waits_for_the_next_run_is_no_trouble) {
    Receiver receiver;
    auto report = run_at(0);
    report.lists[0].outcome = report.outcome = Outcome::partial;
    report.exit_status = 1;
    EXPECT_THAT(receiver.told(report), IsEmpty());
}

TEST(Notices, foreign_entries_that_lay_there_at_first_sight_are_not_told_and_those_that_come_are) {
    Receiver receiver;
    EXPECT_THAT(receiver.told(run_at(0)), IsEmpty());
    auto report = run_at(1);
    report.lists[0].counts.foreign = 5;
    EXPECT_THAT(receiver.told(report), ElementsAre("foreign_appeared List"));
    EXPECT_THAT(receiver.texts.back(), HasSubstr("5 entries there are not Cordon's, 2 more than before"));
    report = run_at(2);
    report.lists[0].counts.foreign = 5;
    EXPECT_THAT(receiver.told(report), IsEmpty());
    report = run_at(3);
    report.lists[0].counts.foreign = 7;
    EXPECT_THAT(receiver.told(report), IsEmpty()) << "within a day";
    report = run_at(25);
    report.lists[0].counts.foreign = 7;
    EXPECT_THAT(receiver.told(report), ElementsAre("foreign_appeared List")) << "what came meanwhile is not lost";
    report = run_at(60);
    report.lists[0].counts.foreign = 1;
    EXPECT_THAT(receiver.told(report), IsEmpty());
    report = run_at(61);
    report.lists[0].counts.foreign = 2;
    EXPECT_THAT(receiver.told(report), ElementsAre("foreign_appeared List"));
}

TEST(Notices, a_receiver_that_is_new_learns_of_foreign_entries_from_the_run_before) {
    const auto before = run_at(0);
    auto report = run_at(1);
    report.lists[0].counts.foreign = 4;
    const auto decided = decide_notices(report, &before, {}, {});
    ASSERT_EQ(decided.due.size(), 1U);
    EXPECT_EQ(decided.due[0].kind, NoticeKind::foreign_appeared);
}

TEST(Notices, a_quota_that_flutters_about_the_line_is_told_once) {
    Receiver receiver;
    const std::vector<std::pair<int, std::string>> hours{
        {899, ""}, {900, "quota_nearly_full"},           {889, ""}, {901, ""},
        {880, ""}, {879, "recovered quota_nearly_full"}, {899, ""}};
    int hour = 0;
    for (const auto& [used, expected] : hours) {
        auto report = run_at(hour++);
        report.quota = QuotaReport{static_cast<std::uint64_t>(used), 1000};
        EXPECT_EQ(receiver.told(report), expected.empty() ? Words{} : Words{expected}) << used;
    }
}

TEST(Notices, what_is_no_longer_configured_is_forgotten) {
    Receiver receiver;
    auto report = run_at(0);
    stop_list(report);
    lose_feed(report);
    EXPECT_EQ(receiver.told(report).size(), 2U);
    report = run_at(1);
    report.feeds[0].feed = "other feed";
    report.lists[0].list = "Other";
    EXPECT_THAT(receiver.told(report), IsEmpty());
    EXPECT_TRUE(receiver.memory.troubles.empty());
    EXPECT_FALSE(receiver.memory.foreign.contains("List"));
}

TEST(Notices, a_run_that_ended_early_does_not_say_that_a_stop_or_a_stale_feed_is_over) {
    Receiver receiver;
    auto report = run_at(0);
    stop_list(report);
    lose_feed(report);
    EXPECT_EQ(receiver.told(report).size(), 2U);
    report = run_at(1);
    fail_run(report);
    report.feeds.clear();
    report.quota.reset();
    report.lists[0].digest.clear();
    report.lists[0].counts = {};
    report.lists[0].outcome = Outcome::failed;
    EXPECT_THAT(receiver.told(report), ElementsAre("run_failed"));
    EXPECT_THAT(receiver.told(run_at(2)),
                ElementsAre("recovered run_failed", "recovered guard_stopped List", "recovered feed_stale feed"));
}

TEST(Notices, hold_no_control_bytes_of_names_and_messages) {
    auto report = run_at(0);
    stop_list(report);
    report.lists[0].list = "Li\r\nst\x1b[31m";
    report.lists[0].message = "a\nb";
    const auto decided = decide_notices(report, nullptr, {}, {});
    ASSERT_EQ(decided.due.size(), 1U);
    for (const auto& text : {decided.due[0].title, decided.due[0].text}) {
        EXPECT_TRUE(std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20; })) << text;
    }
}

TEST(NoticeFailures, come_back_from_json_and_begin_anew_where_it_is_damaged) {
    const NoticeFailures failures{{"mail", 0}, {"ops", 7}};
    EXPECT_EQ(notice_failures_from_json(to_json(failures)), failures);
    for (const char* damaged : {"", "{", "[1]", R"({"ops":-1})", R"({"ops":{}})"}) {
        EXPECT_THAT(notice_failures_from_json(damaged), IsEmpty()) << damaged;
    }
}

TEST(Notices, memory_that_is_damaged_is_corrupt_and_none_is_empty) {
    EXPECT_EQ(notice_memory_from_json("").value(), NoticeMemory{});
    for (const char* damaged : {"{", "[]", "{}", R"({"troubles":[{"kind":"x"}],"last_good":{},"foreign":{}})"}) {
        const auto memory = notice_memory_from_json(damaged);
        ASSERT_FALSE(memory) << damaged;
        EXPECT_EQ(memory.error().code, Code::corrupt);
    }
}

}  // namespace
