#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/list_run.hpp"

namespace cordon::engine {

/// What is ours where the list's name stood for an object of another kind: nothing of it lies on the present one.
struct Misplaced {
    core::TargetKind kind = core::TargetKind::url_category;  ///< of the object that it lies on
    core::ListLedger ledger = {};
    std::string why_not = {};  ///< the sentence; "" where nothing is misplaced
};
[[nodiscard]] Result<Misplaced> misplaced(const ListJob& job, store::Store& store);
/// The same of what is known already. `ledger`: of the list, not empty of what is ours.
[[nodiscard]] Misplaced misplaced(const ListJob& job, const std::optional<ListNote>& note, core::ListLedger ledger);

/// What a plan by hand is made from: the objects as the gateway was just read.
struct ReadLists {
    std::span<const ListJob> jobs;
    std::span<const core::ListState> states;  ///< parallel
    std::vector<core::ListLedger> ledgers;    ///< parallel; empty of what is misplaced
    std::vector<Misplaced> misplaced;         ///< parallel
    core::Room room;
};

/// A plan that a person asked for: no feed, no guard.
struct HandMade {
    core::ListPlan plan;
    std::vector<std::string> notes = {};  ///< for the list's report
    std::string feed = {};                ///< that additions are reported of
};

/// By job; what has none is left alone. May warn in the report and make its outcome worse.
using PlanByHand =
    std::function<Result<std::vector<std::optional<HandMade>>>(const ReadLists& read, core::RunReport& report)>;

/// What a person asked to be done to some lists.
struct ByHand {
    PlanByHand make_plans;
    /// Before a list is written, also where nothing is left to write, unless nothing may be written at all; may be
    /// empty. A failure ends the run.
    std::function<Result<void>(ListRun& run, const std::string& run_id)> before_writing = {};
};

/// What is ours on the objects that the inventory read.
[[nodiscard]] Result<ReadLists> read_lists(std::span<const ListJob> jobs, const gateways::Inventory& inventory,
                                           store::Store& store);
/// `invalid` where one of the plans is made for a list whose entries lie on another object: what is noted of them
/// would be lost.
[[nodiscard]] Result<void> require_in_place(const ReadLists& read, std::span<const std::optional<HandMade>> plans);

/// One pass without feeds: inventory -> plan -> apply -> activate -> report. The caller holds the store's run lock.
/// Feeds of the jobs are not looked at.
[[nodiscard]] RunResult run_by_hand(std::vector<ListJob> jobs, const ByHand& by_hand, const Ports& ports,
                                    const RunOptions& options, const std::stop_token& stop);

/// `invalid` where a list holds nothing of ours ("nothing on 'X' is Cordon's yet"), or another object does.
[[nodiscard]] Result<void> require_something_of_ours(const ReadLists& read);

/// How the object is kept, as a run settles it.
[[nodiscard]] core::ListPolicy policy_of(const ListJob& job, const core::ListState& state,
                                         const gateways::Gateway& gateway);

}  // namespace cordon::engine
