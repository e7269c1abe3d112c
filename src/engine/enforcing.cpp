#include "engine/enforcing.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "base/text.hpp"
#include "core/canonical.hpp"

namespace cordon::engine {
namespace {

using core::Outcome;

std::size_t path_entries_of(const ListRun& run) {
    if (core::is_group(run.plan.target)) return 0;
    return static_cast<std::size_t>(std::count_if(
        run.plan.keeps.begin(), run.plan.keeps.end(),
        [&](const std::string& entry) { return core::kind_of(run.plan.target, entry) == core::EntryKind::url; }));
}

bool is_same_day(Time a, Time b) {
    return std::chrono::floor<std::chrono::days>(a) == std::chrono::floor<std::chrono::days>(b);
}

std::string text_of_wish(const core::EnforcedList& list) {
    if (!list.wish) return {};
    const auto& wish = *list.wish;
    return fmt::format("{}|{}|{}|{}|{}", wish.name, wish.order, wish.rank, wish.is_enabled ? "enabled" : "disabled",
                       join(list.object_ids, ","));
}

/// The denylist is always there and is no object. Nothing is known yet of a list without a note, so that its turn is to
/// come.
bool is_on_gateway(const core::EnforcedList& list, const std::string& note) {
    return !note.empty() && (list.kind == core::TargetKind::denylist || !list.object_ids.empty());
}

void say(core::ListReport& report, const std::string& sentence) {
    if (sentence.empty()) return;
    report.message += (report.message.empty() ? "" : "; ") + sentence;
}

}  // namespace

Result<void> Enforcer::take(std::span<ListRun> runs) {
    for (auto& run : runs) CORDON_TRY(take_one(run));
    for (auto& one : lists_) {
        if (one.list.wish && core::is_group(one.list.kind)) CORDON_TRY(add_left_behind(one));
        const auto& read = one.note.rules;
        one.wish_text = text_of_wish(one.list);
        one.is_due =
            !read.read_at || !is_same_day(*read.read_at, now_) || read.objects != join(one.list.object_ids, ",");
    }
    return {};
}

Result<void> Enforcer::take_one(ListRun& run) {
    Enforcing one;
    one.run = &run;
    CORDON_TRY_ASSIGN(one.note_text, ports_.store.list_note(run.job->target.list));
    one.note = list_note_from_json(one.note_text).value_or(ListNote{});
    one.list.list = run.job->target.list;
    one.list.kind = run.job->target.kind;
    one.list.wish = run.job->rule;
    if (!run.report.object_id.empty()) {
        one.list.object_ids.push_back(run.report.object_id);
        add_to_first(run);
    }
    lists_.push_back(std::move(one));
    return {};
}

/// A group of the list that the settings no longer name (max_groups was lowered), or that somebody has renamed,
/// holds entries of ours until it is retired: it must not fall out of the rule.
Result<void> Enforcer::add_left_behind(Enforcing& one) {
    CORDON_TRY_ASSIGN(const auto known, ports_.store.known_lists());
    for (const auto& name : known) {
        if (name != one.list.list && !is_further_group(name, one.list.list)) continue;
        CORDON_TRY_ASSIGN(const auto note, ports_.store.list_note(name));
        if (list_note_from_json(note).value_or(ListNote{}).target != one.list.kind) continue;
        CORDON_TRY_ASSIGN(const auto ledger, ports_.store.ledger(name));
        auto& ids = one.list.object_ids;
        const bool is_named = std::find(ids.begin(), ids.end(), ledger.object_id) != ids.end();
        if (!ledger.ours.empty() && !ledger.object_id.empty() && !is_named) ids.push_back(ledger.object_id);
    }
    return {};
}

/// One rule blocks all groups of a list.
void Enforcer::add_to_first(const ListRun& run) {
    if (!run.job->continues) return;
    for (auto& first : lists_) {
        const bool is_it = first.list.list == run.job->first_list && first.list.kind == run.job->target.kind;
        if (is_it) first.list.object_ids.push_back(run.report.object_id);
    }
}

bool Enforcer::is_asked(const Enforcing& one) const {
    return options_.reads_rules || (one.is_due && is_on_gateway(one.list, one.note_text));
}

bool Enforcer::is_turn_of_rule(const Enforcing& one) const {
    const bool will_be_there = options_.mode == Mode::plan_only && one.run->plan.creates && one.run->may_be_applied();
    if (!is_on_gateway(one.list, one.note_text) && !will_be_there) return false;
    return one.is_due || one.note.rules.wish != one.wish_text;
}

Result<void> Enforcer::keep() {
    for (auto& one : lists_) {
        if (!one.list.wish || stop_.stop_requested()) continue;
        auto& rules = one.note.rules;
        if (is_turn_of_rule(one)) {
            rules.problem.clear();
            if (options_.mode == Mode::apply) CORDON_TRY(keep_one(one));
            if (options_.mode == Mode::plan_only) look_at_one(one);
        }
        if (rules.problem.empty()) continue;
        one.list.is_wish_refused = true;
        auto& report = one.run->report;
        report.outcome = core::worse(report.outcome, Outcome::partial);
        const auto since = rules.problem_since == now_
                               ? std::string{}
                               : fmt::format(" (tried {}; tried again from tomorrow, UTC, or once a rule_ key changes)",
                                             to_readable_utc(rules.problem_since));
        report.warnings.push_back(fmt::format("ensure_rule: {}{}", rules.problem, since));
    }
    return {};
}

/// What may be saved is owed an activation before it is sent (as for entries).
Result<void> Enforcer::keep_one(Enforcing& one) {
    CORDON_TRY_ASSIGN(const bool was_owed, ports_.store.is_activation_owed());
    CORDON_TRY(ports_.store.set_activation_owed(true));
    const auto kept = ports_.gateway.keep_rule(one.list, one.note.rules.rule_id, stop_);
    if (!was_owed && !kept.wrote) CORDON_TRY(ports_.store.set_activation_owed(false));
    note_kept(one, kept);
    one.is_due = one.is_due || kept.wrote;
    auto& report = one.run->report;
    if (!kept.said.empty() && report.outcome == Outcome::unchanged) report.outcome = Outcome::done;
    say(report, kept.said);
    return {};
}

void Enforcer::look_at_one(Enforcing& one) {
    const auto found = ports_.gateway.look_at_rule(one.list, one.note.rules.rule_id, stop_);
    note_kept(one, found);
    say(one.run->report, found.said);
    if (found.deed != core::RuleDeed::none) works_.push_back({one.list.kind, found.deed});
}

void Enforcer::note_kept(Enforcing& one, const core::KeptRule& kept) const {
    auto& rules = one.note.rules;
    if (!kept.id.empty()) rules.rule_id = kept.id;
    rules.problem = kept.failure ? kept.failure->message : std::string{};
    rules.problem_since = now_;
    // What may be otherwise in an hour is tried again by the next run; a refusal is not until tomorrow.
    const bool is_final = !kept.failure || kept.failure->code == Code::refused;
    rules.wish = is_final ? one.wish_text : std::string{};
}

Result<void> Enforcer::tell(bool all_is_active) {
    if (options_.mode == Mode::plan_only && !options_.reads_rules) return {};
    const bool is_any = std::any_of(lists_.begin(), lists_.end(), [&](const Enforcing& one) { return is_asked(one); });
    if (is_any && !stop_.stop_requested()) read();
    for (auto& one : lists_) {
        tell_one(one, all_is_active);
        CORDON_TRY(remember(one));
    }
    return {};
}

void Enforcer::read() {
    std::vector<core::EnforcedList> asked;
    for (auto& one : lists_) {
        if (!is_asked(one)) continue;
        one.list.path_entries = path_entries_of(*one.run);
        asked.push_back(one.list);
    }
    const auto judged = ports_.gateway.enforcement(asked, stop_);
    if (!judged) report_.warnings.push_back("whether rules block the lists is not known: " + judged.error().message);
    const bool is_final = judged || judged.error().code == Code::refused;
    std::size_t next = 0;
    for (auto& one : lists_) {
        if (!is_asked(one)) continue;
        auto& rules = one.note.rules;
        if (is_final) rules.read_at = now_;
        if (is_final) rules.objects = join(one.list.object_ids, ",");
        rules.enforcement.reset();
        if (!judged || next == judged->size()) continue;
        rules.enforcement = (*judged)[next++];
        rules.enforcement->is_active = false;
    }
}

void Enforcer::tell_one(Enforcing& one, bool all_is_active) {
    auto& enforcement = one.note.rules.enforcement;
    if (!enforcement) return;
    // What was saved when it was read is active once nothing waits.
    enforcement->is_active = enforcement->is_active || all_is_active;
    auto& report = one.run->report;
    report.enforcement = enforcement;
    if (!core::blocks_nothing(enforcement->state)) return;
    const auto as_of =
        enforcement->as_of < report_.started
            ? fmt::format(" (as of {}; 'cordon check --online' looks again)", to_readable_utc(enforcement->as_of))
            : std::string{};
    report.warnings.push_back(fmt::format("it blocks nothing yet: {}{}", enforcement->sentence, as_of));
}

Result<void> Enforcer::remember(const Enforcing& one) {
    if (options_.mode == Mode::plan_only || !is_on_gateway(one.list, one.note_text)) return {};
    const auto text = to_json(one.note);
    return text == one.note_text ? Result<void>{} : ports_.store.set_list_note(one.list.list, text);
}

}  // namespace cordon::engine
