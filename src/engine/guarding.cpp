// What can stop a plan: the guard's rules, with what the operator waived, and the assertions.

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text.hpp"
#include "engine/list_run.hpp"

namespace cordon::engine {
namespace {

using core::GuardRule;
using core::Outcome;

/// Which guard rules the operator waived for exactly this plan: the one with the reviewed digest, or the one
/// that was stopped last (a reviewed digest that is neither stops the run later).
core::GuardWaiver waiver_for(const core::ListPlan& plan, const std::optional<store::GuardStopRecord>& recorded,
                             const RunOptions& options) {
    const bool is_reviewed = options.reviewed_digest && is_digest_of(*options.reviewed_digest, plan.digest);
    const bool is_it = is_reviewed || (recorded && recorded->digest == plan.digest);
    core::GuardWaiver waiver;
    if (!is_it) return waiver;
    waiver.removals = options.allow_removals.contains(plan.list);
    waiver.growth = options.allow_growth.contains(plan.list);
    return waiver;
}

bool is_waived(GuardRule rule, core::GuardWaiver waiver) {
    return (rule == GuardRule::removals && waiver.removals) || (rule == GuardRule::growth && waiver.growth);
}

/// What the list would hold of ours once the plan is applied, ascending.
std::vector<std::string> ours_after(const ListRun& run) {
    std::set<std::string_view> ours;
    for (const auto& addition : run.plan.additions) ours.insert(addition.text);
    for (const auto& entry : run.plan.became_ours) ours.insert(entry.canonical);
    std::vector<std::string> kept;
    for (const auto& text : run.plan.keeps) {
        if (ours.contains(text) || core::find_ours(run.ledger, text) != nullptr) kept.push_back(text);
    }
    return kept;
}

/// " of [section]" for an entry that is to be added.
std::string from_feed(const ListRun& run, std::string_view entry) {
    for (std::size_t i = 0; i < run.plan.additions.size(); ++i) {
        if (run.plan.additions[i].text == entry) return fmt::format(" of [{}]", run.addition_feeds[i]);
    }
    return {};
}

/// Entries of others that an assertion forbids are not ours to take out.
void warn_of_foreign_breaches(ListRun& run, const core::Assertions& assertions) {
    const auto ours = ours_after(run);
    for (const auto& breach : core::broken_never_block(assertions, run.plan.target, run.plan.keeps)) {
        if (std::binary_search(ours.begin(), ours.end(), breach.entry)) continue;
        run.report.warnings.push_back(
            fmt::format("somebody else's entry '{}' breaks '{}' of [assert]; Cordon does not "
                        "take it out",
                        printable(breach.entry), breach.assertion));
    }
}

/// The first thing that stops this plan.
std::optional<core::GuardStop> stop_of(const ListRun& run, bool desired_is_empty,
                                       std::span<const FeedSnapshot> snapshots, core::GuardWaiver waiver,
                                       const Ports& ports, const RunOptions& options) {
    for (const auto index : run.job->feeds) {
        const auto& stop = snapshots[index].stop;
        if (stop && !is_waived(stop->rule, waiver)) return stop;
    }
    const bool is_first_fill = !run.ledger.filled_at.has_value();
    // A predecessor's placeholder protects nobody, however large a share of what is ours it is.
    waiver.removals = waiver.removals || run.plan.counts.to_remove <= run.foreign_placeholders.size();
    if (auto stop = core::check_plan(run.plan, options.guard, is_first_fill, desired_is_empty, waiver)) return stop;
    const auto broken = core::broken_never_block(ports.assertions, run.plan.target, ours_after(run));
    if (broken.empty()) return std::nullopt;
    const auto& entry = broken.front().entry;
    return core::GuardStop{
        GuardRule::assertion, fmt::format("list '{}'", run.plan.list),
        fmt::format("'{}' of [assert] would be broken by the entry '{}'{}; add it to [allow] never or "
                    "change the assertion",
                    broken.front().assertion, printable(entry), from_feed(run, entry))};
}

/// How to let a stopped plan through once; empty for rules that nobody may waive.
std::string way_through(const core::GuardStop& stop, const core::ListPlan& plan, bool was_asked_for,
                        const RunOptions& options) {
    const char* flag = stop.rule == GuardRule::removals ? "--allow-removals"
                       : stop.rule == GuardRule::growth ? "--allow-growth"
                                                        : nullptr;
    if (flag == nullptr) return {};
    const std::string changed =
        was_asked_for ? "; this is not the plan that was stopped before, so look at it again" : "";
    const auto command = options.adopt == plan.list ? fmt::format("adopt \"{}\" --yes", plan.list) : std::string("run");
    return fmt::format("{}. If this is right, let exactly this plan through once: cordon {} {} \"{}\" --plan {}{}",
                       changed, command, flag, plan.list, plan.digest.substr(0, k_least_digest_digits),
                       options.settings_flag);
}

}  // namespace

Result<void> guard_list(ListRun& run, bool desired_is_empty, std::span<const FeedSnapshot> snapshots,
                        const Ports& ports, const RunOptions& options) {
    CORDON_TRY_ASSIGN(const auto recorded, ports.store.guard_stop(run.plan.list));
    const auto waiver = waiver_for(run.plan, recorded, options);
    const auto stop = stop_of(run, desired_is_empty, snapshots, waiver, ports, options);
    warn_of_foreign_breaches(run, ports.assertions);
    if (!stop) {
        for (const auto index : run.job->feeds) {
            if (snapshots[index].stop) run.suspicious_feeds.push_back(index);
        }
        return {};
    }
    const bool was_asked_for = (stop->rule == GuardRule::removals && options.allow_removals.contains(run.plan.list)) ||
                               (stop->rule == GuardRule::growth && options.allow_growth.contains(run.plan.list));
    run.report.outcome = Outcome::stopped;
    run.report.message = stop->message + way_through(*stop, run.plan, was_asked_for, options);
    return {};
}

std::vector<std::string> guard_must_block(std::vector<ListRun>& runs, const core::Assertions& assertions) {
    if (assertions.must_block.empty()) return {};
    const auto unmet_by = [&](const auto& entries_of) {
        std::vector<const std::vector<std::string>*> categories;
        std::vector<const std::vector<std::string>*> groups;
        for (const auto& run : runs) {
            auto& side = run.plan.target == core::TargetKind::url_category ? categories : groups;
            side.push_back(entries_of(run));
        }
        return core::unmet_must_block(assertions, categories, groups);
    };
    const auto unmet = unmet_by([](const ListRun& run) { return &run.plan.keeps; });
    if (unmet.empty()) return {};

    std::vector<std::vector<std::string>> present;
    for (const auto& run : runs) {
        auto& entries = present.emplace_back();
        for (const auto& entry : run.state.entries) entries.push_back(entry.canonical);
    }
    const auto unmet_before =
        unmet_by([&](const ListRun& run) { return &present[static_cast<std::size_t>(&run - runs.data())]; });
    for (const auto& assertion : unmet) {
        const bool was_met = std::find(unmet_before.begin(), unmet_before.end(), assertion) == unmet_before.end();
        if (!was_met) continue;
        for (auto& run : runs) {
            if (run.plan.removals.empty() || !run.may_be_applied()) continue;
            run.report.outcome = Outcome::stopped;
            run.report.message = fmt::format("'{}' of [assert] holds now and would not after this plan", assertion);
        }
    }
    return unmet;
}

}  // namespace cordon::engine
