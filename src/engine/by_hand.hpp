#pragma once

#include <functional>
#include <span>
#include <string>

#include "engine/list_run.hpp"

namespace cordon::engine {

/// What a person asked to be done to some lists.
struct ByHand {
    /// Fills in the plan of a list whose state and ledger were read, and may warn; takes what it needs from the room.
    std::function<void(ListRun& run, core::Room& room)> make_plan;
    /// Before a list is written, also where nothing is left to write, unless nothing may be written at all; may be
    /// empty. A failure ends the run.
    std::function<Result<void>(ListRun& run, const std::string& run_id)> before_writing = {};
};

/// Carries out plans made by hand: no feed, no guard, no rule; else as run_once(). The caller holds the run lock.
[[nodiscard]] RunResult run_by_hand(std::span<const ListJob> jobs, const ByHand& by_hand, const Ports& ports,
                                    const RunOptions& options, const std::stop_token& stop);

}  // namespace cordon::engine
