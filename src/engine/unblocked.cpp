#include "engine/unblocked.hpp"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/name_first.hpp"
#include "core/plan_frozen.hpp"
#include "engine/by_hand.hpp"

namespace cordon::engine {
namespace {

void tell_of_unblocked(ListRun& run, const core::ListPlan& plan) {
    const std::set<std::string> gone(plan.removals_canonical.begin(), plan.removals_canonical.end());
    run.report.warnings.push_back(fmt::format("what operators unblocked goes off it all the same: {}",
                                              name_first(std::vector<std::string>(gone.begin(), gone.end()))));
}

}  // namespace

core::ListPlan plan_standstill(const ListRun& run, const core::ListPolicy& policy, const Ports& ports) {
    const core::Unblocked unblocked(ports.overrides);
    const auto target = run.job->target.kind;
    return core::plan_frozen(run.job->target.list, target, run.state, run.ledger, policy, ports.clock.now(),
                             [&](std::string_view canonical) { return unblocked.is_blocked_by(target, canonical); });
}

std::uint64_t count_unblocked(const core::ListPlan& plan, std::span<const core::Override> overrides) {
    const core::Unblocked unblocked(overrides);
    std::set<std::string_view> gone;
    for (const auto& canonical : plan.removals_canonical) {
        if (canonical != plan.placeholder && unblocked.is_blocked_by(plan.target, canonical)) gone.insert(canonical);
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
