// cordon retire and cordon move: plans that a person asks for.

#include "engine/by_hand.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

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

Result<Misplaced> misplaced(const ListJob& job, store::Store& store) {
    CORDON_TRY_ASSIGN(auto ledger, store.ledger(job.target.list));
    CORDON_TRY_ASSIGN(const auto text, store.list_note(job.target.list));
    const auto note = list_note_from_json(text);
    if (!note || note->target == job.target.kind || ledger.ours.empty()) return Misplaced{};
    return Misplaced{
        note->target, std::move(ledger),
        fmt::format("'{}' is a {} now, but what was on it lies in a {}; it stays as it is", printable(job.target.list),
                    core::noun_of(job.target.kind), core::noun_of(note->target))};
}

Result<ReadLists> read_lists(std::span<const ListJob> jobs, const gateways::Inventory& inventory, store::Store& store) {
    ReadLists read{jobs, inventory.lists, {}, {}, inventory.room};
    for (const auto& job : jobs) {
        CORDON_TRY_ASSIGN(auto ledger, store.ledger(job.target.list));
        CORDON_TRY_ASSIGN(auto elsewhere, misplaced(job, store));
        if (!elsewhere.why_not.empty()) ledger = {};
        read.ledgers.push_back(std::move(ledger));
        read.misplaced.push_back(std::move(elsewhere));
    }
    return read;
}

Result<void> require_in_place(const ReadLists& read, std::span<const std::optional<HandMade>> plans) {
    for (std::size_t i = 0; i < plans.size(); ++i) {
        if (plans[i] && !read.misplaced[i].why_not.empty()) return fail(Code::invalid, read.misplaced[i].why_not);
    }
    return {};
}

Result<void> require_something_of_ours(const ReadLists& read) {
    for (std::size_t i = 0; i < read.jobs.size(); ++i) {
        if (!read.misplaced[i].why_not.empty()) return fail(Code::invalid, read.misplaced[i].why_not);
        if (read.ledgers[i].is_known || !read.ledgers[i].ours.empty()) continue;
        return fail(Code::invalid,
                    fmt::format("nothing on '{}' is Cordon's yet; 'cordon run' comes first", read.jobs[i].target.list));
    }
    return {};
}

core::ListPolicy policy_of(const ListJob& job, const core::ListState& state, const gateways::Gateway& gateway) {
    auto policy = job.policy;
    policy.placeholder = gateway.placeholder(job.target.kind);
    policy.new_entries =
        core::has_sides(job.target.kind) ? side_of_new_entries(job.retain_parent, state) : core::Side::plain;
    return policy;
}

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
