// Carrying out one list's plan, with the ledger one step ahead of the gateway.

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "core/bookkeeping.hpp"
#include "engine/list_run.hpp"

namespace cordon::engine {
namespace {

using core::Outcome;

/// What the read before the plan showed, without anything that the plan will do.
store::LedgerChange seen_change(const ListRun& run) {
    const auto& plan = run.plan;
    store::LedgerChange change;
    change.list = plan.list;
    change.mark_known = !run.is_first_sight_open;
    if (!run.is_frozen) change.object_id = run.state.object_id;  // a new id is drift until a plan puts it right
    change.put = plan.became_ours;
    change.put.insert(change.put.end(), plan.sightings.begin(), plan.sightings.end());
    change.erase = plan.forgotten;
    change.put_exceptions = plan.new_exceptions;
    change.erase_exceptions = plan.lapsed_exceptions;
    change.put_quarantine = plan.new_quarantine;
    change.erase_quarantine = plan.lapsed_quarantine;
    for (const auto& exception : plan.new_exceptions) change.erase.push_back(exception.canonical);
    for (const auto& refused : plan.new_quarantine) change.erase.push_back(refused.canonical);
    return change;
}

bool is_empty(const store::LedgerChange& change) {
    return change.put.empty() && change.erase.empty() && change.put_exceptions.empty() &&
           change.erase_exceptions.empty() && change.put_quarantine.empty() && change.erase_quarantine.empty();
}

/// Design rule 8: what will be ours is written down before it is sent.
store::LedgerChange intent_change(const ListRun& run) {
    auto change = seen_change(run);
    const auto intents = core::intents_of(run.plan, run.ledger);
    change.put.insert(change.put.end(), intents.begin(), intents.end());
    return change;
}

/// A first fill lasts over as many runs as its look-ups and its feeds' older indicators do, else the guard would take
/// its second hour for growth. What the gateway's answers never name must not keep it open for ever.
bool ends_first_fill(const ListRun& run) {
    return !run.ledger.filled_at && !run.has_lookups_to_come && !run.is_first_sight_open && !run.is_frozen;
}

bool contains(const std::vector<std::string>& sorted, std::string_view text) {
    return std::binary_search(sorted.begin(), sorted.end(), text);
}

/// The canonical texts of what the gateway shows now, ascending.
std::vector<std::string> shown_by(const gateways::Applied& applied) {
    std::vector<std::string> shown;
    for (const auto& entry : *applied.now_present) shown.push_back(entry.canonical);
    std::sort(shown.begin(), shown.end());
    return shown;
}

bool is_refused(const gateways::Applied& applied, std::string_view canonical) {
    return std::any_of(applied.refused.begin(), applied.refused.end(),
                       [&](const core::Exclusion& refused) { return refused.canonical == canonical; });
}

/// The additions that the gateway answered with success. Where nothing failed these are all that it did
/// not refuse, also those that it does not show: they count as a try.
std::vector<std::string> answered_additions(const ListRun& run, const gateways::Applied& applied) {
    if (applied.failure) return applied.added;
    std::vector<std::string> answered;
    for (const auto& addition : run.plan.additions) {
        if (!is_refused(applied, addition.text)) answered.push_back(addition.text);
    }
    return answered;
}

/// What is known once the gateway answered. Entries whose fate is not known keep their intent.
store::LedgerChange settled_change(const ListRun& run, const gateways::Applied& applied, Time now) {
    const auto answered = answered_additions(run, applied);
    auto outcome = core::outcome_of(run.plan, run.ledger, answered, applied.removed, applied.refused,
                                    applied.now_present ? &*applied.now_present : nullptr);
    store::LedgerChange change;
    change.list = run.plan.list;
    change.mark_known = !run.is_first_sight_open;
    if (!run.is_frozen) change.object_id = applied.object_id;
    change.put = std::move(outcome.put);
    change.erase = std::move(outcome.erase);
    change.put_quarantine = applied.refused;
    if (!applied.failure && ends_first_fill(run)) change.filled_at = now;  // one that broke off goes on
    return change;
}

/// How the list differs from what the plan promised; empty where it does not or is not known.
std::string difference(const ListRun& run, const gateways::Applied& applied) {
    if (!applied.now_present || applied.failure) return {};
    const auto shown = shown_by(applied);
    std::uint64_t missing = 0;
    std::uint64_t extra = 0;
    for (const auto& wanted : run.plan.keeps)
        missing += contains(shown, wanted) || is_refused(applied, wanted) ? 0U : 1U;
    for (const auto& text : shown) extra += contains(run.plan.keeps, text) ? 0U : 1U;
    if (missing == 0 && extra == 0) return {};
    return fmt::format(
        "the gateway answered success, but reading back shows {} planned entries missing and {} that "
        "nobody planned; the next run puts it right",
        with_thousands(missing), with_thousands(extra));
}

/// Entries of feeds; the placeholder is counted nowhere.
std::uint64_t count_of(const std::vector<std::string>& entries, const core::ListPlan& plan) {
    return entries.size() - (contains(entries, plan.placeholder) ? 1U : 0U);
}

void add_sentence(std::string& message, const std::string& sentence) {
    message += message.empty() ? sentence : "; " + sentence;
}

void take_into_report(ListRun& run, const gateways::Applied& applied) {
    auto& report = run.report;
    report.object_id = applied.object_id.empty() ? report.object_id : applied.object_id;
    report.created = applied.created;
    report.added = count_of(applied.added, run.plan);
    report.removed = run.removed_ahead + count_of(applied.removed, run.plan);
    report.warnings.insert(report.warnings.end(), applied.warnings.begin(), applied.warnings.end());
    report.counts = core::settle(run.plan, applied.added, applied.refused);
    report.there_now = applied.now_present ? core::distinct_entries(*applied.now_present, run.plan.placeholder)
                                           : run.plan.counts.present + report.added - report.removed;
    if (applied.failure) {
        const auto did_something = !applied.added.empty() || !applied.removed.empty();
        const auto ended = applied.failure->code == Code::cancelled ? Outcome::interrupted
                           : did_something                          ? Outcome::partial
                                                                    : Outcome::failed;
        report.outcome = core::worse(report.outcome, ended);
        add_sentence(report.message, applied.failure->message);
    } else if (const auto differs = difference(run, applied); !differs.empty()) {
        report.outcome = core::worse(report.outcome, Outcome::partial);
        add_sentence(report.message, differs);
    }
}

/// A debt that this list made is taken back where surely nothing of it arrived.
Result<void> settle_debt(bool was_owed, const gateways::Applied& applied, store::Store& store) {
    return was_owed || applied.wrote ? Result<void>{} : store.set_activation_owed(false);
}

}  // namespace

void log_late_changes(const ListRun& run, ChangeSink& log) {
    const auto was = [&](std::string_view canonical, core::LedgerMark mark) {
        const auto* entry = core::find_ours(run.ledger, canonical);
        return entry != nullptr && entry->mark == mark && entry->tries == 0 && canonical != run.plan.placeholder;
    };
    std::vector<std::string> arrived, gone;
    for (const auto& sighting : run.plan.sightings) {
        const bool is_there = sighting.mark == core::LedgerMark::seen;
        if (is_there && was(sighting.canonical, core::LedgerMark::intended)) arrived.push_back(sighting.canonical);
    }
    for (const auto& canonical : run.plan.forgotten) {
        if (was(canonical, core::LedgerMark::leaving)) gone.push_back(canonical);
    }
    if (!arrived.empty() || !gone.empty()) log.take(run.plan.list, arrived, gone);
}

Result<void> note_what_was_seen(const ListRun& run, store::Store& store, Time now) {
    auto change = seen_change(run);
    if (!run.plan.became_ours.empty() && ends_first_fill(run)) change.filled_at = now;
    const bool is_news = !is_empty(change) || !run.ledger.is_known || run.ledger.object_id != run.state.object_id;
    if (!is_news || !run.state.exists || (run.is_frozen && !run.ledger.is_known)) return {};
    return store.change(change);
}

Result<void> keep_rollback_point(const ListRun& run, store::Store& store, Time now) {
    core::IndicatorSet before;
    for (const auto& entry : run.state.entries) {
        core::Indicator indicator;
        indicator.value = entry.spelling;
        before.append(indicator);
    }
    if (before.empty()) return {};
    store::Snapshot snapshot;
    snapshot.feed = "before adopt: " + run.plan.list;
    snapshot.fetched_at = now;
    snapshot.confirmed_at = now;
    snapshot.indicators = before.size();
    return store.save_snapshot(snapshot, before);
}

void report_pending(const ListRun& run, std::span<const std::string> added, std::span<const core::Exclusion> refused,
                    RejectedValues& rejected) {
    rejected.begin_list(run.plan.list);
    const auto& why = run.report.message;
    for (std::size_t i = 0; i < run.plan.additions.size(); ++i) {
        const auto& text = run.plan.additions[i].text;
        if (text == run.plan.placeholder || std::binary_search(added.begin(), added.end(), text)) continue;
        const auto& feed = run.addition_feeds.at(i);
        const auto exclusion = std::find_if(refused.begin(), refused.end(),
                                            [&](const core::Exclusion& entry) { return entry.canonical == text; });
        if (exclusion != refused.end()) {
            rejected.take(text, core::Reason::quarantined, feed, exclusion->because);
        } else {
            rejected.take(text, core::Reason::pending, feed, why);
        }
    }
}

Result<void> apply_and_settle(ListRun& run, const Ports& ports, const std::stop_token& stop) {
    CORDON_TRY(ports.store.change(intent_change(run)));
    CORDON_TRY_ASSIGN(const bool was_owed, ports.store.is_activation_owed());
    CORDON_TRY(ports.store.set_activation_owed(true));
    const auto applied = ports.gateway.apply(run.job->target, run.plan, run.state, ports.clock.now(), stop);
    take_into_report(run, applied);
    if (ports.changes != nullptr) ports.changes->take(run.plan.list, applied.added, applied.removed);
    report_pending(run, applied.added, applied.refused, ports.rejected);
    CORDON_TRY(ports.store.change(settled_change(run, applied, ports.clock.now())));
    return settle_debt(was_owed, applied, ports.store);
}

bool can_remove_ahead(const ListRun& run) {
    const auto& plan = run.plan;
    if (plan.additions.empty() || plan.removals.empty() || !run.ledger.filled_at) return false;
    return core::shares_url_quota(plan.target) && plan.keeps.size() > plan.additions.size();
}

Result<bool> remove_ahead(ListRun& run, const Ports& ports, const std::stop_token& stop) {
    ListRun ahead = run;
    const auto outcome_before = run.report.outcome;
    std::vector<std::string> added;
    for (const auto& addition : run.plan.additions) added.push_back(addition.text);
    std::sort(added.begin(), added.end());
    std::erase_if(ahead.plan.keeps, [&](const std::string& text) { return contains(added, text); });
    ahead.plan.additions.clear();
    ahead.plan.by_importance.clear();
    ahead.addition_feeds.clear();
    const auto settled = apply_and_settle(ahead, ports, stop);
    run.report = std::move(ahead.report);
    CORDON_TRY(settled);
    run.removed_ahead = run.report.removed;
    if (run.report.outcome != outcome_before) {
        report_pending(run, {}, {}, ports.rejected);
        return false;
    }
    auto& plan = run.plan;
    auto gone = std::move(plan.removals_canonical);
    std::sort(gone.begin(), gone.end());
    std::erase_if(run.state.entries, [&](const core::PresentEntry& entry) {
        return contains(gone, entry.canonical) && !contains(plan.keeps, entry.canonical);
    });
    plan.removals.clear();
    plan.removals_canonical.clear();
    run.removal_feeds.clear();
    plan.became_ours.clear();  // all that the read showed is written down
    plan.sightings.clear();
    plan.forgotten.clear();
    plan.new_exceptions.clear();
    plan.lapsed_exceptions.clear();
    plan.new_quarantine.clear();
    plan.lapsed_quarantine.clear();
    CORDON_TRY_ASSIGN(run.ledger, ports.store.ledger(plan.list));
    return true;
}

}  // namespace cordon::engine
