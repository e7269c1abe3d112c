#include "engine/remarks.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/name_first.hpp"
#include "base/text.hpp"
#include "core/canonical.hpp"
#include "core/verdict.hpp"

namespace cordon::engine {
namespace {

using core::Outcome;

/// The entries of others that our rules would never send, as the gateway shows them, each once, in the list's order:
/// what a predecessor mangled, or what must never be blocked.
std::vector<std::string> never_sent(const ListRun& run, const core::Protection& protection) {
    std::vector<std::string> spellings;
    std::set<std::string_view> seen{run.plan.placeholder};
    for (const auto& entry : run.plan.became_ours) seen.insert(entry.canonical);
    for (const auto& entry : run.state.entries) {
        if (!seen.insert(entry.canonical).second) continue;
        if (verdict_on(*run.job, entry.canonical, protection)) spellings.push_back(entry.spelling);
    }
    return spellings;
}

}  // namespace

std::optional<core::Verdict> verdict_on(const ListJob& job, const std::string& entry,
                                        const core::Protection& protection) {
    const auto& rules = job.rules;
    const auto entity = job.target.kind == core::TargetKind::ipv4_group ? core::EntityType::ip : core::EntityType::url;
    core::Canonical canonical;
    const bool is_dotted = entry.starts_with('.');
    core::canonicalise(is_dotted ? core::EntityType::domain : entity, entry, canonical);
    if (!canonical.is_entry) return core::Verdict{core::Reason::not_an_indicator, {}};
    return core::judge(canonical, {job.target.kind, rules.min_prefix, rules.permit_reserved}, protection);
}

void note_feed_trouble(ListRun& run, std::span<const FeedSnapshot> snapshots) {
    for (const auto index : run.job->feeds) {
        const auto& feed = snapshots[index].report;
        run.report.feeds.push_back(feed.feed);
        if (feed.outcome != Outcome::stale && feed.outcome != Outcome::frozen && feed.outcome != Outcome::interrupted) {
            continue;
        }
        run.report.outcome = core::worse(run.report.outcome, feed.outcome);
        if (!run.job->continues) run.report.warnings.push_back(fmt::format("[{}] {}", feed.feed, feed.message));
    }
}

std::string sentence_on(const Pause& pause, const std::string& list) {
    const auto state =
        pause.back_to.empty()
            ? fmt::format("paused until {} by {}{}", to_readable_utc(pause.until.value_or(Time{})),
                          printable(pause.who), pause.since == Time{} ? "" : ", " + to_readable_utc(pause.since))
            : fmt::format("rolled back to {} by {}, {}", printable(pause.back_to), printable(pause.who),
                          to_readable_utc(pause.since));
    const auto unfinished =
        pause.is_unfinished
            ? fmt::format(
                  " (not finished: the list has only a part of it. 'cordon rollback {} --list \"{}\" --yes' "
                  "goes on with that)",
                  printable(pause.back_to), list)
            : std::string{};
    return fmt::format("{}{}{}: nothing comes onto it and nothing goes off it; 'cordon resume \"{}\"' ends that", state,
                       pause.because.empty() ? "" : fmt::format(" ({})", printable(pause.because, 200)), unfinished,
                       list);
}

void tell_of_other_side(ListRun& run, core::Side wanted) {
    if (!core::has_sides(run.job->target.kind) || run.job->retain_parent == RetainParent::automatic) return;
    if (run.job->policy.lookup.classifies) return;  // the side is decided entry by entry
    const auto is_left_behind = [&](const core::PresentEntry& entry) {
        const auto* ours = core::find_ours(run.ledger, entry.canonical);
        return entry.side != wanted && ours != nullptr && ours->side == entry.side;
    };
    const auto count = std::count_if(run.state.entries.begin(), run.state.entries.end(), is_left_behind);
    if (count == 0) return;
    run.report.warnings.push_back(
        fmt::format("retain_parent_category is {}, but {} of our entries still lie on the other side of the category "
                    "and stay there; "
                    "this moves them: cordon move \"{}\"",
                    run.job->retain_parent == RetainParent::yes ? "true" : "false",
                    with_thousands(static_cast<std::uint64_t>(count)), run.plan.list));
}

void take_foreign_placeholders(ListRun& run, core::AdoptRule adopt) {
    if (run.ledger.is_known || adopt == core::AdoptRule::none) return;
    for (const auto& known : run.job->foreign_placeholders) {
        const auto is_it = [&](const core::PresentEntry& entry) { return entry.canonical == known; };
        const auto there = std::find_if(run.state.entries.begin(), run.state.entries.end(), is_it);
        if (there == run.state.entries.end() || core::find_ours(run.ledger, known) != nullptr) continue;
        run.ledger.ours.push_back({known, core::LedgerMark::intended, there->side, 0});
        run.foreign_placeholders.push_back(known);
    }
    std::sort(run.ledger.ours.begin(), run.ledger.ours.end(),
              [](const core::LedgerEntry& a, const core::LedgerEntry& b) { return a.canonical < b.canonical; });
}

void tell_of_drift(ListRun& run) {
    run.report.outcome = core::worse(run.report.outcome, Outcome::partial);
    run.report.message += run.report.message.empty() ? "" : "; ";
    run.report.message +=
        fmt::format("another program or person changed this list: {} of our entries were gone; {}",
                    with_thousands(run.plan.vanished),
                    run.is_frozen ? "they stay out while its feeds fail or it is paused" : "they are put back");
}

void describe_first_sight(ListRun& run, const core::Protection& protection, bool is_adopting) {
    if (run.ledger.is_known || is_adopting || !run.state.exists || run.plan.counts.present == 0) return;
    const auto present = run.plan.counts.present;
    const auto foreign = run.plan.counts.foreign;
    if (run.job->target.kind == core::TargetKind::denylist) {
        run.report.warnings.push_back(fmt::format(
            "first run on a denylist that people or other programs fill: their {} entries stay theirs, also "
            "those that the feed has, and count against the cap",
            with_thousands(present)));
        return;
    }
    const auto& placeholders = run.foreign_placeholders;
    const auto strange = never_sent(run, protection);
    run.report.warnings.push_back(fmt::format(
        "first run on an existing list: {} present, {} of them in the feed (now Cordon's), {} not (they stay and count "
        "against the cap; {} of these are entries that Cordon's rules would never send{}). If a predecessor put them "
        "there, take them over with: cordon adopt \"{}\"",
        with_thousands(present), with_thousands(present - foreign - placeholders.size()), with_thousands(foreign),
        with_thousands(strange.size()), strange.empty() ? "" : ": " + name_first(strange), run.plan.list));
    if (placeholders.empty()) return;
    run.report.warnings.push_back(fmt::format(
        "{} goes: a predecessor put it there to keep the category from being empty", join(placeholders, ", ")));
}

Result<void> warn_of_unconfigured_lists(std::span<const ListJob> jobs, store::Store& store, core::RunReport& report) {
    CORDON_TRY_ASSIGN(const auto known, store.known_lists());
    for (const auto& list : known) {
        const auto keeps_it = [&](const ListJob& job) { return job.target.list == list; };
        if (std::any_of(jobs.begin(), jobs.end(), keeps_it)) continue;
        CORDON_TRY_ASSIGN(const auto ledger, store.ledger(list));
        if (ledger.ours.empty()) continue;
        report.warnings.push_back(
            fmt::format("list '{}' is no longer configured; its {} entries stay as they are until "
                        "'cordon retire \"{}\"' takes them out",
                        list, with_thousands(ledger.ours.size()), list));
    }
    return {};
}

std::string forbidden_entry(const ListRun& run, const core::Protection& protection,
                            const core::Assertions& assertions) {
    const auto broken = core::broken_never_block(assertions, run.plan.target, run.plan.keeps);
    if (!broken.empty()) {
        return fmt::format("'{}' ('{}' of [assert])", printable(broken.front().entry, 200), broken.front().assertion);
    }
    for (const auto& entry : run.plan.keeps) {
        if (entry == run.plan.placeholder) continue;
        const auto verdict = verdict_on(*run.job, entry, protection);
        const bool is_forbidden =
            verdict && (verdict->reason == core::Reason::never || verdict->reason == core::Reason::lock_out);
        if (is_forbidden) return fmt::format("'{}' ({})", printable(entry, 200), printable(verdict->detail, 200));
    }
    return {};
}

}  // namespace cordon::engine
