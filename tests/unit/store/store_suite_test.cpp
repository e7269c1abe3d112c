// What every engine of the store has to do, told through the port alone.

#include <functional>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/report.hpp"
#include "tests/unit/store/store_factory.hpp"

namespace cordon::store {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct Engine {
    const char* name;
    std::unique_ptr<StoreFactory> (*make)();
};

class StoreSuite : public testing::TestWithParam<Engine> {
protected:
    void SetUp() override {
        factory_ = GetParam().make();
        store_ = factory_->open();
    }
    void reopen() {
        store_.reset();
        store_ = factory_->open();
    }
    std::vector<std::string> ours(const std::string& list) {
        std::vector<std::string> canonicals;
        const auto ledger = store_->ledger(list).value();
        for (const auto& one : ledger.ours) canonicals.push_back(one.canonical);
        return canonicals;
    }
    void save(const std::string& feed, const std::string& value, Time fetched_at = k_noon) {
        core::IndicatorSet indicators;
        indicators.append({value, 90, std::nullopt, "Rule"});
        ASSERT_TRUE(store_->save_snapshot({feed, "", "v of " + value, fetched_at, fetched_at, 0}, indicators));
    }

    std::unique_ptr<StoreFactory> factory_;
    std::unique_ptr<Store> store_;
};

TEST_P(StoreSuite, a_memo_is_kept_until_another_takes_its_place) {
    EXPECT_EQ(store_->memo("metrics").value(), "");
    ASSERT_TRUE(store_->put_memo("metrics", "first"));
    ASSERT_TRUE(store_->put_memo("notices mail", "other"));
    ASSERT_TRUE(store_->put_memo("metrics", "second"));
    reopen();
    EXPECT_EQ(store_->memo("metrics").value(), "second");
    EXPECT_EQ(store_->memo("notices mail").value(), "other");
}

TEST_P(StoreSuite, what_operators_said_of_values_is_kept_until_it_is_over) {
    const core::Override allowed{core::OverrideKind::allow, "a.example", "", k_noon, k_noon + hours{1}, "alice", "why"};
    const core::Override blocked{core::OverrideKind::block, "b.example", "L", k_noon, k_noon + hours{2}, "bob", ""};
    ASSERT_TRUE(store_->put_override(blocked));
    ASSERT_TRUE(store_->put_override(allowed));
    auto longer = allowed;
    longer.until = k_noon + hours{3};
    longer.who = "carol";
    ASSERT_TRUE(store_->put_override(longer));
    reopen();
    const auto kept = store_->overrides().value();
    ASSERT_THAT(kept, SizeIs(2));
    EXPECT_EQ(kept[0].value, "a.example");
    EXPECT_EQ(kept[0].until, k_noon + hours{3});
    EXPECT_EQ(kept[0].who, "carol");
    EXPECT_EQ(kept[0].because, "why");
    EXPECT_EQ(kept[1].kind, core::OverrideKind::block);
    EXPECT_EQ(kept[1].list, "L");
    EXPECT_EQ(kept[1].from, k_noon);
    ASSERT_TRUE(store_->erase_overrides_until(k_noon + hours{2}));
    ASSERT_THAT(store_->overrides().value(), SizeIs(1));
    ASSERT_TRUE(store_->erase_override(core::OverrideKind::allow, "a.example", "L"));
    EXPECT_THAT(store_->overrides().value(), SizeIs(1)) << "of another list";
    ASSERT_TRUE(store_->erase_override(core::OverrideKind::allow, "a.example", ""));
    EXPECT_THAT(store_->overrides().value(), IsEmpty());
}

TEST_P(StoreSuite, the_audit_log_outlives_the_store_and_is_found_whole) {
    ASSERT_TRUE(store_->audit({"alice", "run", "r1", "L", "", {"evil.example"}, {}}, k_noon));
    reopen();
    ASSERT_TRUE(store_->audit({"alice", "activate", "r1"}, k_noon));
    std::vector<std::string> lines;
    const auto whole = store_->verify_audit([&](std::string_view line) { lines.emplace_back(line); });
    ASSERT_TRUE(whole) << whole.error().message;
    EXPECT_EQ(whole->problem, std::nullopt);
    EXPECT_EQ(whole->head.records, 2U);
    EXPECT_THAT(lines, testing::ElementsAre(testing::HasSubstr("evil.example"), testing::HasSubstr("activate")));
}

TEST_P(StoreSuite, the_audit_log_of_processes_that_write_at_once_is_whole) {
    std::vector<std::thread> writers;
    for (int i = 0; i < 4; ++i) {
        writers.emplace_back([store = std::shared_ptr<Store>(factory_->open())] {
            for (int j = 0; j < 25; ++j) EXPECT_TRUE(store->audit({"alice", "pause"}, k_noon));
        });
    }
    for (auto& writer : writers) writer.join();
    EXPECT_EQ(store_->audit_end().value(), AuditEnd::as_left);
    const auto whole = store_->verify_audit({}).value();
    EXPECT_EQ(whole.problem, std::nullopt);
    EXPECT_EQ(whole.head.records, 100U);
}

TEST_P(StoreSuite, a_note_that_processes_change_at_once_loses_nothing) {
    std::vector<std::thread> writers;
    for (int i = 0; i < 4; ++i) {
        writers.emplace_back([store = std::shared_ptr<Store>(factory_->open())] {
            for (int j = 0; j < 25; ++j) {
                EXPECT_TRUE(store->change_list_note("L", [](const std::string& before) { return before + "."; }));
            }
        });
    }
    for (auto& writer : writers) writer.join();
    EXPECT_EQ(store_->list_note("L").value(), std::string(100, '.'));
}

TEST_P(StoreSuite, the_audit_log_is_whole_also_where_another_process_appends_while_it_is_read) {
    ASSERT_TRUE(store_->audit({"alice", "run"}, k_noon));
    const auto other = factory_->open();
    int seen = 0;
    const auto whole = store_->verify_audit([&](std::string_view) {
        if (++seen > 1) return;
        for (int i = 0; i < 3; ++i) EXPECT_TRUE(other->audit({"bob", "pause"}, k_noon));
    });
    EXPECT_EQ(whole->problem, std::nullopt);
    EXPECT_EQ(whole->head.records, 4U);
}

INSTANTIATE_TEST_SUITE_P(Engines, StoreSuite,
                         testing::Values(Engine{
                             "sqlite",
                             []() -> std::unique_ptr<StoreFactory> { return std::make_unique<SqliteFactory>(); }}),
                         [](const auto& engine) { return std::string(engine.param.name); });

TEST_P(StoreSuite, an_unknown_list_has_an_empty_ledger) {
    const auto ledger = store_->ledger("L").value();
    EXPECT_FALSE(ledger.is_known);
    EXPECT_EQ(ledger.object_id, "");
    EXPECT_THAT(ledger.ours, IsEmpty());
    EXPECT_EQ(ledger.filled_at, std::nullopt);
    EXPECT_THAT(store_->known_lists().value(), IsEmpty());
}

TEST_P(StoreSuite, a_change_survives_reopening) {
    LedgerChange change;
    change.list = "Übel [1]";
    change.object_id = "CUSTOM_07";
    change.filled_at = k_noon;
    change.put = {{"b.example", core::LedgerMark::intended, core::Side::retain_parent, 2},
                  {"a.example/x?y='1'", core::LedgerMark::leaving, core::Side::plain, 0}};
    change.put_exceptions = {{"c.example", k_noon, "taken out by hand"}};
    change.put_quarantine = {{"d.example", k_noon, "refused"}};
    ASSERT_TRUE(store_->change(change));
    reopen();
    const auto ledger = store_->ledger(change.list).value();
    EXPECT_TRUE(ledger.is_known);
    EXPECT_EQ(ledger.object_id, "CUSTOM_07");
    EXPECT_EQ(ledger.filled_at, k_noon);
    ASSERT_THAT(ledger.ours, SizeIs(2));
    EXPECT_EQ(ledger.ours[0].canonical, "a.example/x?y='1'");
    EXPECT_EQ(ledger.ours[0].mark, core::LedgerMark::leaving);
    EXPECT_EQ(ledger.ours[1].side, core::Side::retain_parent);
    EXPECT_EQ(ledger.ours[1].mark, core::LedgerMark::intended);
    EXPECT_EQ(ledger.ours[1].tries, 2U);
    ASSERT_THAT(ledger.exceptions, SizeIs(1));
    EXPECT_EQ(ledger.exceptions[0].because, "taken out by hand");
    ASSERT_THAT(ledger.quarantine, SizeIs(1));
    EXPECT_EQ(ledger.quarantine[0].since, k_noon);
}

TEST_P(StoreSuite, entries_are_replaced_and_erased_by_canonical) {
    ASSERT_TRUE(store_->change(
        {.list = "L", .object_id = "7", .put = {entry("a.example"), entry("b.example"), entry("c.example")}}));
    ASSERT_TRUE(store_->change(
        {.list = "L", .put = {entry("b.example", core::LedgerMark::leaving)}, .erase = {"a.example", "z.example"}}));
    EXPECT_THAT(ours("L"), ElementsAre("b.example", "c.example"));
    EXPECT_EQ(store_->ledger("L").value().ours[0].mark, core::LedgerMark::leaving);
    EXPECT_EQ(store_->ledger("L").value().object_id, "7") << "an empty id leaves the one that is there";
}

TEST_P(StoreSuite, an_entry_in_put_and_erase_stays) {
    ASSERT_TRUE(store_->change({.list = "L", .put = {entry("a.example")}, .erase = {"a.example"}}));
    EXPECT_THAT(ours("L"), ElementsAre("a.example"));
}

TEST_P(StoreSuite, entries_come_in_the_order_of_their_bytes) {
    ASSERT_TRUE(
        store_->change({.list = "L", .put = {entry("\xC3\xA4"), entry("a"), entry("Z"), entry(".b"), entry("a.b")}}));
    EXPECT_THAT(ours("L"), ElementsAre(".b", "Z", "a", "a.b", "\xC3\xA4"));
}

TEST_P(StoreSuite, exceptions_and_quarantine_are_kept_apart_and_erased) {
    ASSERT_TRUE(store_->change({.list = "L",
                                .put_exceptions = {{"a", k_noon, "x"}, {"b", k_noon, "x"}},
                                .put_quarantine = {{"a", k_noon, "y"}}}));
    ASSERT_TRUE(store_->change({.list = "L", .erase_exceptions = {"a"}}));
    EXPECT_THAT(store_->ledger("L").value().exceptions, SizeIs(1));
    EXPECT_THAT(store_->ledger("L").value().quarantine, SizeIs(1));
    ASSERT_TRUE(store_->change({.list = "L", .erase_quarantine = {"a"}}));
    EXPECT_THAT(store_->ledger("L").value().quarantine, IsEmpty());
}

TEST_P(StoreSuite, lists_do_not_touch_each_other) {
    ASSERT_TRUE(store_->change({.list = "B", .put = {entry("a")}}));
    ASSERT_TRUE(store_->change({.list = "A", .put = {entry("a"), entry("b")}}));
    ASSERT_TRUE(store_->change({.list = "A", .erase = {"a"}}));
    EXPECT_THAT(ours("B"), ElementsAre("a"));
    EXPECT_THAT(store_->known_lists().value(), ElementsAre("A", "B"));
}

TEST_P(StoreSuite, a_change_may_leave_a_list_unknown) {
    ASSERT_TRUE(store_->change({.list = "L", .mark_known = false, .put = {entry("a")}}));
    EXPECT_FALSE(store_->ledger("L").value().is_known);
    EXPECT_THAT(store_->known_lists().value(), ElementsAre("L"));
}

TEST_P(StoreSuite, a_note_is_kept_and_makes_no_ledger) {
    EXPECT_EQ(store_->list_note("L").value(), "");
    ASSERT_TRUE(store_->set_list_note("L", R"({"target": "ip"})"));
    reopen();
    EXPECT_EQ(store_->list_note("L").value(), R"({"target": "ip"})");
    EXPECT_THAT(store_->known_lists().value(), IsEmpty());
}

TEST_P(StoreSuite, notes_what_put_an_entry_there_and_whether_that_is_active) {
    ASSERT_TRUE(store_->change({.list = "L", .put = {entry("a"), entry("b"), entry("taken over")}}));
    ASSERT_TRUE(store_->audit({.who = "w", .act = "run", .run = "r1", .list = "L", .added = {"a"}}, k_noon));
    ASSERT_TRUE(store_->set_activation_owed(true));
    ASSERT_TRUE(
        store_->audit({.who = "w", .act = "block", .run = "r2", .list = "L", .added = {"b"}}, k_noon + hours(1)));
    ASSERT_TRUE(store_->set_activation_owed(true)) << "the debt is as old as it was";
    reopen();
    const auto a = store_->arrival("L", "a").value();
    ASSERT_TRUE(a);
    EXPECT_EQ(a->run, "r1");
    EXPECT_EQ(a->act, "run");
    EXPECT_EQ(a->at, k_noon);
    EXPECT_TRUE(a->is_active);
    EXPECT_FALSE(store_->arrival("L", "b").value()->is_active);
    EXPECT_FALSE(store_->arrival("L", "taken over").value());
    EXPECT_FALSE(store_->arrival("L", "c").value());
    EXPECT_FALSE(store_->arrival("M", "a").value());
    ASSERT_TRUE(store_->set_activation_owed(false));
    EXPECT_TRUE(store_->arrival("L", "b").value()->is_active);
    ASSERT_TRUE(store_->change({.list = "L", .put = {entry("a", core::LedgerMark::seen)}}));
    EXPECT_EQ(store_->arrival("L", "a").value()->run, "r1") << "what is seen came when it came";
    ASSERT_TRUE(store_->change({.list = "L", .erase = {"a"}}));
    ASSERT_TRUE(store_->change({.list = "L", .put = {entry("a")}}));
    EXPECT_FALSE(store_->arrival("L", "a").value());
}

TEST_P(StoreSuite, gives_the_head_of_a_ledger_without_what_is_ours) {
    ASSERT_TRUE(
        store_->change({.list = "L", .object_id = "7", .put = {entry("a")}, .put_exceptions = {{"b", k_noon, "x"}}}));
    const auto head = store_->ledger_head("L").value();
    EXPECT_EQ(head.object_id, "7");
    EXPECT_TRUE(head.is_known);
    EXPECT_THAT(head.ours, IsEmpty());
    EXPECT_THAT(head.exceptions, SizeIs(1));
}

TEST_P(StoreSuite, gives_the_rows_of_a_snapshot_that_are_wanted) {
    core::IndicatorSet indicators;
    indicators.append({"one.example", 1, std::nullopt, "C2"});
    indicators.append({"two.example", 2, std::nullopt, "Phishing"});
    ASSERT_TRUE(store_->save_snapshot({"feed", "", "", k_noon, k_noon, 0}, indicators));
    const auto snapshot = store_->snapshots("feed").value().front();
    const auto rows = store_->load_rows(snapshot, [](std::string_view value) { return value.starts_with("two"); });
    ASSERT_EQ(rows.value().size(), 1U);
    EXPECT_EQ(rows.value()[0].value, "two.example");
    EXPECT_EQ(rows.value()[0].risk, 2);
    EXPECT_EQ(rows.value()[0].rules, "Phishing");
}

TEST_P(StoreSuite, a_snapshot_comes_back_as_it_was) {
    core::IndicatorSet indicators;
    const std::chrono::sys_seconds seen{seconds{1'790'000'000}};
    indicators.append({"evil.example", 99, seen, "C2, Phishing"});
    indicators.append({"evil.example", std::nullopt, std::nullopt, ""});
    indicators.append({std::string_view("a\0b", 3), 0, seen - hours(5), "C2"});
    ASSERT_TRUE(store_->save_snapshot({"feed", "", "etag 1", k_noon, k_noon + hours(1), 0}, indicators));
    reopen();
    const auto kept = store_->snapshots("feed").value();
    ASSERT_THAT(kept, SizeIs(1));
    EXPECT_EQ(kept[0].version, "etag 1");
    EXPECT_EQ(kept[0].fetched_at, k_noon);
    EXPECT_EQ(kept[0].confirmed_at, k_noon + hours(1));
    EXPECT_EQ(kept[0].indicators, 3U);
    EXPECT_EQ(kept[0].content_key.size(), 64U);
    const auto loaded = store_->load_snapshot(kept[0]).value();
    ASSERT_EQ(loaded.size(), indicators.size());
    for (std::size_t i = 0; i < loaded.size(); ++i) {
        EXPECT_EQ(loaded[i].value, indicators[i].value);
        EXPECT_EQ(loaded[i].risk, indicators[i].risk);
        EXPECT_EQ(loaded[i].last_seen, indicators[i].last_seen);
        EXPECT_EQ(loaded[i].rules, indicators[i].rules);
    }
}

TEST_P(StoreSuite, a_feed_keeps_its_last_five_snapshots_newest_first) {
    for (int i = 0; i < 7; ++i) save("feed", std::to_string(i) + ".example", k_noon + hours(i));
    save("other", "x.example");
    const auto kept = store_->snapshots("feed").value();
    ASSERT_THAT(kept, SizeIs(5));
    EXPECT_EQ(kept.front().version, "v of 6.example");
    EXPECT_EQ(kept.back().version, "v of 2.example");
    EXPECT_THAT(store_->snapshots("other").value(), SizeIs(1));
}

TEST_P(StoreSuite, equal_content_is_kept_once_and_as_long_as_somebody_uses_it) {
    save("feed", "same.example");
    save("other", "same.example");
    const auto first = store_->snapshots("feed").value().at(0);
    EXPECT_EQ(first.content_key, store_->snapshots("other").value().at(0).content_key);
    for (int i = 0; i < 5; ++i) save("feed", std::to_string(i) + ".example");
    EXPECT_TRUE(store_->load_snapshot(first)) << "the other feed still uses it";
    for (int i = 0; i < 5; ++i) save("other", std::to_string(i) + ".example");
    const auto gone = store_->load_snapshot(first);
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().code, Code::corrupt);
}

TEST_P(StoreSuite, confirming_touches_the_newest_snapshot_only) {
    save("feed", "a.example");
    save("feed", "b.example");
    ASSERT_TRUE(store_->confirm_snapshot("feed", k_noon + hours(9)));
    const auto kept = store_->snapshots("feed").value();
    EXPECT_EQ(kept[0].confirmed_at, k_noon + hours(9));
    EXPECT_EQ(kept[1].confirmed_at, k_noon);
    EXPECT_EQ(store_->confirm_snapshot("nobody", k_noon).error().code, Code::invalid);
}

core::RunReport report_of(const std::string& id, Time started) {
    core::RunReport report;
    report.id = id;
    report.command = "run";
    report.started = started;
    report.finished = started + seconds(5);
    report.outcome = core::Outcome::stopped;
    report.exit_status = 4;
    report.lists.resize(2);
    report.lists[0].added = 3;
    report.lists[1].added = 4;
    report.lists[1].removed = 5;
    return report;
}

TEST_P(StoreSuite, runs_are_listed_newest_first_with_their_sums) {
    ASSERT_TRUE(store_->save_run(report_of("20261121T090000Z-aaaa", k_noon)));
    ASSERT_TRUE(store_->save_run(report_of("20261121T100000Z-bbbb", k_noon + hours(1))));
    const auto runs = store_->runs(10).value();
    ASSERT_THAT(runs, SizeIs(2));
    EXPECT_EQ(runs[0].id, "20261121T100000Z-bbbb");
    EXPECT_EQ(runs[0].added, 7U);
    EXPECT_EQ(runs[0].removed, 5U);
    EXPECT_EQ(runs[0].exit_status, 4);
    EXPECT_EQ(runs[0].outcome, "stopped");
    EXPECT_EQ(runs[0].finished, k_noon + hours(1) + seconds(5));
    EXPECT_THAT(store_->runs(1).value(), SizeIs(1));
}

TEST_P(StoreSuite, a_run_is_found_by_id_unique_prefix_and_last) {
    const auto first = report_of("20261121T090000Z-aaaa", k_noon),
               second = report_of("20261121T100000Z-bbbb", k_noon + hours(1));
    ASSERT_TRUE(store_->save_run(first));
    ASSERT_TRUE(store_->save_run(second));
    EXPECT_EQ(store_->run(first.id).value(), core::to_json(first));
    EXPECT_EQ(store_->run("20261121T09").value(), core::to_json(first));
    EXPECT_EQ(store_->run("last").value(), core::to_json(second));
    EXPECT_THAT(store_->run("20261121").error().message, HasSubstr("more than one run"));
    EXPECT_THAT(store_->run("2025").error().message, HasSubstr("no run has the id 2025"));
    EXPECT_EQ(store_->run("").error().code, Code::invalid);
}

TEST_P(StoreSuite, saving_a_run_again_replaces_it) {
    auto report = report_of("id", k_noon);
    ASSERT_TRUE(store_->save_run(report));
    report.message = "second";
    ASSERT_TRUE(store_->save_run(report));
    EXPECT_THAT(store_->runs(10).value(), SizeIs(1));
    EXPECT_EQ(store_->run("id").value(), core::to_json(report));
}

TEST_P(StoreSuite, the_last_run_of_an_empty_store_is_a_plain_message) {
    EXPECT_THAT(store_->run("last").error().message, HasSubstr("no run is kept yet"));
}

TEST_P(StoreSuite, requests_survive_and_old_ones_are_dropped) {
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(record_request(*store_, "zia PUT", k_noon + seconds(i)));
    ASSERT_TRUE(record_request(*store_, "zia GET", k_noon));
    ASSERT_TRUE(record_request(*store_, "zia PUT", k_noon + seconds(4), {10, seconds(1)}));
    reopen();
    EXPECT_THAT(store_->requests("zia PUT", Time{}).value(),
                ElementsAre(k_noon + seconds(3), k_noon + seconds(4), k_noon + seconds(4)));
    EXPECT_THAT(store_->requests("zia PUT", k_noon + seconds(4)).value(), SizeIs(2));
    EXPECT_THAT(store_->requests("zia GET", Time{}).value(), SizeIs(1));
}

TEST_P(StoreSuite, a_request_that_does_not_fit_is_not_recorded_and_says_what_is_used_up) {
    const std::vector<net::RateWindow> windows{{2, seconds(1)}, {2, seconds(3600)}};
    const ManualClock clock(k_noon);
    for (int i = 0; i < 2; ++i) EXPECT_EQ(store_->try_take("zia PUT", windows, clock).value(), std::nullopt);
    const auto full = store_->try_take("zia PUT", windows, clock).value();
    ASSERT_TRUE(full);
    EXPECT_EQ(full->window.window, seconds(3600));
    EXPECT_GE(full->free_at, k_noon + seconds(3600));
    EXPECT_LT(full->free_at, k_noon + seconds(3601));
    EXPECT_THAT(store_->requests("zia PUT", Time{}).value(), SizeIs(2));
    EXPECT_EQ(store_->try_take("zia PUT", windows, ManualClock(full->free_at)).value(), std::nullopt);
}

TEST_P(StoreSuite, requests_in_the_future_happened_just_now) {
    ASSERT_TRUE(record_request(*store_, "zia PUT", k_noon + std::chrono::hours(48), {1, seconds(60)}));
    EXPECT_FALSE(record_request(*store_, "zia PUT", k_noon, {1, seconds(60)}));
    EXPECT_THAT(store_->requests("zia PUT", Time{}).value(), ElementsAre(k_noon));
    EXPECT_TRUE(record_request(*store_, "zia PUT", k_noon + seconds(61), {1, seconds(60)}));
}

TEST_P(StoreSuite, an_owed_activation_is_remembered_until_it_is_cleared) {
    EXPECT_FALSE(store_->is_activation_owed().value());
    ASSERT_TRUE(store_->set_activation_owed(true));
    ASSERT_TRUE(store_->set_activation_owed(true));
    reopen();
    EXPECT_TRUE(store_->is_activation_owed().value());
    ASSERT_TRUE(store_->set_activation_owed(false));
    EXPECT_FALSE(store_->is_activation_owed().value());
}

TEST_P(StoreSuite, a_guard_stop_is_replaced_and_cleared) {
    EXPECT_EQ(store_->guard_stop("L").value(), std::nullopt);
    ASSERT_TRUE(store_->put_guard_stop({"L", "d1", "removals", k_noon}));
    ASSERT_TRUE(store_->put_guard_stop({"L", "d2", "growth", k_noon}));
    const auto record = store_->guard_stop("L").value();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->digest, "d2");
    EXPECT_EQ(record->rule, "growth");
    EXPECT_EQ(record->since, k_noon);
    ASSERT_TRUE(store_->clear_guard_stop("L"));
    EXPECT_EQ(store_->guard_stop("L").value(), std::nullopt);
}

TEST_P(StoreSuite, a_second_hold_is_refused_and_the_first_can_be_given_back) {
    auto first = store_->hold("run", k_noon);
    ASSERT_TRUE(first);
    const auto second_store = factory_->open();
    const auto second = second_store->hold("retire", k_noon);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::blocked);
    EXPECT_THAT(second.error().message, HasSubstr("cordon run, since 2026-11-21"));
    first->reset();
    EXPECT_TRUE(second_store->hold("retire", k_noon));
}

TEST_P(StoreSuite, several_threads_may_use_it) {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&, thread] {
            for (int i = 0; i < 25; ++i) {
                EXPECT_TRUE(record_request(*store_, "key " + std::to_string(thread), k_noon + seconds(i)));
                EXPECT_TRUE(store_->ledger("L"));
            }
        });
    }
    threads.clear();
    for (int thread = 0; thread < 4; ++thread) {
        EXPECT_THAT(store_->requests("key " + std::to_string(thread), k_noon).value(), SizeIs(25));
    }
}

TEST_P(StoreSuite, a_change_may_hold_25000_entries) {
    LedgerChange change{.list = "L"};
    for (int i = 0; i < 25'000; ++i) change.put.push_back(entry(std::to_string(i * 7919) + ".malware.example"));
    ASSERT_TRUE(store_->change(change));
    EXPECT_EQ(store_->ledger("L").value().ours.size(), 25'000U);
}

}  // namespace
}  // namespace cordon::store
