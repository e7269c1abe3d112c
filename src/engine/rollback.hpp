#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/restore.hpp"
#include "engine/by_hand.hpp"

namespace cordon::engine {

/// What the operator asked for.
struct RollbackWish {
    std::string run;                  ///< its id, the start of it, or "last"
    std::optional<std::string> list;  ///< this one alone; else all configured lists that the run dealt with
    std::string because;              ///< "" where no reason was given
};

/// Lists that are to be taken back to what of ours was on them after a run.
struct Rollback {
    core::RunReport to;                                          ///< the run
    std::vector<ListJob> jobs;                                   ///< without feeds
    std::map<std::string, core::PastList, std::less<>> objects;  ///< by name; one that is missing never changed
    std::string because;
    bool is_named = false;              ///< one list alone was asked for
    std::string before;                 ///< the run before `to`; "" where none is known
    std::vector<std::string> warnings;  ///< which lists stay as they are, and why
};

/// Finds the run and what its lists held then, from the audit log, which is read twice. `corrupt` where the log is
/// broken; `invalid` where the run is unknown, was killed, or lies before the log's beginning, and where the list is
/// unknown, a part of another one, or none that the run dealt with.
/// `guard`: for lists without a section.
[[nodiscard]] Result<Rollback> prepare_rollback(const RollbackWish& wish, std::span<const ListJob> jobs,
                                                const GuardOptions& guard, store::Store& store);

/// Shows or carries out the plans (options.mode). Each list that is not as it was is pinned before it is written: runs
/// leave it as it is until `cordon resume`. So is one that was asked for by name. The guard is not asked.
[[nodiscard]] RunResult roll_back(const Rollback& rollback, const Ports& ports, const RunOptions& options,
                                  const std::stop_token& stop);

}  // namespace cordon::engine
