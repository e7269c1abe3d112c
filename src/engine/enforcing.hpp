#pragma once

#include <span>
#include <stop_token>

#include "engine/list_run.hpp"

namespace cordon::engine {

/// Where the run may write nothing (see Activation), wished rules wait.
enum class RuleWrites { permitted, withheld };

/// Once the lists are written: makes and keeps the rules that the settings wish, and says in each list's report what
/// the tenant's rules make of it. Rules are read at most once a day (UTC) and list, and when a list or a wish has
/// changed; in between, the reports repeat what was read. With RunOptions::reads_rules they are read in any mode and
/// nothing is kept. A rule that cannot be had makes its list `partial`; that nothing blocks a list is a warning alone.
/// What is saved leaves an activation owed. Fails only when the store does.
Result<void> see_to_rules(std::span<ListRun> runs, core::RunReport& report, const Ports& ports,
                          const RunOptions& options, RuleWrites writes, const std::stop_token& stop);

}  // namespace cordon::engine
