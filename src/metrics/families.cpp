#include "metrics/families.hpp"

#include <array>
#include <initializer_list>
#include <utility>

#include <fmt/format.h>

namespace cordon::metrics {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

/// Every metric of ours. The order is that of the text and of the manual.
enum class Id : std::uint8_t {
    build_info,
    generated,
    last_run,
    last_run_success,
    last_success,
    runs,
    run_duration,
    feed_up,
    feed_last_success,
    feed_snapshot,
    feed_confirmed,
    feed_indicators,
    feed_invalid_rows,
    feed_failures,
    feed_bytes,
    list_up,
    list_last_success,
    list_fetched,
    list_entries,
    list_rejected,
    list_merged,
    list_present,
    list_foreign,
    list_enforced,
    list_added,
    list_removed,
    guard_stops,
    guard_stop_waiting,
    activation_owed,
    api_requests,
    api_errors,
    api_waits,
    api_wait_seconds,
    quota_used,
    quota_limit,
    notice_failures,
    ready,
    settings_taken,
};

struct Description {
    Id id;
    const char* name;
    MetricType type;
    const char* labels;  ///< for the manual
    const char* help;
};

constexpr std::array k_metrics{
    Description{Id::build_info, "cordon_build_info", MetricType::Gauge, "version", "Always 1; which program it is."},
    Description{Id::generated, "cordon_metrics_timestamp_seconds", MetricType::Gauge, "",
                "When these numbers were put together."},
    Description{Id::last_run, "cordon_last_run_timestamp_seconds", MetricType::Gauge, "", "End of the last run."},
    Description{Id::last_run_success, "cordon_last_run_success", MetricType::Gauge, "",
                "1 where the last run did all of its work (exit status 0), else 0."},
    Description{Id::last_success, "cordon_last_success_timestamp_seconds", MetricType::Gauge, "",
                "End of the last run that did all of its work."},
    Description{Id::runs, "cordon_runs_total", MetricType::Counter, "command, outcome", "Runs that ended."},
    Description{Id::run_duration, "cordon_run_duration_seconds", MetricType::Histogram, "command",
                "How long runs took."},
    Description{
        Id::feed_up, "cordon_feed_up", MetricType::Gauge, "feed",
        "1 where the last run that asked the feed got its current list, 0 where an older one stood in or there is "
        "none."},
    Description{Id::feed_last_success, "cordon_feed_last_success_timestamp_seconds", MetricType::Gauge, "feed",
                "End of the last run that got the feed's current list."},
    Description{Id::feed_snapshot, "cordon_feed_snapshot_timestamp_seconds", MetricType::Gauge, "feed",
                "When the list in use was downloaded; old where the provider has changed nothing since."},
    Description{Id::feed_confirmed, "cordon_feed_confirmed_timestamp_seconds", MetricType::Gauge, "feed",
                "When the provider last confirmed that the list in use is its newest."},
    Description{Id::feed_indicators, "cordon_feed_indicators", MetricType::Gauge, "feed",
                "Indicators of the list in use."},
    Description{Id::feed_invalid_rows, "cordon_feed_invalid_rows", MetricType::Gauge, "feed",
                "Rows of the list in use that hold no indicator."},
    Description{Id::feed_failures, "cordon_feed_failures_total", MetricType::Counter, "feed",
                "Runs that asked the feed and did not get its current list."},
    Description{Id::feed_bytes, "cordon_feed_downloaded_bytes_total", MetricType::Counter, "feed",
                "Bytes downloaded from the feed."},
    Description{Id::list_up, "cordon_list_up", MetricType::Gauge, "list",
                "1 where the last run left what the feeds want on the list, and in effect; else 0."},
    Description{Id::list_last_success, "cordon_list_last_success_timestamp_seconds", MetricType::Gauge, "list",
                "As of when the list was last so; of several feeds, by the one that was confirmed longest ago."},
    Description{Id::list_fetched, "cordon_list_fetched_indicators", MetricType::Gauge, "list",
                "Indicators that the list's feeds have."},
    Description{Id::list_entries, "cordon_list_entries", MetricType::Gauge, "list, state",
                "Entries that are to be on the list, by what became of them; on_gateway is what is there."},
    Description{Id::list_rejected, "cordon_list_rejected_entries", MetricType::Gauge, "list, reason",
                "Values of the feeds that must not or cannot be on the list."},
    Description{Id::list_merged, "cordon_list_merged_entries", MetricType::Gauge, "list, reason",
                "Values of the feeds that other entries stand for."},
    Description{Id::list_present, "cordon_list_present_entries", MetricType::Gauge, "list",
                "Entries that lie on the list, also those of others."},
    Description{Id::list_foreign, "cordon_list_foreign_entries", MetricType::Gauge, "list",
                "Entries on the list that others put there."},
    Description{
        Id::list_enforced, "cordon_list_enforced", MetricType::Gauge, "list",
        "1 where a rule blocks what is on the list, 0 where none does and users reach it; as the rules were last "
        "read."},
    Description{Id::list_added, "cordon_list_added_entries_total", MetricType::Counter, "list",
                "Entries that were added."},
    Description{Id::list_removed, "cordon_list_removed_entries_total", MetricType::Counter, "list",
                "Entries that were removed."},
    Description{Id::guard_stops, "cordon_guard_stops_total", MetricType::Counter, "list",
                "Runs whose plan for the list the guard stopped."},
    Description{Id::guard_stop_waiting, "cordon_guard_stop_waiting", MetricType::Gauge, "list",
                "1 where a stopped plan waits for a person, else 0."},
    Description{Id::activation_owed, "cordon_activation_owed", MetricType::Gauge, "",
                "1 where something is saved and not in effect yet, else 0."},
    Description{Id::api_requests, "cordon_api_requests_total", MetricType::Counter, "cloud, endpoint",
                "Requests that were sent."},
    Description{Id::api_errors, "cordon_api_request_errors_total", MetricType::Counter, "cloud, endpoint",
                "Requests without an answer, or with one that is no success."},
    Description{Id::api_waits, "cordon_api_waits_total", MetricType::Counter, "cloud, endpoint",
                "Times that a rate limit, or the repeat of a request, kept a run waiting."},
    Description{Id::api_wait_seconds, "cordon_api_wait_seconds_total", MetricType::Counter, "cloud, endpoint",
                "How long that kept runs waiting."},
    Description{Id::quota_used, "cordon_quota_used_urls", MetricType::Gauge, "",
                "Unique URLs that the tenant held when the last run began, whoever put them there."},
    Description{Id::quota_limit, "cordon_quota_limit_urls", MetricType::Gauge, "",
                "Unique URLs that the tenant may hold."},
    Description{Id::notice_failures, "cordon_notice_failures_total", MetricType::Counter, "receiver",
                "Runs after which a [notify_*] did not take what it was to be told; the next run tries again."},
    Description{Id::ready, "cordon_ready", MetricType::Gauge, "",
                "Of `cordon serve`: 1 where /readyz answers 200, else 0."},
    Description{Id::settings_taken, "cordon_settings_taken", MetricType::Gauge, "",
                "Of `cordon serve`: 1 where the settings file as it is now is in force, 0 where it was not taken."},
};

using Labels = std::vector<ClientMetric::Label>;

double seconds_of(Time moment) {
    return static_cast<double>(moment.time_since_epoch().count()) / 1000.0;
}

/// Collects values by metric and gives the families in the order of the table.
class Families {
public:
    Families() {
        for (const auto& metric : k_metrics) {
            families_.push_back({metric.name, metric.help, metric.type, {}});
        }
    }

    void add(Id id, Labels labels, double value) {
        auto& family = of(id);
        ClientMetric metric;
        metric.label = std::move(labels);
        (family.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
        family.metric.push_back(std::move(metric));
    }
    void add(Id id, Labels labels, std::uint64_t value) { add(id, std::move(labels), static_cast<double>(value)); }
    void add(Id id, Labels labels, bool value) { add(id, std::move(labels), value ? 1.0 : 0.0); }
    void add(Id id, Labels labels, const std::optional<Time>& moment) {
        if (moment) add(id, std::move(labels), seconds_of(*moment));
    }
    void add(Id id, Labels labels, const DurationTally& duration) {
        ClientMetric metric;
        metric.label = std::move(labels);
        metric.histogram.sample_count = duration.count;
        metric.histogram.sample_sum = static_cast<double>(duration.sum.count()) / 1000.0;
        for (std::size_t i = 0; i < k_duration_bounds.size(); ++i) {
            metric.histogram.bucket.push_back({duration.within.at(i), k_duration_bounds.at(i)});
        }
        of(id).metric.push_back(std::move(metric));
    }

    [[nodiscard]] std::vector<MetricFamily> take() {
        std::erase_if(families_, [](const MetricFamily& family) { return family.metric.empty(); });
        return std::move(families_);
    }

private:
    MetricFamily& of(Id id) { return families_.at(static_cast<std::size_t>(id)); }

    std::vector<MetricFamily> families_;
};

void add_feed(const std::string& name, const FeedTally& feed, Families& families) {
    const Labels labels{{"feed", name}};
    families.add(Id::feed_up, labels, feed.is_up);
    families.add(Id::feed_last_success, labels, feed.last_success);
    families.add(Id::feed_snapshot, labels, feed.snapshot_at);
    families.add(Id::feed_confirmed, labels, feed.confirmed_at);
    families.add(Id::feed_indicators, labels, feed.indicators);
    families.add(Id::feed_invalid_rows, labels, feed.invalid_rows);
    families.add(Id::feed_failures, labels, feed.failures);
    families.add(Id::feed_bytes, labels, feed.bytes);
}

void add_by(Id id, const char* label, const std::string& list, const Counts& counts, Families& families) {
    for (const auto& [word, number] : counts) families.add(id, {{"list", list}, {label, word}}, number);
}

void add_list(const std::string& name, const ListTally& list, bool is_stopped, Families& families) {
    const Labels labels{{"list", name}};
    families.add(Id::list_up, labels, list.is_up);
    families.add(Id::list_last_success, labels, list.last_success);
    families.add(Id::list_added, labels, list.added);
    families.add(Id::list_removed, labels, list.removed);
    families.add(Id::guard_stops, labels, list.guard_stops);
    families.add(Id::guard_stop_waiting, labels, is_stopped);
    if (list.is_enforced) families.add(Id::list_enforced, labels, *list.is_enforced);
    if (list.there) families.add(Id::list_present, labels, *list.there);
    if (list.entries.empty()) return;  // never planned
    families.add(Id::list_fetched, labels, list.fetched);
    families.add(Id::list_foreign, labels, list.foreign);
    add_by(Id::list_entries, "state", name, list.entries, families);
    add_by(Id::list_rejected, "reason", name, list.rejected, families);
    add_by(Id::list_merged, "reason", name, list.merged, families);
}

/// Troubles also where there were none, so that a rate can be taken from the first one on.
void add_calls(const Tally& tally, Families& families) {
    auto troubles = tally.troubles;
    for (const auto& [cloud, by_endpoint] : tally.calls) {
        for (const auto& [endpoint, number] : by_endpoint) {
            families.add(Id::api_requests, {{"cloud", cloud}, {"endpoint", endpoint}}, number);
            troubles[cloud][endpoint];
        }
    }
    for (const auto& [cloud, by_endpoint] : troubles) {
        for (const auto& [endpoint, trouble] : by_endpoint) {
            const Labels labels{{"cloud", cloud}, {"endpoint", endpoint}};
            families.add(Id::api_errors, labels, trouble.errors);
            families.add(Id::api_waits, labels, trouble.waits);
            families.add(Id::api_wait_seconds, labels, static_cast<double>(trouble.waited.count()) / 1000.0);
        }
    }
}

void add_runs(const Tally& tally, Families& families) {
    families.add(Id::last_run, {}, tally.last_run);
    if (tally.last_run) families.add(Id::last_run_success, {}, tally.was_success);
    families.add(Id::last_success, {}, tally.last_success);
    for (const auto& [command, outcomes] : tally.runs) {
        for (const auto& [outcome, number] : outcomes) {
            families.add(Id::runs, {{"command", command}, {"outcome", outcome}}, number);
        }
    }
    for (const auto& [command, duration] : tally.durations) {
        families.add(Id::run_duration, {{"command", command}}, duration);
    }
}

const char* word_of(MetricType type) {
    switch (type) {
        case MetricType::Counter: return "counter";
        case MetricType::Histogram: return "histogram";
        default: return "gauge";
    }
}

}  // namespace

std::vector<MetricFamily> families_of(const Tally& tally, const StoreFacts& facts,
                                      const std::optional<DaemonFacts>& daemon, const std::string& version, Time now) {
    Families families;
    families.add(Id::build_info, {{"version", version}}, 1.0);
    families.add(Id::generated, {}, seconds_of(now));
    add_runs(tally, families);
    for (const auto& [name, feed] : tally.feeds) add_feed(name, feed, families);
    for (const auto& [name, list] : tally.lists) add_list(name, list, facts.stopped_lists.contains(name), families);
    families.add(Id::activation_owed, {}, facts.is_activation_owed);
    add_calls(tally, families);
    if (tally.quota) {
        families.add(Id::quota_used, {}, tally.quota->used);
        families.add(Id::quota_limit, {}, tally.quota->limit);
    }
    for (const auto& [receiver, number] : facts.notice_failures) {
        families.add(Id::notice_failures, {{"receiver", receiver}}, number);
    }
    if (daemon) {
        families.add(Id::ready, {}, daemon->is_ready);
        families.add(Id::settings_taken, {}, daemon->has_taken_settings);
    }
    return families.take();
}

std::string metrics_reference() {
    std::string text = "| metric | type | labels | meaning |\n|---|---|---|---|\n";
    for (const auto& metric : k_metrics) {
        text += fmt::format("| `{}` | {} | {} | {} |\n", metric.name, word_of(metric.type), metric.labels, metric.help);
    }
    return text;
}

}  // namespace cordon::metrics
