#include "engine/enforcing.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "base/text.hpp"
#include "core/canonical.hpp"

namespace cordon::engine {
namespace {

using core::Outcome;

/// One list, its note in the store, and what the gateway is asked.
struct Enforcing {
    ListRun* run = nullptr;
    ListNote note;
    std::string note_text;  ///< as it lies in the store
    core::EnforcedList list;
    bool is_due = false;  ///< its rules were not read today, or not for these objects
};

std::size_t path_entries_of(const ListRun& run) {
    if (core::is_group(run.plan.target)) return 0;
    return static_cast<std::size_t>(std::count_if(
        run.plan.keeps.begin(), run.plan.keeps.end(),
        [&](const std::string& entry) { return core::kind_of(run.plan.target, entry) == core::EntryKind::url; }));
}

bool is_same_day(Time a, Time b) {
    return std::chrono::floor<std::chrono::days>(a) == std::chrono::floor<std::chrono::days>(b);
}

/// What a rule is kept by: when it changes, the rule is looked at again.
std::string text_of_wish(const core::RuleWish& wish, const core::EnforcedList& list) {
    return fmt::format("{}|{}|{}|{}|{}", wish.name, wish.order, wish.rank, wish.is_enabled ? "enabled" : "disabled",
                       join(list.object_ids, ","));
}

class Enforcer {
public:
    Enforcer(core::RunReport& report, const Ports& ports, const RunOptions& options, const std::stop_token& stop)
        : report_(report), ports_(ports), options_(options), stop_(stop), now_(ports.clock.now()) {}

    Result<void> take(ListRun& run) {
        Enforcing one;
        one.run = &run;
        CORDON_TRY_ASSIGN(one.note_text, ports_.store.list_note(run.job->target.list));
        one.note = list_note_from_json(one.note_text).value_or(ListNote{});
        one.list.list = run.job->target.list;
        one.list.kind = run.job->target.kind;
        one.list.is_ensured = run.job->rule.has_value();
        if (!run.report.object_id.empty()) {
            one.list.object_ids.push_back(run.report.object_id);
            add_to_first(run);
        }
        lists_.push_back(std::move(one));
        return {};
    }

    /// Once all are taken.
    Result<void> see_what_is_due() {
        for (auto& one : lists_) {
            if (one.list.is_ensured && core::is_group(one.list.kind)) CORDON_TRY(add_left_behind(one));
            const auto& read = one.note.rules;
            one.is_due = options_.reads_rules || !read.read_at || !is_same_day(*read.read_at, now_) ||
                         read.objects != join(one.list.object_ids, ",");
        }
        return {};
    }

    /// The rules that are wished. Nothing is known yet of a list without a note, so that its turn is to come.
    Result<void> keep() {
        for (auto& one : lists_) {
            const auto& wish = one.run->job->rule;
            if (!wish || !is_there(one) || stop_.stop_requested()) continue;
            const auto wished = text_of_wish(*wish, one.list);
            if (one.is_due || one.note.rules.wish != wished) {
                CORDON_TRY(keep_one(one, *wish, wished));
            }
            if (one.note.rules.problem.empty()) continue;
            one.run->report.outcome = core::worse(one.run->report.outcome, Outcome::partial);
            one.run->report.warnings.push_back("ensure_rule: " + one.note.rules.problem);
        }
        return {};
    }

    Result<void> read() {
        const bool is_due =
            std::any_of(lists_.begin(), lists_.end(), [&](const Enforcing& one) { return is_asked(one); });
        if (is_due && !stop_.stop_requested()) read_now();
        for (auto& one : lists_) {
            tell(one);
            CORDON_TRY(remember(one));
        }
        return {};
    }

private:
    /// A group of the list that the settings no longer name (max_groups was lowered), or that somebody has renamed,
    /// holds entries of ours until it is retired: it must not fall out of the rule.
    Result<void> add_left_behind(Enforcing& one) {
        CORDON_TRY_ASSIGN(const auto known, ports_.store.known_lists());
        for (const auto& name : known) {
            if (name != one.list.list && !name.starts_with(one.list.list + " (")) continue;
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
    void add_to_first(const ListRun& run) {
        if (!run.job->continues) return;
        for (auto& first : lists_) {
            const bool is_it = first.list.list == run.job->first_list && first.list.kind == run.job->target.kind;
            if (is_it) first.list.object_ids.push_back(run.report.object_id);
        }
    }

    /// The denylist is always there and is no object.
    [[nodiscard]] static bool is_there(const Enforcing& one) {
        const bool is_denylist = one.list.kind == core::TargetKind::denylist;
        return !one.note_text.empty() && (is_denylist || !one.list.object_ids.empty());
    }

    [[nodiscard]] bool is_asked(const Enforcing& one) const {
        return one.is_due && (options_.reads_rules || is_there(one));
    }

    /// What may be saved is owed an activation before it is sent (as for entries).
    Result<void> keep_one(Enforcing& one, const core::RuleWish& wish, const std::string& wished) {
        CORDON_TRY_ASSIGN(const bool was_owed, ports_.store.is_activation_owed());
        CORDON_TRY(ports_.store.set_activation_owed(true));
        const auto kept = ports_.gateway.keep_rule(one.list, wish, one.note.rules.rule_id, stop_);
        if (!was_owed && !kept.wrote) CORDON_TRY(ports_.store.set_activation_owed(false));
        auto& rules = one.note.rules;
        if (!kept.id.empty()) rules.rule_id = kept.id;
        rules.problem = kept.failure ? kept.failure->message : std::string{};
        // What may be otherwise in an hour is tried again by the next run; a refusal is not until tomorrow.
        const bool is_final = !kept.failure || kept.failure->code == Code::refused;
        rules.wish = is_final ? wished : std::string{};
        one.is_due = one.is_due || kept.wrote;
        if (kept.said.empty()) return {};
        auto& report = one.run->report;
        report.outcome = report.outcome == Outcome::unchanged ? Outcome::done : report.outcome;
        report.message += (report.message.empty() ? "" : "; ") + kept.said;
        return {};
    }

    void read_now() {
        std::vector<core::EnforcedList> asked;
        for (auto& one : lists_) {
            if (!is_asked(one)) continue;
            one.list.path_entries = path_entries_of(*one.run);
            asked.push_back(one.list);
        }
        const auto judged = ports_.gateway.enforcement(asked, stop_);
        if (!judged) {
            report_.warnings.push_back("whether rules block the lists is not known: " + judged.error().message);
        }
        const bool is_final = judged || judged.error().code == Code::refused;
        std::size_t next = 0;
        for (auto& one : lists_) {
            if (!is_asked(one)) continue;
            auto& rules = one.note.rules;
            if (is_final) rules.read_at = now_;
            if (is_final) rules.objects = join(one.list.object_ids, ",");
            rules.enforcement.reset();
            if (judged && next < judged->size()) rules.enforcement = (*judged)[next++];
        }
    }

    void tell(Enforcing& one) {
        const auto& enforcement = one.note.rules.enforcement;
        if (!enforcement) return;
        auto& report = one.run->report;
        report.enforcement = enforcement;
        if (!core::blocks_nothing(enforcement->state)) return;
        const auto as_of =
            enforcement->as_of < report_.started
                ? fmt::format(" (as of {}; 'cordon check --online' looks again)", to_readable_utc(enforcement->as_of))
                : std::string{};
        report.warnings.push_back(fmt::format("it blocks nothing yet: {}{}", enforcement->sentence, as_of));
    }

    Result<void> remember(const Enforcing& one) {
        if (options_.mode == Mode::plan_only || !is_there(one)) return {};
        const auto text = to_json(one.note);
        return text == one.note_text ? Result<void>{} : ports_.store.set_list_note(one.list.list, text);
    }

    core::RunReport& report_;
    const Ports& ports_;
    const RunOptions& options_;
    const std::stop_token& stop_;
    Time now_;
    std::vector<Enforcing> lists_;
};

}  // namespace

Result<void> see_to_rules(std::span<ListRun> runs, core::RunReport& report, const Ports& ports,
                          const RunOptions& options, RuleWrites writes, const std::stop_token& stop) {
    if (options.mode == Mode::plan_only && !options.reads_rules) return {};
    Enforcer enforcer(report, ports, options, stop);
    for (auto& run : runs) CORDON_TRY(enforcer.take(run));
    CORDON_TRY(enforcer.see_what_is_due());
    if (options.mode == Mode::apply && writes == RuleWrites::permitted) CORDON_TRY(enforcer.keep());
    return enforcer.read();
}

}  // namespace cordon::engine
