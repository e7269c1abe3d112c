// Desired, plan and guard for one list.

#include <algorithm>
#include <deque>
#include <set>
#include <unordered_map>

#include <fmt/format.h>

#include "base/text.hpp"
#include "core/canonical.hpp"
#include "core/verdict.hpp"
#include "engine/list_run.hpp"

namespace cordon::engine {
namespace {

using core::GuardRule;
using core::Outcome;

bool is_ours(const core::ListLedger& ledger, std::string_view canonical) {
    const auto at = std::lower_bound(
        ledger.ours.begin(), ledger.ours.end(), canonical,
        [](const core::LedgerEntry& entry, std::string_view text) { return entry.canonical < text; });
    return at != ledger.ours.end() && at->canonical == canonical;
}

/// The part of an old snapshot that we have on the list already: it stays, nothing new comes from it.
core::IndicatorSet only_what_is_ours(const core::IndicatorSet& indicators, core::EntityType entity,
                                     const core::ListLedger& ledger) {
    core::IndicatorSet kept;
    core::Canonical canonical;
    for (std::size_t i = 0; i < indicators.size(); ++i) {
        core::canonicalise(entity, indicators[i].value, canonical);
        const bool stays = canonical.is_entry &&
                           (is_ours(ledger, canonical.text) || is_ours(ledger, "." + canonical.text));
        if (stays) kept.append(indicators[i]);
    }
    return kept;
}

/// What flows into one list in this run. Owns the cut-down snapshots.
struct Inflow {
    std::vector<core::FeedPart> parts;
    std::deque<core::IndicatorSet> cut_down;
    bool has_current_feed = false;
    bool has_unknown_part = false;  ///< what a feed put there cannot be told: removing would be a guess

    [[nodiscard]] bool is_enough_to_plan() const noexcept { return has_current_feed && !has_unknown_part; }
};

Result<Inflow> inflow_of(const ListJob& job, const core::ListLedger& ledger, bool list_exists,
                         std::span<const FeedSection> sections, std::span<const FeedSnapshot> snapshots,
                         store::Store& store, core::ListReport& report) {
    Inflow inflow;
    const auto add_part = [&](const std::string& feed, core::EntityType entity, int default_risk,
                              const core::IndicatorSet& indicators) {
        core::FeedPart part;
        part.feed = feed;
        part.indicators = &indicators;
        part.default_risk = default_risk;
        part.entity = entity;
        inflow.parts.push_back(std::move(part));
    };
    const auto add_old_part = [&](const std::string& feed, core::EntityType entity, int default_risk,
                                  const core::IndicatorSet& indicators) {
        inflow.cut_down.push_back(only_what_is_ours(indicators, entity, ledger));
        add_part(feed, entity, default_risk, inflow.cut_down.back());
    };
    CORDON_TRY_ASSIGN(const auto note_text, store.list_note(job.target.list));
    const auto note = list_note_from_json(note_text);
    const auto has_fed = [&](const std::string& name) {
        return note && std::any_of(note->feeds.begin(), note->feeds.end(),
                                   [&](const auto& known) { return known.first == name; });
    };
    for (const auto index : job.feeds) {
        const auto& snapshot = snapshots[index];
        const auto& feed = *sections[index].feed;
        if (snapshot.is_expired) {
            // On a list that others filled, ownership cannot be decided without this feed.
            const bool decides_ownership = !ledger.is_known && list_exists;
            const bool is_unknown = decides_ownership || (snapshot.indicators.empty() && has_fed(feed.name()));
            inflow.has_unknown_part = inflow.has_unknown_part || is_unknown;
            add_old_part(feed.name(), feed.entity(), feed.default_risk(), snapshot.indicators);
        } else {
            inflow.has_current_feed = true;
            add_part(feed.name(), feed.entity(), feed.default_risk(), snapshot.indicators);
        }
    }
    // A section that is switched off, renamed or gone: its entries stay until they are retired.
    if (!note) return inflow;
    for (const auto& [name, entity] : note->feeds) {
        const auto is_configured = std::any_of(job.feeds.begin(), job.feeds.end(), [&, wanted = &name](std::size_t i) {
            return sections[i].feed->name() == *wanted;
        });
        if (is_configured) continue;
        const auto old = last_good_snapshot(name, store);
        if (old) {
            add_old_part(name, entity, core::FeedPart{}.default_risk, *old);
        } else {
            inflow.has_unknown_part = true;
            report.warnings.push_back(old.error().message);
        }
        report.warnings.push_back(
            fmt::format("[{}] no longer feeds this list; what it put there stays until 'cordon retire \"{}\" --feed {}'",
                        name, job.target.list, name));
    }
    return inflow;
}

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
        if (ours.contains(text) || is_ours(run.ledger, text)) kept.push_back(text);
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

/// The sections that the additions come from; see ListRun::addition_feeds.
std::vector<std::string> feeds_of_additions(const core::ListPlan& plan, const core::DesiredSet& desired) {
    std::unordered_map<std::string_view, std::uint16_t> feed_of;
    if (!plan.additions.empty()) {
        for (std::size_t i = 0; i < desired.size(); ++i) feed_of.emplace(desired[i].text, desired[i].feed);
    }
    std::vector<std::string> feeds;
    for (const auto& addition : plan.additions) {
        const auto found = feed_of.find(addition.text);
        feeds.emplace_back(found == feed_of.end() ? std::string_view{} : desired.feed_name(found->second));
    }
    return feeds;
}

/// Entries of others that an assertion forbids are not ours to take out.
void warn_of_foreign_breaches(ListRun& run, const core::Assertions& assertions) {
    const auto ours = ours_after(run);
    for (const auto& breach : core::broken_never_block(assertions, run.plan.target, run.plan.keeps)) {
        if (std::binary_search(ours.begin(), ours.end(), breach.entry)) continue;
        run.report.warnings.push_back(fmt::format("somebody else's entry '{}' breaks '{}' of [assert]; Cordon does not "
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
    if (auto stop = core::check_plan(run.plan, options.guard, is_first_fill, desired_is_empty, waiver)) return stop;
    const auto broken = core::broken_never_block(ports.assertions, run.plan.target, ours_after(run));
    if (broken.empty()) return std::nullopt;
    const auto& entry = broken.front().entry;
    return core::GuardStop{GuardRule::assertion, fmt::format("list '{}'", run.plan.list),
                           fmt::format("'{}' of [assert] would be broken by the entry '{}'{}; add it to [allow] never or "
                                       "change the assertion",
                                       broken.front().assertion, printable(entry), from_feed(run, entry))};
}

/// How to let a stopped plan through once; empty for rules that nobody may waive.
std::string way_through(const core::GuardStop& stop, const core::ListPlan& plan, bool was_asked_for,
                        bool is_adopting) {
    const char* flag = stop.rule == GuardRule::removals ? "--allow-removals"
                       : stop.rule == GuardRule::growth ? "--allow-growth"
                                                        : nullptr;
    if (flag == nullptr) return {};
    const std::string changed = was_asked_for ? "; this is not the plan that was stopped before, so look at it again" : "";
    const auto command = is_adopting ? fmt::format("adopt \"{}\" --yes", plan.list) : std::string("run");
    return fmt::format("{}. If this is right, let exactly this plan through once: cordon {} {} \"{}\" --plan {}", changed,
                       command, flag, plan.list, plan.digest.substr(0, k_least_digest_digits));
}

Result<void> guard(ListRun& run, bool desired_is_empty, std::span<const FeedSnapshot> snapshots, const Ports& ports,
                   const RunOptions& options) {
    CORDON_TRY_ASSIGN(const auto recorded, ports.store.guard_stop(run.plan.list));
    const auto waiver = waiver_for(run.plan, recorded, options);
    const auto stop = stop_of(run, desired_is_empty, snapshots, waiver, ports, options);
    if (!stop) {
        for (const auto index : run.job->feeds) {
            if (snapshots[index].stop) run.suspicious_feeds.push_back(index);
        }
        return {};
    }
    const bool was_asked_for = (stop->rule == GuardRule::removals && options.allow_removals.contains(run.plan.list)) ||
                               (stop->rule == GuardRule::growth && options.allow_growth.contains(run.plan.list));
    run.report.outcome = Outcome::stopped;
    run.report.message = stop->message + way_through(*stop, run.plan, was_asked_for, options.adopt == run.plan.list);
    return {};
}

/// How many entries of others our rules would never send: what a predecessor mangled, or what must never
/// be blocked.
std::uint64_t never_sent(const ListRun& run, const core::Protection& protection) {
    const auto& rules = run.job->rules;
    const auto entity = run.job->target.kind == core::TargetKind::ipv4_group ? core::EntityType::ip : core::EntityType::url;
    std::uint64_t count = 0;
    core::Canonical canonical;
    std::set<std::string_view> ours;
    for (const auto& entry : run.plan.became_ours) ours.insert(entry.canonical);
    for (const auto& entry : run.state.entries) {
        if (ours.contains(entry.canonical)) continue;
        const bool is_dotted = entry.canonical.starts_with('.');
        core::canonicalise(is_dotted ? core::EntityType::domain : entity, entry.canonical, canonical);
        const bool passes = canonical.is_entry &&
                            !core::judge(canonical, {run.job->target.kind, rules.min_prefix, rules.permit_reserved}, protection);
        if (!passes) ++count;
    }
    return count;
}

/// What the first run on an existing list found.
void describe_first_sight(ListRun& run, const core::Protection& protection, bool is_adopting) {
    if (run.ledger.is_known || is_adopting || !run.state.exists || run.plan.counts.present == 0) return;
    const auto present = run.plan.counts.present;
    const auto foreign = run.plan.counts.foreign;
    run.report.warnings.push_back(fmt::format(
        "first run on an existing list: {} present, {} of them in the feed (now Cordon's), {} not (they stay and count "
        "against the cap; {} of these are entries that Cordon's rules would never send). If a predecessor put them "
        "there, take them over with: cordon adopt \"{}\"",
        with_thousands(present), with_thousands(present - foreign), with_thousands(foreign),
        with_thousands(never_sent(run, protection)), run.plan.list));
}

}  // namespace

Result<ListRun> plan_and_guard(const ListJob& job, core::ListState state, std::span<const FeedSection> sections,
                               std::span<const FeedSnapshot> snapshots, core::Room& room, const Ports& ports,
                               const RunOptions& options) {
    ListRun run;
    run.job = &job;
    run.state = std::move(state);
    run.report.list = job.target.list;
    run.report.target = job.target.kind;
    run.report.object_id = run.state.object_id;
    CORDON_TRY_ASSIGN(run.ledger, ports.store.ledger(job.target.list));

    auto policy = job.policy;
    policy.placeholder = ports.gateway.placeholder(job.target.kind);
    policy.new_entries = job.target.kind == core::TargetKind::url_category
                             ? side_of_new_entries(job.retain_parent, run.state)
                             : core::Side::plain;
    const bool is_adopting = options.adopt == job.target.list;
    if (is_adopting) {
        run.ledger.is_known = false;
        policy.adopt = core::AdoptRule::all;
    }

    note_feed_trouble(run, snapshots);
    CORDON_TRY_ASSIGN(const auto inflow, inflow_of(job, run.ledger, run.state.exists, sections, snapshots, ports.store,
                                             run.report));
    ports.rejected.begin_list(job.target.list);
    const auto plan_with = [&](const core::DesiredSet* desired) {
        return core::plan_list(job.target.list, job.target.kind, desired, run.state, run.ledger, policy, room,
                               ports.clock.now(), ports.rejected);
    };
    if (inflow.is_enough_to_plan()) {
        const auto desired = core::build_desired(inflow.parts, job.rules, ports.protection, ports.rejected);
        const auto room_before = room;
        run.plan = plan_with(&desired);
        run.addition_feeds = feeds_of_additions(run.plan, desired);
        CORDON_TRY(guard(run, desired.empty(), snapshots, ports, options));
        warn_of_foreign_breaches(run, ports.assertions);
        if (!run.may_be_applied()) room = room_before;  // a stopped list takes nothing from the next
    } else {
        run.is_frozen = true;
        run.plan = plan_with(nullptr);
    }
    run.report.counts = run.plan.counts;
    run.report.digest = run.plan.digest;
    describe_first_sight(run, ports.protection, is_adopting);
    return run;
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
    const auto unmet_before = unmet_by([&](const ListRun& run) { return &present[static_cast<std::size_t>(&run - runs.data())]; });
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
