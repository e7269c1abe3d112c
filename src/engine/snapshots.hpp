#pragma once

#include <optional>
#include <set>
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

/// How feeds are fetched.
struct Fetching {
    std::size_t at_once = 4;  ///< in threads of their own; 1 = in the caller's
    /// Sections that are not asked this time: their last snapshot stands, where one of the same source is kept.
    std::set<std::string> resting = {};
};

/// Whether what arrives is kept in the store; a plan that is only shown looks.
enum class Keeping { keep, look_only };

/// Fetches every feed, keeps what arrived, and falls back to the last complete snapshot where a fetch failed. A
/// suspicious snapshot is kept apart from the good ones until accept_snapshot(). Parallel to `sections`. Fails only
/// when the store does.
[[nodiscard]] Result<std::vector<FeedSnapshot>> fetch_snapshots(std::span<const FeedSection> sections,
                                                                const core::GuardRules& rules, Keeping keeping,
                                                                store::Store& store, const Clock& clock,
                                                                const std::stop_token& stop,
                                                                const Fetching& fetching = {});

/// The sections of `asked` whose provider has another version than what is kept, by a question without a download. A
/// feed that does not answer, or of which nothing is kept, is not among them: that is a run's business.
[[nodiscard]] Result<std::vector<std::string>> changed_feeds(std::span<const FeedSection> sections,
                                                             const std::set<std::string>& asked, store::Store& store,
                                                             const std::stop_token& stop);

/// The last good snapshot of a feed that is no longer configured; empty where none is kept.
[[nodiscard]] Result<core::IndicatorSet> last_good_snapshot(const std::string& feed, store::Store& store,
                                                            const store::RowFilter& takes = {});

/// Makes a suspicious snapshot the good one: its list's plan was let through.
Result<void> accept_snapshot(const std::string& feed, const core::IndicatorSet& indicators, store::Store& store,
                             Time now);

}  // namespace cordon::engine
