#include "engine/auditing.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::engine {
namespace {

/// By which the operator finds the plan again.
std::string plan_of(const core::RunReport& report) {
    return report.digest.empty() ? std::string{} : "plan " + report.digest.substr(0, 16);
}

std::string why_of(const RunOptions& options, const core::RunReport& report) {
    const auto plan = plan_of(report);
    if (options.because.empty() || plan.empty()) return options.because + plan;
    return options.because + "; " + plan;
}

}  // namespace

std::string sentence_on(store::AuditEnd end) {
    if (end == store::AuditEnd::as_left) return {};
    const auto what =
        end == store::AuditEnd::changed
            ? "the audit log (audit.jsonl in state_dir) was changed by something else than Cordon: "
              "'cordon audit verify' "
              "says where"
            : "cordon.db is missing or was made anew beside an audit log that was there already, so that it would not "
              "show if records "
              "had been cut off the log's end before: 'cordon audit verify' says more";
    return what + std::string("; 'cordon audit restart --because TEXT' keeps it aside and begins a new one");
}

Ports Audit::ports() {
    auto own = ports_;
    own.changes = this;
    return own;
}

void Audit::take(const std::string& list, std::span<const std::string> added, std::span<const std::string> removed) {
    if (ports_.changes != nullptr) ports_.changes->take(list, added, removed);
    if (added.empty() && removed.empty()) return;
    store::AuditRecord record;
    record.act = options_.command;
    record.list = list;
    record.why = why_of(options_, report_);
    record.added.assign(added.begin(), added.end());
    record.removed.assign(removed.begin(), removed.end());
    write(std::move(record));
}

void Audit::note_deeds(std::span<const ListRun> runs, const Enforcer* enforcer) {
    for (const auto& run : runs) note_list(run);
    if (enforcer != nullptr) {
        for (const auto& [list, said] : enforcer->done()) note("rule", list, said);
    }
    const auto state = report_.activation;
    const bool was_tried = state != core::ActivationState::not_needed && state != core::ActivationState::withheld;
    if (was_tried) note("activate", {}, core::name_of(state));
}

void Audit::take_what_was_seen(const ListRun& run) {
    log_late_changes(run, *this);
    note_gone(run);
}

void Audit::tell_of_changes() {
    const auto end = ports_.store.audit_end();
    if (end && *end == store::AuditEnd::as_left) return;
    report_.outcome = core::worse(report_.outcome, core::Outcome::partial);
    report_.warnings.push_back(!end ? end.error().message : sentence_on(*end));
}

void Audit::note_list(const ListRun& run) {
    const auto& list = run.plan.list;
    const bool is_first = run.guarded_list == list;  // a list of several objects is let through as a whole
    if (is_first && options_.allow_removals.contains(list)) note("allow removals", list, run.guarded_digest);
    if (is_first && options_.allow_growth.contains(list)) note("allow growth", list, run.guarded_digest);
    const auto owned = run.plan.became_ours.size();
    if (run.is_carried_out && owned > 0) {
        note("own", list, fmt::format("{} entries that lay there are Cordon's now", with_thousands(owned)));
    }
}

/// What others took out: without it the log could not tell what of ours a list held after a run.
void Audit::note_gone(const ListRun& run) {
    store::AuditRecord record;
    record.act = "found gone";
    record.list = run.plan.list;
    record.why = "taken out by somebody else";
    for (const auto& exception : run.plan.new_exceptions) record.removed.push_back(exception.canonical);
    for (const auto& canonical : run.plan.forgotten) {
        const auto* entry = core::find_ours(run.ledger, canonical);
        const bool was_there = entry != nullptr && entry->mark == core::LedgerMark::seen;
        if (was_there && canonical != run.plan.placeholder) record.removed.push_back(canonical);
    }
    if (record.removed.empty()) return;
    std::sort(record.removed.begin(), record.removed.end());
    write(std::move(record));
}

void Audit::note(const std::string& act, const std::string& list, const std::string& why) {
    store::AuditRecord record;
    record.act = act;
    record.list = list;
    record.why = why;
    write(std::move(record));
}

void Audit::write(store::AuditRecord record) {
    if (options_.mode == Mode::plan_only) return;
    record.who = options_.operator_name;
    record.run = report_.id;
    const auto written = ports_.store.audit(record, ports_.clock.now());
    if (!written) tell_of_lacking_records(written.error().message, report_);
}

void tell_of_lacking_records(const std::string& why, core::RunReport& report) {
    if (why.empty()) return;
    core::note_as_partial(report);
    constexpr const char* k_lacks = "the audit log lacks records of this run: ";
    const auto is_it = [&](const std::string& warning) { return warning.starts_with(k_lacks); };
    if (std::any_of(report.warnings.begin(), report.warnings.end(), is_it)) return;
    report.warnings.push_back(k_lacks + why);
}

}  // namespace cordon::engine
