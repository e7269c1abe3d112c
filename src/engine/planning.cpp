// Desired and plan for one list.

#include <algorithm>
#include <set>
#include <unordered_map>

#include <fmt/format.h>

#include "base/name_first.hpp"
#include "base/text.hpp"
#include "core/canonical.hpp"
#include "core/verdict.hpp"
#include "engine/inflow.hpp"
#include "engine/list_run.hpp"

namespace cordon::engine {
namespace {

using core::Outcome;

/// The outcome that the list inherits from its feeds, before it has a plan.
void note_feed_trouble(ListRun& run, std::span<const FeedSnapshot> snapshots) {
    for (const auto index : run.job->feeds) {
        const auto& feed = snapshots[index].report;
        run.report.feeds.push_back(feed.feed);
        if (feed.outcome != Outcome::stale && feed.outcome != Outcome::frozen && feed.outcome != Outcome::interrupted) {
            continue;
        }
        run.report.outcome = core::worse(run.report.outcome, feed.outcome);
        run.report.warnings.push_back(fmt::format("[{}] {}", feed.feed, feed.message));
    }
}

/// The sections that additions and removals come from; see ListRun::addition_feeds and removal_feeds.
void note_feeds(ListRun& run, const core::DesiredSet& desired) {
    if (!run.plan.writes()) return;
    std::unordered_map<std::string_view, std::uint16_t> feed_of;
    for (std::size_t i = 0; i < desired.size(); ++i) feed_of.emplace(desired[i].text, desired[i].feed);
    const auto feed_name = [&](const std::string& canonical) {
        const auto found = feed_of.find(canonical);
        return found == feed_of.end() ? std::string{} : std::string(desired.feed_name(found->second));
    };
    for (const auto& addition : run.plan.additions) run.addition_feeds.push_back(feed_name(addition.text));
    for (const auto& removal : run.plan.removals_canonical) run.removal_feeds.push_back(feed_name(removal));
}

/// The entries of others that our rules would never send, as the gateway shows them, each once, in the list's order:
/// what a predecessor mangled, or what must never be blocked.
std::vector<std::string> never_sent(const ListRun& run, const core::Protection& protection) {
    const auto& rules = run.job->rules;
    const auto entity =
        run.job->target.kind == core::TargetKind::ipv4_group ? core::EntityType::ip : core::EntityType::url;
    std::vector<std::string> spellings;
    core::Canonical canonical;
    std::set<std::string_view> seen{run.plan.placeholder};
    for (const auto& entry : run.plan.became_ours) seen.insert(entry.canonical);
    for (const auto& entry : run.state.entries) {
        if (!seen.insert(entry.canonical).second) continue;
        const bool is_dotted = entry.canonical.starts_with('.');
        core::canonicalise(is_dotted ? core::EntityType::domain : entity, entry.canonical, canonical);
        const bool passes =
            canonical.is_entry &&
            !core::judge(canonical, {run.job->target.kind, rules.min_prefix, rules.permit_reserved}, protection);
        if (!passes) spellings.push_back(entry.spelling);
    }
    return spellings;
}

/// retain_parent_category was changed: what is ours stays on the side where it was put.
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

/// Makes a predecessor's placeholder ours before the plan: marked as intended, as whoever put it there did not say on
/// which side. The plan notes it as seen where the feed wants it, and removes it elsewhere.
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

/// What the first run on an existing list found.
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

}  // namespace

Result<ListRun> plan_and_guard(const ListJob& job, core::ListState state, std::span<const FeedSection> sections,
                               std::span<const FeedSnapshot> snapshots, core::Room& room, const Ports& ports,
                               const RunOptions& options, Lookups& lookups) {
    ListRun run;
    run.job = &job;
    run.state = std::move(state);
    run.report.list = job.target.list;
    run.report.target = job.target.kind;
    run.report.object_id = run.state.object_id;
    CORDON_TRY_ASSIGN(run.ledger, ports.store.ledger(job.target.list));

    auto policy = job.policy;
    policy.placeholder = ports.gateway.placeholder(job.target.kind);
    policy.new_entries =
        core::has_sides(job.target.kind) ? side_of_new_entries(job.retain_parent, run.state) : core::Side::plain;
    const bool is_adopting = options.adopt == job.target.list;
    if (is_adopting) {
        run.ledger.is_known = false;
        policy.adopt = core::AdoptRule::all;
    }

    note_feed_trouble(run, snapshots);
    run.is_first_sight_open =
        !run.ledger.is_known &&
        std::any_of(job.feeds.begin(), job.feeds.end(), [&](std::size_t i) { return snapshots[i].is_partial; });
    CORDON_TRY_ASSIGN(const auto inflow,
                      inflow_of(job, run.ledger, run.state.exists, sections, snapshots, ports.store, run.report));
    ports.rejected.begin_list(job.target.list);
    ListLookups looked_up;
    const auto plan_with = [&](const core::DesiredSet* desired) {
        return core::plan_list(job.target.list, job.target.kind, desired, run.state, run.ledger, policy, room,
                               ports.clock.now(), ports.rejected, looked_up.answers);
    };
    if (inflow.is_enough_to_plan()) {
        take_foreign_placeholders(run, policy.adopt);
        const auto desired = core::build_desired(inflow.parts, job.rules, ports.protection, ports.rejected);
        const auto need_of = [&](const core::Classifications& answers) {
            return core::lookups_needed(job.target.list, job.target.kind, desired, run.state, run.ledger, policy, room,
                                        ports.clock.now(), answers, ports.gateway.values_per_lookup());
        };
        CORDON_TRY_ASSIGN(looked_up, lookups.answers_for(need_of, job.lookup_ttl));
        const auto room_before = room;
        run.plan = plan_with(&desired);
        run.plan.lookups = looked_up.open;
        run.has_lookups_to_come = looked_up.is_cut_short;
        std::erase_if(run.foreign_placeholders, [&](const std::string& known) {
            return std::binary_search(run.plan.keeps.begin(), run.plan.keeps.end(), known);
        });
        note_feeds(run, desired);
        CORDON_TRY(guard_list(run, desired, snapshots, ports, options));
        if (!run.may_be_applied()) room = room_before;  // a stopped list takes nothing from the next
        report_lookups(looked_up, run.plan, lookups, run.report);
    } else {
        run.is_frozen = true;
        run.plan = plan_with(nullptr);
    }
    run.report.counts = run.plan.counts;
    run.report.there_now = run.plan.counts.present;
    run.report.digest = run.plan.digest;
    tell_of_other_side(run, policy.new_entries);
    if (!run.is_frozen) describe_first_sight(run, ports.protection, is_adopting);
    return run;
}

}  // namespace cordon::engine
