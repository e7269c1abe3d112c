#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "core/plan.hpp"

namespace cordon::core {

/// The plan that removes what is ours of a list (cordon retire). Foreign entries stay.
[[nodiscard]] ListPlan plan_retirement(const std::string& list, TargetKind target, const ListState& state,
                                       const ListLedger& ledger, const ListPolicy& policy);

/// Moves what is ours to the other side of its category (cordon move). The only plan in which an entry
/// stands among additions and removals: additions first, so that it is blocked all the time. What an
/// interrupted move left on both sides is ours there, so that it is removed here alone.
[[nodiscard]] ListPlan plan_move(const std::string& list, const ListState& state, const ListLedger& ledger, Side to);

/// What a person asks for at once: takes off what is ours and `goes`, and puts `comes` on, which is not there. What the
/// ledger names, `goes`, and does not lie there is forgotten; what kept `comes` out (by hand, refused) lapses.
[[nodiscard]] ListPlan plan_by_hand(const std::string& list, TargetKind target, const ListState& state,
                                    const ListLedger& ledger, const ListPolicy& policy, const Room& room,
                                    const std::function<bool(std::string_view canonical)>& goes,
                                    std::span<const PlannedEntry> comes = {});

}  // namespace cordon::core
