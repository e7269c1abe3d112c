#include "store/sql_store.hpp"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <mutex>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "base/log.hpp"
#include "base/text.hpp"
#include "store/audit_log.hpp"
#include "store/audit_record.hpp"
#include "store/run_lock.hpp"
#include "store/state_files.hpp"
#include "store/tables.hpp"
#include "store/transfer.hpp"

namespace cordon::store {
namespace {

constexpr const char* k_busy_timeout = "PRAGMA busy_timeout = 10000";

/// `reason` is SQLite's or the reader's own: for whoever looks into it, no help for the operator.
tl::unexpected<Error> damage(const std::filesystem::path& file, const char* reason) {
    log_debug(fmt::format("the store {} is damaged: {}", file.string(), printable(reason, 300)));
    return fail(Code::corrupt,
                fmt::format("the store {0} is damaged. What operators said stands in it: unblocks, blocks, pauses and "
                            "pins are lost with it. If there is a file of 'cordon export', give 'cordon import BACKUP "
                            "--replace'. If there is none, move {0} and its -wal and -shm files away and run again: "
                            "what the feeds name becomes ours anew, and what was unblocked is blocked again",
                            printable(file.string(), 300)));
}

/// What an SQLite failure means for the caller (https://www.sqlite.org/rescode.html).
tl::unexpected<Error> failure_of(const soci::sqlite3_soci_error& error, const std::filesystem::path& file) {
    switch (error.result() & 0xFF) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_ERROR:  // a table or column that should be there is not
        case SQLITE_CONSTRAINT:
        case SQLITE_MISMATCH: return damage(file, error.what());
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return fail(Code::blocked, fmt::format("another process keeps {} locked; try again", file.string()));
        case SQLITE_FULL:
            return fail(Code::invalid, fmt::format("no room left on the disk of {}; free some", file.string()));
        default:
            return fail(Code::invalid, fmt::format("cannot use {}: {}; state_dir must be on a writable local disk",
                                                   file.string(), sqlite_api::sqlite3_errstr(error.result() & 0xFF)));
    }
}

constexpr const char* k_audit_file = "audit.jsonl";
constexpr int k_most_readings_again = 5;

/// A transaction that is undone unless it is committed.
class Transaction {
public:
    /// IMMEDIATE waits for other writers at once: a reader that becomes a writer later would be refused.
    explicit Transaction(soci::session& sql) : sql_(sql) { sql_ << "BEGIN IMMEDIATE"; }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction() {
        if (is_over_) return;
        try {
            sql_ << "ROLLBACK";
        } catch (const std::exception&) {  // SQLite rolled back by itself, as on a full disk
        }
    }
    void commit() {
        sql_ << "COMMIT";
        is_over_ = true;
    }

private:
    soci::session& sql_;
    bool is_over_ = false;
};

class SqlStore final : public Store {
public:
    SqlStore(std::filesystem::path state_dir, OpenMode mode, const Retention& retention)
        : state_dir_(std::move(state_dir)), file_(state_dir_ / "cordon.db"), mode_(mode), retention_(retention) {}

    /// Opens the file. A reader that finds none, or one that was never finished, gets an empty store in memory.
    Result<void> open() {
        return attempt([&]() -> Result<void> {
            std::error_code error;
            const auto size = std::filesystem::file_size(file_, error);
            if (mode_ != OpenMode::writing && (error == std::errc::no_such_file_or_directory || size == 0)) {
                return open_in_memory();
            }
            if (mode_ == OpenMode::looking && !require_writable_state(state_dir_)) {
                CORDON_TRY(connect_unchanged());
            } else {
                connect(file_.string());
            }
            if (mode_ != OpenMode::writing) return require_current_version();
            sql_ << "PRAGMA journal_mode = WAL";
            return bring_up_to_date();
        });
    }

    Result<std::unique_ptr<Hold>> hold(const std::string& command, Time now) override {
        CORDON_TRY(require_writing());
        CORDON_TRY_ASSIGN(auto lock, take_run_lock(state_dir_ / "cordon.lock", command, now));
        mend_audit_end(state_dir_ / k_audit_file);
        put_full_audit_log_aside(*this, state_dir_ / k_audit_file, retention_.audit_bytes, now);
        return lock;
    }

    Result<core::ListLedger> ledger(const std::string& list) override {
        return read([&] { return read_ledger(sql_, list); });
    }
    Result<core::ListLedger> ledger_head(const std::string& list) override {
        return read([&] { return read_ledger_head(sql_, list); });
    }
    Result<std::optional<Arrival>> arrival(const std::string& list, const std::string& canonical) override {
        return read([&] { return read_arrival(sql_, list, canonical); });
    }
    Result<void> change(const LedgerChange& change) override {
        return write([&] { write_change(sql_, change); });
    }
    Result<std::vector<std::string>> known_lists() override {
        return read([&] { return read_known_lists(sql_); });
    }
    Result<std::string> list_note(const std::string& list) override {
        return read([&] { return read_note(sql_, list); });
    }
    Result<void> change_list_note(const std::string& list,
                                  const std::function<std::string(const std::string& before)>& change) override {
        // Of the rules it is a copy of what the gateway has: as with budgets, whoever reads them may bring it up to
        // date.
        if (mode_ == OpenMode::looking) CORDON_TRY(require_writing());
        return commit([&] {
            const auto before = read_note(sql_, list);
            const auto after = change(before);
            if (after != before) write_note(sql_, list, after);
        });
    }

    Result<std::vector<Snapshot>> snapshots(const std::string& feed) override {
        return read([&] { return read_snapshots(sql_, feed); });
    }
    Result<void> save_snapshot(const Snapshot& snapshot, const core::IndicatorSet& indicators) override {
        return write(
            [&, content = pack_content(indicators)] { write_snapshot(sql_, snapshot, content, retention_.snapshots); });
    }
    Result<core::IndicatorSet> load_rows(const Snapshot& snapshot, const RowFilter& takes) override {
        CORDON_TRY_ASSIGN(const auto content, read([&] { return read_content(sql_, snapshot.content_key); }));
        if (!content) return fail(Code::corrupt, name_of(snapshot) + " is gone; the feed is fetched anew");
        try {
            return unpack_content(*content, takes);
        } catch (const Damaged& error) {
            return fail(Code::corrupt, fmt::format("{} cannot be used: {}; the feed is fetched anew", name_of(snapshot),
                                                   error.what()));
        }
    }
    Result<void> confirm_snapshot(const std::string& feed, Time confirmed_at) override {
        bool is_there = false;
        CORDON_TRY(write([&] { is_there = write_confirmation(sql_, feed, confirmed_at); }));
        if (!is_there) return fail(Code::invalid, fmt::format("no snapshot of {} is kept", printable(feed)));
        return {};
    }

    Result<void> save_run(const core::RunReport& report) override {
        return write([&] { write_run(sql_, report, retention_.runs); });
    }
    Result<std::vector<RunSummary>> runs(std::size_t most) override {
        return read([&] { return read_runs(sql_, most); });
    }
    Result<std::string> run(const std::string& id) override {
        CORDON_TRY_ASSIGN(auto found, read([&] { return find_runs(sql_, id); }));
        if (found.size() == 1) return std::move(found.front());
        if (id == "last") return fail(Code::invalid, "no run is kept yet");
        return fail(Code::invalid, fmt::format("{} run has the id {}; `cordon runs list` shows them",
                                               found.empty() ? "no" : "more than one", printable(id)));
    }

    Result<std::vector<Time>> requests(const std::string& key, Time since) override {
        return read([&] { return read_requests(sql_, key, since); });
    }
    /// The write lock is taken before the clock and the table are read, so that processes queue here.
    Result<std::optional<net::UsedUp>> try_take(const std::string& key, const std::vector<net::RateWindow>& windows,
                                                const Clock& clock) override {
        std::optional<net::UsedUp> full;
        CORDON_TRY(commit([&] { full = write_request_that_fits(sql_, key, windows, clock.now()); }));
        return full;
    }

    // A copy of what the provider has: as with budgets, whoever looks may bring it up to date.
    Result<core::MirrorProgress> mirror_progress(const std::string& stream) override {
        return read([&] { return read_mirror_progress(sql_, stream); });
    }
    Result<bool> take_mirror_step(const std::string& stream, const core::MirrorStep& step, const core::MirrorRows& rows,
                                  Time now) override {
        bool is_taken = false;
        CORDON_TRY(commit([&] { is_taken = write_mirror_step(sql_, stream, step, rows, now); }));
        return is_taken;
    }
    Result<void> restart_mirror(const std::string& stream, Time now) override {
        return commit([&] { restart_mirror_passes(sql_, stream, now); });
    }
    Result<void> read_mirror(const core::MirrorQuery& query,
                             const std::function<bool(const core::MirrorRow&)>& take) override {
        return attempt([&]() -> Result<void> {
            const soci::transaction one_state(sql_);
            read_mirror_rows(sql_, query, take);
            return {};
        });
    }

    Result<bool> is_activation_owed() override {
        return read([&] { return read_activation_owed(sql_); });
    }
    Result<void> set_activation_owed(bool is_owed) override {
        return write([&] { write_activation_owed(sql_, is_owed); });
    }

    Result<std::optional<GuardStopRecord>> guard_stop(const std::string& list) override {
        return read([&] { return read_guard_stop(sql_, list); });
    }
    Result<void> put_guard_stop(const GuardStopRecord& record) override {
        return write([&] { write_guard_stop(sql_, record); });
    }
    Result<void> clear_guard_stop(const std::string& list) override {
        return write([&] { erase_guard_stop(sql_, list); });
    }

    Result<void> audit(const AuditRecord& record, Time at) override {
        CORDON_TRY(require_writing());
        auto written = append_behind_gap(record, at);
        auto noted = record.added.empty() ? Result<void>{} : commit([&] { write_deed(sql_, record, at); });
        if (written) return noted;
        const auto counted =
            commit([&] { write_unwritten_audit_records(sql_, read_unwritten_audit_records(sql_) + 1); });
        written.error().message +=
            counted ? "; the next record will tell of the gap" : "; and that it is missing could not be noted";
        return written;
    }
    Result<AuditFindings> verify_audit(const std::function<void(std::string_view line)>& take) override {
        CORDON_TRY_ASSIGN(auto known, read([&] { return read_audit_mark(sql_); }));
        CORDON_TRY_ASSIGN(auto found, store::verify_audit(state_dir_ / k_audit_file, known, take));
        // Another process may have appended while it was read.
        for (int again = 0; found.problem && again < k_most_readings_again; ++again) {
            CORDON_TRY_ASSIGN(const auto mark, read([&] { return read_audit_mark(sql_); }));
            if (mark.records == known.records && mark.anchor == known.anchor) break;
            known = mark;
            CORDON_TRY_ASSIGN(found, store::verify_audit(state_dir_ / k_audit_file, known, {}));
        }
        CORDON_TRY_ASSIGN(const auto change, read([&] { return read_audit_change(sql_); }));
        if (!found.problem && change != 0) {
            found.problem = fmt::format(
                "the log did not end as the store had left it when record {} was written: what is before that was "
                "replaced, cut or added to",
                change);
        }
        CORDON_TRY_ASSIGN(const auto first, read([&] { return read_first_audit_record(sql_); }));
        if (!found.problem && first != 0) {
            found.problem = fmt::format(
                "this store does not know where the log ended before record {}, because cordon.db was made anew beside "
                "it: records that were cut off its end before that would not show",
                first);
        }
        CORDON_TRY_ASSIGN(found.unwritten, read([&] { return read_unwritten_audit_records(sql_); }));
        return found;
    }
    Result<AuditFindings> read_audit(AuditDetail detail,
                                     const std::function<void(KeptAuditRecord&& record)>& take) override {
        return verify_audit([&](std::string_view line) {
            if (auto record = read_kept_record(line, detail)) take(std::move(*record));
        });
    }
    Result<AuditEnd> audit_end() override {
        CORDON_TRY_ASSIGN(const auto known, read([&] { return read_audit_mark(sql_); }));
        CORDON_TRY_ASSIGN(const auto change, read([&] { return read_audit_change(sql_); }));
        if (change != 0) return AuditEnd::changed;
        CORDON_TRY_ASSIGN(const bool is_known, is_audit_end_known(state_dir_ / k_audit_file, known));
        if (!is_known) return AuditEnd::changed;
        CORDON_TRY_ASSIGN(const auto first, read([&] { return read_first_audit_record(sql_); }));
        return first == 0 ? AuditEnd::as_left : AuditEnd::never_known;
    }
    Result<AuditRestart> restart_audit(const AuditRecord& record, Time at) override {
        CORDON_TRY(require_writing());
        return store::restart_audit(state_dir_ / k_audit_file, record, at, [&](const AuditHead& head) {
            return commit([&] {
                write_audit_mark(sql_, {head.records, anchor_of(head)});
                write_audit_change(sql_, 0);
                write_first_audit_record(sql_, 0);
                write_unwritten_audit_records(sql_, 0);
            });
        });
    }

    Result<std::vector<core::Override>> overrides() override {
        return read([&] { return read_overrides(sql_); });
    }
    Result<void> put_override(const core::Override& one) override {
        return write([&] { write_override(sql_, one); });
    }
    Result<void> erase_override(core::OverrideKind kind, const std::string& value, const std::string& list) override {
        return write([&] { store::erase_override(sql_, kind, value, list); });
    }
    Result<void> erase_overrides_until(Time moment) override {
        return write([&] { store::erase_overrides_until(sql_, moment); });
    }

    Result<std::vector<KeptLookup>> lookups(std::span<const std::string> values, Time since) override {
        return read([&] { return read_lookups(sql_, values, since); });
    }
    Result<void> keep_lookups(std::span<const core::LookedUp> answers, Time now) override {
        return write([&] { write_lookups(sql_, answers, now); });
    }
    Result<void> drop_lookups(Time since, std::size_t most) override {
        return write([&] { erase_lookups(sql_, since, most); });
    }

    Result<std::string> memo(const std::string& name) override {
        return read([&] { return read_memo(sql_, name); });
    }
    Result<void> put_memo(const std::string& name, const std::string& text) override {
        return write([&] { write_memo(sql_, name, text); });
    }

private:
    /// Where earlier records could not be written, one that says so comes first.
    Result<void> append_behind_gap(const AuditRecord& record, Time at) {
        CORDON_TRY_ASSIGN(const auto unwritten, read([&] { return read_unwritten_audit_records(sql_); }));
        if (unwritten != 0) {
            const auto why = fmt::format("{} record{} could not be written before this one: what {} told is lost",
                                         unwritten, unwritten == 1 ? "" : "s", unwritten == 1 ? "it" : "they");
            CORDON_TRY(append({record.who, "gap", {}, {}, why}, at, unwritten));
        }
        return append(record, at, 0);
    }

    /// The file first: a crash in between leaves one record more than the mark says, which verify_audit() knows.
    Result<void> append(const AuditRecord& record, Time at, std::uint64_t told) {
        const auto known = [&] { return read([&] { return read_audit_mark(sql_); }); };
        const auto remember = [&](const AuditAppended& appended) {
            return commit([&] {
                const auto& head = appended.head;
                write_audit_mark(sql_, {head.records, anchor_of(head)});
                if (appended.is_behind_a_change && read_audit_change(sql_) == 0) write_audit_change(sql_, head.records);
                if (told != 0) {
                    const auto unwritten = read_unwritten_audit_records(sql_);
                    write_unwritten_audit_records(sql_, unwritten - std::min(unwritten, told));
                }
            });
        };
        CORDON_TRY(append_audit(state_dir_ / k_audit_file, record, at, known, remember));
        return {};
    }

    /// Calls `action`, one at a time, and turns exceptions into the Error that the caller can act on.
    template <class Action>
    auto attempt(Action action) -> decltype(action()) {
        const std::lock_guard lock(mutex_);
        try {
            return action();
        } catch (const soci::sqlite3_soci_error& error) {
            return failure_of(error, file_);
        } catch (const soci::soci_error& error) {
            return damage(file_, error.what());
        } catch (const Damaged& error) {
            return damage(file_, error.what());
        }
    }

    /// One transaction also for reading, so that several statements see one state.
    template <class Action>
    auto read(Action action) -> Result<decltype(action())> {
        return attempt([&]() -> Result<decltype(action())> {
            const soci::transaction one_state(sql_);
            return action();
        });
    }

    template <class Action>
    Result<void> commit(Action action) {
        return attempt([&]() -> Result<void> {
            Transaction transaction(sql_);
            action();
            transaction.commit();
            return {};
        });
    }

    template <class Action>
    Result<void> write(Action action) {
        CORDON_TRY(require_writing());
        return commit(std::move(action));
    }

    [[nodiscard]] Result<void> require_writing() const {
        if (mode_ == OpenMode::writing) return {};
        return fail(Code::invalid, fmt::format("{} was opened for reading only", file_.string()));
    }

    void connect(const std::string& name) {
        sql_.open(soci::sqlite3, fmt::format("dbname=\"{}\"", name));
        sql_ << k_busy_timeout;
        sql_ << "PRAGMA foreign_keys = ON";
        // FULL: a commit is on the disk before the request that it announces is sent (design rule 8).
        sql_ << "PRAGMA synchronous = FULL";
        // KiB; only as much as is used. For those who write, the mirror's index over a million rows fits; those who
        // look keep theirs for as long as a daemon lives.
        sql_ << (mode_ == OpenMode::looking ? "PRAGMA cache_size = -2000" : "PRAGMA cache_size = -48000");
    }

    /// SQLite makes its -shm file even for a reader; where it cannot, and no -wal file holds anything that is not
    /// in the database, the database is read as it is (https://www.sqlite.org/uri.html, immutable).
    Result<void> connect_unchanged() {
        std::error_code error;
        const auto waiting = std::filesystem::file_size(state_dir_ / "cordon.db-wal", error);
        const bool is_settled = error || waiting == 0;
        if (!is_settled && !std::filesystem::exists(state_dir_ / "cordon.db-shm", error)) {
            return fail(Code::invalid,
                        fmt::format("{} holds changes of a run that was killed, and only a user who may write {} "
                                    "can read them",
                                    file_.string(), state_dir_.string()));
        }
        connect(fmt::format("file:{}?mode=ro{}", uri_path(std::filesystem::absolute(file_)),
                            is_settled ? "&immutable=1" : ""));
        return {};
    }

    Result<void> open_in_memory() {
        if (sql_.is_connected()) sql_.close();
        connect(":memory:");
        return bring_up_to_date();
    }

    /// Looks first, so that an open store is not locked for writing each time it is opened.
    Result<void> bring_up_to_date() {
        const int version = schema_version(sql_);
        if (version == newest_schema_version()) return {};
        const auto log = version == 0 ? end_of_audit_log(state_dir_ / k_audit_file) : std::nullopt;
        Transaction transaction(sql_);
        if (auto migrated = migrate(sql_); !migrated) return explain_version(std::move(migrated).error());
        if (log) {  // of a store that is gone
            if (log->records != 0) write_audit_mark(sql_, {log->records, anchor_of(*log)});
            write_first_audit_record(sql_, log->records + 1);
        }
        transaction.commit();
        return {};
    }

    Result<void> require_current_version() {
        const int version = schema_version(sql_);
        if (version > newest_schema_version()) return explain_version(migrate(sql_).error());
        if (version == newest_schema_version()) return {};
        if (version == 0) return open_in_memory();
        return fail(Code::invalid,
                    fmt::format("{} was written by an older cordon; the next `cordon run` brings it up to "
                                "date",
                                file_.string()));
    }

    [[nodiscard]] tl::unexpected<Error> explain_version(Error error) const {
        return fail(error.code, fmt::format("cannot use {}: {}", file_.string(), error.message));
    }

    std::filesystem::path state_dir_;
    std::filesystem::path file_;
    OpenMode mode_;
    Retention retention_;
    std::mutex mutex_;
    soci::session sql_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_store(const std::filesystem::path& state_dir, OpenMode mode,
                                          const Retention& retention) {
    const auto file = state_dir / "cordon.db";
    if (file.string().find('"') != std::string::npos) {
        return fail(Code::invalid,
                    fmt::format("state_dir {} must not hold a quotation mark", printable(file.string())));
    }
    if (mode == OpenMode::looking) {
        CORDON_TRY(require_readable_state(state_dir));
    } else if (std::error_code unseen; mode == OpenMode::writing || std::filesystem::exists(file, unseen) || unseen) {
        CORDON_TRY(require_writable_state(state_dir));
    }
    if (mode == OpenMode::writing) CORDON_TRY(prepare_files(state_dir, file));
    CORDON_TRY(finish_import(state_dir));
    auto store = std::make_unique<SqlStore>(state_dir, mode, retention);
    CORDON_TRY(store->open());
    return store;
}

}  // namespace cordon::store
