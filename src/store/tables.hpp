#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "store/audit_log.hpp"
#include "store/store.hpp"

namespace soci {
class session;
}

namespace cordon::store {

// The statements of the SQL store, one file a group of tables. They throw what SOCI throws, and Damaged; the
// caller (sql_store.cpp) opens the transaction and turns exceptions into Errors.

/// Stored data that cannot be what was written.
struct Damaged : std::runtime_error {
    using std::runtime_error::runtime_error;
};

[[nodiscard]] inline long long to_number(Time moment) {
    return moment.time_since_epoch().count();
}
[[nodiscard]] inline Time to_time(long long number) {
    return Time{std::chrono::milliseconds{number}};
}

// schema.cpp
/// Brings an open database to the newest version; Result, since a newer program may have written it.
Result<void> migrate(soci::session& sql);
/// 0 where there is no schema yet.
[[nodiscard]] int schema_version(soci::session& sql);
[[nodiscard]] int newest_schema_version() noexcept;

// ledger.cpp
[[nodiscard]] core::ListLedger read_ledger(soci::session& sql, const std::string& list);
[[nodiscard]] core::ListLedger read_ledger_head(soci::session& sql, const std::string& list);
void write_change(soci::session& sql, const LedgerChange& change);
[[nodiscard]] std::vector<std::string> read_known_lists(soci::session& sql);
[[nodiscard]] std::string read_note(soci::session& sql, const std::string& list);
void write_note(soci::session& sql, const std::string& list, const std::string& note);

// arrivals.cpp
/// Notes what put the added entries of the record on their list. Deeds to which nothing goes back any more are dropped
/// now and then.
void write_deed(soci::session& sql, const AuditRecord& record, Time at);
/// The number that the next deed gets.
[[nodiscard]] long long read_next_deed(soci::session& sql);
[[nodiscard]] std::optional<Arrival> read_arrival(soci::session& sql, const std::string& list,
                                                  const std::string& canonical);

// snapshots.cpp
/// How indicators are kept.
struct PackedContent {
    std::string key;         ///< SHA-256 of the packed form
    std::string compressed;  ///< zstd
    std::size_t size_bytes = 0;
    std::size_t indicators = 0;
};
/// "the snapshot of FEED from TIME", printable.
[[nodiscard]] std::string name_of(const Snapshot& snapshot);
[[nodiscard]] PackedContent pack_content(const core::IndicatorSet& indicators);
[[nodiscard]] core::IndicatorSet unpack_content(const PackedContent& content, const RowFilter& takes);
[[nodiscard]] std::vector<Snapshot> read_snapshots(soci::session& sql, const std::string& feed);
void write_snapshot(soci::session& sql, const Snapshot& snapshot, const PackedContent& content, std::size_t most_kept);
[[nodiscard]] std::optional<PackedContent> read_content(soci::session& sql, const std::string& key);
/// False where the feed has no snapshot.
[[nodiscard]] bool write_confirmation(soci::session& sql, const std::string& feed, Time confirmed_at);

// runs.cpp
void write_run(soci::session& sql, const core::RunReport& report, std::size_t most_kept);
[[nodiscard]] std::vector<RunSummary> read_runs(soci::session& sql, std::size_t most);
/// The reports whose id begins with `prefix`, at most two; "last" and a full id give at most one.
[[nodiscard]] std::vector<std::string> find_runs(soci::session& sql, const std::string& prefix);

// mirror.cpp
[[nodiscard]] core::MirrorProgress read_mirror_progress(soci::session& sql, const std::string& stream);
/// See core::IndicatorMirror::take_mirror_step().
[[nodiscard]] bool write_mirror_step(soci::session& sql, const std::string& stream, const core::MirrorStep& step,
                                     const core::MirrorRows& rows, Time now);
void restart_mirror_passes(soci::session& sql, const std::string& stream, Time now);
void read_mirror_rows(soci::session& sql, const core::MirrorQuery& query,
                      const std::function<bool(const core::MirrorRow&)>& take);

// marks.cpp: rate budgets, guard stops, owed activation
[[nodiscard]] std::vector<Time> read_requests(soci::session& sql, const std::string& budget, Time since);
/// See net::BudgetJournal::try_take(); nullopt where the request was written.
[[nodiscard]] std::optional<net::UsedUp> write_request_that_fits(soci::session& sql, const std::string& budget,
                                                                 const std::vector<net::RateWindow>& windows, Time now);
[[nodiscard]] std::optional<GuardStopRecord> read_guard_stop(soci::session& sql, const std::string& list);
void write_guard_stop(soci::session& sql, const GuardStopRecord& record);
void erase_guard_stop(soci::session& sql, const std::string& list);
[[nodiscard]] AuditMark read_audit_mark(soci::session& sql);
void write_audit_mark(soci::session& sql, const AuditMark& mark);
/// The first record that was appended to a log that had been changed from outside; 0 where that never happened.
[[nodiscard]] std::uint64_t read_audit_change(soci::session& sql);
void write_audit_change(soci::session& sql, std::uint64_t record);
/// The first record that this store wrote to a log that was there before it; 0 where it began the log.
[[nodiscard]] std::uint64_t read_first_audit_record(soci::session& sql);
void write_first_audit_record(soci::session& sql, std::uint64_t record);
/// How many records could not be written since the last one that was.
[[nodiscard]] std::uint64_t read_unwritten_audit_records(soci::session& sql);
void write_unwritten_audit_records(soci::session& sql, std::uint64_t count);
[[nodiscard]] bool read_activation_owed(soci::session& sql);
/// The first deed since which one is owed; 0 where none is.
[[nodiscard]] long long read_owing_deed(soci::session& sql);
void write_activation_owed(soci::session& sql, bool is_owed);

// overrides.cpp
[[nodiscard]] std::vector<core::Override> read_overrides(soci::session& sql);
void write_override(soci::session& sql, const core::Override& one);
void erase_override(soci::session& sql, core::OverrideKind kind, const std::string& value, const std::string& list);
void erase_overrides_until(soci::session& sql, Time moment);

// memos.cpp
[[nodiscard]] std::string read_memo(soci::session& sql, const std::string& name);
void write_memo(soci::session& sql, const std::string& name, const std::string& text);

// lookups.cpp
[[nodiscard]] std::vector<KeptLookup> read_lookups(soci::session& sql, std::span<const std::string> values, Time since);
void write_lookups(soci::session& sql, std::span<const core::LookedUp> answers, Time now);
void erase_lookups(soci::session& sql, Time since, std::size_t most);

}  // namespace cordon::store
