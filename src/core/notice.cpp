#include "core/notice.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::core {
namespace {

constexpr std::size_t k_longest_reason = 600;
/// What comes back within NoticeRules::repeat is told once it has lasted so long: the receiver heard that it was over.
constexpr std::chrono::hours k_relapse_patience{1};
/// The quota has to fall this far below the share before it counts as free again, so that it does not flutter.
constexpr double k_quota_slack = 0.02;

void end(NoticeMemory::Trouble& trouble) {
    trouble.since.reset();
    trouble.is_known = false;
}

/// Whether one trouble holds, as this run shows it.
struct SeenTrouble {
    NoticeKind kind;
    std::string subject;
    bool holds;
    bool may_be_told;  ///< where it holds; else it waits for its time
    std::string title;
    std::string text;
};

std::string reason_or(const std::string& message, const char* otherwise) {
    return message.empty() ? otherwise : printable(message, k_longest_reason);
}

bool was_planned(const ListReport& list) {
    return !list.digest.empty();
}

std::string failures_of(const RunReport& report) {
    std::vector<std::string> reasons;
    if (!report.message.empty()) reasons.push_back(printable(report.message, k_longest_reason));
    for (const auto& list : report.lists) {
        if (list.outcome != Outcome::failed) continue;
        reasons.push_back(fmt::format("list '{}': {}", printable(list.list),
                                      reason_or(list.message, "it failed, and the rest of the run says why")));
    }
    return join(reasons, "; ");
}

SeenTrouble sight_of_run(const RunReport& report, const RunReport* before) {
    const auto failures = failures_of(report);
    const bool was_killed = before != nullptr && before->outcome == Outcome::unfinished;
    SeenTrouble sight{
        NoticeKind::run_failed, "", !failures.empty() || report.outcome == Outcome::failed || was_killed, true,
        "A run failed",         {}};
    if (was_killed && failures.empty()) {
        sight.title = "A run was killed";
        sight.text = fmt::format(
            "The run {} never ended: it was killed, or the machine went down. The run after it "
            "went on with its work.",
            printable(before->id));
    } else {
        sight.text = fmt::format("{}. No list loses anything by it, and the next run tries again.",
                                 reason_or(failures, "No part of it worked"));
        if (!report.id.empty()) sight.text += fmt::format(" See 'cordon runs show {}'.", printable(report.id));
    }
    return sight;
}

SeenTrouble sight_of_guard(const ListReport& list) {
    return {NoticeKind::guard_stopped,
            list.list,
            list.outcome == Outcome::stopped,
            true,
            fmt::format("The guard stopped the plan for '{}'", printable(list.list)),
            fmt::format("{}. The list stays as it is until a person lets the plan through, or the feed changes. Look "
                        "at it with 'cordon plan', or on the Plan page of the console of 'cordon serve'.",
                        reason_or(list.message, "The plan looks like an accident"))};
}

/// Of a list whose rules are known.
SeenTrouble sight_of_rules(const ListReport& list, const RunReport& report) {
    return {NoticeKind::not_enforced,
            list.list,
            blocks_nothing(list.enforcement->state),
            true,
            fmt::format("Nothing blocks what is on '{}'", printable(list.list)),
            fmt::format("Users reach all of its entries: {}. 'cordon check --online' reads the rules again.",
                        text_of(*list.enforcement, report.started))};
}

/// `last_good` is nullopt where no run ever got the feed.
SeenTrouble sight_of_feed(const FeedReport& feed, std::optional<Time> last_good, const RunReport& report,
                          const NoticeRules& rules) {
    const bool holds = exit_status_of(feed.outcome) != 0;
    const bool is_at_its_end = feed.outcome != Outcome::stale;  // nothing stands in for it any more
    const bool is_old = !last_good || report.finished - *last_good >= rules.feed_patience;
    const auto age =
        last_good ? fmt::format("The last run that got its current list ended at {}", to_readable_utc(*last_good))
                  : std::string("No run has got it yet");
    return {NoticeKind::feed_stale,
            feed.feed,
            holds,
            is_at_its_end || is_old,
            fmt::format("The feed '{}' is {}", printable(feed.feed), is_at_its_end ? "out of use" : "stale"),
            fmt::format("{}. {}. {}", reason_or(feed.message, "Its current list could not be had"), age,
                        is_at_its_end ? "Its entries stay where they are, and nothing new comes from it."
                                      : "An older list stands in for it.")};
}

std::optional<SeenTrouble> sight_of_quota(const RunReport& report, const NoticeMemory& memory,
                                          const NoticeRules& rules) {
    if (!report.quota || report.quota->limit == 0) return std::nullopt;
    const auto share = static_cast<double>(report.quota->used) / static_cast<double>(report.quota->limit);
    const auto known = memory.troubles.find({NoticeKind::quota_nearly_full, ""});
    const bool held_before = known != memory.troubles.end() && known->second.since;
    const double line = held_before ? rules.quota_share - k_quota_slack : rules.quota_share;
    return SeenTrouble{NoticeKind::quota_nearly_full,
                       "",
                       share >= line,
                       true,
                       "The tenant's URL quota is nearly full",
                       fmt::format("{} of {} URLs ({} %) were in use when the run began. When it is full, the riskiest "
                                   "entries go first and the others wait.",
                                   with_thousands(report.quota->used), with_thousands(report.quota->limit),
                                   static_cast<int>(share * 100.0))};
}

class NoticeWeigher {
public:
    NoticeWeigher(const RunReport& report, const RunReport* before, NoticeMemory memory, const NoticeRules& rules)
        : report_(report), before_(before), rules_(rules) {
        decided_.memory = std::move(memory);
    }

    NoticeDecision decide() {
        if (report_.outcome == Outcome::interrupted) return std::move(decided_);
        forget_what_is_gone();
        weigh(sight_of_run(report_, before_));
        for (const auto& list : report_.lists) {
            if (was_planned(list)) weigh(sight_of_guard(list));
            if (list.enforcement) weigh(sight_of_rules(list, report_));
        }
        for (const auto& feed : report_.feeds) {
            if (feed.tells_how_it_is()) weigh_feed(feed);
        }
        if (const auto sight = sight_of_quota(report_, memory(), rules_)) weigh(*sight);
        for (const auto& list : report_.lists) {
            if (was_planned(list)) weigh_foreign(list);
        }
        return std::move(decided_);
    }

private:
    NoticeMemory& memory() { return decided_.memory; }

    [[nodiscard]] bool wants(NoticeKind kind) const { return rules_.wanted.contains(kind); }

    /// Where the clock was set back, what was told in the future was told just now.
    [[nodiscard]] bool is_fresh(std::optional<Time>& told) const {
        if (!told) return false;
        told = std::min(*told, report_.finished);
        return report_.finished - *told < rules_.repeat;
    }

    [[nodiscard]] Notice notice_of(const SeenTrouble& sight, NoticeKind kind, Time since) const {
        return {kind, sight.kind, sight.subject, sight.title, sight.text, report_.finished, since, report_.id, 0};
    }

    void weigh(const SeenTrouble& sight) {
        const std::pair key{sight.kind, sight.subject};
        if (!wants(sight.kind)) {
            memory().troubles.erase(key);
            return;
        }
        if (!sight.holds) {
            conclude(sight, key);
            return;
        }
        auto& trouble = memory().troubles[key];
        if (!trouble.since) trouble.since = report_.started;
        const bool is_back_to_stay = !trouble.is_known && report_.finished - *trouble.since >= k_relapse_patience;
        if (sight.may_be_told && (!is_fresh(trouble.told) || is_back_to_stay)) {
            decided_.due.push_back(notice_of(sight, sight.kind, *trouble.since));
        }
    }

    void conclude(const SeenTrouble& sight, const std::pair<NoticeKind, std::string>& key) {
        const auto found = memory().troubles.find(key);
        if (found == memory().troubles.end()) return;
        auto& trouble = found->second;
        if (!trouble.is_known || !wants(NoticeKind::recovered)) {
            end(trouble);
            if (!is_fresh(trouble.told)) memory().troubles.erase(found);
            return;
        }
        auto notice = notice_of(sight, NoticeKind::recovered, trouble.since.value_or(report_.started));
        notice.title = "Over: " + title_of(sight);
        notice.text = fmt::format("The run {} found it well again. It was first seen at {}.", printable(report_.id),
                                  to_readable_utc(notice.since));
        decided_.due.push_back(std::move(notice));
    }

    static std::string title_of(const SeenTrouble& sight) {
        switch (sight.kind) {
            case NoticeKind::run_failed: return "runs work again";
            case NoticeKind::guard_stopped:
                return fmt::format("the guard lets the plan for '{}' through", printable(sight.subject));
            case NoticeKind::not_enforced: return fmt::format("a rule blocks '{}'", printable(sight.subject));
            case NoticeKind::feed_stale: return fmt::format("the feed '{}' is current", printable(sight.subject));
            default: return "the tenant's URL quota has room again";
        }
    }

    void weigh_feed(const FeedReport& feed) {
        auto& good = memory().last_good;
        if (exit_status_of(feed.outcome) == 0) good[feed.feed] = report_.finished;
        const auto last = good.find(feed.feed);
        weigh(sight_of_feed(feed, last == good.end() ? std::nullopt : std::optional(last->second), report_, rules_));
    }

    /// How many entries of others the receiver need not be told of: at first those of the run before, and those that
    /// lie there when a list is first seen.
    [[nodiscard]] std::uint64_t known_before(const ListReport& list) const {
        if (before_ == nullptr) return list.counts.foreign;
        for (const auto& earlier : before_->lists) {
            if (earlier.list == list.list && was_planned(earlier)) return earlier.counts.foreign;
        }
        return list.counts.foreign;
    }

    void weigh_foreign(const ListReport& list) {
        const auto now = list.counts.foreign;
        auto& known =
            memory().foreign.try_emplace(list.list, NoticeMemory::Foreign{known_before(list), {}}).first->second;
        known.level = std::min(known.level, now);
        if (!wants(NoticeKind::foreign_appeared)) known.level = now;
        if (now <= known.level || is_fresh(known.told)) return;
        Notice notice;
        notice.kind = notice.about = NoticeKind::foreign_appeared;
        notice.subject = list.list;
        notice.title = fmt::format("Somebody else put entries on '{}'", printable(list.list));
        notice.text = fmt::format(
            "{} entries there are not Cordon's, {} more than before. They count against the "
            "list's room and stay. Is another program, or a person, filling this list?",
            with_thousands(now), with_thousands(now - known.level));
        notice.at = notice.since = report_.finished;
        notice.run_id = report_.id;
        notice.level = now;
        decided_.due.push_back(std::move(notice));
    }

    /// What is no longer configured is of no interest. A run that ended early names no feeds, which says nothing.
    void forget_what_is_gone() {
        const auto has_list = [&](const std::string& name) {
            return std::any_of(report_.lists.begin(), report_.lists.end(),
                               [&](const ListReport& list) { return list.list == name; });
        };
        const auto has_feed = [&](const std::string& name) {
            return std::any_of(report_.feeds.begin(), report_.feeds.end(),
                               [&](const FeedReport& feed) { return feed.feed == name; });
        };
        if (!report_.lists.empty()) {
            std::erase_if(memory().foreign, [&](const auto& one) { return !has_list(one.first); });
        }
        if (!report_.feeds.empty()) {
            std::erase_if(memory().last_good, [&](const auto& one) { return !has_feed(one.first); });
        }
        std::erase_if(memory().troubles, [&](const auto& one) {
            const auto& [kind, subject] = one.first;
            const bool is_of_list = kind == NoticeKind::guard_stopped || kind == NoticeKind::not_enforced;
            if (is_of_list) return !report_.lists.empty() && !has_list(subject);
            return kind == NoticeKind::feed_stale && !report_.feeds.empty() && !has_feed(subject);
        });
    }

    const RunReport& report_;
    const RunReport* before_;
    const NoticeRules& rules_;
    NoticeDecision decided_;
};

}  // namespace

const char* name_of(NoticeKind kind) noexcept {
    switch (kind) {
        case NoticeKind::run_failed: return "run_failed";
        case NoticeKind::guard_stopped: return "guard_stopped";
        case NoticeKind::not_enforced: return "not_enforced";
        case NoticeKind::feed_stale: return "feed_stale";
        case NoticeKind::quota_nearly_full: return "quota_nearly_full";
        case NoticeKind::foreign_appeared: return "foreign_appeared";
        case NoticeKind::recovered: return "recovered";
        case NoticeKind::test: return "test";
    }
    return "test";
}

NoticeDecision decide_notices(const RunReport& report, const RunReport* before, NoticeMemory memory,
                              const NoticeRules& rules) {
    return NoticeWeigher(report, before, std::move(memory), rules).decide();
}

void mark_told(const Notice& notice, NoticeMemory& memory) {
    if (notice.kind == NoticeKind::foreign_appeared) memory.foreign[notice.subject] = {notice.level, notice.at};
    const auto found = memory.troubles.find({notice.about, notice.subject});
    if (found == memory.troubles.end()) return;
    auto& trouble = found->second;
    if (notice.kind == NoticeKind::recovered) {
        end(trouble);
    } else {
        trouble.told = notice.at;
        trouble.is_known = true;
    }
}

Notice test_notice(Time now) {
    Notice notice;
    notice.title = "A test of Cordon's notices";
    notice.text = "Somebody ran 'cordon notify test'. Nothing is wrong.";
    notice.at = notice.since = now;
    return notice;
}

}  // namespace cordon::core
