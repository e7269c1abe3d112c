// rollback: what of ours was on the lists after an earlier run, and the plans that bring it back.

#include "engine/rollback.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/name_first.hpp"
#include "base/text.hpp"
#include "core/match.hpp"
#include "engine/auditing.hpp"
#include "engine/overrides.hpp"
#include "engine/remarks.hpp"

namespace cordon::engine {
namespace {

Result<core::RunReport> find_run(const std::string& id, store::Store& store) {
    CORDON_TRY_ASSIGN(const auto json, store.run(id));
    CORDON_TRY_ASSIGN(auto report, core::report_from_json(json));
    if (report.outcome != core::Outcome::unfinished) return report;
    return fail(Code::invalid,
                fmt::format("run {} was killed, so that what it left on the lists was only seen by the run after it; "
                            "take that one or the one before ('cordon runs list')",
                            report.id));
}

/// Tells which records of the log come after a run. Runs never overlap.
class AfterRun {
public:
    AfterRun(const core::RunReport& run, const std::vector<store::RunSummary>& runs) : run_(run) {
        for (const auto& one : runs) started_.emplace(one.id, one.started);
    }

    void look_at(const store::KeptAuditRecord& kept) {
        if (first_at_.empty()) first_at_ = kept.at;
        if (kept.record.run == run_.id) last_of_run_ = kept.number;
        if (kept.number == last_before_ + 1 && is_before(kept)) last_before_ = kept.number;
    }
    /// The number of the last record that was there when the run had ended; 0 where the log begins after it.
    [[nodiscard]] std::uint64_t boundary() const noexcept { return last_of_run_ != 0 ? last_of_run_ : last_before_; }
    [[nodiscard]] const std::string& first_at() const noexcept { return first_at_; }

private:
    /// Of a run that left no record: by the order of the runs, else by the time.
    [[nodiscard]] bool is_before(const store::KeptAuditRecord& kept) const {
        if (kept.record.run.empty()) {
            const auto at = parse_iso8601(kept.at);
            return at && *at <= run_.finished;
        }
        const auto known = started_.find(kept.record.run);
        return known == started_.end() || known->second < run_.started;  // else older than what the store keeps
    }

    const core::RunReport& run_;
    std::map<std::string, Time> started_;
    std::string first_at_;
    std::uint64_t last_of_run_ = 0;
    std::uint64_t last_before_ = 0;
};

Result<void> read_past(Rollback& rollback, store::Store& store) {
    CORDON_TRY_ASSIGN(const auto runs, store.runs(SIZE_MAX));
    const auto at =
        std::find_if(runs.begin(), runs.end(), [&](const store::RunSummary& one) { return one.id == rollback.to.id; });
    const auto is_whole = [](const store::RunSummary& one) {
        return one.outcome != core::name_of(core::Outcome::unfinished);
    };
    const auto before = at == runs.end() ? at : std::find_if(at + 1, runs.end(), is_whole);
    if (before != runs.end()) rollback.before = before->id;
    AfterRun after(rollback.to, runs);
    CORDON_TRY_ASSIGN(const auto found, store.read_audit(store::AuditDetail::without_entries,
                                                         [&](store::KeptAuditRecord&& kept) { after.look_at(kept); }));
    if (found.problem) {
        return fail(Code::corrupt, fmt::format("what the lists held then is not known for sure, because the audit log "
                                               "is broken: {}; see 'cordon audit verify'",
                                               *found.problem));
    }
    if (after.boundary() == 0) {
        return fail(Code::invalid,
                    fmt::format("what the lists held after run {} is not known: the audit log {}; 'cordon runs list' "
                                "shows later runs",
                                rollback.to.id,
                                after.first_at().empty() ? "holds nothing" : "begins later, at " + after.first_at()));
    }
    bool has_gap = false;  // what came or went in it would be guessed at
    CORDON_TRY_ASSIGN(const auto same, store.read_audit(store::AuditDetail::whole, [&](store::KeptAuditRecord&& kept) {
        auto& record = kept.record;
        if (record.act == "gap" && kept.number > after.boundary()) has_gap = true;
        if (record.added.empty() && record.removed.empty()) return;
        const auto when = kept.number <= after.boundary() ? core::PastList::When::before : core::PastList::When::after;
        auto& list = rollback.objects[record.list];
        for (auto& entry : record.added) list.take(when, kept.number, core::PastList::Change::added, std::move(entry));
        for (auto& entry : record.removed) {
            list.take(when, kept.number, core::PastList::Change::removed, std::move(entry));
        }
    }));
    if (same.problem) return fail(Code::corrupt, "the audit log was changed while it was read: " + *same.problem);
    if (has_gap || same.unwritten != 0) {
        return fail(
            Code::corrupt,
            "what the lists held then is not known for sure, because the audit log lacks records since that "
            "run: it could not be written for a while; see 'cordon audit verify', and roll back to a later run");
    }
    return {};
}

bool dealt_with(const core::RunReport& run, const std::string& list) {
    return std::any_of(run.lists.begin(), run.lists.end(),
                       [&](const core::ListReport& report) { return report.list == list; });
}

/// The one list that was named, all its objects; also where no section feeds it any more.
Result<std::vector<ListJob>> named_list(const std::string& list, std::span<const ListJob> jobs,
                                        const core::RunReport& run, const GuardOptions& guard, store::Store& store) {
    CORDON_TRY_ASSIGN(const auto text, store.list_note(list));
    const auto note = list_note_from_json(text);
    if (!note) {
        return fail(Code::invalid,
                    fmt::format("nothing is known of a list '{}'{}", printable(list), lists_instead_of(list, jobs)));
    }
    if (!note->first_list.empty()) {
        return fail(Code::invalid,
                    fmt::format("'{}' is a part of the list '{}'; name that", printable(list), note->first_list));
    }
    if (!dealt_with(run, list)) {
        return fail(Code::invalid, fmt::format("run {} did not deal with '{}'; 'cordon runs show {}' names its lists",
                                               run.id, printable(list), run.id));
    }
    const auto is_it = [&](const ListJob& job) { return job.target.list == list; };
    if (std::any_of(jobs.begin(), jobs.end(), is_it)) return only_list(jobs, list);
    ListJob job;
    job.target = {list, note->target, note->description};
    job.first_list = list;
    job.group = note->group;
    job.rules.target = note->target;
    job.rules.min_prefix = static_cast<unsigned>(guard.min_prefix);
    job.rules.permit_reserved = guard.permit_reserved;
    return std::vector{job};
}

/// All configured lists that the run dealt with; what stays as it is goes into the warnings.
std::vector<ListJob> all_lists(std::span<const ListJob> jobs, Rollback& rollback) {
    std::vector<ListJob> chosen;
    std::set<std::string> configured;
    for (const auto& job : jobs) {
        configured.insert(job.target.list);
        if (dealt_with(rollback.to, job.first_list)) {
            chosen.push_back(job);
        } else if (!job.continues) {
            rollback.warnings.push_back(
                fmt::format("run {} did not deal with '{}'; it stays as it is", rollback.to.id, job.target.list));
        }
    }
    for (const auto& report : rollback.to.lists) {
        if (configured.contains(report.list)) continue;
        rollback.warnings.push_back(
            fmt::format("no section feeds '{}' any more; it stays as it is unless it is named (--list)", report.list));
    }
    return chosen;
}

/// What a count of entries that stay out means.
void note_those_left_out(HandMade& made) {
    const auto& counts = made.plan.counts;
    const auto say = [&](std::uint64_t count, const std::string& why) {
        if (count == 0) return;
        made.notes.push_back(fmt::format("{} of the entries that were on it {} not put back: {}", with_thousands(count),
                                         count == 1 ? "is" : "are", why));
    };
    say(counts.excepted, "taken out by hand since ('cordon exceptions list')");
    say(counts.quarantined, "refused or not kept by the gateway");
    say(counts.over_capacity, "there is no room for them now");
}

class Planning {
public:
    Planning(const Rollback& rollback, const Ports& ports) : rollback_(rollback), ports_(ports) {}

    Result<std::vector<std::optional<HandMade>>> plan(const ReadLists& read) const {
        CORDON_TRY(require_something_of_ours(read));
        std::vector<std::optional<HandMade>> plans;
        auto room = read.room;
        for (std::size_t i = 0; i < read.jobs.size(); ++i) {
            plans.emplace_back(plan_one(read.jobs[i], read.states[i], read.ledgers[i], room));
        }
        return plans;
    }

private:
    HandMade plan_one(const ListJob& job, const core::ListState& state, const core::ListLedger& ledger,
                      core::Room& room) const {
        HandMade made;
        const auto policy = policy_of(job, state, ports_.gateway);
        const auto known = rollback_.objects.find(job.target.list);
        const auto ours = core::surely_ours(state, ledger);
        const auto past = known == rollback_.objects.end() ? ours : known->second.entries(ours);
        const auto broken = core::broken_never_block(ports_.assertions, job.target.kind, past);
        std::string example;
        std::uint64_t forbidden = 0;
        const auto forbids = [&](const std::string& entry) {
            auto verdict = verdict_on(job, entry, ports_.protection);
            const auto assertion = std::find_if(broken.begin(), broken.end(),
                                                [&](const core::AssertionFailure& one) { return one.entry == entry; });
            if (!verdict && assertion != broken.end()) {
                verdict = core::Verdict{core::Reason::never, "[assert] " + assertion->assertion};
            }
            if (verdict && forbidden++ == 0) {
                example = fmt::format("'{}': {}{}{}", printable(entry, 100), core::explanation_of(verdict->reason),
                                      verdict->detail.empty() ? "" : ", ", printable(verdict->detail, 100));
            }
            return verdict;
        };
        ports_.rejected.begin_list(job.target.list);
        made.plan = core::plan_restoration(job.target.list, job.target.kind, past, "run " + rollback_.to.id, forbids,
                                           state, ledger, policy, room, ports_.clock.now(), ports_.rejected);
        if (forbidden > 0) {
            made.notes.push_back(
                fmt::format("{} of the entries that were on it must not be blocked now and {} out ({})",
                            with_thousands(forbidden), forbidden == 1 ? "stays" : "stay", example));
        }
        note_those_left_out(made);
        return made;
    }

    const Rollback& rollback_;
    const Ports& ports_;
};

/// The lists that would be written, or were asked for, by their first objects; the others are told.
Result<std::set<std::string>> lists_to_pin(const Rollback& rollback, const ReadLists& read,
                                           const std::vector<std::optional<HandMade>>& plans, Mode mode,
                                           store::Store& store, core::RunReport& report) {
    std::set<std::string> pinned;
    std::vector<std::string> same;
    std::vector<std::string> same_and_pinned;
    for (std::size_t i = 0; i < plans.size(); ++i) {
        if (rollback.is_named || (plans[i] && plans[i]->plan.writes())) pinned.insert(read.jobs[i].first_list);
    }
    for (const auto& job : read.jobs) {
        if (job.continues || pinned.contains(job.first_list)) continue;
        CORDON_TRY_ASSIGN(const auto text, store.list_note(job.first_list));
        const auto note = list_note_from_json(text);
        const bool is_pinned = note && note->pause && !note->pause->back_to.empty();
        (is_pinned ? same_and_pinned : same).push_back(job.first_list);
    }
    const auto is_written = [](const std::optional<HandMade>& made) { return made && made->plan.writes(); };
    if (std::none_of(plans.begin(), plans.end(), is_written)) {
        report.warnings.push_back(
            fmt::format("what was on the lists after run {} is what is on them now: nothing to roll back{}",
                        rollback.to.id, rollback.before.empty() ? "" : "; the run before it is " + rollback.before));
    } else if (!same.empty()) {
        report.warnings.push_back(fmt::format("as they were after that run, so not pinned: {}", name_first(same)));
    }
    if (!same_and_pinned.empty()) {
        report.warnings.push_back(
            fmt::format("as they were after that run, and pinned by an earlier rollback until 'cordon resume LIST': {}",
                        name_first(same_and_pinned)));
    }
    const bool changes = std::any_of(plans.begin(), plans.end(), is_written);
    if (mode == Mode::plan_only && changes && !pinned.empty()) {
        report.warnings.push_back(
            fmt::format("once it is done, runs leave these lists as they are until 'cordon resume "
                        "LIST': {}",
                        name_first(std::vector<std::string>(pinned.begin(), pinned.end()))));
    }
    return pinned;
}

/// First the record. Where it cannot be written, the rollback does not wait for that. Gives what the list's report
/// says.
Result<std::vector<std::string>> pin(const std::string& list, const std::string& run_id, const Rollback& rollback,
                                     const Ports& ports, const RunOptions& options, core::RunReport& report) {
    const auto now = ports.clock.now();
    // Until the end, so that a kill leaves it so.
    const Pause pause{std::nullopt, options.operator_name, rollback.because, rollback.to.id, now, true};
    const auto recorded = ports.store.audit({options.operator_name, "pin", run_id, list, options.because}, now);
    if (!recorded) tell_of_lacking_records(recorded.error().message, report);
    std::optional<Pause> before;
    CORDON_TRY(change_list_note(list, ports.store, [&](ListNote& note) { before = std::exchange(note.pause, pause); }));
    std::vector<std::string> told;
    if (before && before->back_to.empty() && !before->is_over(now)) {
        told.push_back(fmt::format("it was paused by {}{}; the rollback stands in the place of that",
                                   printable(before->who),
                                   before->until ? " until " + to_readable_utc(*before->until) : std::string{}));
    }
    auto once_done = pause;
    once_done.is_unfinished = false;
    told.push_back(sentence_on(once_done, list));
    return told;
}

bool is_left(const core::ListReport& list) {
    return list.outcome != core::Outcome::done && list.outcome != core::Outcome::unchanged;
}

/// The lists that have everything back, of which later runs need not tell.
Result<void> note_finished(const Rollback& rollback, const core::RunReport& report, store::Store& store) {
    std::set<std::string> lists;
    for (const auto& job : rollback.jobs) lists.insert(job.first_list);
    for (const auto& list : lists) {
        const bool has_rest = std::any_of(report.lists.begin(), report.lists.end(), [&](const core::ListReport& one) {
            const auto is_it = [&](const ListJob& job) { return job.target.list == one.list; };
            const auto job = std::find_if(rollback.jobs.begin(), rollback.jobs.end(), is_it);
            return job != rollback.jobs.end() && job->first_list == list && is_left(one);
        });
        if (has_rest) continue;
        CORDON_TRY(change_list_note(list, store, [&](ListNote& note) {
            if (note.pause && note.pause->back_to == rollback.to.id) note.pause->is_unfinished = false;
        }));
    }
    return {};
}

/// The pin keeps runs from doing what is left.
void tell_of_the_rest(core::RunReport& report) {
    std::vector<std::string> lists;
    for (const auto& list : report.lists) {
        if (is_left(list)) lists.push_back(list.list);
    }
    if (lists.empty()) return;
    report.warnings.push_back(
        fmt::format("the rollback is not finished on {}, and runs do not finish it: give the same command again",
                    name_first(lists)));
}

}  // namespace

Result<Rollback> prepare_rollback(const RollbackWish& wish, std::span<const ListJob> jobs, const GuardOptions& guard,
                                  store::Store& store) {
    Rollback rollback;
    rollback.because = wish.because;
    rollback.is_named = wish.list.has_value();
    CORDON_TRY_ASSIGN(rollback.to, find_run(wish.run, store));
    std::vector<ListJob> chosen;
    if (wish.list) {
        CORDON_TRY_ASSIGN(chosen, named_list(*wish.list, jobs, rollback.to, guard, store));
    } else {
        chosen = all_lists(jobs, rollback);
    }
    CORDON_TRY(read_past(rollback, store));
    for (auto& job : chosen) {
        CORDON_TRY_ASSIGN(const auto ledger, store.ledger(job.target.list));
        if (!ledger.is_known && ledger.ours.empty()) continue;  // never written
        CORDON_TRY_ASSIGN(const auto elsewhere, misplaced(job, store));
        const auto& why_not = elsewhere.why_not;
        if (!why_not.empty() && wish.list) return fail(Code::invalid, why_not);
        if (!why_not.empty()) {
            rollback.warnings.push_back(why_not);
            continue;
        }
        job.feeds.clear();
        rollback.jobs.push_back(std::move(job));
    }
    if (!rollback.jobs.empty()) return rollback;
    return fail(Code::invalid, fmt::format("there is no list to take back to run {}{}{}", rollback.to.id,
                                           rollback.warnings.empty() ? "" : ": ", join(rollback.warnings, "; ")));
}

RunResult roll_back(const Rollback& rollback, const Ports& ports, const RunOptions& options,
                    const std::stop_token& stop) {
    auto own = options;
    own.because = "back to run " + rollback.to.id + (rollback.because.empty() ? "" : ": " + rollback.because);
    own.warnings.insert(own.warnings.end(), rollback.warnings.begin(), rollback.warnings.end());
    const Overrides overrides(ports, options.mode);
    const auto with_overrides = overrides.ports();
    const Planning planning(rollback, with_overrides);
    ByHand by_hand;
    core::RunReport* told = nullptr;  // set before anything is written
    std::set<std::string> to_pin;     // all before the first write: a kill leaves none of them to the feeds
    std::map<std::string, std::vector<std::string>>
        pinned;  // what is told of each, with its first object that is written
    by_hand.make_plans = [&](const ReadLists& read,
                             core::RunReport& report) -> Result<std::vector<std::optional<HandMade>>> {
        CORDON_TRY(overrides.state());
        told = &report;
        CORDON_TRY_ASSIGN(auto plans, planning.plan(read));
        CORDON_TRY_ASSIGN(to_pin, lists_to_pin(rollback, read, plans, options.mode, ports.store, report));
        return plans;
    };
    bool has_begun = false;
    by_hand.before_writing = [&](ListRun& run, const std::string& run_id) -> Result<void> {
        has_begun = true;
        for (const auto& list : to_pin) {
            CORDON_TRY_ASSIGN(pinned[list], pin(list, run_id, rollback, ports, own, *told));
        }
        to_pin.clear();
        const auto said = pinned.extract(run.job->first_list);
        if (said) run.report.warnings.insert(run.report.warnings.end(), said.mapped().begin(), said.mapped().end());
        return {};
    };
    auto result = run_by_hand(rollback.jobs, by_hand, with_overrides, own, stop);
    if (options.mode != Mode::apply) return result;
    if (has_begun) tell_of_the_rest(result.report);
    const auto noted = note_finished(rollback, result.report, ports.store);
    if (!noted) {
        result.report.warnings.push_back(noted.error().message);
        core::note_as_partial(result.report);
    }
    return result;
}

}  // namespace cordon::engine
