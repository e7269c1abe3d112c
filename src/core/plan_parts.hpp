#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/holdings.hpp"
#include "core/places.hpp"
#include "core/plan.hpp"

namespace cordon::core {

// What every kind of plan is made of.

[[nodiscard]] ListPlan blank_plan(const std::string& list, TargetKind target, const ListPolicy& policy);

[[nodiscard]] Occupancy occupancy_of(std::span<const Holding> holdings);

/// Fills present, foreign and unchanged; expects to_remove.
void count_present(std::span<const Holding> holdings, ListCounts& counts);

/// Plans the removal of what is ours of the holding: all its spellings that are. finish_plan() sorts.
void plan_removal(const Holding& holding, ListPlan& plan);
/// The same of what is ours on that side.
void plan_removal_from(Side side, const Holding& holding, ListPlan& plan);

/// Fills the counts of what lies there, keeps, what the placeholder needs, and the digest, and sorts.
/// `goes`: parallel to `holdings`, true where its removal is planned. Expects additions, to_add and
/// to_remove.
void finish_plan(std::span<const Holding> holdings, const std::vector<bool>& goes, const ListState& state,
                 Side placeholder_side, ListPlan& plan);

/// Sorts additions and removals and writes the digest.
void seal_plan(ListPlan& plan);

}  // namespace cordon::core
