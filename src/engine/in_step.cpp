#include "engine/in_step.hpp"

#include <set>

namespace cordon::engine {
namespace {

/// Whether the object is as the feeds of its list want it.
bool is_as_wanted(const ListRun& run) {
    const bool nothing_waits = run.is_carried_out || (run.is_unreviewed && !run.plan.writes());
    return core::exit_status_of(run.report.outcome) == 0 && nothing_waits && !run.is_frozen;
}

}  // namespace

void note_lists_in_step(std::span<ListRun> runs, const std::vector<core::FeedReport>& feeds, Time now) {
    std::set<std::string> behind;
    for (const auto& run : runs) {
        if (!is_as_wanted(run)) behind.insert(run.job->first_list);
    }
    for (auto& run : runs) {
        if (!behind.contains(run.job->first_list)) run.report.in_step_as_of = confirmed_as_of(run.report, feeds, now);
    }
}

}  // namespace cordon::engine
