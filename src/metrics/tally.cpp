#include "metrics/tally.hpp"

#include <algorithm>

namespace cordon::metrics {
namespace {

using core::Outcome;

bool is_good(Outcome outcome) {
    return core::exit_status_of(outcome) == 0;
}

void take_feed(const core::FeedReport& report, Time at, FeedTally& feed) {
    if (report.snapshot_at) feed.snapshot_at = report.snapshot_at;
    if (report.confirmed_at) feed.confirmed_at = report.confirmed_at;
    feed.indicators = report.indicators;
    feed.invalid_rows = report.invalid_rows;
    feed.bytes += report.bytes;
    if (!report.tells_how_it_is()) return;
    feed.is_up = is_good(report.outcome);
    if (!report.was_asked) return;
    if (feed.is_up) feed.last_success = at;
    if (!feed.is_up) ++feed.failures;
}

/// A run that ended before the list was planned says nothing of what is on it.
bool is_planned(const core::ListReport& report) {
    return !report.digest.empty() || report.counts != core::ListCounts{};
}

Counts counts_of(const core::ReasonCounts& counts, core::ReasonClass reason_class) {
    Counts found;
    for (std::size_t i = 0; i < core::k_reason_count; ++i) {
        const auto reason = static_cast<core::Reason>(i);
        if (core::class_of(reason) == reason_class) found[core::name_of(reason)] = counts.of(reason);
    }
    return found;
}

void take_state(const core::ListCounts& counts, ListTally& list) {
    list.entries = {{"on_gateway", counts.on_gateway},
                    {"pending", counts.pending},
                    {"over_capacity", counts.over_capacity},
                    {"quarantined", counts.quarantined},
                    {"excepted", counts.excepted},
                    {"known_to_gateway", counts.known_to_gateway},
                    {"awaiting_lookup", counts.awaiting_lookup},
                    {"passed_on", counts.passed_on}};
    list.rejected = counts_of(counts.reasons, core::ReasonClass::rejected);
    list.merged = counts_of(counts.reasons, core::ReasonClass::merged);
    list.fetched = counts.fetched;
    list.foreign = counts.foreign;
}

void take_list(const core::ListReport& report, const core::RunReport& run, ListTally& list) {
    list.added += report.added;
    list.removed += report.removed;
    if (report.outcome == Outcome::stopped) ++list.guard_stops;
    if (report.there_now) list.there = report.there_now;
    if (report.enforcement) list.is_enforced = !core::blocks_nothing(report.enforcement->state);
    if (!core::plans_from_feeds(run.command)) return;
    list.is_up = report.in_step_as_of.has_value();
    if (list.is_up) list.last_success = report.in_step_as_of;
    if (is_planned(report)) take_state(report.counts, list);
}

/// Keeps those that the report names. One that ended early names none, which says nothing.
template <class Tallies, class Reports, class Name>
void forget_others(Tallies& tallies, const Reports& reports, const Name& name) {
    if (reports.empty()) return;
    std::erase_if(tallies, [&](const auto& tally) {
        return std::none_of(reports.begin(), reports.end(),
                            [&](const auto& report) { return name(report) == tally.first; });
    });
}

void take_duration(const core::RunReport& report, DurationTally& duration) {
    const auto length = std::max(report.finished - report.started, std::chrono::milliseconds{0});
    const double seconds = static_cast<double>(length.count()) / 1000.0;
    ++duration.count;
    duration.sum += length;
    for (std::size_t i = 0; i < k_duration_bounds.size(); ++i) {
        if (seconds <= k_duration_bounds.at(i)) ++duration.within.at(i);
    }
}

}  // namespace

void Tally::count(const core::RunReport& report) {
    last_id = report.id;
    ++runs[report.command][core::name_of(report.outcome)];
    for (const auto& [cloud, by_endpoint] : report.calls) {
        for (const auto& [endpoint, number] : by_endpoint) calls[cloud][endpoint] += number;
    }
    for (const auto& [cloud, by_endpoint] : report.call_troubles) {
        for (const auto& [endpoint, trouble] : by_endpoint) troubles[cloud][endpoint].add(trouble);
    }
    if (report.quota) quota = report.quota;
    if (report.command == "run") {
        last_run = report.finished;
        was_success = is_good(report.outcome);
        if (was_success) last_success = report.finished;
        forget_others(feeds, report.feeds, [](const core::FeedReport& feed) { return feed.feed; });
        forget_others(lists, report.lists, [](const core::ListReport& list) { return list.list; });
    }
    if (report.outcome == Outcome::unfinished) return;  // it was killed: how long it took is not known
    take_duration(report, durations[report.command]);
    for (const auto& feed : report.feeds) take_feed(feed, report.finished, feeds[feed.feed]);
    for (const auto& list : report.lists) take_list(list, report, lists[list.list]);
}

}  // namespace cordon::metrics
