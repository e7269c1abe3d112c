// The plans of cordon retire, cordon move, cordon unblock and cordon block.

#include "core/plan_commands.hpp"

#include <algorithm>

#include "core/holdings.hpp"
#include "core/plan_parts.hpp"

namespace cordon::core {
namespace {

/// What the ledger names and the list does not hold as ours.
std::vector<std::string> not_held(const ListLedger& ledger, const std::vector<Holding>& holdings) {
    std::vector<std::string> texts;
    for (const LedgerEntry& entry : ledger.ours) {
        const Holding* const holding = find_holding(holdings, entry.canonical);
        if (holding == nullptr || !holding->is_ours) texts.push_back(entry.canonical);
    }
    return texts;
}

}  // namespace

ListPlan plan_retirement(const std::string& list, TargetKind target, const ListState& state, const ListLedger& ledger,
                         const ListPolicy& policy) {
    ListPlan plan = blank_plan(list, target, policy);
    const auto holdings = holdings_of(state, ledger, policy.placeholder);
    std::vector<bool> goes(holdings.size(), false);
    for (std::size_t i = 0; i < holdings.size(); ++i) {
        goes[i] = holdings[i].is_ours;
        if (!goes[i]) continue;
        plan_removal(holdings[i], plan);
        ++plan.counts.to_remove;
    }
    plan.forgotten = not_held(ledger, holdings);
    const Side side = has_sides(target) ? policy.new_entries : Side::plain;
    finish_plan(holdings, goes, state, side, plan);
    return plan;
}

ListPlan plan_move(const std::string& list, const ListState& state, const ListLedger& ledger, Side to) {
    ListPlan plan = blank_plan(list, TargetKind::url_category, {});
    const auto holdings = holdings_of(state, ledger, {});
    for (const Holding& holding : holdings) {
        const bool has_moved = holding.side == to && !holding.is_ours_on_both;
        if (!holding.is_ours || has_moved) continue;
        plan_removal_from(other_side(to), holding, plan);
        ++plan.counts.to_remove;
        if (!holding.is_on(to)) {
            plan.additions.push_back({std::string(holding.canonical), to});
            ++plan.counts.to_add;
        }
    }
    // Everything that moves stays on the list.
    finish_plan(holdings, std::vector<bool>(holdings.size(), false), state, to, plan);
    plan.keeps.erase(std::unique(plan.keeps.begin(), plan.keeps.end()), plan.keeps.end());
    return plan;
}

ListPlan plan_by_hand(const std::string& list, TargetKind target, const ListState& state, const ListLedger& ledger,
                      const ListPolicy& policy, const Room& room,
                      const std::function<bool(std::string_view canonical)>& goes,
                      std::span<const PlannedEntry> comes) {
    ListPlan plan = blank_plan(list, target, policy);
    const auto holdings = holdings_of(state, ledger, policy.placeholder);
    std::vector<bool> leaves(holdings.size(), false);
    for (std::size_t i = 0; i < holdings.size(); ++i) {
        leaves[i] = holdings[i].is_ours && goes(holdings[i].canonical);
        if (!leaves[i]) continue;
        plan_removal(holdings[i], plan);
        ++plan.counts.to_remove;
    }
    for (auto& text : not_held(ledger, holdings)) {
        if (goes(text)) plan.forgotten.push_back(std::move(text));
    }
    plan.additions.assign(comes.begin(), comes.end());
    plan.counts.to_add = plan.counts.pending = plan.counts.accepted = plan.counts.fetched = comes.size();
    for (const PlannedEntry& entry : comes) {
        const auto lapse = [&](const std::vector<Exclusion>& exclusions, std::vector<std::string>& lapsed) {
            for (const Exclusion& one : exclusions) {
                if (one.canonical == entry.text) lapsed.push_back(entry.text);
            }
        };
        lapse(ledger.exceptions, plan.lapsed_exceptions);
        lapse(ledger.quarantine, plan.lapsed_quarantine);
    }
    plan.creates = !state.exists && !plan.additions.empty();
    plan.removals_first = must_remove_first(plan, occupancy_of(holdings), policy, room);
    const Side side = has_sides(target) ? policy.new_entries : Side::plain;
    finish_plan(holdings, leaves, state, side, plan);
    return plan;
}

}  // namespace cordon::core
