// cordon unblock and cordon block: what an operator says of one value, done at once.

#include "engine/override_runs.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text.hpp"
#include "core/canonical.hpp"
#include "core/holdings.hpp"
#include "core/ip.hpp"
#include "core/places.hpp"
#include "core/plan_commands.hpp"
#include "core/plan_parts.hpp"
#include "core/verdict.hpp"
#include "engine/auditing.hpp"
#include "engine/by_hand.hpp"
#include "engine/override_notes.hpp"
#include "engine/override_state.hpp"
#include "engine/overrides.hpp"

namespace cordon::engine {
namespace {

using core::Override;
using core::OverrideKind;

/// Where people take an entry off that is not ours.
std::string way_to(const ListJob& job) {
    auto name = printable(job.target.list);
    switch (job.target.kind) {
        case core::TargetKind::url_category: return fmt::format("Administration > URL Categories > {}", name);
        case core::TargetKind::ipv4_group:
            return fmt::format("Administration > IP & FQDN Groups > Destination IPv4 Groups > {}", name);
        case core::TargetKind::fqdn_group:
            return fmt::format("Administration > IP & FQDN Groups > Destination FQDN Groups > {}", name);
        case core::TargetKind::denylist: return "Policy > Advanced Threat Protection > Blocked Malicious URLs";
    }
    return name;
}

std::string name_of_list(const ListJob& job, const core::ListState& state) {
    const bool has_id = job.target.kind != core::TargetKind::denylist && !state.object_id.empty();
    return fmt::format("the list '{}' ({}{}{})", printable(job.target.list), core::noun_of(job.target.kind),
                       has_id ? " " : "", has_id ? printable(state.object_id) : "");
}

/// What is unblocked beside the value where this entry goes; "" where the entry is the value.
std::string also_unblocked(core::TargetKind target, const std::string& entry, const std::string& value) {
    if (entry == value) return {};
    const auto shown = printable(entry);
    const auto range = target == core::TargetKind::ipv4_group ? core::parse_ipv4_range(entry) : std::nullopt;
    if (range) {
        if (core::group_entry_blocks(value, entry)) return {};  // a part of it
        return fmt::format("'{}' goes whole, so all its {} addresses go off this list, not only {}", shown,
                           with_thousands(std::uint64_t{range->last} - range->first + 1), value);
    }
    if (entry.starts_with('.') && !value.starts_with('.')) {
        return fmt::format(
            "'{}' goes whole, so {} and every host below it go off this list, not only {}; the next run puts back what "
            "of it a feed names and does not block {}",
            shown, printable(entry.substr(1)), value, value);
    }
    if (core::category_entry_blocks(entry, value)) {
        return fmt::format("'{}' goes whole, so everything there goes off this list, not only {}", shown, value);
    }
    return fmt::format("'{}' goes, too: it blocks a part of {}", shown, value);
}

/// Takes what blocks one value off one object after the other.
class Unblocking {
public:
    Unblocking(const Override& wish, const Ports& ports)
        : wish_(wish), ports_(ports), protected_(core::protection_of_unblocked(wish.value)) {}

    /// `invalid`, and nothing of it is to be noted, where no run has told yet what of a list that blocks the value is
    /// Cordon's: the first one would leave it to others for ever.
    Result<std::vector<std::optional<HandMade>>> plan(const ReadLists& read, core::RunReport& report) {
        std::vector<std::optional<HandMade>> plans(read.jobs.size());
        std::size_t looked_at = 0;
        CORDON_TRY(require_runs(read));
        has_looked_ = true;
        for (std::size_t i = 0; i < read.jobs.size(); ++i) {
            warn_of_misplaced(read.jobs[i], read.misplaced[i], report);
            if (!read.states[i].exists) continue;
            ++looked_at;
            plans[i] = plan_one(read.jobs[i], read.states[i], read.ledgers[i], read.room, report);
        }
        const bool finds_nothing = std::none_of(plans.begin(), plans.end(), [](const auto& plan) { return plan; });
        if (finds_nothing && foreign_ == 0 && misplaced_ == 0) {
            report.warnings.push_back(fmt::format(
                "nothing on the {} lists that Cordon knows blocks {}; if users do not reach it, something else blocks "
                "it: 'cordon lookup \"{}\"' shows what Zscaler's own database says",
                looked_at, wish_.value, wish_.value));
        }
        return plans;
    }

    /// The lists were read, so that it is known what of others blocks the value.
    [[nodiscard]] bool has_looked() const noexcept { return has_looked_; }
    /// Why plan() refused.
    [[nodiscard]] const Result<void>& refusal() const noexcept { return refusal_; }

private:
    [[nodiscard]] bool is_blocking(core::TargetKind target, std::string_view canonical) const {
        return protected_.hit(core::kind_of(target, canonical), canonical).has_value();
    }

    Result<void> require_runs(const ReadLists& read) {
        for (std::size_t i = 0; i < read.jobs.size(); ++i) {
            const auto& job = read.jobs[i];
            if (read.ledgers[i].is_known || !read.misplaced[i].why_not.empty()) continue;
            for (const auto& present : read.states[i].entries) {
                const bool is_ours = core::find_ours(read.ledgers[i], present.canonical) != nullptr;
                if (is_ours || !is_blocking(job.target.kind, present.canonical)) continue;
                refusal_ =
                    fail(Code::invalid,
                         fmt::format("this store has never seen a run finish on '{}', so it is not known whether "
                                     "'{}' on it is Cordon's: nothing was done. Run 'cordon run' first; then "
                                     "give the command again. Or take it off in the ZIA Admin Portal ({}) and "
                                     "activate",
                                     printable(job.target.list), printable(present.canonical), way_to(job)));
                return refusal_;
            }
        }
        return {};
    }

    /// What blocks it on an object that the list's name stood for before is not read, so nothing goes off it.
    void warn_of_misplaced(const ListJob& job, const Misplaced& misplaced, core::RunReport& report) {
        const auto& ours = misplaced.ledger.ours;
        const auto found = std::find_if(ours.begin(), ours.end(), [&](const core::LedgerEntry& entry) {
            return is_blocking(misplaced.kind, entry.canonical);
        });
        if (found == ours.end()) return;
        ++misplaced_;
        report.outcome = core::worse(report.outcome, core::Outcome::partial);
        const auto list = printable(job.target.list);
        report.warnings.push_back(fmt::format(
            "{} may stay blocked by Cordon's '{}' in the {} '{}': the list is a {} now, so that object is not looked "
            "at. Take the entry off in the ZIA Admin Portal and activate, or all of Cordon's there with enabled = "
            "false in the section and: cordon retire \"{}\" --yes",
            wish_.value, printable(found->canonical), core::noun_of(misplaced.kind), list,
            core::noun_of(job.target.kind), list));
    }

    std::optional<HandMade> plan_one(const ListJob& job, const core::ListState& state, const core::ListLedger& ledger,
                                     const core::Room& room, core::RunReport& report) {
        const auto kind = job.target.kind;
        const auto policy = policy_of(job, state, ports_.gateway);
        for (const auto& holding : core::holdings_of(state, ledger, policy.placeholder)) {
            if (!holding.has_foreign_spelling() || !is_blocking(kind, holding.canonical)) continue;
            ++foreign_;
            report.outcome = core::worse(report.outcome, core::Outcome::partial);
            report.warnings.push_back(fmt::format(
                "{} stays blocked by '{}' on {}: that entry is not Cordon's, so Cordon does not touch it. Take it off "
                "in the ZIA Admin Portal ({}) and activate",
                wish_.value, printable(holding.canonical), name_of_list(job, state), way_to(job)));
        }
        HandMade made;
        made.plan = core::plan_by_hand(job.target.list, kind, state, ledger, policy, room,
                                       [&](std::string_view canonical) { return is_blocking(kind, canonical); });
        if (!made.plan.writes()) return std::nullopt;
        const std::set<std::string> gone(made.plan.removals_canonical.begin(), made.plan.removals_canonical.end());
        constexpr std::size_t k_most_named = 10;
        for (const auto& entry : gone) {
            auto note = also_unblocked(kind, entry, wish_.value);
            if (!note.empty() && made.notes.size() < k_most_named) made.notes.push_back(std::move(note));
        }
        return made;
    }

    const Override& wish_;
    const Ports& ports_;
    core::Protection protected_;
    Result<void> refusal_;
    std::size_t foreign_ = 0;
    std::size_t misplaced_ = 0;
    bool has_looked_ = false;
};

/// Keeps why a value was left out.
class Objection final : public core::RejectSink {
public:
    void take(std::string_view, core::Reason why, std::string_view, std::string_view detail) override {
        if (class_of(why) != core::ReasonClass::rejected) return;
        reason = why;
        because = detail;
    }
    std::optional<core::Reason> reason;
    std::string because;
};

/// What would let the value through. `is_for_rehearsals`: permit_reserved would.
std::string key_against(const Objection& objection, bool is_for_rehearsals) {
    switch (objection.reason.value_or(core::Reason::not_an_indicator)) {
        case core::Reason::never:
            return objection.because.starts_with("operator's unblock")
                       ? "; 'cordon overrides' shows the command that ends that"
                       : "; to permit it, take it out of never and never_files of [allow]";
        case core::Reason::popular:
            return objection.because.starts_with("built-in")
                       ? "; to permit it, set builtin_popular = false in [allow]; a URL with a path on it is permitted "
                         "as it is"
                       : "; to permit it, take it out of popular and popular_files of [allow]; a URL with a path on it "
                         "is permitted as it is";
        case core::Reason::too_wide: return "; min_prefix of [guard] says how wide networks may be";
        case core::Reason::reserved_address:
            return is_for_rehearsals ? "; permit_reserved of [guard] lets it through, for rehearsals only"
                                     : "; no key permits that";
        case core::Reason::unsupported_by_target:
        case core::Reason::wrong_type: return "; name another list with --list";
        case core::Reason::public_suffix: return "; name the hosts below it that are meant";
        case core::Reason::lock_out: return "; no key permits that";
        default: return {};
    }
}

/// What the operator alone wants on the list.
Result<core::PlannedEntry> entry_made(const Override& wish, const ListJob& job, const core::Protection& protection) {
    std::deque<core::IndicatorSet> kept;
    std::vector<core::FeedPart> parts;
    add_operator_parts(wish.list, std::span(&wish, 1), kept, parts);
    Objection objection;
    const auto desired = core::build_desired(parts, job.rules, protection, objection);
    if (!desired.empty()) return core::PlannedEntry{std::string(desired[0].text), core::Side::plain};
    const auto reason = objection.reason.value_or(core::Reason::not_an_indicator);
    auto rehearsal = job.rules;
    rehearsal.permit_reserved = true;
    Objection another;
    const bool is_for_rehearsals = !core::build_desired(parts, rehearsal, protection, another).empty();
    return fail(Code::invalid,
                fmt::format("{} may not be blocked on '{}': {}{}{}{}", wish.value, printable(wish.list),
                            core::explanation_of(reason), objection.because.empty() ? "" : ", ",
                            printable(objection.because, 300), key_against(objection, is_for_rehearsals)));
}

bool blocks(core::TargetKind target, const std::string& entry, const std::string& other) {
    return target == core::TargetKind::ipv4_group ? core::group_entry_blocks(entry, other)
                                                  : core::category_entry_blocks(entry, other);
}

/// Puts one value on one of its list's objects.
class Blocking {
public:
    Blocking(core::PlannedEntry entry, std::span<const FeedSection> sections, ListJob job, const Ports& ports)
        : entry_(std::move(entry)), sections_(sections), job_(std::move(job)), ports_(ports) {}

    Result<std::vector<std::optional<HandMade>>> plan(const ReadLists& read, core::RunReport& report) {
        std::vector<std::optional<HandMade>> plans(read.jobs.size());
        has_looked_ = true;
        std::optional<std::size_t> full;
        for (std::size_t i = 0; i < read.jobs.size(); ++i) {
            const auto kind = read.jobs[i].target.kind;
            for (const auto& present : read.states[i].entries) {
                if (!blocks(kind, present.canonical, entry_.text)) continue;
                const bool is_ours = core::find_ours(read.ledgers[i], present.canonical) != nullptr;
                report.warnings.push_back(fmt::format("{} is blocked on it already, by '{}'{}; runs keep it so",
                                                      entry_.text, printable(present.canonical),
                                                      is_ours ? "" : ", which is not Cordon's"));
                return plans;
            }
        }
        for (std::size_t i = 0; i < read.jobs.size(); ++i) {
            const bool is_wanted = read.states[i].exists || !read.jobs[i].continues || full;
            if (!is_wanted || !core::can_hold(read.jobs[i].target.kind, kind_in(read.jobs[i]))) continue;
            if (has_place(read, i)) {
                plans[i] = put_on(read, i, {});
                return plans;
            }
            if (!full) full = i;
        }
        if (!full) {
            return fail(Code::invalid, fmt::format("no object of '{}' holds {}", job_.target.list, entry_.text));
        }
        CORDON_TRY_ASSIGN(const auto least, least_on(read, *full));
        if (!least) {
            return fail(Code::invalid,
                        fmt::format("'{}' is full, and nothing on it is known to rank behind {}; raise its limit, or "
                                    "name another list with --list",
                                    job_.target.list, entry_.text));
        }
        plans[*full] = put_on(read, *full, *least);
        plans[*full]->notes.push_back(
            fmt::format("the list is full: '{}', which ranks last on it, makes room", *least));
        return plans;
    }

    /// The lists were read.
    [[nodiscard]] bool has_looked() const noexcept { return has_looked_; }

private:
    [[nodiscard]] core::EntryKind kind_in(const ListJob& job) const {
        const auto plain = core::kind_of(core::TargetKind::ipv4_group, entry_.text);
        return plain == core::EntryKind::host
                   ? core::kind_of(job.target.kind == core::TargetKind::ipv4_group ? core::TargetKind::url_category
                                                                                   : job.target.kind,
                                   entry_.text)
                   : plain;
    }

    [[nodiscard]] bool has_place(const ReadLists& read, std::size_t i) const {
        const auto& job = read.jobs[i];
        const auto policy = policy_of(job, read.states[i], ports_.gateway);
        const auto holdings = core::holdings_of(read.states[i], read.ledgers[i], policy.placeholder);
        const auto taken = core::occupancy_of(holdings);
        return taken.ours < core::places_for(job.target.kind, read.states[i].exists, taken, policy, read.room).count;
    }

    [[nodiscard]] HandMade put_on(const ReadLists& read, std::size_t i, const std::string& leaves) const {
        const auto& job = read.jobs[i];
        const auto policy = policy_of(job, read.states[i], ports_.gateway);
        auto entry = entry_;
        entry.side = core::has_sides(job.target.kind) ? policy.new_entries : core::Side::plain;
        HandMade made;
        made.feed = core::k_operator_feed;
        made.plan = core::plan_by_hand(
            job.target.list, job.target.kind, read.states[i], read.ledgers[i], policy, read.room,
            [&](std::string_view canonical) { return !leaves.empty() && canonical == leaves; }, std::span(&entry, 1));
        return made;
    }

    /// What of ours on the object ranks last by the last snapshots and what operators said.
    Result<std::optional<std::string>> least_on(const ReadLists& read, std::size_t i) {
        CORDON_TRY_ASSIGN(const auto known, last_known(job_, sections_, ports_.overrides, ports_.store));
        core::NoRejectSink nobody;
        const auto desired = core::build_desired(known.parts, job_.rules, ports_.protection, nobody);
        const auto policy = policy_of(read.jobs[i], read.states[i], ports_.gateway);
        const auto holdings = core::holdings_of(read.states[i], read.ledgers[i], policy.placeholder);
        for (auto rank = desired.size(); rank-- > 0;) {
            if (desired.feed_name(desired[rank].feed) == core::k_operator_feed) continue;
            const auto* holding = core::find_holding(holdings, desired[rank].text);
            if (holding != nullptr && holding->is_ours && !holding->has_foreign_spelling()) {
                return std::string(desired[rank].text);
            }
        }
        return std::nullopt;
    }

    core::PlannedEntry entry_;
    std::span<const FeedSection> sections_;
    ListJob job_;  // the list's first, with its feeds
    const Ports& ports_;
    bool has_looked_ = false;
};

}  // namespace

Result<std::vector<ListJob>> jobs_of_all_lists(std::span<const ListJob> jobs, store::Store& store) {
    std::vector<ListJob> all(jobs.begin(), jobs.end());
    CORDON_TRY_ASSIGN(const auto known, store.known_lists());
    for (const auto& name : known) {
        const auto is_it = [&](const ListJob& job) { return job.target.list == name; };
        if (std::any_of(jobs.begin(), jobs.end(), is_it)) continue;
        CORDON_TRY_ASSIGN(const auto text, store.list_note(name));
        const auto note = list_note_from_json(text);
        if (!note) continue;
        ListJob job;
        job.target = {name, note->target, note->description};
        job.first_list = note->first_list.empty() ? name : note->first_list;
        all.push_back(std::move(job));
    }
    return all;
}

Result<RunResult> unblock(const Override& wish, std::span<const ListJob> jobs, const Ports& ports,
                          const RunOptions& options, const std::stop_token& stop) {
    CORDON_TRY_ASSIGN(auto all, jobs_of_all_lists(jobs, ports.store));
    auto made_up_for = options;
    made_up_for.is_made_up_for = true;
    CORDON_TRY_ASSIGN(const auto before, ports.store.overrides());
    CORDON_TRY_ASSIGN(const auto lacks, take_note(wish, ports, made_up_for));
    const Overrides overrides(ports, Mode::plan_only);
    CORDON_TRY(overrides.state());
    const auto own = overrides.ports();
    Unblocking unblocking(wish, own);
    ByHand by_hand;
    by_hand.make_plans = [&](const ReadLists& read, core::RunReport& report) {
        tell_of_lacking_records(lacks, report);
        return unblocking.plan(read, report);
    };
    const auto lists = names_of_objects(all);
    auto result = run_by_hand(std::move(all), by_hand, own, made_up_for, stop);
    if (!unblocking.refusal() && options.mode == Mode::apply) CORDON_TRY(take_note_back(wish, before, ports));
    CORDON_TRY(unblocking.refusal());
    if (options.mode != Mode::apply) return result;
    if (!unblocking.has_looked()) tell_of_lacking_records(lacks, result.report);
    const auto states = states_of(std::span(&wish, 1), lists, ports.store);
    if (states) {
        const auto& told = result.report.lists;
        const bool has_removed =
            std::any_of(told.begin(), told.end(), [](const core::ListReport& list) { return list.removed > 0; });
        result.first_words =
            first_words_on(wish, states->front(), {unblocking.has_looked(), has_removed, result.was_published});
    } else {
        result.report.warnings.push_back("what has come of it could not be read: " + states.error().message);
        core::note_as_partial(result.report);
    }
    return result;
}

Result<core::PlannedEntry> entry_of_block(const Override& wish, const ListJob& job, const Ports& ports) {
    const Overrides overrides(ports, Mode::plan_only);
    CORDON_TRY(overrides.state());
    std::vector<Override> others(overrides.in_force().begin(), overrides.in_force().end());
    std::erase_if(others, [&](const Override& one) { return one.value == wish.value; });
    CORDON_TRY_ASSIGN(auto entry, entry_made(wish, job, core::protection_with(others, ports.protection)));
    const auto broken = core::broken_never_block(ports.assertions, job.target.kind, {entry.text});
    if (broken.empty()) return entry;
    return fail(Code::invalid, fmt::format("{} may not be blocked on '{}': '{}' of [assert] would be broken; to permit "
                                           "it, change that",
                                           wish.value, printable(wish.list), broken.front().assertion));
}

Result<RunResult> block(const Override& wish, std::span<const FeedSection> sections, std::span<const ListJob> jobs,
                        const Ports& ports, const RunOptions& options, const std::stop_token& stop) {
    const auto is_it = [&](const ListJob& job) { return job.target.list == wish.list; };
    const auto found = std::find_if(jobs.begin(), jobs.end(), is_it);
    if (found == jobs.end() || found->continues) {
        return fail(Code::invalid, fmt::format("no enabled section has category_name = {}{}", printable(wish.list),
                                               lists_instead_of(wish.list, jobs)));
    }
    CORDON_TRY_ASSIGN(auto entry, entry_of_block(wish, *found, ports));
    auto own_jobs = only_list(jobs, wish.list);
    for (const auto& job : own_jobs) {
        CORDON_TRY_ASSIGN(const auto elsewhere, misplaced(job, ports.store));
        if (!elsewhere.why_not.empty()) return fail(Code::invalid, elsewhere.why_not);
    }
    auto made_up_for = options;
    made_up_for.is_made_up_for = true;
    CORDON_TRY_ASSIGN(const auto lacks, take_note(wish, ports, made_up_for));
    const Overrides overrides(ports, Mode::plan_only);
    CORDON_TRY(overrides.state());
    const auto own = overrides.ports();
    Blocking blocking(std::move(entry), sections, *found, own);
    ByHand by_hand;
    by_hand.make_plans = [&](const ReadLists& read, core::RunReport& report) {
        tell_of_lacking_records(lacks, report);
        return blocking.plan(read, report);
    };
    auto result = run_by_hand(std::move(own_jobs), by_hand, own, made_up_for, stop);
    if (!blocking.has_looked()) tell_of_lacking_records(lacks, result.report);
    return result;
}

}  // namespace cordon::engine
