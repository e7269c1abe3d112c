#pragma once

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/division.hpp"
#include "core/match.hpp"
#include "core/override.hpp"
#include "core/protection.hpp"
#include "core/report.hpp"
#include "engine/list_note.hpp"
#include "engine/lists.hpp"
#include "engine/manners.hpp"
#include "engine/snapshots.hpp"
#include "gateways/gateway.hpp"
#include "store/store.hpp"

namespace cordon::engine {

/// Takes the values that are not on the gateway, list by list.
class RejectedValues : public core::RejectSink {
public:
    /// Values taken from now on belong to this list.
    virtual void begin_list(const std::string& list) = 0;
};

/// Is told what was put on a list and taken off it, once the gateway has answered.
class ChangeSink {
public:
    virtual ~ChangeSink() = default;
    /// Canonical entries, ascending; the placeholder is among them where it came or went.
    virtual void take(const std::string& list, std::span<const std::string> added,
                      std::span<const std::string> removed) = 0;
};

/// The outside world of one run. All of it outlives the run.
struct Ports {
    const Clock& clock;
    gateways::Gateway& gateway;
    store::Store& store;
    const core::Protection& protection;
    const core::Assertions& assertions;
    RejectedValues& rejected;
    std::function<void(std::string_view)> progress;  ///< one line a step, for a terminal; may be empty
    ChangeSink* changes = nullptr;                   ///< is told what each list was given and lost; may be null
    std::span<const core::Override> overrides = {};  ///< of operators, in force; a run reads them itself
};

inline constexpr std::size_t k_least_digest_digits = 12;

/// Does `given` (a prefix of at least 12 digits, any case) name the plan with this digest?
[[nodiscard]] bool is_digest_of(std::string_view given, std::string_view digest);

/// The rule of the guard that a person may waive for the stopped plan, so that a run with its digest goes on; nullopt
/// where nobody may, or where another command than a run was stopped.
[[nodiscard]] std::optional<core::GuardRule> rule_to_waive(const store::GuardStopRecord& stop);

/// What a run does with its plan.
enum class Mode {
    apply,      ///< cordon run
    plan_only,  ///< cordon plan: nothing is written to the gateway or the ledger; a stop is remembered
};

struct RunOptions {
    std::string command = "run";
    std::string version;        ///< of the program, for the report
    std::string operator_name;  ///< who gave the command, for the audit log
    std::string because;        ///< why, for the audit log; may be empty
    Mode mode = Mode::apply;
    core::GuardRules guard;
    std::size_t quota_headroom = 0;  ///< URLs of the tenant that are left to people
    ActivationOptions activation;
    /// run --plan: apply only this plan (a prefix of 12 digits will do). With a waiver, the digest of the
    /// waived list's plan will do as well: the message of a stop gives it.
    std::optional<std::string> reviewed_digest;
    bool goes_on_unreviewed = false;       ///< where that is no longer the plan, nothing is waived and the run goes on
    std::set<std::string> allow_removals;  ///< lists whose stopped plan may remove this once
    std::set<std::string> allow_growth;
    std::vector<std::string> warnings;  ///< about the settings, for the report of every run
    std::string settings_flag;          ///< " -s FILE" for printed commands, where the file was named
    Fetching fetching;
    bool reads_rules = false;          ///< reads the tenant's rules in any mode, and today's reading counts for nothing
    std::optional<std::string> adopt;  ///< take over everything present on this list; others stay untouched
    bool is_made_up_for = false;  ///< what a person asks for by hand is done by the next run where this one may not
};

struct RunResult {
    core::RunReport report;
    std::vector<core::ListPlan> plans;             ///< of the lists that got as far as a plan
    std::vector<core::PoolShares> pools;           ///< how the tenant's room was divided among the lists
    std::optional<gateways::Cost> cost;            ///< plan_only
    std::vector<core::RuleWork> rules;             ///< plan_only: what a run would do about wished rules
    bool pays_activation = false;                  ///< plan_only: a run would activate what an earlier one saved
    Permission permission = Permission::activate;  ///< what the run was allowed to do, see decide_activation()
    /// The activation failed, but signing out has made effective what was saved.
    bool was_published = false;
    std::string first_words;  ///< what who gave the command wants to know before the report; "" where there is nothing
    std::vector<FeedSnapshot> snapshots;  ///< plan_only: what the plans were made from, parallel to the sections
};

/// One pass: fetch -> desired -> plan -> guard -> apply -> activate -> report (design, section 3). The
/// caller holds the store's run lock. Never throws for expected failures: they are in the report.
[[nodiscard]] RunResult run_once(std::span<const FeedSection> sections, std::span<const ListJob> jobs,
                                 const Ports& ports, const RunOptions& options, const std::stop_token& stop);

/// Removes what is ours of a list that is no longer configured; never the object itself.
[[nodiscard]] RunResult retire_list(const std::string& list, const ListNote& note, const Ports& ports,
                                    const RunOptions& options, const std::stop_token& stop);

/// Moves what is ours of a category to the side that retain_parent_category wants now.
[[nodiscard]] RunResult move_list(const ListJob& job, const Ports& ports, const RunOptions& options,
                                  const std::stop_token& stop);

/// "20261121T093000Z-3f2a9c": sortable by time, told apart by `random`.
[[nodiscard]] std::string make_run_id(Time started, std::uint32_t random);

}  // namespace cordon::engine
