#include "core/plan_frozen.hpp"

#include "core/marks.hpp"
#include "core/plan_parts.hpp"

namespace cordon::core {

ListPlan plan_frozen(const std::string& list, TargetKind target, const ListState& state, const ListLedger& ledger,
                     const ListPolicy& policy, Time now, const std::function<bool(std::string_view canonical)>& goes) {
    ListPlan plan = blank_plan(list, target, policy);
    const auto compared = compare_holdings(state, ledger, policy.placeholder);
    const std::span<const Holding> holdings(compared.there);
    const Sighting sighting{state, ledger, compared, policy, now};
    note_absences(sighting, {}, plan);
    note_marks(sighting, {}, plan);
    std::vector<bool> leaves(holdings.size(), false);
    for (std::size_t i = 0; i < holdings.size(); ++i) {
        const auto canonical = holdings[i].canonical;
        leaves[i] = goes && holdings[i].is_ours && canonical != policy.placeholder && goes(canonical);
        if (!leaves[i]) continue;
        plan_removal(holdings[i], plan);
        ++plan.counts.to_remove;
    }
    if (plan.counts.to_remove > 0) {
        finish_plan(holdings, leaves, state, has_sides(target) ? policy.new_entries : Side::plain, plan);
        return plan;
    }
    count_present(holdings, plan.counts);
    for (const PresentEntry& entry : state.entries) {
        if (plan.keeps.empty() || plan.keeps.back() != entry.canonical) plan.keeps.push_back(entry.canonical);
    }
    seal_plan(plan);
    return plan;
}

}  // namespace cordon::core
