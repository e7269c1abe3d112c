#include "engine/enforcing.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "base/text.hpp"
#include "engine/remarks.hpp"

namespace cordon::engine {
namespace {

using core::Outcome;

std::size_t path_entries_of(const ListRun& run) {
    if (core::is_group(run.plan.target)) return 0;
    return static_cast<std::size_t>(
        std::count_if(run.plan.keeps.begin(), run.plan.keeps.end(),
                      [&](const std::string& entry) { return entry.find('/') != std::string::npos; }));
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
        one.wish_text = text_of_wish(one.list);
        auto& rules = one.note.rules;
        if (one.wish_text.empty()) rules.wish.clear();
        if (one.wish_text.empty() || rules.wish != one.wish_text) rules.problem.clear();
        one.list.is_wish_refused = !rules.problem.empty();
    }
    share_with_further();
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
    if (!run.report.object_id.empty()) one.list.object_ids.push_back(run.report.object_id);
    if (run.job->continues) add_to_first(run, one);
    lists_.push_back(std::move(one));
    return {};
}

/// A group of the list that the settings no longer name (max_groups was lowered), or that somebody has renamed,
/// holds entries of ours until it is retired: it must not fall out of the rule.
Result<void> Enforcer::add_left_behind(Enforcing& one) {
    CORDON_TRY_ASSIGN(const auto known, ports_.store.known_lists());
    for (const auto& name : known) {
        CORDON_TRY_ASSIGN(const auto text, ports_.store.list_note(name));
        const auto note = list_note_from_json(text).value_or(ListNote{});
        const bool is_of_list = name == one.list.list || note.first_list == one.list.list;
        if (!is_of_list || note.target != one.list.kind || note.feeds.empty()) continue;  // without feeds: retired
        CORDON_TRY_ASSIGN(const auto ledger, ports_.store.ledger(name));
        auto& ids = one.list.object_ids;
        const bool is_named = std::find(ids.begin(), ids.end(), ledger.object_id) != ids.end();
        if (ledger.ours.empty() || ledger.object_id.empty() || is_named) continue;
        ids.push_back(ledger.object_id);
        one.left_behind.push_back(name);
    }
    return {};
}

/// One rule blocks all groups of a list.
void Enforcer::add_to_first(ListRun& run, Enforcing& further) {
    for (auto& first : lists_) {
        if (first.list.list != run.job->first_list || first.list.kind != further.list.kind) continue;
        further.is_further = true;
        auto& ids = first.list.object_ids;
        ids.insert(ids.end(), further.list.object_ids.begin(), further.list.object_ids.end());
        first.grows = first.grows || (further.run->plan.creates && will_be_there(further));
    }
}

Enforcer::Enforcing* Enforcer::first_of(const Enforcing& one) {
    const auto found = std::find_if(lists_.begin(), lists_.end(), [&](const Enforcing& first) {
        return first.list.list == one.run->job->first_list && first.list.kind == one.list.kind;
    });
    return found == lists_.end() ? nullptr : &*found;
}

/// What the sentence about a list depends on, beside the rules.
std::string Enforcer::key_of(const Enforcing& one) const {
    return fmt::format("{}|{}|{}", join(one.list.object_ids, ","), text_of_wish(one.list),
                       one.list.is_wish_refused ? "refused" : "");
}

/// Of a plan: the run would make it, or see it for the first time.
bool Enforcer::will_be_there(const Enforcing& one) const {
    const bool is_found = one.run->state.exists || one.run->plan.creates;
    return options_.mode == Mode::plan_only && is_found && one.run->may_be_applied();
}

/// Its rules were not read today, or not for what it is now.
bool Enforcer::is_due(const Enforcing& one) const {
    const auto& read = one.note.rules;
    return !read.read_at || !is_same_day(*read.read_at, now_) || read.asked != key_of(one);
}

bool Enforcer::is_asked(const Enforcing& one) const {
    return options_.reads_rules || (is_due(one) && is_on_gateway(one.list, one.note_text));
}

std::size_t Enforcer::deeds() const noexcept {
    return static_cast<std::size_t>(std::count_if(
        works_.begin(), works_.end(), [](const core::RuleWork& work) { return work.deed != core::RuleDeed::none; }));
}

Result<void> Enforcer::keep(const ActivationDecision& decision) {
    for (auto& one : lists_) {
        const bool is_there = is_on_gateway(one.list, one.note_text) || will_be_there(one);
        const bool is_turn = is_there && (is_due(one) || one.grows || one.note.rules.wish != one.wish_text);
        const bool is_kept = one.list.wish && !one.is_further && !one.run->is_unreviewed && !stop_.stop_requested();
        if (is_turn) one.note.rules.wish.clear();  // until it was looked at and, where it may be, put right
        if (is_turn && is_kept) {
            CORDON_TRY(see_to_rule(one, decision));
        } else if (is_turn && options_.mode == Mode::plan_only && one.list.kind != core::TargetKind::denylist) {
            works_.push_back({one.list.kind});
        }
        if (is_kept) tell_problem(one);
    }
    share_with_further();
    return {};
}

/// Looks first, so that no debt is written down where nothing is to be sent.
Result<void> Enforcer::see_to_rule(Enforcing& one, const ActivationDecision& decision) {
    auto asked = one.list;
    if (one.grows) asked.object_ids.emplace_back("(to be made)");
    one.note.rules.problem.clear();
    auto found = ports_.gateway.look_at_rule(asked, one.note.rules.rule_id, stop_);
    one.note.rules.read_at.reset();  // the rules have just been read: the list is judged by them
    const auto forbidden = found.deed == core::RuleDeed::none ? std::string{} : forbidden_on(one);
    if (!forbidden.empty()) {
        found.deed = core::RuleDeed::none;
        found.said.clear();
        found.failure = Error{Code::refused, forbidden};
    }
    const bool is_plan = options_.mode == Mode::plan_only;
    const bool is_to_do = !found.failure && found.deed != core::RuleDeed::none;
    if (is_plan) works_.push_back({one.list.kind, is_to_do ? found.deed : core::RuleDeed::none});
    if (is_to_do && !is_plan && decision.permission == Permission::write_nothing) {
        hold_back(one, found, decision);
        return {};
    }
    if (is_to_do && !is_plan) {
        CORDON_TRY_ASSIGN(found, carry_out(one, found.deed));
    }
    say(one.run->report, found.said);
    note_kept(one, found);
    return {};
}

/// Why an enabled rule would block what the operator said must never be blocked: an entry that stays on one of the
/// list's objects, as a rule somebody else's. "" where there is none, and where the rule is to be switched off.
std::string Enforcer::forbidden_on(const Enforcing& one) const {
    if (!one.list.wish->is_enabled) return {};
    for (const auto& other : lists_) {
        if (&other != &one && (!other.is_further || other.run->job->first_list != one.list.list)) continue;
        const auto found = forbidden_entry(*other.run, ports_.protection, ports_.assertions);
        if (found.empty()) continue;
        return fmt::format(
            "the rule is left as it is, since it would block {}, which lies on '{}': take that out, or keep rule_state "
            "= "
            "disabled",
            found, printable(other.list.list));
    }
    return {};
}

/// What may be saved is owed an activation before it is sent (as for entries).
Result<core::KeptRule> Enforcer::carry_out(Enforcing& one, core::RuleDeed deed) {
    CORDON_TRY_ASSIGN(const bool was_owed, ports_.store.is_activation_owed());
    CORDON_TRY(ports_.store.set_activation_owed(true));
    auto kept = ports_.gateway.keep_rule(one.list, one.note.rules.rule_id, stop_);
    if (!was_owed && !kept.wrote) CORDON_TRY(ports_.store.set_activation_owed(false));
    if (kept.wrote) {
        works_.push_back({one.list.kind, deed});
        done_.emplace_back(one.list.list, kept.failure ? kept.failure->message : kept.said);
    }
    auto& report = one.run->report;
    if (!kept.said.empty() && report.outcome == Outcome::unchanged) report.outcome = Outcome::done;
    return kept;
}

/// It stays as it is, and the first run that may write looks again.
void Enforcer::hold_back(Enforcing& one, const core::KeptRule& found, const ActivationDecision& decision) {
    works_.push_back({one.list.kind, found.deed});
    auto& report = one.run->report;
    say(report, fmt::format("{}; not done: {}", found.said, decision.because));
    if (!decision.is_intended) report.outcome = core::worse(report.outcome, Outcome::partial);
}

void Enforcer::note_kept(Enforcing& one, const core::KeptRule& kept) const {
    auto& rules = one.note.rules;
    if (!kept.id.empty()) rules.rule_id = kept.id;
    rules.problem = kept.failure ? kept.failure->message : std::string{};
    rules.problem_since = now_;
    if (kept.failure && !one.left_behind.empty()) {
        rules.problem += fmt::format(
            "; the rule also names the groups of '{}', which hold entries of Cordon's though no setting names them: "
            "where somebody deleted one, 'cordon retire' forgets it",
            printable(join(one.left_behind, "', '")));
    }
    // What may be otherwise in an hour is tried again by the next run; a refusal is not until tomorrow.
    const bool is_final = !kept.failure || kept.failure->code == Code::refused;
    rules.wish = is_final ? one.wish_text : std::string{};
}

void Enforcer::tell_problem(Enforcing& one) {
    const auto& rules = one.note.rules;
    one.list.is_wish_refused = !rules.problem.empty();
    if (rules.problem.empty()) return;
    auto& report = one.run->report;
    report.outcome = core::worse(report.outcome, Outcome::partial);
    const auto since = rules.problem_since == now_
                           ? std::string{}
                           : fmt::format(" (tried {}; tried again from tomorrow, UTC, or once a rule_ key changes)",
                                         to_readable_utc(rules.problem_since));
    report.warnings.push_back(fmt::format("ensure_rule: {}{}", rules.problem, since));
}

/// The rule of the first group is that of all.
void Enforcer::share_with_further() {
    for (auto& one : lists_) {
        const auto* first = one.is_further ? first_of(one) : nullptr;
        if (first == nullptr) continue;
        one.list.wish = first->list.wish;
        one.list.is_wish_refused = first->list.is_wish_refused;
    }
}

Result<void> Enforcer::tell(bool all_is_active) {
    if (options_.mode == Mode::plan_only && !options_.reads_rules) return {};
    const auto is_one = [this](const Enforcing& one) { return is_asked(one); };
    const bool is_any = std::any_of(lists_.begin(), lists_.end(), is_one);
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
    const bool is_final = judged || judged.error().code == Code::refused;
    std::size_t next = 0;
    for (auto& one : lists_) {
        if (!is_asked(one)) continue;
        auto& rules = one.note.rules;
        rules.unread = judged ? std::string{} : judged.error().message;
        if (judged && next < judged->size()) {
            rules.enforcement = (*judged)[next++];
            rules.enforcement->is_active = false;
        }
        if (!is_final) continue;
        rules.read_at = now_;
        rules.asked = key_of(one);
    }
}

void Enforcer::tell_one(Enforcing& one, bool all_is_active) {
    if (const auto& why = one.note.rules.unread; !why.empty()) {
        auto warning = "whether rules block the lists is not known: " + why;
        auto& told = report_.warnings;
        if (std::find(told.begin(), told.end(), warning) == told.end()) told.push_back(std::move(warning));
    }
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
    if (!is_on_gateway(one.list, one.note_text)) return {};
    if (options_.mode == Mode::plan_only) {  // of 'cordon check': the day's first run looks all the same
        const auto& read = one.note.rules.enforcement;
        if (!one.note.rules.unread.empty() || !read) return {};
        return change_list_note(one.list.list, ports_.store, [&](ListNote& note) {
            auto& rules = note.rules;  // a run may have read them meanwhile
            if (rules.enforcement && rules.enforcement->as_of > read->as_of) return;
            rules.enforcement = read;
            rules.unread.clear();
        });
    }
    if (to_json(one.note) == one.note_text) return {};
    return change_list_note(one.list.list, ports_.store, [&](ListNote& note) { note.rules = one.note.rules; });
}

}  // namespace cordon::engine
