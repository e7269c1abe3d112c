// cordon retire and cordon move: plans that a person asks for.

#include "engine/by_hand.hpp"

#include "core/plan_commands.hpp"

namespace cordon::engine {
namespace {

/// The plan of the only job.
template <class MakePlan>
PlanByHand plan_of_one(const MakePlan& make_plan) {
    return [make_plan](const ReadLists& read, core::RunReport&) -> Result<std::vector<std::optional<HandMade>>> {
        CORDON_TRY(require_something_of_ours(read));
        std::vector<std::optional<HandMade>> plans(1);
        plans.front() = HandMade{make_plan(read.states.front(), read.ledgers.front())};
        return plans;
    };
}

}  // namespace

RunResult retire_list(const std::string& list, const ListNote& note, const Ports& ports, const RunOptions& options,
                      const std::stop_token& stop) {
    ListJob job;
    job.target = {list, note.target, note.description};
    job.policy.placeholder = ports.gateway.placeholder(note.target);
    const auto make_plan = [&](const core::ListState& state, const core::ListLedger& ledger) {
        return core::plan_retirement(list, note.target, state, ledger, job.policy);
    };
    auto result = run_by_hand({job}, {plan_of_one(make_plan)}, ports, options, stop);
    const bool is_carried_out = options.mode == Mode::apply && result.permission != Permission::write_nothing;
    if (is_carried_out && core::exit_status_of(result.report.outcome) == 0) {
        // Should the list be used again, nobody fed it before.
        const auto noted = change_list_note(list, ports.store, [](ListNote& kept) { kept.feeds.clear(); });
        if (!noted) result.report.warnings.push_back(noted.error().message);
    }
    return result;
}

RunResult move_list(const ListJob& job, const Ports& ports, const RunOptions& options, const std::stop_token& stop) {
    const auto make_plan = [&](const core::ListState& state, const core::ListLedger& ledger) {
        return core::plan_move(job.target.list, state, ledger, side_of_new_entries(job.retain_parent, state));
    };
    return run_by_hand({job}, {plan_of_one(make_plan)}, ports, options, stop);
}

}  // namespace cordon::engine
