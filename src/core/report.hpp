#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "core/call_troubles.hpp"
#include "core/enforcement.hpp"
#include "core/plan.hpp"

namespace cordon::core {

/// How a run, a feed or a list ended. The worst of a run's lists decides its exit status (4 wins over 1).
enum class Outcome : std::uint8_t {
    done,       ///< everything as planned
    unchanged,  ///< nothing to do
    partial,    ///< some of it; the rest is in the report
    stale,      ///< a feed failed, its last complete snapshot was used
    frozen,     ///< a feed failed and its snapshot is too old, or the section is gone: nothing new
    stopped,    ///< the guard or an assertion
    failed,
    interrupted,
    unfinished,  ///< kept when the run began: it is still at work, or was killed
};
[[nodiscard]] const char* name_of(Outcome outcome) noexcept;

/// The one that decides a run: unchanged < done < stale < partial < frozen < failed < stopped < interrupted <
/// unfinished.
[[nodiscard]] Outcome worse(Outcome a, Outcome b) noexcept;

/// 0 done or unchanged, 1 partial, stale, frozen or failed, 4 stopped, 130 interrupted (issue 2, section 7).
[[nodiscard]] int exit_status_of(Outcome outcome) noexcept;

struct FeedReport {
    std::string feed;
    std::string source;  ///< for people: "fusion file public/prevent/weaponized_domains.json"
    Outcome outcome = Outcome::done;
    /// False where it rested in this run: then the outcome is that of its kept snapshot, and nothing was learnt of the
    /// provider.
    bool was_asked = true;
    std::string message;  ///< why it failed or what to note; empty where all is well
    std::uint64_t indicators = 0;
    std::uint64_t invalid_rows = 0;  ///< of the source, that hold no indicator: in no list's counters
    std::uint64_t left_out = 0;      ///< indicators that the section's own filters do not want: in no list's counters
    std::uint64_t bytes = 0;         ///< downloaded in this run
    bool downloaded = false;
    std::optional<Time> snapshot_at;        ///< when the snapshot in use was fetched
    std::optional<Time> confirmed_at = {};  ///< when its provider last said that this is its newest
    std::vector<std::string> warnings;

    /// Whether it says how the feed is: it was asked, or what is kept of it is too old to stand in for it. One that was
    /// interrupted says nothing.
    [[nodiscard]] bool tells_how_it_is() const noexcept {
        return outcome != Outcome::interrupted && (was_asked || exit_status_of(outcome) != 0);
    }
};

struct ListReport {
    std::string list;
    TargetKind target = TargetKind::url_category;
    std::string object_id;
    Outcome outcome = Outcome::done;
    std::string message;
    /// What its feeds want is on it and in effect, as of the moment at which the provider that was asked longest ago
    /// confirmed its feed. nullopt: it is not so (a feed or the list failed; it is stopped, paused, held back or not
    /// active), a run by hand cannot know, or nobody knows the age since the clock was set back.
    std::optional<Time> in_step_as_of = {};
    std::vector<std::string> feeds;
    bool created = false;
    ListCounts counts;  ///< after settling
    /// Distinct entries on the list when the run left it, ours and those of others, without the placeholder;
    /// nullopt where the list was not read.
    std::optional<std::uint64_t> there_now;
    std::uint64_t added = 0;
    std::uint64_t removed = 0;
    std::string digest;
    /// What the gateway's rules make of it, at their last reading; nullopt where that is not known.
    std::optional<Enforcement> enforcement;
    std::vector<std::string> warnings;
};

/// One activation attempt, or what the gateway says of saved changes.
/// `withheld`: something is saved, and the settings do not allow its activation now. `unknown`: of a run that has not
/// ended.
enum class ActivationState : std::uint8_t { not_needed, active, pending, in_progress, failed, withheld, unknown };
[[nodiscard]] const char* name_of(ActivationState state) noexcept;

/// Unique URLs of the tenant, as the gateway told them before the run wrote anything.
struct QuotaReport {
    std::uint64_t used = 0;   ///< whoever put them there
    std::uint64_t limit = 0;  ///< that the tenant may hold
    bool operator==(const QuotaReport&) const = default;
};

/// What one run did. Every run leaves one, failed ones too.
struct RunReport {
    std::string id;       ///< "20261121T093000Z-3f2a": sortable, unique in the store
    std::string command;  ///< "run", "plan", "retire" ...
    std::string version;  ///< of the program
    Time started;
    Time finished;
    Outcome outcome = Outcome::done;
    int exit_status = 0;
    std::string message;  ///< a run-wide failure, one sentence; empty where there is none
    std::string digest;   ///< of the whole plan
    std::vector<FeedReport> feeds;
    std::vector<ListReport> lists;
    ActivationState activation = ActivationState::not_needed;
    std::map<std::string, std::map<std::string, std::uint64_t>>
        calls;  ///< cloud -> "PUT /urlCategories/{id}" -> number
    std::vector<std::string> warnings;
    /// Why changes were not written or not activated although nothing is wrong (a freeze, activate = never or clean),
    /// until when, and how many wait; of a plan, what a run now would leave out. Empty where nothing is held back.
    std::string held_back = {};
    std::map<std::string, TroublesByEndpoint> call_troubles = {};  ///< by cloud
    std::optional<QuotaReport> quota = {};                         ///< nullopt where the gateway did not tell it
};

/// Whether a run of this command plans from feeds: what a person asked for by hand is planned without them, and its
/// counters say nothing of them.
[[nodiscard]] bool plans_from_feeds(std::string_view command) noexcept;

/// When the one of the list's feeds that was asked longest ago was confirmed, `ended` where they do not say. nullopt
/// where that lies behind `ended`: the clock was set back.
[[nodiscard]] std::optional<Time> confirmed_as_of(const ListReport& list, const std::vector<FeedReport>& feeds,
                                                  Time ended);

/// That a part was not done: outcome and exit status say so.
void note_as_partial(RunReport& report) noexcept;

/// The stable JSON of `--json`, `runs show` and the store; 2 spaces of indent.
[[nodiscard]] std::string to_json(const RunReport& report);
/// `corrupt` where it is not the JSON of a report; says which part is missing or wrong.
[[nodiscard]] Result<RunReport> report_from_json(const std::string& json);

/// "part of the work is done: 12,000 added, 40 removed; 8,000 additions and 3 removals wait for the next run"; empty
/// where nothing was done or nothing waits. What the guard stopped waits for a person and is not counted.
[[nodiscard]] std::string work_left_of(const RunReport& report);

/// The table and sentences that the command line prints; ends with a line feed, no escape sequences.
[[nodiscard]] std::string to_text(const RunReport& report);

}  // namespace cordon::core
