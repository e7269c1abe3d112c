#pragma once

#include <deque>
#include <span>
#include <vector>

#include "core/desired.hpp"
#include "core/override.hpp"
#include "core/report.hpp"
#include "engine/lists.hpp"
#include "engine/snapshots.hpp"
#include "store/store.hpp"

namespace cordon::engine {

/// What flows into one list in this run. Owns the cut-down snapshots.
struct Inflow {
    std::vector<core::FeedPart> parts;
    std::deque<core::IndicatorSet> cut_down;
    bool has_current_feed = false;
    bool has_unknown_part = false;  ///< what a feed put there cannot be told: removing would be a guess

    [[nodiscard]] bool is_enough_to_plan() const noexcept { return has_current_feed && !has_unknown_part; }
};

/// The parts of one list: its feeds' current snapshots; of expired feeds, and of sections that fed it once
/// and are switched off, renamed or gone, only what we have on the list already; and what operators block on it.
/// `list_exists`: on the gateway. Trouble goes into `report`. Fails only when the store does.
[[nodiscard]] Result<Inflow> inflow_of(const ListJob& job, const core::ListLedger& ledger, bool list_exists,
                                       std::span<const FeedSection> sections, std::span<const FeedSnapshot> snapshots,
                                       store::Store& store, std::span<const core::Override> overrides,
                                       core::ListReport& report);

}  // namespace cordon::engine
