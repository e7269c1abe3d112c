#include "engine/unblocked.hpp"

#include <deque>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/name_first.hpp"
#include "core/canonical.hpp"
#include "core/plan_frozen.hpp"
#include "engine/by_hand.hpp"
#include "engine/overrides.hpp"

namespace cordon::engine {
namespace {

void tell_of_unblocked(ListRun& run, const core::ListPlan& plan) {
    const std::set<std::string> gone(plan.removals_canonical.begin(), plan.removals_canonical.end());
    run.report.warnings.push_back(fmt::format("what operators unblocked goes off it all the same: {}",
                                              name_first(std::vector<std::string>(gone.begin(), gone.end()))));
}

/// What the plan takes off of what blocks wanted there that are over.
Result<std::set<std::string>> entries_of_ended_blocks(const core::ListPlan& plan, const ListJob& job,
                                                      const Ports& ports) {
    CORDON_TRY_ASSIGN(const auto said, ports.store.overrides());
    const std::set<std::string_view> removed(plan.removals_canonical.begin(), plan.removals_canonical.end());
    const auto nothing = core::ProtectionBuilder().build();
    std::set<std::string> entries;
    for (const auto& one : said) {
        if (one.is_in_force(ports.clock.now())) continue;
        std::deque<core::IndicatorSet> kept;
        std::vector<core::FeedPart> parts;
        add_operator_parts(job.first_list, std::span(&one, 1), kept, parts);
        if (parts.empty()) continue;
        core::NoRejectSink nobody;
        const auto wanted = core::build_desired(parts, job.rules, nothing, nobody);
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            if (removed.contains(wanted[i].text)) entries.emplace(wanted[i].text);
        }
    }
    return entries;
}

/// What a feed named lately may go because that feed lost it.
Result<void> leave_out_what_feeds_named(std::set<std::string>& entries, const ListJob& job,
                                        std::span<const FeedSection> sections, store::Store& store) {
    core::Canonical canonical;
    for (const auto index : job.feeds) {
        if (entries.empty()) return {};
        const auto& feed = *sections[index].feed;
        CORDON_TRY_ASSIGN(const auto snapshots, store.snapshots(feed.name()));
        for (const auto& snapshot : snapshots) {
            const auto indicators = store.load_snapshot(snapshot);
            if (!indicators) {
                entries.clear();  // nobody knows what it named
                return {};
            }
            for (std::size_t i = 0; i < indicators->size(); ++i) {
                core::canonicalise(feed.entity(), (*indicators)[i].value, canonical);
                if (!canonical.is_entry) continue;
                entries.erase(canonical.text);
                entries.erase("." + canonical.text);
            }
        }
    }
    return {};
}

}  // namespace

core::ListPlan plan_standstill(const ListRun& run, const core::ListPolicy& policy, const Ports& ports) {
    const core::Unblocked unblocked(ports.overrides);
    const auto target = run.job->target.kind;
    return core::plan_frozen(run.job->target.list, target, run.state, run.ledger, policy, ports.clock.now(),
                             [&](std::string_view canonical) { return unblocked.is_blocked_by(target, canonical); });
}

Result<std::uint64_t> count_operators_removals(const core::ListPlan& plan, const ListJob& job,
                                               std::span<const FeedSection> sections, const Ports& ports) {
    const core::Unblocked unblocked(ports.overrides);
    CORDON_TRY_ASSIGN(auto ended, entries_of_ended_blocks(plan, job, ports));
    CORDON_TRY(leave_out_what_feeds_named(ended, job, sections, ports.store));
    std::set<std::string_view> gone;
    for (const auto& canonical : plan.removals_canonical) {
        if (canonical == plan.placeholder) continue;
        if (ended.contains(canonical) || unblocked.is_blocked_by(plan.target, canonical)) gone.insert(canonical);
    }
    return gone.size();
}

void plan_unblocking(std::vector<ListRun>& runs, const Ports& ports) {
    for (auto& run : runs) {
        if (run.is_frozen && run.may_be_applied() && run.plan.writes()) tell_of_unblocked(run, run.plan);
        if (run.report.outcome != core::Outcome::stopped || !run.ledger.is_known) continue;
        auto plan = plan_standstill(run, policy_of(*run.job, run.state, ports.gateway), ports);
        if (!plan.writes()) continue;
        tell_of_unblocked(run, plan);
        run.unblocking = std::move(plan);
    }
}

Result<void> unblock_on_stopped(ListRun& run, Audit& audit, const Ports& ports, const std::stop_token& stop) {
    ListRun own = run;
    own.plan = *run.unblocking;
    own.addition_feeds.assign(own.plan.additions.size(), {});
    own.is_frozen = true;
    audit.take_what_was_seen(own);
    auto settled = apply_and_settle(own, ports, stop);
    const auto counts = std::exchange(run.report, std::move(own.report)).counts;
    run.report.counts = counts;
    run.is_carried_out = true;
    report_pending(run, {}, {}, ports.rejected);
    return settled;
}

}  // namespace cordon::engine
