#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/indicator.hpp"
#include "core/plan.hpp"

namespace cordon::core {

/// `[guard]`: when a plan looks like an accident. Defaults are the settings' defaults.
struct GuardRules {
    double max_removal_share = 0.30;  ///< of ours that was there, from small_list entries up
    std::size_t small_list = 10;      ///< below: more than half counts as too much
    double max_growth_share = 0.50;   ///< of ours (vanished entries included: putting back is no growth),
                                      ///< after the first fill, where it was growth_from entries or more
    std::size_t growth_from = 1000;
};

/// What one rule of the guard refuses to let through.
enum class GuardRule : std::uint8_t { removals, growth, emptied, assertion };
[[nodiscard]] const char* name_of(GuardRule rule) noexcept;

struct GuardStop {
    GuardRule rule = GuardRule::removals;
    std::string subject;  ///< "list 'X'" or "feed 'Y'"
    std::string message;  ///< numbers and the limit; the caller adds how to let the plan through
};

/// Which rules the operator waived for this plan (--allow-removals, --allow-growth).
struct GuardWaiver {
    bool removals = false;
    bool growth = false;
};

/// Two consecutive snapshots of one feed, compared as sets of trimmed raw values.
struct SnapshotChange {
    std::uint64_t before = 0, after = 0, removed = 0, added = 0;
};
[[nodiscard]] SnapshotChange compare_snapshots(const IndicatorSet& before, const IndicatorSet& after);

/// nullopt: go. An empty `after` is always a stop. A first snapshot (before = 0) passes. Waivers are the
/// caller's: they are given for a list's plan, not for a feed.
[[nodiscard]] std::optional<GuardStop> check_snapshot(const std::string& feed, const SnapshotChange& change,
                                                      const GuardRules& rules);

/// nullopt: go. `is_first_fill`: growth is not judged. A list for which nothing is desired is always a
/// stop, waiver or not. For plans of feeds: what a person asks for by name (retire, move) is not judged.
[[nodiscard]] std::optional<GuardStop> check_plan(const ListPlan& plan, const GuardRules& rules, bool is_first_fill,
                                                  bool desired_is_empty, GuardWaiver waiver);

}  // namespace cordon::core
