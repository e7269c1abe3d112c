#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "core/indicator.hpp"
#include "core/indicator_mirror.hpp"
#include "core/lookup.hpp"
#include "core/override.hpp"
#include "core/plan.hpp"
#include "core/report.hpp"
#include "net/rate_budget.hpp"
#include "store/audit.hpp"
#include "store/kept.hpp"

namespace cordon::store {

/// What lasts between runs: ledger, snapshots, runs, budgets, quarantine. One process at a time writes
/// (see hold()). Each call is one transaction: after a crash it happened or it did not. Errors: `corrupt`
/// (the file is damaged; says how to go on), `blocked` (another process), `invalid` (cannot be written).
class Store : public net::BudgetJournal, public core::IndicatorMirror {
public:
    /// Gives the run lock back when it dies.
    class Hold {
    public:
        virtual ~Hold() = default;
    };
    /// Takes the lock that keeps two runs apart; freed by the system when the process dies. `blocked`
    /// names the holder (process id, command, since).
    [[nodiscard]] virtual Result<std::unique_ptr<Hold>> hold(const std::string& command, Time now) = 0;

    /// Not known yet: an empty ledger with is_known = false.
    [[nodiscard]] virtual Result<core::ListLedger> ledger(const std::string& list) = 0;
    /// The same without what is ours, which takes long to read.
    [[nodiscard]] virtual Result<core::ListLedger> ledger_head(const std::string& list) = 0;
    /// What put an entry of ours on the list, by the audit log's last record that names it as added; nullopt where none
    /// does (it was taken over), or an earlier version of Cordon wrote it.
    [[nodiscard]] virtual Result<std::optional<Arrival>> arrival(const std::string& list,
                                                                 const std::string& canonical) = 0;
    virtual Result<void> change(const LedgerChange& change) = 0;
    /// Every list that has a ledger, ascending.
    [[nodiscard]] virtual Result<std::vector<std::string>> known_lists() = 0;
    /// The target kind and feeds that last fed the list, opaque JSON of the engine; "" where none.
    [[nodiscard]] virtual Result<std::string> list_note(const std::string& list) = 0;
    /// Reads and writes it in one transaction: whoever changes another part of it at the same time loses nothing.
    /// `change` gives what it becomes, and asks nothing of the store.
    virtual Result<void> change_list_note(const std::string& list,
                                          const std::function<std::string(const std::string& before)>& change) = 0;
    Result<void> set_list_note(const std::string& list, const std::string& note) {
        return change_list_note(list, [&](const std::string&) { return note; });
    }

    /// Newest first, at most 5 a feed.
    [[nodiscard]] virtual Result<std::vector<Snapshot>> snapshots(const std::string& feed) = 0;
    /// Keeps a complete snapshot and drops the feed's sixth.
    virtual Result<void> save_snapshot(const Snapshot& snapshot, const core::IndicatorSet& indicators) = 0;
    /// Those of its rows whose value `takes` wants; all where it is empty, and then what was read is proven to be what
    /// was written.
    [[nodiscard]] virtual Result<core::IndicatorSet> load_rows(const Snapshot& snapshot, const RowFilter& takes) = 0;
    [[nodiscard]] Result<core::IndicatorSet> load_snapshot(const Snapshot& snapshot) { return load_rows(snapshot, {}); }
    virtual Result<void> confirm_snapshot(const std::string& feed, Time confirmed_at) = 0;

    virtual Result<void> save_run(const core::RunReport& report) = 0;
    /// Newest first.
    [[nodiscard]] virtual Result<std::vector<RunSummary>> runs(std::size_t most) = 0;
    /// JSON of core::to_json; `invalid` where the id (or unique prefix) is unknown. "last" = newest.
    [[nodiscard]] virtual Result<std::string> run(const std::string& id) = 0;

    [[nodiscard]] virtual Result<bool> is_activation_owed() = 0;
    virtual Result<void> set_activation_owed(bool is_owed) = 0;

    [[nodiscard]] virtual Result<std::optional<GuardStopRecord>> guard_stop(const std::string& list) = 0;
    virtual Result<void> put_guard_stop(const GuardStopRecord& record) = 0;
    virtual Result<void> clear_guard_stop(const std::string& list) = 0;

    /// Appends to the audit log, audit.jsonl in the state folder (see audit_log.hpp). Where it cannot be written, that
    /// is counted, and a record "gap" says so before the next one: what is done does not wait for the log.
    virtual Result<void> audit(const AuditRecord& record, Time at) = 0;
    /// Reads it from its beginning; each record goes to `take`, also behind a break.
    [[nodiscard]] virtual Result<AuditFindings> verify_audit(
        const std::function<void(std::string_view line)>& take) = 0;
    /// The same, each record read.
    [[nodiscard]] virtual Result<AuditFindings> read_audit(
        AuditDetail detail, const std::function<void(KeptAuditRecord&& record)>& take) = 0;
    /// Looks at the log's end alone. What is not `as_left` holds until restart_audit().
    [[nodiscard]] virtual Result<AuditEnd> audit_end() = 0;
    /// Keeps the log under another name and begins a new one with a record that says so, see restart_audit() in
    /// audit_log.hpp.
    virtual Result<AuditRestart> restart_audit(const AuditRecord& record, Time at) = 0;

    /// What operators said of single values, also what is over by now; by kind, value, list.
    [[nodiscard]] virtual Result<std::vector<core::Override>> overrides() = 0;
    /// Instead of an earlier one of the same kind, value and list.
    virtual Result<void> put_override(const core::Override& one) = 0;
    virtual Result<void> erase_override(core::OverrideKind kind, const std::string& value, const std::string& list) = 0;
    /// Those that were over at `moment`.
    virtual Result<void> erase_overrides_until(Time moment) = 0;

    /// The kept answers about these values that were given at or after `since`, in no order.
    [[nodiscard]] virtual Result<std::vector<KeptLookup>> lookups(std::span<const std::string> values, Time since) = 0;
    /// Keeps answers given at `now`, instead of older ones about the same values.
    virtual Result<void> keep_lookups(std::span<const core::LookedUp> answers, Time now) = 0;
    /// Drops answers given before `since`, then the oldest beyond `most`.
    virtual Result<void> drop_lookups(Time since, std::size_t most = k_most_kept_lookups) = 0;

    /// A small text that a part of the program keeps between runs, opaque to the store; "" where there is none.
    [[nodiscard]] virtual Result<std::string> memo(const std::string& name) = 0;
    virtual Result<void> put_memo(const std::string& name, const std::string& text) = 0;
};

}  // namespace cordon::store
