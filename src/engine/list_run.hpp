#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/division.hpp"
#include "engine/lookups.hpp"
#include "engine/run.hpp"

namespace cordon::engine {

/// One list on its way through a run: filled step by step, never looked at before its step.
struct ListRun {
    const ListJob* job = nullptr;
    // planning.cpp, guarding.cpp
    core::ListState state;
    core::ListLedger ledger;
    core::ListPlan plan;
    std::vector<std::string> addition_feeds;  ///< parallel to plan.additions: the section; "" for the placeholder
    /// Parallel to plan.removals: the section that names it still (it lost its place); "" where none does.
    std::vector<std::string> removal_feeds;
    std::vector<std::string>
        foreign_placeholders;          ///< of the job's, those that this first sight takes over and the plan removes
    bool is_frozen = false;            ///< no feed is current, or it is paused: see plan_standstill()
    bool is_paused = false;            ///< by the operator; of a list's first object
    bool has_lookups_to_come = false;  ///< entries wait for look-ups that this run did not make
    /// A feed's older indicators are still to come, so that nothing can be said yet of what is not in it.
    bool is_first_sight_open = false;
    std::vector<std::size_t> suspicious_feeds;  ///< sections whose new snapshot the operator let through
    core::ListReport report;
    std::uint64_t removed_ahead = 0;  ///< see remove_ahead()
    bool is_carried_out = false;      ///< its turn came: what happened is in the report
    bool is_unreviewed = false;       ///< --plan names another list's plan
    /// The list as the guard judged it, all its objects together: its first object's name, and the digest of its plan.
    std::string guarded_list;
    std::string guarded_digest;
    std::optional<core::ListPlan> unblocking;  ///< of a stopped list: see plan_unblocking()

    [[nodiscard]] bool may_be_applied() const noexcept {
        return report.outcome != core::Outcome::stopped && report.outcome != core::Outcome::failed;
    }
};

struct PlannedLists {
    std::vector<ListRun> runs;  ///< in the jobs' order; objects that do not exist and get nothing are left out
    std::vector<core::PoolShares> pools;  ///< how the tenant's room was divided
    bool needs_freed_places = false;      ///< some list takes places that removals free, perhaps another's
};

/// Steps 2, 4 and 5: desired, the room divided, plan, guard. The verdicts are in the reports. Fails only when the
/// store does, and with `cancelled`. `states`: by job.
[[nodiscard]] Result<PlannedLists> plan_and_guard(std::span<const ListJob> jobs, std::vector<core::ListState> states,
                                                  const core::Room& room, std::span<const FeedSection> sections,
                                                  std::span<const FeedSnapshot> snapshots, const Ports& ports,
                                                  const RunOptions& options, Lookups& lookups);

/// Which sections feed the list, in its note.
Result<void> remember_feeds(const ListRun& run, std::span<const FeedSection> sections,
                            std::span<const FeedSnapshot> snapshots, store::Store& store);

/// Step 5 for one list, all its objects together: lets the plans go or stops them, with the reason in the reports.
/// Fails only when the store does.
Result<void> guard_list(std::span<ListRun* const> objects, const core::DesiredSet& desired,
                        std::span<const FeedSection> sections, std::span<const FeedSnapshot> snapshots,
                        const Ports& ports, const RunOptions& options);

/// [assert] must_block over all lists at once: stops the lists whose plan takes out what met an assertion that no
/// list would meet afterwards, and gives the assertions that no list meets either way.
[[nodiscard]] std::vector<std::string> guard_must_block(std::vector<ListRun>& runs, const core::Assertions& assertions);

/// Tells the accepted entries that were planned and are not there: refused ones and those that are neither
/// `added` (ascending) nor refused.
void report_pending(const ListRun& run, std::span<const std::string> added, std::span<const core::Exclusion> refused,
                    RejectedValues& rejected);

/// Step 6 for one list: writes the intents down, applies, and settles the ledger and the report with what
/// is known to have happened. Fails only when the store does.
Result<void> apply_and_settle(ListRun& run, const Ports& ports, const std::stop_token& stop);

/// Whether removals of the plan can be carried out apart, ahead of its additions.
[[nodiscard]] bool can_remove_ahead(const ListRun& run);

/// Carries out the removals alone and leaves a plan of the additions, so that other lists find the room that these
/// free. True where all went well; else the report says what did not, and the list's turn is over.
[[nodiscard]] Result<bool> remove_ahead(ListRun& run, const Ports& ports, const std::stop_token& stop);

/// Keeps what lies on the list, in the gateway's spelling, before a predecessor's entries are taken over:
/// the store's snapshots named "before adopt: LIST".
Result<void> keep_rollback_point(const ListRun& run, store::Store& store, Time now);

/// Logs what an earlier run sent without living to see it arrive, or go, and what this run's read shows.
void log_late_changes(const ListRun& run, ChangeSink& log);

/// Notes in the ledger what the read alone showed (sightings, adopted, exceptions); writes nothing where
/// nothing changed. Ownership of a list seen for the first time is not decided while its feeds fail.
Result<void> note_what_was_seen(const ListRun& run, store::Store& store, Time now);

/// Of the lists of a run that ended before its plan, and so did nothing to them. `states`: what was read of them,
/// parallel to `jobs`; empty where nothing was.
[[nodiscard]] std::vector<core::ListReport> reports_of_unplanned(std::span<const ListJob> jobs,
                                                                 std::span<const core::ListState> states,
                                                                 const gateways::Gateway& gateway,
                                                                 core::Outcome outcome);

}  // namespace cordon::engine
