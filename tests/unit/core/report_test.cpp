#include "core/report.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace cordon;
using namespace cordon::core;

Time at(int hour, int minute) {
    return Time{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}} + std::chrono::hours{hour} +
           std::chrono::minutes{minute};
}

/// Every field differs from its default.
RunReport full_report() {
    RunReport report;
    report.id = "20261121T093000Z-3f2a";
    report.command = "run";
    report.version = "0.1.0";
    report.started = at(9, 30);
    report.finished = at(9, 31);
    report.outcome = Outcome::partial;
    report.exit_status = 1;
    report.message = "one list failed";
    report.digest = std::string(64, 'a');
    report.activation = ActivationState::active;
    report.calls = {{"zia", {{"GET /status", 1}, {"PUT /urlCategories/{id}", 2}}}};
    report.warnings = {"take care"};
    report.call_troubles = {{"zia", {{"PUT /urlCategories/{id}", {1, 2, std::chrono::milliseconds{61'500}}}}}};
    report.quota = QuotaReport{24'000, 25'000};

    FeedReport feed;
    feed.feed = "risklist_weaponized_domains";
    feed.source = "fusion file public/prevent/weaponized_domains.json";
    feed.outcome = Outcome::stale;
    feed.was_asked = false;
    feed.message = "no answer";
    feed.indicators = 25310;
    feed.invalid_rows = 3;
    feed.left_out = 12;
    feed.bytes = 1234567;
    feed.downloaded = true;
    feed.snapshot_at = at(8, 0);
    feed.warnings = {"an odd date"};
    report.feeds.push_back(feed);

    ListReport list;
    list.list = "RF Weaponized Domains";
    list.object_id = "CUSTOM_05";
    list.outcome = Outcome::stopped;
    list.message = "too many removals";
    list.in_step_as_of = at(8, 30);
    list.feeds = {"risklist_weaponized_domains"};
    list.created = true;
    list.added = 7;
    list.removed = 3;
    list.digest = std::string(64, 'b');
    list.warnings = {"slow"};
    list.counts.fetched = 25310;
    list.counts.reasons.add(Reason::popular, 10);
    list.counts.reasons.add(Reason::duplicate, 300);
    list.counts.accepted = 25000;
    list.counts.on_gateway = 24000;
    list.counts.pending = 100;
    list.counts.over_capacity = 800;
    list.counts.quarantined = 60;
    list.counts.excepted = 40;
    list.counts.present = 23000;
    list.there_now = 23004;
    list.counts.foreign = 5;
    list.counts.unchanged = 22992;
    list.counts.to_add = 107;
    list.counts.to_remove = 3;
    report.lists.push_back(list);
    ListReport group;
    group.list = "RF IPs";
    group.target = TargetKind::ipv4_group;
    report.lists.push_back(group);
    return report;
}

TEST(Report, json_and_back_is_the_same_report) {
    const auto json = to_json(full_report());
    const auto back = report_from_json(json);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(to_json(*back), json);
    EXPECT_EQ(back->lists.at(0).counts, full_report().lists.at(0).counts);
    EXPECT_EQ(back->lists.at(1).target, TargetKind::ipv4_group);
    EXPECT_EQ(back->feeds.at(0).snapshot_at, at(8, 0));
    EXPECT_FALSE(back->feeds.at(0).was_asked);
    EXPECT_EQ(back->lists.at(0).in_step_as_of, at(8, 30));
    EXPECT_EQ(back->lists.at(1).in_step_as_of, std::nullopt);
    EXPECT_EQ(back->calls, full_report().calls);
    EXPECT_EQ(back->call_troubles, full_report().call_troubles);
    EXPECT_EQ(back->quota, full_report().quota);
    EXPECT_EQ(back->activation, ActivationState::active);
    EXPECT_EQ(back->outcome, Outcome::partial);
}

TEST(Report, every_kind_of_target_comes_back_from_json_and_has_its_noun) {
    auto report = full_report();
    report.lists.resize(1);
    auto& list = report.lists.front();
    for (std::size_t i = 0; i < k_target_kind_count; ++i) {
        list.target = static_cast<TargetKind>(i);
        const auto back = report_from_json(to_json(report));
        ASSERT_TRUE(back) << back.error().message;
        EXPECT_EQ(back->lists.at(0).target, list.target);
        EXPECT_NE(to_text(report).find(std::string("(") + noun_of(list.target) + " CUSTOM_05)"), std::string::npos);
    }
    list.object_id = "denylist";
    EXPECT_NE(to_text(report).find("(denylist): "), std::string::npos) << "there is one, and it has no id";
}

TEST(Report, json_of_a_report_that_knows_nothing_comes_back_too) {
    const auto json = to_json(RunReport{});
    const auto back = report_from_json(json);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(to_json(*back), json);
    EXPECT_EQ(json.find("null"), json.npos) << "maps and lists are empty, not null";
}

TEST(Report, the_keys_of_the_json_keep_their_order_and_times_are_iso_8601) {
    const auto json = to_json(full_report());
    EXPECT_EQ(json.rfind("{\n  \"id\": \"20261121T093000Z-3f2a\",\n  \"command\": \"run\",", 0), 0U) << json;
    EXPECT_NE(json.find("\"started\": \"2026-11-21T09:30:00Z\""), json.npos);
    EXPECT_NE(json.find("\"popular\": 10"), json.npos);
    EXPECT_LT(json.find("\"feeds\""), json.find("\"lists\""));
}

TEST(Report, names_that_are_no_utf8_do_not_keep_a_report_from_being_written) {
    auto report = full_report();
    report.lists[0].list = "bad \xff name";
    EXPECT_TRUE(report_from_json(to_json(report)));
}

TEST(Report, what_is_no_report_is_corrupt) {
    const auto whole = to_json(full_report());
    auto unknown_outcome = whole;
    unknown_outcome.replace(unknown_outcome.find("\"partial\""), 9, "\"perfect\"");
    auto bad_time = whole;
    bad_time.replace(bad_time.find("2026-11-21T09:30:00Z"), 20, "yesterday at nine..");
    for (const std::string& text : {std::string{}, std::string{"{}"}, std::string{"[1]"},
                                    whole.substr(0, whole.size() / 2), unknown_outcome, bad_time}) {
        const auto report = report_from_json(text);
        ASSERT_FALSE(report);
        EXPECT_EQ(report.error().code, Code::corrupt);
    }
}

TEST(Report, the_text_says_what_went_wrong_with_the_calls) {
    EXPECT_NE(to_text(full_report()).find("PUT /urlCategories/{id}); 1 without success, 2 waits of 62 s in all\n"),
              std::string::npos)
        << to_text(full_report());
}

TEST(Report, the_worst_outcome_decides) {
    const Outcome ascending[]{Outcome::unchanged, Outcome::done,   Outcome::stale,   Outcome::partial,
                              Outcome::frozen,    Outcome::failed, Outcome::stopped, Outcome::interrupted};
    for (std::size_t i = 0; i < std::size(ascending); ++i) {
        for (std::size_t j = 0; j < std::size(ascending); ++j) {
            EXPECT_EQ(worse(ascending[i], ascending[j]), ascending[std::max(i, j)]);
        }
    }
}

TEST(Report, exit_statuses) {
    EXPECT_EQ(exit_status_of(Outcome::done), 0);
    EXPECT_EQ(exit_status_of(Outcome::unchanged), 0);
    for (const Outcome outcome : {Outcome::stale, Outcome::partial, Outcome::frozen, Outcome::failed}) {
        EXPECT_EQ(exit_status_of(outcome), 1) << name_of(outcome);
    }
    EXPECT_EQ(exit_status_of(Outcome::stopped), 4);
    EXPECT_EQ(exit_status_of(Outcome::interrupted), 130);
    EXPECT_EQ(exit_status_of(worse(Outcome::stopped, Outcome::failed)), 4) << "4 wins over 1";
}

TEST(Report, the_text_is_a_table_and_sentences) {
    const auto text = to_text(full_report());
    for (const char* expected : {
             "run 20261121T093000Z-3f2a: partial in 60.0 s, started 2026-11-21 09:30:00 UTC (exit status 1)\n",
             "one list failed\n",
             "list                   fetched  rejected  merged  accepted  on gateway  pending  over capacity  "
             "quarantined  excepted  added  removed  unchanged  foreign  there now\n",
             "RF Weaponized Domains   25,310        10     300    25,000      24,000      100            800",
             "feed risklist_weaponized_domains (fusion file public/prevent/weaponized_domains.json): 25,310 "
             "indicators, 12 more left out by its filters, 3 rows that hold none, not asked in this run, downloaded "
             "1,234,567 bytes; stale: no answer\n",
             "list 'RF Weaponized Domains' (custom URL category CUSTOM_05): stopped, created; too many removals\n",
             "  rejected: 10 popular (would block a whole popular host)\n",
             "  merged: 300 duplicate (the same entry again)\n",
             "  800 entries do not fit: the riskiest and latest go first\n",
             "activation: done, the changes are in effect\n",
             "calls to zia: 3 (1 x GET /status, 2 x PUT /urlCategories/{id}); 1 without success, 2 waits of 62 s in "
             "all\n",
             "warning: take care\n",
         }) {
        EXPECT_NE(text.find(expected), text.npos) << expected << "\n--- in ---\n" << text;
    }
    EXPECT_EQ(text.back(), '\n');
}

TEST(Report, what_is_held_back_is_the_last_line_and_survives_the_store) {
    auto report = full_report();
    EXPECT_EQ(report_from_json(to_json(report))->held_back, "");
    report.activation = ActivationState::withheld;
    report.held_back = "2 additions and 0 removals are saved and not active: activate = never";
    const auto back = report_from_json(to_json(report));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->held_back, report.held_back);
    EXPECT_EQ(back->activation, ActivationState::withheld);
    const auto text = to_text(report);
    EXPECT_TRUE(text.ends_with("\n" + report.held_back + "\n")) << text;
    EXPECT_NE(text.find("activation: withheld"), text.npos);
}

TEST(Report, a_report_of_an_older_version_holds_nothing_back_and_knows_no_troubles_and_no_quota) {
    auto json = to_json(full_report());
    const auto at = json.find(",\n  \"held_back\"");
    ASSERT_NE(at, json.npos);
    json.replace(at, json.npos, "\n}");  // nor what came after it
    const auto back = report_from_json(json);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->held_back, "");
    EXPECT_TRUE(back->call_troubles.empty());
    EXPECT_FALSE(back->quota);
}

TEST(Report, columns_that_would_be_all_zero_are_left_out) {
    RunReport report;
    report.command = "run";
    report.lists.push_back({});
    report.lists[0].list = "X";
    const auto text = to_text(report);
    EXPECT_EQ(text.find("quarantined"), text.npos) << text;
    EXPECT_EQ(text.find("foreign"), text.npos) << text;
    EXPECT_NE(text.find("on gateway"), text.npos) << text;
}

TEST(Report, a_list_that_was_not_read_has_a_question_mark_where_others_have_what_lies_there) {
    RunReport report;
    report.lists.resize(2);
    report.lists[0].list = "X";
    report.lists[1].list = "Y";
    report.lists[1].there_now = 1234;
    const auto text = to_text(report);
    EXPECT_NE(text.find("unchanged  there now\nX           0         0       0         0           0      0        0  "
                        "        0          ?\n"),
              text.npos)
        << text;
    EXPECT_NE(text.find("          0      1,234\n"), text.npos) << text;
}

TEST(Report, on_gateway_is_what_of_the_accepted_entries_is_there) {
    RunReport report;
    report.lists.resize(1);
    auto& list = report.lists[0];
    list.list = "X";
    list.counts.fetched = list.counts.accepted = 7;
    list.counts.on_gateway = 5;
    list.counts.pending = 2;
    list.there_now = 5;
    EXPECT_NE(to_text(report).find("X           7         0       0         7           5        2"),
              std::string::npos);
    EXPECT_EQ(to_text(report).find("there now"), std::string::npos) << "it would say the same again";
    list.counts.foreign = 2;
    list.there_now = 9;  // two of others, two of ours that a stopped plan would remove
    const auto text = to_text(report);
    EXPECT_NE(text.find("X           7         0       0         7           5        2"), text.npos) << text;
    EXPECT_NE(text.find("        2          9\n"), text.npos) << text;
}

TEST(Report, counts_nothing_of_a_list_that_was_never_planned) {
    RunReport report;
    report.command = "run";
    report.lists.resize(1);
    report.lists[0].list = "X";
    report.lists[0].outcome = Outcome::failed;
    const auto text = to_text(report);
    EXPECT_NE(
        text.find("X           -         -       -         -           -      -        -          -          ?\n"),
        text.npos)
        << text;
    report.lists[0].digest = std::string(64, 'a');
    EXPECT_EQ(to_text(report).find("X           -"), std::string::npos) << "a planned list that failed has numbers";
}

/// As an older program wrote it, that knew nothing of the key.
std::string without(std::string json, const std::string& key) {
    const auto quoted = "\"" + key + "\"";
    for (auto at = json.find(quoted); at != json.npos; at = json.find(quoted)) {
        json.erase(at, json.find('\n', at) - at);
    }
    return json;
}

TEST(Report, of_before_there_was_a_count_of_what_lies_there_can_still_be_read) {
    const auto report = report_from_json(without(to_json(full_report()), "there_now"));
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_FALSE(report->lists[0].there_now);
}

TEST(Report, of_before_lists_told_whether_they_are_in_step_takes_those_that_went_well_for_it) {
    auto older = full_report();
    older.feeds[0].confirmed_at = at(8, 0);
    older.lists[0].outcome = Outcome::unchanged;
    older.lists[1].outcome = Outcome::stale;
    const auto as_of = [&] {
        const auto report = report_from_json(without(to_json(older), "in_step_as_of"));
        EXPECT_TRUE(report) << report.error().message;
        return std::vector{report->lists.at(0).in_step_as_of, report->lists.at(1).in_step_as_of};
    };
    EXPECT_EQ(as_of(), (std::vector<std::optional<Time>>{at(8, 0), std::nullopt}));
    older.command = "rollback";
    EXPECT_EQ(as_of(), (std::vector<std::optional<Time>>{std::nullopt, std::nullopt}));
}

TEST(Report, of_before_feeds_could_rest_is_of_feeds_that_were_asked) {
    const auto report = report_from_json(without(to_json(full_report()), "was_asked"));
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_TRUE(report->feeds[0].was_asked);
}

TEST(Report, a_plans_table_shows_what_would_be_done) {
    auto report = full_report();
    report.command = "plan";
    const auto text = to_text(report);
    EXPECT_NE(text.find("to add"), text.npos) << text;
    EXPECT_NE(text.find("     107 "), text.npos) << text;
    EXPECT_NE(text.find("would be created"), text.npos) << text;
    EXPECT_EQ(text.find("activation:"), text.npos) << text;
}

TEST(Report, the_text_holds_no_control_bytes_from_outside) {
    auto report = full_report();
    report.lists[0].list = "a\x1b[2J\nb";
    report.feeds[0].feed = "f\x1b]0;x\x07";
    const auto text = to_text(report);
    EXPECT_EQ(text.find('\x1b'), text.npos);
    EXPECT_EQ(text.find('\x07'), text.npos);
}

TEST(Report, names_are_aligned_by_letters_not_bytes) {
    RunReport report;
    report.lists.resize(2);
    report.lists[0].list = "Düsseldorf";
    report.lists[1].list = "Dusseldorf";
    const auto text = to_text(report);
    const auto line_of = [&](const std::string& name) {
        const auto start = text.find(name);
        return text.substr(start + name.size(), text.find('\n', start) - start - name.size());
    };
    EXPECT_EQ(line_of("Düsseldorf"), line_of("Dusseldorf"));
}

TEST(Report, of_a_run_that_did_part_of_its_work_ends_with_what_is_left) {
    RunReport report;
    report.command = "run";
    ListReport begun;
    begun.outcome = Outcome::partial;
    begun.added = 3'930;
    begun.removed = 60;
    begun.counts.pending = 1;
    begun.counts.to_remove = 62;
    ListReport stopped;
    stopped.outcome = Outcome::stopped;  // waits for a person
    stopped.counts.pending = 5'000;
    report.lists = {begun, stopped};
    const std::string left =
        "part of the work is done: 3,930 added, 60 removed; 1 addition and 2 removals wait for the next run";
    EXPECT_EQ(work_left_of(report), left);
    EXPECT_TRUE(to_text(report).ends_with(left + "\n"));

    report.lists[0].counts.pending = 0;
    report.lists[0].counts.to_remove = 60;
    EXPECT_EQ(work_left_of(report), "") << "nothing is left";
    report.lists[0] = {};
    report.lists[0].counts.pending = 9;
    EXPECT_EQ(work_left_of(report), "") << "nothing was done";
}

}  // namespace
