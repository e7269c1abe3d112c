#include "console/standing.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::console {
namespace {

std::uint64_t blocked_entries(const core::RunReport& report) {
    std::uint64_t entries = 0;
    for (const auto& list : report.lists) entries += list.counts.on_gateway;
    return entries;
}

/// "'A', 'B'": the lists of the run that are so.
template <class Condition>
std::string lists_with(const core::RunReport& report, const Condition& is_so) {
    std::vector<std::string> names;
    for (const auto& list : report.lists) {
        if (is_so(list)) names.push_back("'" + printable(list.list) + "'");
    }
    return join(names, ", ");
}

/// Nothing failed, but not all that the feeds want is on the lists and in effect; nullopt where it is. `held`: the
/// lists that an operator paused or rolled back.
std::optional<Standing> state_of_what_waits(const core::RunReport& report, bool is_owed,
                                            const std::set<std::string>& held) {
    const auto paused = lists_with(report, [&](const core::ListReport& list) { return held.contains(list.list); });
    const auto behind = lists_with(report, [](const core::ListReport& list) { return !list.in_step_as_of; });
    std::string why;
    if (!report.held_back.empty()) {
        why = "Changes wait: " + printable(report.held_back, 1000);
    } else if (is_owed) {
        why = "Some changes are saved and not active yet: the next run activates them";
    } else if (!paused.empty()) {
        why = fmt::format("Nothing new comes onto {}, which an operator paused or rolled back", paused);
    } else if (!behind.empty()) {
        why = fmt::format("The next run has yet to bring {} in step with the feeds", behind);
    } else {
        return std::nullopt;
    }
    return Standing{"note", fmt::format("Not all that the feeds want is in effect. {}.", why)};
}

Standing state_of_good_run(const core::RunReport& report, bool is_owed, const std::set<std::string>& held,
                           const std::string& entries, Time now) {
    if (const auto waits = state_of_what_waits(report, is_owed, held)) return *waits;
    const bool is_known = std::all_of(report.lists.begin(), report.lists.end(),
                                      [](const core::ListReport& list) { return list.enforcement.has_value(); });
    return {"good", fmt::format("{}: {} entries of the feeds are on {} list{}, as of {} ago.",
                                is_known ? "Protected" : "Up to date", entries, report.lists.size(),
                                report.lists.size() == 1 ? "" : "s", length_words(now - report.finished))};
}

bool is_idle(const core::ListReport& list) {
    return list.enforcement && core::blocks_nothing(list.enforcement->state);
}

/// A list that no rule uses protects nobody, however full it is and whatever else the last run met.
Standing with_idle_lists(const Standing& state, const core::RunReport& report) {
    const auto idle = lists_with(report, is_idle);
    if (idle.empty()) return state;
    std::uint64_t entries = 0;
    for (const auto& list : report.lists) entries += is_idle(list) ? list.counts.on_gateway : 0;
    const bool is_all = std::string_view(state.level) == "good";
    return {"bad",
            fmt::format("{} entries of the feeds are on lists, but no rule blocks {}: users reach what is there.{}{}",
                        with_thousands(entries), idle, is_all ? "" : " ", is_all ? "" : state.sentence)};
}

/// A list that is older than max_staleness is no protection to rely on, whatever the last run says of itself.
Standing with_stale_lists(const Standing& state, const core::Readiness& readiness, const std::string& entries,
                          Time now) {
    if (readiness.stale.empty()) return state;
    const auto others = readiness.stale.size() - 1;
    const auto names = fmt::format("'{}'{}", printable(readiness.stale.front()),
                                   others == 0 ? "" : fmt::format(" and {} more", others));
    const auto since = readiness.oldest ? "for " + length_words(now - *readiness.oldest) : "yet";
    const auto rest = std::string_view(state.level) == "good"
                          ? fmt::format("{} entries of the feeds are on the lists.", entries)
                          : state.sentence;
    return {"bad", fmt::format("{} {} not been in step with {} feeds {}. {}", names, others == 0 ? "has" : "have",
                               others == 0 ? "its" : "their", since, rest)};
}

Standing standing_of_run(const core::RunReport& report, bool is_owed, const std::set<std::string>& held,
                         const std::string& entries, Time now) {
    const auto age = length_words(now - report.finished);
    switch (report.outcome) {
        case core::Outcome::done:
        case core::Outcome::unchanged: return state_of_good_run(report, is_owed, held, entries, now);
        case core::Outcome::stopped:
            return {"bad", fmt::format("The guard stopped {}: nothing was removed or added there. Look at the plan, "
                                       "and let it through if it is right.",
                                       lists_with(report, [](const core::ListReport& list) {
                                           return list.outcome == core::Outcome::stopped;
                                       }))};
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

}  // namespace

std::string length_words(std::chrono::milliseconds length) {
    const auto seconds = std::max<std::int64_t>(0, length.count() / 1000);
    const auto words = [](std::int64_t count, const char* unit) {
        return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s");
    };
    constexpr std::int64_t k_minute = 60, k_hour = 3600, k_day = 86400;
    if (seconds < 2 * k_minute) return words(seconds, "second");
    if (seconds < 2 * k_hour) return words(seconds / k_minute, "minute");
    if (seconds < 2 * k_day) return words(seconds / k_hour, "hour");
    return words(seconds / k_day, "day");
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
    if (report == nullptr) return oldest;
    for (const auto& feed : report->feeds) {
        if (std::find(feeds.begin(), feeds.end(), feed.feed) == feeds.end()) continue;
        const bool is_kept = moment == Moment::confirmed && feed.confirmed_at;
        const auto at = is_kept ? feed.confirmed_at : feed.snapshot_at;
        if (at && (!oldest || *at < *oldest)) oldest = at;
    }
    return oldest;
}

Standing standing_of(const core::RunReport* report, bool is_owed, const std::set<std::string>& held,
                     const core::Readiness& readiness, Time now) {
    if (report == nullptr) return {"empty", "Nothing has run yet: the lists are filled by the first run."};
    const auto entries = with_thousands(blocked_entries(*report));
    const auto of_run = standing_of_run(*report, is_owed, held, entries, now);
    return with_stale_lists(with_idle_lists(of_run, *report), readiness, entries, now);
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
        if (list.enforcement) ++(is_idle(list) ? idle : enforced);
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
