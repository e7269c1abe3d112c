#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "core/call_troubles.hpp"
#include "core/enforcement.hpp"
#include "core/entry.hpp"
#include "core/lookup.hpp"
#include "core/plan.hpp"
#include "core/report.hpp"

namespace cordon::gateways {

/// One list as the settings want it.
struct Target {
    std::string list;  ///< name on the gateway, exactly as configured
    core::TargetKind kind = core::TargetKind::url_category;
    std::string description;  ///< without the "Last Updated" part
    /// The object's id at the last run, "" where none is known: a listing that lacks it is asked twice.
    std::string known_id = {};
    /// Of an FQDN group: made so that it takes names with their subdomains (".evil.example") too.
    bool takes_wildcards = false;
    /// Of a group that a list goes on in: what its first one is called; "" for that.
    std::string first_list = {};
};

/// A complete read of everything a plan needs. Never partial: a part that fails fails the whole.
struct Inventory {
    std::vector<core::ListState> lists;  ///< one a target, in the same order
    core::Room room;
    core::ActivationState status = core::ActivationState::active;  ///< before this run saved anything
    std::vector<std::string> warnings;
};

/// What became of one list's plan.
struct Applied {
    std::string object_id;
    bool created = false;
    bool wrote = false;                    ///< something may be applied: a success, or a lost answer
    std::vector<std::string> added;        ///< canonical; shown by an answer or a read; ascending
    std::vector<std::string> removed;      ///< canonical; likewise
    std::vector<core::Exclusion> refused;  ///< entries that the gateway named or bisection found
    /// What the list holds now, from the last answer or a read; empty optional where it is not known.
    std::optional<std::vector<core::PresentEntry>> now_present;
    /// Why it ended early; empty where everything was sent. Entries in neither `added` nor `removed` are
    /// then not known to be applied.
    std::optional<Error> failure;
    std::vector<std::string> warnings;
};

/// What a run would carry out.
struct Work {
    std::span<const core::ListPlan> plans;
    std::span<const core::RuleWork> rules = {};
    bool activates = true;            ///< where it writes
    bool is_activation_owed = false;  ///< one more comes first
};

struct Finding {
    bool is_error = false;
    std::string message;
    bool ends_here = false;  ///< nothing else could be asked (no sign-in), so a run would end here, too
};

/// What look-ups in the gateway's own database gave.
struct LookupAnswers {
    std::vector<core::LookedUp> answers;  ///< in no order; `value` as asked; those it would not look up, too
    bool is_budget_spent = false;         ///< the hour's calls are used up: ask about the rest later
    std::optional<Error> failure;         ///< why it ended early otherwise; what is in `answers` holds
};

/// The cost of a plan, before it is applied.
struct Cost {
    std::map<std::string, std::uint64_t> calls;  ///< by endpoint class
    /// The rate budget in which the calls leave the least room, as a key of `calls`; empty where there are none. If the
    /// plan makes more calls there than are left, it has to wait for the hour to pass.
    std::string tightest;
    double share_of_hour = 0;  ///< of the hour's limit there: 0.5 is half of it
    std::size_t hour_limit = 0;
    std::size_t left_of_hour = 0;               ///< calls that the hour still has there
    std::chrono::milliseconds expected_time{};  ///< from rate windows and recorded latencies
};

/// A tenant whose lists we keep in step. One writer: not thread-safe.
class Gateway {
public:
    virtual ~Gateway() = default;

    /// Signs in when needed and reads. `refused`: credentials, permission, licence (the message says
    /// what an admin should do); `blocked`: maintenance.
    [[nodiscard]] virtual Result<Inventory> inventory(std::span<const Target> targets, const std::stop_token& stop) = 0;

    /// Tells which plans this run will apply, so that additions leave the part of the rate budget that the removals
    /// of later plans need: a removal is never put off to another run because of additions.
    virtual void expect(std::span<const core::ListPlan* const> plans) { static_cast<void>(plans); }

    /// Carries out one list's plan in batches, each fit to be live alone (design rule 13), and touches
    /// the description only when entries change. `state` is the inventory's. Bad entries are found and
    /// left out; a lost answer is read back. Always gives what is known to have happened.
    [[nodiscard]] virtual Applied apply(const Target& target, const core::ListPlan& plan, const core::ListState& state,
                                        Time now, const std::stop_token& stop) = 0;

    /// Makes saved changes effective, once.
    [[nodiscard]] virtual Result<core::ActivationState> activate(const std::stop_token& stop) = 0;

    /// True where signing out or an idle session makes saved changes effective by itself: then what must not be
    /// activated must not be saved (zia-api.md 2.5).
    [[nodiscard]] virtual bool publishes_on_leave() const = 0;

    /// Ends the session. With `keep_unpublished` (read-only commands) it looks first, and does not sign
    /// out where that would publish somebody's pending changes; the sentence to print then is given.
    [[nodiscard]] virtual Result<std::string> leave(bool keep_unpublished, const std::stop_token& stop) = 0;

    /// Signs in and reads without changing anything; says what is missing (permission, entitlement,
    /// quota, category or group limits).
    [[nodiscard]] virtual std::vector<Finding> check(std::span<const Target> targets, const std::stop_token& stop) = 0;

    /// Looks values up (core::lookup_value(), unique) in the gateway's own database, in order. A call that is refused
    /// for one bad value is halved until that is found. `patience`: longest wait for the hour's budget before the
    /// first call; the calls after it wait seconds at most.
    [[nodiscard]] virtual LookupAnswers classify(std::span<const std::string> values, std::chrono::seconds patience,
                                                 const std::stop_token& stop) = 0;
    [[nodiscard]] virtual std::size_t values_per_lookup() const = 0;

    /// "" where the tenant's rules are known to block whatever look-ups flag, for everybody; else the sentence that
    /// tells what to check.
    [[nodiscard]] virtual Result<std::string> unblocked_alerts(const std::stop_token& stop) = 0;

    /// What the tenant's rules make of these lists: one each, in their order. Reads the rules anew where it has not
    /// done so since its own last write to them.
    [[nodiscard]] virtual Result<std::vector<core::Enforcement>> enforcement(std::span<const core::EnforcedList> lists,
                                                                             const std::stop_token& stop) = 0;

    /// Makes the list's own rule as its wish says, and touches no other. `known_id`: of the rule at the last run, ""
    /// where none is known. What is saved has to be activated.
    [[nodiscard]] virtual core::KeptRule keep_rule(const core::EnforcedList& list, const std::string& known_id,
                                                   const std::stop_token& stop) = 0;
    /// What keep_rule() would do; reads alone.
    [[nodiscard]] virtual core::KeptRule look_at_rule(const core::EnforcedList& list, const std::string& known_id,
                                                      const std::stop_token& stop) = 0;

    [[nodiscard]] virtual Cost cost_of(const Work& work) = 0;

    /// The reserved entry that keeps an object of this kind from being empty.
    [[nodiscard]] virtual std::string placeholder(core::TargetKind kind) const = 0;

    /// Requests made so far, by "PUT /urlCategories/{id}".
    [[nodiscard]] virtual std::map<std::string, std::uint64_t> calls() const = 0;
    /// What went wrong with them, and how long they waited.
    [[nodiscard]] virtual core::TroublesByEndpoint troubles() const { return {}; }
    [[nodiscard]] virtual std::string cloud() const = 0;  ///< "zia"
};

}  // namespace cordon::gateways
