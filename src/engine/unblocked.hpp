#pragma once

#include <span>
#include <vector>

#include "engine/auditing.hpp"
#include "engine/list_run.hpp"

namespace cordon::engine {

// What an operator unblocked is taken off by runs also where they leave a list as it is: he decided it, so no pause,
// pin, failing feed or guard keeps it there.

/// The plan of a frozen or paused list: what operators unblocked goes, all else stays.
[[nodiscard]] core::ListPlan plan_standstill(const ListRun& run, const core::ListPolicy& policy, const Ports& ports);

/// How many entries the plan takes off because operators unblocked them, or because their block of them is over and no
/// kept snapshot of the list's feeds names them. `job`: the list's first, with its feeds.
[[nodiscard]] Result<std::uint64_t> count_operators_removals(const core::ListPlan& plan, const ListJob& job,
                                                             std::span<const FeedSection> sections, const Ports& ports);

/// Plans for the lists that the guard stopped what is to be taken off all the same.
void plan_unblocking(std::vector<ListRun>& runs, const Ports& ports);

/// Carries that out; the report goes on to tell of the plan that was stopped. Fails only when the store does.
Result<void> unblock_on_stopped(ListRun& run, Audit& audit, const Ports& ports, const std::stop_token& stop);

}  // namespace cordon::engine
