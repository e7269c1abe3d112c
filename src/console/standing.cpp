#include "console/standing.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::console {
namespace {

constexpr std::int64_t k_hour_s = 3600;
constexpr std::int64_t k_day_s = 86400;
constexpr std::chrono::hours k_old{24};  // our choice: a feed that is polled once a day is still in time

std::uint64_t blocked_entries(const core::RunReport& report) {
    std::uint64_t entries = 0;
    for (const auto& list : report.lists) entries += list.counts.on_gateway;
    return entries;
}

std::string lists_with(const core::RunReport& report, core::Outcome outcome) {
    std::vector<std::string> names;
    for (const auto& list : report.lists) {
        if (list.outcome == outcome) names.push_back("'" + printable(list.list) + "'");
    }
    return join(names, ", ");
}

/// A list that no rule uses protects nobody, however full it is; nor does a daemon that has stopped.
Standing state_of_good_run(const core::RunReport& report, const std::string& entries, Time now) {
    std::vector<std::string> idle;
    bool is_known = true;
    for (const auto& list : report.lists) {
        is_known = is_known && list.enforcement.has_value();
        if (list.enforcement && core::blocks_nothing(list.enforcement->state))
            idle.push_back("'" + printable(list.list) + "'");
    }
    const auto age = length_words(now - report.finished);
    if (!idle.empty()) {
        return {"bad",
                fmt::format("{} entries of the feeds are on the lists, but no rule blocks {}: users reach what is "
                            "there.",
                            entries, join(idle, ", "))};
    }
    if (now - report.finished >= k_old)
        return {"note", fmt::format("The last run ended {} ago: the lists are as old as that.", age)};
    return {"good", fmt::format("{}: {} entries of the feeds are on {} list{}, as of {} ago.",
                                is_known ? "Protected" : "Up to date", entries, report.lists.size(),
                                report.lists.size() == 1 ? "" : "s", age)};
}

}  // namespace

std::string length_words(std::chrono::milliseconds length) {
    const auto seconds = std::max<std::int64_t>(0, length.count() / 1000);
    const auto words = [](std::int64_t count, const char* unit) {
        return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s");
    };
    if (seconds < 120) return words(seconds, "second");
    if (seconds < 2 * k_hour_s) return words(seconds / 60, "minute");
    if (seconds < 2 * k_day_s) return words(seconds / k_hour_s, "hour");
    return words(seconds / k_day_s, "day");
}

Json time_or_null(const std::optional<Time>& moment) {
    return moment ? Json(to_iso8601(*moment)) : Json();
}

const char* level_of_outcome(std::string_view outcome) {
    using core::Outcome;
    const auto is_one_of = [&](std::initializer_list<Outcome> outcomes) {
        return std::any_of(outcomes.begin(), outcomes.end(),
                           [&](Outcome one) { return outcome == core::name_of(one); });
    };
    if (is_one_of({Outcome::done, Outcome::unchanged})) return "good";
    if (is_one_of({Outcome::partial, Outcome::stale, Outcome::unfinished})) return "note";
    return "bad";
}

std::optional<Time> oldest_of(const core::RunReport* report, const std::vector<std::string>& feeds, Moment moment) {
    std::optional<Time> oldest;
    for (const auto& feed : report == nullptr ? std::vector<core::FeedReport>{} : report->feeds) {
        if (std::find(feeds.begin(), feeds.end(), feed.feed) == feeds.end()) continue;
        const bool is_kept = moment == Moment::confirmed && feed.confirmed_at;
        const auto at = is_kept ? feed.confirmed_at : feed.snapshot_at;
        if (at && (!oldest || *at < *oldest)) oldest = at;
    }
    return oldest;
}

Standing standing_of(const core::RunReport* report, bool is_owed, Time now) {
    if (report == nullptr) return {"empty", "Nothing has run yet: the lists are filled by the first run."};
    const auto age = length_words(now - report->finished);
    const auto entries = with_thousands(blocked_entries(*report));
    switch (report->outcome) {
        case core::Outcome::done:
        case core::Outcome::unchanged:
            if (is_owed) {
                return {"note", fmt::format("{} entries are saved, but some changes are not active yet: the next run "
                                            "activates them.",
                                            entries)};
            }
            return state_of_good_run(*report, entries, now);
        case core::Outcome::stopped:
            return {"bad", fmt::format("The guard stopped {}: nothing was removed or added there. Look at the plan, "
                                       "and let it through if it is right.",
                                       lists_with(*report, core::Outcome::stopped))};
        case core::Outcome::stale:
            return {"note", fmt::format("A feed could not be fetched: its last complete snapshot stands in ({} entries "
                                        "on the lists, {} ago).",
                                        entries, age)};
        case core::Outcome::partial:
            return {"note", fmt::format("A part of the last run's work is left for the next one ({} entries on the "
                                        "lists, {} ago).",
                                        entries, age)};
        case core::Outcome::frozen:
            return {"bad",
                    "A feed has failed for too long: its lists stay as they are, and nothing new comes onto "
                    "them."};
        case core::Outcome::interrupted:
            return {"note", fmt::format("The last run was interrupted {} ago; the next one goes on.", age)};
        case core::Outcome::unfinished:
            return {"note", "The newest run has not ended, or was killed; the next one makes good for it."};
        case core::Outcome::failed: break;
    }
    return {"bad", fmt::format("The last run failed {} ago; the lists stay as they were.", age)};
}

Json glance_of(const core::RunReport& report, std::size_t stopped, Time now) {
    std::vector<std::string> feeds;
    for (const auto& feed : report.feeds) feeds.push_back(feed.feed);
    const auto confirmed = oldest_of(&report, feeds, Moment::confirmed);
    std::uint64_t entries = 0;
    std::uint64_t waiting = 0;
    std::uint64_t added = 0;
    std::uint64_t removed = 0;
    std::size_t enforced = 0;
    std::size_t idle = 0;
    for (const auto& list : report.lists) {
        // What a stop keeps there is ours, too, though its feed no longer wants it.
        const auto there = list.there_now.value_or(list.counts.on_gateway + list.counts.foreign);
        entries += there - std::min<std::uint64_t>(there, list.counts.foreign);
        waiting += list.counts.pending;
        added += list.added;
        removed += list.removed;
        if (list.enforcement) ++(core::blocks_nothing(list.enforcement->state) ? idle : enforced);
    }
    return {{"entries", entries},
            {"lists", report.lists.size()},
            {"enforced_lists", enforced},
            {"idle_lists", idle},
            {"confirmed_at", time_or_null(confirmed)},
            {"age", confirmed ? length_words(now - *confirmed) : ""},
            {"added", added},
            {"removed", removed},
            {"waiting", waiting},
            {"stopped", stopped}};
}

Json troubles_of(const core::RunReport& report) {
    auto troubles = Json::array();
    if (!report.message.empty()) troubles.push_back(printable(report.message, 1000));
    for (const auto& feed : report.feeds) {
        if (core::exit_status_of(feed.outcome) != 0)
            troubles.push_back(fmt::format("[{}]: {}", printable(feed.feed), printable(feed.message, 600)));
    }
    for (const auto& list : report.lists) {
        const bool is_shown_as_stop = list.outcome == core::Outcome::stopped;
        if (core::exit_status_of(list.outcome) != 0 && !list.message.empty() && !is_shown_as_stop)
            troubles.push_back(fmt::format("{}: {}", printable(list.list), printable(list.message, 1000)));
    }
    for (const auto& warning : report.warnings) troubles.push_back(printable(warning, 1000));
    return troubles;
}

}  // namespace cordon::console
