#include "core/plan_parts.hpp"

#include <algorithm>
#include <utility>

#include "base/digest.hpp"

namespace cordon::core {
namespace {

/// Length-prefixed, so that no two different sequences of fields give the same bytes.
void put_field(Sha256& hash, std::string_view text) {
    hash.update(std::to_string(text.size()));
    hash.update(":");
    hash.update(text);
}

void put_entries(Sha256& hash, const std::vector<PlannedEntry>& entries) {
    put_field(hash, std::to_string(entries.size()));
    for (const PlannedEntry& entry : entries) {
        put_field(hash, entry.text);
        put_field(hash, entry.side == Side::plain ? "plain" : "retain_parent");
    }
}

std::string digest_of_plan(const ListPlan& plan) {
    Sha256 hash;
    put_field(hash, "cordon list plan 1");
    put_field(hash, plan.list);
    put_field(hash, name_of(plan.target));
    put_entries(hash, plan.additions);
    put_entries(hash, plan.removals);
    return hash.hex();
}

void sort_removals(ListPlan& plan) {
    std::vector<std::pair<PlannedEntry, std::string>> rows;
    rows.reserve(plan.removals.size());
    for (std::size_t i = 0; i < plan.removals.size(); ++i) {
        rows.emplace_back(std::move(plan.removals[i]), std::move(plan.removals_canonical[i]));
    }
    std::sort(rows.begin(), rows.end());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        plan.removals[i] = std::move(rows[i].first);
        plan.removals_canonical[i] = std::move(rows[i].second);
    }
}

/// The placeholder lies there only while nothing else does. A list that was empty before is left alone.
void plan_placeholder(const ListState& state, Side side, ListPlan& plan) {
    if (plan.placeholder.empty()) return;
    const bool stays_alone = plan.keeps.empty();
    bool is_present = false;
    for (const PresentEntry& entry : state.entries) {
        if (entry.canonical != plan.placeholder) continue;
        is_present = true;
        if (stays_alone) continue;
        plan.removals.push_back({entry.spelling, entry.side});
        plan.removals_canonical.push_back(entry.canonical);
    }
    if (!stays_alone) return;
    if (!is_present && plan.removals.empty()) return;
    if (!is_present) plan.additions.push_back({plan.placeholder, side});
    plan.keeps.push_back(plan.placeholder);
}

/// The entries on the list once the plan is applied, the placeholder aside; ascending, as `holdings` are.
std::vector<std::string> kept_by(std::span<const Holding> holdings, const std::vector<bool>& goes,
                                 std::span<const PlannedEntry> additions) {
    std::vector<std::string_view> added;
    for (const PlannedEntry& entry : additions) added.emplace_back(entry.text);
    std::sort(added.begin(), added.end());
    std::vector<std::string> kept;
    kept.reserve(added.size() + holdings.size());
    auto next = added.begin();
    for (std::size_t i = 0; i < holdings.size(); ++i) {
        prefetch_text(holdings, i);
        if (goes[i] && !holdings[i].has_foreign_spelling()) continue;
        for (; next != added.end() && *next < holdings[i].canonical; ++next) kept.emplace_back(*next);
        kept.emplace_back(holdings[i].canonical);
    }
    kept.insert(kept.end(), next, added.end());
    return kept;
}

}  // namespace

ListPlan blank_plan(const std::string& list, TargetKind target, const ListPolicy& policy) {
    ListPlan plan;
    plan.list = list;
    plan.target = target;
    plan.placeholder = policy.placeholder;
    plan.lookup = policy.lookup;
    plan.lookup.classifies = plan.lookup.classifies && has_sides(target);
    return plan;
}

Occupancy occupancy_of(std::span<const Holding> holdings) {
    Occupancy taken;
    for (const Holding& holding : holdings) {
        if (holding.has_foreign_spelling()) {
            ++taken.foreign;
            taken.foreign_spellings += holding.spellings.size();
        } else {
            ++taken.ours;
        }
    }
    return taken;
}

void count_present(std::span<const Holding> holdings, ListCounts& counts) {
    counts.present = holdings.size();
    counts.foreign = static_cast<std::uint64_t>(
        std::count_if(holdings.begin(), holdings.end(), [](const Holding& holding) { return !holding.is_ours; }));
    counts.unchanged = counts.present - counts.foreign - counts.to_remove;
}

void plan_removal(const Holding& holding, ListPlan& plan) {
    plan_removal_from(Side::plain, holding, plan);
    plan_removal_from(Side::retain_parent, holding, plan);
}

void plan_removal_from(Side side, const Holding& holding, ListPlan& plan) {
    for (const PresentEntry& entry : holding.spellings) {
        if (entry.side != side || !holding.owns(entry)) continue;
        plan.removals.push_back({entry.spelling, entry.side});
        plan.removals_canonical.push_back(entry.canonical);
    }
}

void finish_plan(std::span<const Holding> holdings, const std::vector<bool>& goes, const ListState& state,
                 Side placeholder_side, ListPlan& plan) {
    count_present(holdings, plan.counts);
    plan.keeps = kept_by(holdings, goes, plan.additions);
    plan_placeholder(state, placeholder_side, plan);
    seal_plan(plan);
}

void seal_plan(ListPlan& plan) {
    std::sort(plan.additions.begin(), plan.additions.end());
    sort_removals(plan);
    plan.digest = digest_of_plan(plan);
}

std::string digest_of(std::vector<const ListPlan*> plans) {
    std::sort(plans.begin(), plans.end(), [](const ListPlan* a, const ListPlan* b) { return a->list < b->list; });
    Sha256 hash;
    put_field(hash, "cordon plan 1");
    for (const ListPlan* plan : plans) {
        put_field(hash, plan->list);
        put_field(hash, plan->digest);
    }
    return hash.hex();
}

}  // namespace cordon::core
