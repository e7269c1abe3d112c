// How much of the past the store keeps, as its Retention says.

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "tests/unit/store/store_factory.hpp"

namespace cordon::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class Kept : public testing::Test {
protected:
    std::unique_ptr<Store> open(const Retention& retention) {
        return open_store(folder_.path, OpenMode::writing, retention).value();
    }
    [[nodiscard]] std::vector<std::filesystem::path> audit_logs() const {
        std::vector<std::filesystem::path> files;
        for (const auto& file : std::filesystem::directory_iterator(folder_.path)) {
            if (file.path().extension() == ".jsonl") files.push_back(file.path());
        }
        std::sort(files.begin(), files.end());
        return files;
    }
    static void fill(Store& store, const std::string& why) {
        ASSERT_TRUE(store.audit({"alice", "run", "r1", "L", why, {"evil.example"}, {}}, k_noon));
    }

    TemporaryFolder folder_;
};

TEST_F(Kept, are_as_many_runs_as_it_says_the_newest) {
    const auto store = open({.runs = 2});
    for (const auto* id : {"r1", "r2", "r3"}) {
        core::RunReport report;
        report.id = id;
        report.started = report.finished = k_noon;
        ASSERT_TRUE(store->save_run(report));
    }
    const auto runs = store->runs(SIZE_MAX).value();
    ASSERT_THAT(runs, SizeIs(2));
    EXPECT_EQ(runs[0].id, "r3");
    EXPECT_EQ(runs[1].id, "r2");
}

TEST_F(Kept, are_as_many_snapshots_of_each_feed_as_it_says) {
    const auto store = open({.snapshots = 2});
    for (int i = 0; i < 3; ++i) {
        core::IndicatorSet indicators;
        ASSERT_TRUE(store->save_snapshot({"a", {}, std::to_string(i), k_noon, k_noon, 0}, indicators));
    }
    ASSERT_TRUE(store->save_snapshot({"b", {}, "0", k_noon, k_noon, 0}, core::IndicatorSet{}));
    EXPECT_THAT(store->snapshots("a").value(), SizeIs(2));
    EXPECT_THAT(store->snapshots("b").value(), SizeIs(1));
}

TEST_F(Kept, a_full_audit_log_is_put_aside_when_a_run_begins_and_the_next_names_it) {
    const auto store = open({.audit_bytes = 100});
    fill(*store, "plan 12");
    EXPECT_THAT(audit_logs(), SizeIs(1));  // in the middle of a run, nothing is put aside
    const auto before = read_file(folder_.path / "audit.jsonl").value();
    ASSERT_TRUE(store->hold("run", k_noon));
    const auto logs = audit_logs();
    ASSERT_THAT(logs, SizeIs(2));
    EXPECT_EQ(read_file(logs[0]).value(), before);
    std::vector<KeptAuditRecord> records;
    const auto found = store->read_audit(AuditDetail::whole, [&](KeptAuditRecord&& one) { records.push_back(one); });
    ASSERT_TRUE(found);
    EXPECT_EQ(found->problem, std::nullopt);
    ASSERT_THAT(records, SizeIs(1));
    EXPECT_EQ(records[0].record.act, "turn");
    EXPECT_THAT(records[0].record.why, HasSubstr(logs[0].filename().string()));
    EXPECT_EQ(store->audit_end().value(), AuditEnd::as_left);
}

TEST_F(Kept, an_audit_log_of_any_size_where_it_says_so) {
    const auto store = open({.audit_bytes = 0});
    fill(*store, "plan 12");
    ASSERT_TRUE(store->hold("run", k_noon));
    EXPECT_THAT(audit_logs(), SizeIs(1));
}

TEST_F(Kept, a_full_log_that_somebody_changed_stays_where_it_shows) {
    const auto store = open({.audit_bytes = 100});
    fill(*store, "plan 12");
    fill(*store, "plan 13");
    auto text = read_file(folder_.path / "audit.jsonl").value();
    text.replace(text.find("plan 12"), 7, "plan 99");
    ASSERT_TRUE(write_file_atomically(folder_.path / "audit.jsonl", text));
    ASSERT_TRUE(store->hold("run", k_noon));
    EXPECT_THAT(audit_logs(), ElementsAre(folder_.path / "audit.jsonl"));
    EXPECT_NE(store->verify_audit({}).value().problem, std::nullopt);
}

}  // namespace
}  // namespace cordon::store
