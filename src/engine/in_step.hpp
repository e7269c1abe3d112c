#pragma once

#include <span>

#include "base/clock.hpp"
#include "core/report.hpp"
#include "engine/list_run.hpp"

namespace cordon::engine {

/// Says in the reports of the lists which are in step with their feeds (ListReport::in_step_as_of), at the end of a run
/// that planned from feeds and made effective what it and earlier ones had saved. A list is so with all its objects or
/// not at all.
void note_lists_in_step(std::span<ListRun> runs, const std::vector<core::FeedReport>& feeds, Time now);

}  // namespace cordon::engine
