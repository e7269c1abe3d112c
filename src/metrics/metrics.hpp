#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>

#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "base/result.hpp"
#include "core/notice.hpp"
#include "core/report.hpp"
#include "metrics/tally.hpp"
#include "store/store.hpp"

namespace cordon::metrics {

/// What the store knows now, beside the reports of runs.
struct StoreFacts {
    bool is_activation_owed = false;
    std::set<std::string> stopped_lists;  ///< whose plan the guard stopped and that wait for a person
    core::NoticeFailures notice_failures;
};

/// What only a daemon knows.
struct DaemonFacts {
    bool is_ready = false;            ///< as /readyz says
    bool has_taken_settings = false;  ///< the settings file as it is now is in force
};

/// The numbers for Prometheus (docs/monitoring.md). No value of a feed stands in a label; labels are names of
/// lists and feeds in the settings, clouds, endpoint classes, and closed sets of words. Thread-safe.
class Metrics {
public:
    /// `version`: of the program.
    explicit Metrics(std::string version) : version_(std::move(version)) {}

    /// Counts one more report, in the order of the runs.
    void observe(const core::RunReport& report);

    /// Counts the runs that the store kept behind the last one counted, and looks at its facts. A run that is
    /// under way is left for later. The store's error.
    Result<void> catch_up(store::Store& store);

    /// In Prometheus' text format, of the numbers as they stood at `now`.
    [[nodiscard]] std::string text(Time now, const std::optional<DaemonFacts>& daemon = {}) const;

    /// Goes on from what remember() left in the store, so that counters do not begin anew with each process.
    /// What cannot be read is taken for nothing: then the kept runs are counted again.
    Result<void> recall(store::Store& store);
    Result<void> remember(store::Store& store) const;

private:
    struct State {
        Tally tally;
        StoreFacts facts;
    };

    std::string version_;
    Guarded<State> state_;
};

/// Recalls, catches up, writes the text to `file` (whole or not at all, mode 0644: node-exporter is another user)
/// and remembers. For programs that end after each run.
Result<void> write_metrics_file(store::Store& store, const std::filesystem::path& file, const std::string& version,
                                Time now);

/// The table of all metrics as Markdown, for docs/monitoring.md.
[[nodiscard]] std::string metrics_reference();

}  // namespace cordon::metrics
