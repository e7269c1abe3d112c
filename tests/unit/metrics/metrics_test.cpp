#include "metrics/metrics.hpp"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "store/sql_store.hpp"
#include "tests/unit/store/store_factory.hpp"

namespace cordon::metrics {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

const Time k_start = *parse_iso8601("2026-11-21T09:30:00Z");

core::RunReport report_of(int number, core::Outcome outcome = core::Outcome::done) {
    core::RunReport report;
    report.id = "run-" + std::to_string(number);
    report.command = "run";
    report.version = "0.1.0";
    report.started = k_start + std::chrono::hours{number};
    report.finished = report.started + 4s;
    report.outcome = outcome;
    report.exit_status = core::exit_status_of(outcome);
    core::FeedReport feed;
    feed.feed = "risklist_a";
    feed.outcome = core::Outcome::done;
    feed.indicators = 13;
    feed.invalid_rows = 1;
    feed.bytes = 1000;
    feed.snapshot_at = report.started - 1h;
    feed.confirmed_at = report.started;
    report.feeds.push_back(feed);
    core::ListReport list;
    list.list = "A \"quoted\" list";
    list.outcome = outcome;
    if (report.exit_status == 0) list.in_step_as_of = report.started;
    list.digest = "d";
    list.added = 10;
    list.removed = 2;
    list.there_now = 12;
    list.counts.fetched = 13;
    list.counts.reasons.add(core::Reason::popular, 1);
    list.counts.reasons.add(core::Reason::duplicate, 2);
    list.counts.accepted = 10;
    list.counts.on_gateway = 9;
    list.counts.pending = 1;
    list.counts.foreign = 3;
    report.lists.push_back(list);
    report.calls = {{"zia", {{"GET /status", 2}, {"PUT /urlCategories/{id}", 1}}}};
    report.call_troubles = {{"zia", {{"PUT /urlCategories/{id}", {1, 2, 1500ms}}}}};
    report.quota = core::QuotaReport{24'000, 25'000};
    return report;
}

class MetricsOfRuns : public testing::Test {
protected:
    std::string text() { return metrics_.text(k_start + 24h); }
    Metrics metrics_{"0.1.0"};
};

TEST_F(MetricsOfRuns, tell_one_run) {
    metrics_.observe(report_of(0));
    const auto told = text();
    for (const char* line : {
             "cordon_build_info{version=\"0.1.0\"} 1\n",
             "cordon_last_run_timestamp_seconds 1795253404\n",
             "cordon_last_run_success 1\n",
             "cordon_runs_total{command=\"run\",outcome=\"done\"} 1\n",
             "cordon_run_duration_seconds_bucket{command=\"run\",le=\"2.5\"} 0\n",
             "cordon_run_duration_seconds_bucket{command=\"run\",le=\"5\"} 1\n",
             "cordon_run_duration_seconds_bucket{command=\"run\",le=\"+Inf\"} 1\n",
             "cordon_run_duration_seconds_sum{command=\"run\"} 4\n",
             "cordon_feed_up{feed=\"risklist_a\"} 1\n",
             "cordon_feed_last_success_timestamp_seconds{feed=\"risklist_a\"} 1795253404\n",
             "cordon_feed_snapshot_timestamp_seconds{feed=\"risklist_a\"} 1795249800\n",
             "cordon_feed_confirmed_timestamp_seconds{feed=\"risklist_a\"} 1795253400\n",
             "cordon_feed_indicators{feed=\"risklist_a\"} 13\n",
             "cordon_list_up{list=\"A \\\"quoted\\\" list\"} 1\n",
             "cordon_list_last_success_timestamp_seconds{list=\"A \\\"quoted\\\" list\"} 1795253400\n",
             "cordon_list_entries{list=\"A \\\"quoted\\\" list\",state=\"on_gateway\"} 9\n",
             "cordon_list_entries{list=\"A \\\"quoted\\\" list\",state=\"pending\"} 1\n",
             "cordon_list_rejected_entries{list=\"A \\\"quoted\\\" list\",reason=\"popular\"} 1\n",
             "cordon_list_merged_entries{list=\"A \\\"quoted\\\" list\",reason=\"duplicate\"} 2\n",
             "cordon_list_present_entries{list=\"A \\\"quoted\\\" list\"} 12\n",
             "cordon_list_foreign_entries{list=\"A \\\"quoted\\\" list\"} 3\n",
             "cordon_list_added_entries_total{list=\"A \\\"quoted\\\" list\"} 10\n",
             "cordon_guard_stops_total{list=\"A \\\"quoted\\\" list\"} 0\n",
             "cordon_activation_owed 0\n",
             "cordon_api_requests_total{cloud=\"zia\",endpoint=\"GET /status\"} 2\n",
             "cordon_api_request_errors_total{cloud=\"zia\",endpoint=\"GET /status\"} 0\n",
             "cordon_api_request_errors_total{cloud=\"zia\",endpoint=\"PUT /urlCategories/{id}\"} 1\n",
             "cordon_api_waits_total{cloud=\"zia\",endpoint=\"PUT /urlCategories/{id}\"} 2\n",
             "cordon_api_wait_seconds_total{cloud=\"zia\",endpoint=\"PUT /urlCategories/{id}\"} 1.5\n",
             "cordon_quota_used_urls 24000\n",
             "cordon_quota_limit_urls 25000\n",
         }) {
        EXPECT_THAT(told, HasSubstr(line));
    }
}

TEST_F(MetricsOfRuns, add_up_what_runs_did_and_show_the_last_state) {
    metrics_.observe(report_of(0));
    auto second = report_of(1, core::Outcome::stopped);
    second.feeds[0].outcome = core::Outcome::stale;
    second.lists[0].counts.on_gateway = 8;
    metrics_.observe(second);
    const auto told = text();
    EXPECT_THAT(told, HasSubstr("cordon_list_added_entries_total{list=\"A \\\"quoted\\\" list\"} 20\n"));
    EXPECT_THAT(told, HasSubstr("state=\"on_gateway\"} 8\n"));
    EXPECT_THAT(told, HasSubstr("cordon_guard_stops_total{list=\"A \\\"quoted\\\" list\"} 1\n"));
    EXPECT_THAT(told, HasSubstr("cordon_list_up{list=\"A \\\"quoted\\\" list\"} 0\n"));
    EXPECT_THAT(told, HasSubstr("cordon_feed_up{feed=\"risklist_a\"} 0\n"));
    EXPECT_THAT(told, HasSubstr("cordon_feed_failures_total{feed=\"risklist_a\"} 1\n"));
    EXPECT_THAT(told, HasSubstr("cordon_last_run_success 0\n"));
    // The first one was the last good one.
    EXPECT_THAT(told, HasSubstr("cordon_feed_last_success_timestamp_seconds{feed=\"risklist_a\"} 1795253404\n"));
    EXPECT_THAT(told, HasSubstr("cordon_last_success_timestamp_seconds 1795253404\n"));
    EXPECT_THAT(told, HasSubstr("cordon_api_requests_total{cloud=\"zia\",endpoint=\"GET /status\"} 4\n"));
}

TEST_F(MetricsOfRuns, tell_a_list_that_no_rule_blocks_from_one_whose_rules_are_not_known) {
    auto report = report_of(0);
    metrics_.observe(report);
    EXPECT_THAT(text(), Not(HasSubstr("cordon_list_enforced{")));
    report = report_of(1);
    report.lists[0].enforcement.emplace().state = core::EnforcementState::no_rule;
    metrics_.observe(report);
    EXPECT_THAT(text(), HasSubstr("cordon_list_enforced{list=\"A \\\"quoted\\\" list\"} 0\n"));
    report = report_of(2);
    report.lists[0].enforcement.emplace().state = core::EnforcementState::blocked;
    metrics_.observe(report);
    EXPECT_THAT(text(), HasSubstr("cordon_list_enforced{list=\"A \\\"quoted\\\" list\"} 1\n"));
}

TEST_F(MetricsOfRuns, leave_a_feed_that_rests_as_it_was_when_it_was_last_asked) {
    metrics_.observe(report_of(0));
    auto failed = report_of(1);
    failed.feeds[0].outcome = core::Outcome::stale;
    failed.feeds[0].confirmed_at = k_start;
    metrics_.observe(failed);
    auto rested = failed;
    rested.id = "run-2";
    rested.finished += 1h;
    rested.feeds[0].outcome = core::Outcome::unchanged;
    rested.feeds[0].was_asked = false;
    metrics_.observe(rested);
    const auto told = text();
    EXPECT_THAT(told, HasSubstr("cordon_feed_up{feed=\"risklist_a\"} 0\n"));
    EXPECT_THAT(told, HasSubstr("cordon_feed_failures_total{feed=\"risklist_a\"} 1\n"));
    EXPECT_THAT(told, HasSubstr("cordon_feed_last_success_timestamp_seconds{feed=\"risklist_a\"} 1795253404\n"));
    EXPECT_THAT(told, HasSubstr("cordon_feed_confirmed_timestamp_seconds{feed=\"risklist_a\"} 1795253400\n"));
}

TEST_F(MetricsOfRuns, blame_no_feed_for_a_run_that_was_told_to_stop) {
    metrics_.observe(report_of(0));
    auto stopped = report_of(1, core::Outcome::interrupted);
    stopped.feeds[0].outcome = core::Outcome::interrupted;
    metrics_.observe(stopped);
    EXPECT_THAT(text(), HasSubstr("cordon_feed_up{feed=\"risklist_a\"} 1\n"));
    EXPECT_THAT(text(), HasSubstr("cordon_feed_failures_total{feed=\"risklist_a\"} 0\n"));
}

TEST_F(MetricsOfRuns, tell_of_a_daemon_only_where_there_is_one) {
    EXPECT_THAT(text(), AllOf(Not(HasSubstr("cordon_ready")), Not(HasSubstr("cordon_settings_taken"))));
    EXPECT_THAT(metrics_.text(k_start, DaemonFacts{true, false}),
                AllOf(HasSubstr("cordon_ready 1\n"), HasSubstr("cordon_settings_taken 0\n")));
}

TEST_F(MetricsOfRuns, keep_what_is_on_a_list_when_a_run_ends_before_its_plan) {
    metrics_.observe(report_of(0));
    auto failed = report_of(1, core::Outcome::failed);
    failed.feeds.clear();
    failed.quota.reset();
    auto& list = failed.lists[0];
    list = {};
    list.list = "A \"quoted\" list";
    list.outcome = core::Outcome::failed;
    metrics_.observe(failed);
    EXPECT_THAT(text(), HasSubstr("state=\"on_gateway\"} 9\n"));
    EXPECT_THAT(text(), HasSubstr("cordon_list_present_entries{list=\"A \\\"quoted\\\" list\"} 12\n"));
    EXPECT_THAT(text(), HasSubstr("cordon_feed_up{feed=\"risklist_a\"} 1\n"));
    EXPECT_THAT(text(), HasSubstr("cordon_quota_used_urls 24000\n"));
}

TEST_F(MetricsOfRuns, call_no_list_up_that_went_well_and_is_not_in_step) {
    metrics_.observe(report_of(0));
    auto held = report_of(1, core::Outcome::unchanged);
    held.lists[0].in_step_as_of.reset();
    metrics_.observe(held);
    EXPECT_THAT(text(), HasSubstr("cordon_list_up{list=\"A \\\"quoted\\\" list\"} 0\n"));
    EXPECT_THAT(text(), HasSubstr("cordon_list_last_success_timestamp_seconds{list=\"A \\\"quoted\\\" list\"} "
                                  "1795253400\n"));
}

TEST_F(MetricsOfRuns, forget_a_list_and_a_feed_that_are_no_longer_configured) {
    metrics_.observe(report_of(0));
    auto later = report_of(1);
    later.feeds[0].feed = "risklist_b";
    later.lists[0].list = "B";
    metrics_.observe(later);
    EXPECT_THAT(text(), Not(HasSubstr("quoted")));
    EXPECT_THAT(text(), Not(HasSubstr("risklist_a")));
    EXPECT_THAT(text(), HasSubstr("cordon_feed_up{feed=\"risklist_b\"} 1\n"));
}

TEST_F(MetricsOfRuns, take_what_was_done_by_hand_for_no_state_of_the_feeds) {
    metrics_.observe(report_of(0));
    auto by_hand = report_of(1);
    by_hand.command = "unblock";
    by_hand.feeds.clear();
    by_hand.lists[0].counts = {};
    by_hand.lists[0].counts.present = 12;
    by_hand.lists[0].added = 0;
    by_hand.lists[0].removed = 1;
    metrics_.observe(by_hand);
    EXPECT_THAT(text(), HasSubstr("state=\"on_gateway\"} 9\n"));
    EXPECT_THAT(text(), HasSubstr("cordon_list_removed_entries_total{list=\"A \\\"quoted\\\" list\"} 3\n"));
    EXPECT_THAT(text(), HasSubstr("cordon_last_run_timestamp_seconds 1795253404\n"));
}

class MetricsOfAStore : public testing::Test {
protected:
    std::unique_ptr<store::Store> open() { return store::open_store(folder_.path / "state").value(); }
    std::string written() {
        const auto store = open();
        const auto file = folder_.path / "cordon.prom";
        const auto done = write_metrics_file(*store, file, "0.1.0", k_start + 24h);
        EXPECT_TRUE(done) << done.error().message;
        return read_file(file).value();
    }
    store::TemporaryFolder folder_;
};

TEST_F(MetricsOfAStore, go_on_counting_in_the_next_process) {
    ASSERT_TRUE(open()->save_run(report_of(0)));
    EXPECT_THAT(written(), HasSubstr("cordon_runs_total{command=\"run\",outcome=\"done\"} 1\n"));
    EXPECT_THAT(written(), HasSubstr("cordon_runs_total{command=\"run\",outcome=\"done\"} 1\n")) << "counted once";
    ASSERT_TRUE(open()->save_run(report_of(1)));
    const auto told = written();
    EXPECT_THAT(told, HasSubstr("cordon_runs_total{command=\"run\",outcome=\"done\"} 2\n"));
    EXPECT_THAT(told, HasSubstr("cordon_list_added_entries_total{list=\"A \\\"quoted\\\" list\"} 20\n"));
}

TEST_F(MetricsOfAStore, do_not_fall_when_the_store_drops_its_oldest_runs) {
    {
        const auto store = open();
        for (int i = 0; i < 3; ++i) ASSERT_TRUE(store->save_run(report_of(i)));
    }
    const auto before = written();
    {
        const auto store = open();
        for (int i = 3; i < 1004; ++i) ASSERT_TRUE(store->save_run(report_of(i)));
        ASSERT_EQ(store->runs(2000).value().size(), 1000U) << "the first ones are gone";
    }
    EXPECT_THAT(before, HasSubstr("cordon_runs_total{command=\"run\",outcome=\"done\"} 3\n"));
    EXPECT_THAT(written(), HasSubstr("cordon_runs_total{command=\"run\",outcome=\"done\"} 1003\n"));
}

TEST_F(MetricsOfAStore, leave_a_run_under_way_for_later_and_count_one_that_was_killed) {
    auto begun = report_of(0, core::Outcome::unfinished);
    ASSERT_TRUE(open()->save_run(begun));
    EXPECT_THAT(written(), Not(HasSubstr("cordon_runs_total")));
    ASSERT_TRUE(open()->save_run(report_of(1)));
    const auto told = written();
    EXPECT_THAT(told, HasSubstr("cordon_runs_total{command=\"run\",outcome=\"unfinished\"} 1\n"));
    EXPECT_THAT(told, HasSubstr("cordon_runs_total{command=\"run\",outcome=\"done\"} 1\n"));
    EXPECT_THAT(told, HasSubstr("cordon_run_duration_seconds_count{command=\"run\"} 1\n"));
}

TEST_F(MetricsOfAStore, tell_what_waits_for_a_person_and_what_is_owed) {
    {
        const auto store = open();
        ASSERT_TRUE(store->save_run(report_of(0)));
        ASSERT_TRUE(store->put_guard_stop({"A \"quoted\" list", "d", "r", k_start}));
        ASSERT_TRUE(store->set_activation_owed(true));
    }
    EXPECT_THAT(written(), HasSubstr("cordon_guard_stop_waiting{list=\"A \\\"quoted\\\" list\"} 1\n"));
    ASSERT_TRUE(open()->clear_guard_stop("A \"quoted\" list"));
    EXPECT_THAT(written(), HasSubstr("cordon_guard_stop_waiting{list=\"A \\\"quoted\\\" list\"} 0\n"));
    EXPECT_THAT(written(), HasSubstr("cordon_activation_owed 1\n"));
}

TEST_F(MetricsOfAStore, tell_how_often_receivers_of_notices_failed) {
    EXPECT_THAT(written(), Not(HasSubstr("cordon_notice_failures_total")));
    ASSERT_TRUE(open()->put_memo(core::k_notice_failures_memo, core::to_json(core::NoticeFailures{{"ops", 3}})));
    EXPECT_THAT(written(), HasSubstr("cordon_notice_failures_total{receiver=\"ops\"} 3\n"));
}

TEST_F(MetricsOfAStore, begin_anew_with_the_kept_runs_where_what_was_kept_of_them_is_damaged) {
    ASSERT_TRUE(open()->save_run(report_of(0)));
    const auto before = written();
    for (const char* damaged : {"{", "{}", "[]", "{\"feeds\":7}"}) {
        ASSERT_TRUE(open()->put_memo("metrics", damaged));
        EXPECT_EQ(written(), before) << damaged;
    }
}

TEST_F(MetricsOfAStore, are_for_everyone_to_read_and_replace_the_file_as_a_whole) {
    namespace fs = std::filesystem;
    written();
    EXPECT_EQ(fs::status(folder_.path / "cordon.prom").permissions(), static_cast<fs::perms>(0644));
    const auto store = open();
    EXPECT_FALSE(write_metrics_file(*store, folder_.path / "none" / "cordon.prom", "0.1.0", k_start));
    std::size_t files = 0;
    for (const auto& item : fs::directory_iterator(folder_.path)) files += item.is_regular_file() ? 1U : 0U;
    EXPECT_EQ(files, 1U) << "no file of a half-written text stays";
}

TEST(MetricsReference, is_the_table_of_the_manual) {
    const auto manual = read_file(std::filesystem::path(CORDON_SOURCE_DIR) / "docs" / "monitoring.md").value();
    EXPECT_NE(manual.find(metrics_reference()), std::string::npos) << "docs/monitoring.md does not hold this table:\n"
                                                                   << metrics_reference();
}

TEST(MetricsReference, names_each_metric_once_by_the_conventions) {
    const auto reference = metrics_reference();
    std::set<std::string> names;
    std::size_t rows = 0;
    for (std::size_t at = 0; (at = reference.find("| `cordon_", at)) != std::string::npos; ++at, ++rows) {
        const auto end = reference.find('`', at + 3);
        const auto name = reference.substr(at + 3, end - at - 3);
        names.insert(name);
        const bool is_counter = reference.compare(end, 14, "` | counter | ") == 0;
        EXPECT_EQ(name.ends_with("_total"), is_counter) << name;
    }
    EXPECT_GT(rows, 30U);
    EXPECT_EQ(names.size(), rows);
}

}  // namespace
}  // namespace cordon::metrics
