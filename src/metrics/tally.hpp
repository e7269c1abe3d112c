#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "core/report.hpp"

namespace cordon::metrics {

/// Counts by a closed set of words: the states of entries, reasons, outcomes.
using Counts = std::map<std::string, std::uint64_t>;

struct FeedTally {
    std::optional<Time> last_success;  ///< the end of the last run that got its current list
    std::optional<Time> snapshot_at;   ///< when the snapshot in use was fetched
    std::optional<Time> confirmed_at;  ///< when its provider last said that this is its newest
    bool is_up = false;                ///< whether the last run that asked it got its current list
    std::uint64_t indicators = 0;
    std::uint64_t invalid_rows = 0;
    std::uint64_t bytes = 0;     ///< downloaded, all runs together
    std::uint64_t failures = 0;  ///< runs that did not get its current list
};

struct ListTally {
    std::optional<Time> last_success;  ///< as of when it was last in step with its feeds
    bool is_up = false;                ///< whether the last run left it so
    Counts entries;                    ///< what was accepted, by its state
    Counts rejected;                   ///< by reason
    Counts merged;                     ///< by reason
    std::uint64_t fetched = 0;
    std::uint64_t foreign = 0;
    std::optional<std::uint64_t> there;  ///< at its last reading
    std::optional<bool> is_enforced;     ///< whether a rule blocks it, at the last reading of the rules
    std::uint64_t added = 0;             ///< all runs together, as are the next two
    std::uint64_t removed = 0;
    std::uint64_t guard_stops = 0;
};

/// Upper bounds of the buckets of run durations, in seconds: from a run without changes to a first fill.
inline constexpr std::array<double, 12> k_duration_bounds{1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600};

struct DurationTally {
    std::uint64_t count = 0;
    std::chrono::milliseconds sum{0};
    std::array<std::uint64_t, k_duration_bounds.size()> within{};  ///< runs no longer than the bound
};

/// What the reports of runs add up to. Names of feeds and lists are those of the last full run.
struct Tally {
    std::map<std::string, FeedTally> feeds;
    std::map<std::string, ListTally> lists;
    std::map<std::string, Counts> calls;  ///< by cloud and endpoint class
    std::map<std::string, core::TroublesByEndpoint> troubles;
    std::optional<core::QuotaReport> quota;
    std::map<std::string, Counts> runs;  ///< by command and outcome
    std::map<std::string, DurationTally> durations;
    std::optional<Time> last_run;
    std::optional<Time> last_success;
    bool was_success = false;
    std::string last_id;  ///< of the report that was counted last

    /// Counts one more report; each is to be counted once, in the order of the runs.
    void count(const core::RunReport& report);
};

/// One line of JSON, to go on with in another process.
[[nodiscard]] std::string to_json(const Tally& tally);
/// `corrupt` where it is none.
[[nodiscard]] Result<Tally> tally_from_json(const std::string& json);

}  // namespace cordon::metrics
