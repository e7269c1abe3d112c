#pragma once

#include <functional>
#include <random>
#include <stop_token>
#include <string>

#include "base/clock.hpp"
#include "cli/commands.hpp"
#include "cli/settings.hpp"
#include "core/report.hpp"

namespace cordon::cli {

/// What one round means to the loop that goes on after it.
enum class RoundEnd {
    worked,     ///< all or a part of the work was done, or the guard stopped a list: it waits for a person, not for us
    failed,     ///< nothing was done, or what was done did not take effect
    no_turn,    ///< another run is under way: says nothing about whether ours would work
    cut_short,  ///< a signal came during the run
};

/// One round of a loop.
struct Round {
    int status = k_exit_done;  ///< as a single run would exit
    RoundEnd end = RoundEnd::worked;
    std::string reason = {};  ///< why it failed, in sentences; empty where it did not
};

/// A run that got as far as a report. It failed when the whole of it did: a run-wide failure, no list of which
/// anything worked, or no feed that answered and nothing written.
[[nodiscard]] Round round_of(const core::RunReport& report);

/// A round that ended with `status` before its run began.
[[nodiscard]] Round round_without_run(int status, std::string problem);

/// `cordon run --every`: a round at once, then one at each steady start (engine::Schedule, with jitter) until
/// `stop`. The next start is printed on `err`. Gives 0 when it was stopped, 130 when that cut a round short, 1
/// after `max_consecutive_failures` failed rounds in a row, with their reasons, and 2 where the very first round
/// shows that the settings are wrong. What a round throws is a bug, and a failed round.
[[nodiscard]] int run_loop(const LoopOptions& options, const std::function<Round()>& run_once, Clock& clock,
                           std::mt19937_64 random, Streams streams, const std::stop_token& stop);

}  // namespace cordon::cli
