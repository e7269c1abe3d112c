#pragma once

#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/guard.hpp"
#include "core/report.hpp"
#include "engine/lists.hpp"
#include "store/store.hpp"

namespace cordon::engine {

/// What one feed contributes to this run.
struct FeedSnapshot {
    core::FeedReport report;
    core::IndicatorSet indicators;  ///< complete; empty where there is no snapshot at all
    bool is_expired = false;        ///< older than stale_after: nothing new may come from it
    bool is_partial = false;        ///< later fetches will bring the provider's older indicators
    /// The change against the last good snapshot looks like an accident; the list is stopped with it
    /// unless the operator waived the rule.
    std::optional<core::GuardStop> stop;
};

inline constexpr std::size_t k_feeds_at_once = 4;

/// Whether what arrives is kept in the store; a plan that is only shown looks.
enum class Keeping { keep, look_only };

/// Fetches every feed (`at_once` of them at a time; with one, no thread is started), keeps what arrived, and falls back
/// to the last complete snapshot where a fetch failed. A suspicious snapshot is kept apart from the good ones until
/// accept_snapshot(). Parallel to `sections`. Fails only when the store does.
[[nodiscard]] Result<std::vector<FeedSnapshot>> fetch_snapshots(std::span<const FeedSection> sections,
                                                                const core::GuardRules& rules, Keeping keeping,
                                                                store::Store& store, const Clock& clock,
                                                                const std::stop_token& stop,
                                                                std::size_t at_once = k_feeds_at_once);

/// The last good snapshot of a feed that is no longer configured; empty where none is kept.
[[nodiscard]] Result<core::IndicatorSet> last_good_snapshot(const std::string& feed, store::Store& store);

/// Makes a suspicious snapshot the good one: its list's plan was let through.
Result<void> accept_snapshot(const std::string& feed, const core::IndicatorSet& indicators, store::Store& store,
                             Time now);

}  // namespace cordon::engine
