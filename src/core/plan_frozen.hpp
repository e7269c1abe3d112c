#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/plan.hpp"

namespace cordon::core {

/// The plan of a list that contributes nothing new: what is there stays, but for what is ours and `goes` (which may be
/// empty: nothing), and what the read showed is noted.
[[nodiscard]] ListPlan plan_frozen(const std::string& list, TargetKind target, const ListState& state,
                                   const ListLedger& ledger, const ListPolicy& policy, Time now,
                                   const std::function<bool(std::string_view canonical)>& goes = {});

}  // namespace cordon::core
