// Desired and plan for all lists: what each wants, the tenant's room divided among them, the guard's verdict.

#include <algorithm>
#include <deque>
#include <unordered_map>

#include <fmt/format.h>

#include "base/text.hpp"
#include "core/division.hpp"
#include "engine/inflow.hpp"
#include "engine/list_run.hpp"
#include "engine/overrides.hpp"
#include "engine/remarks.hpp"
#include "engine/room_notes.hpp"
#include "engine/unblocked.hpp"

namespace cordon::engine {
namespace {

/// What a list needs on its way to a plan, beside its run. Never moved: desired sets view the inflow.
struct Preparation {
    core::ListPolicy policy;
    bool is_adopting = false;
    bool is_misplaced = false;       ///< what is ours lies on an object of another kind
    std::vector<std::string> apart;  ///< what no wider entry may bring back, ascending
    Inflow inflow;                   ///< of a list's first object
    std::optional<core::DesiredSet> desired;
    ListLookups looked_up;
    core::Weighed weighed;
    core::Admissions admissions;
};

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

/// What we put on the list is known by its name alone, and would be looked for on another object. "" where the list is
/// kept where it was kept before.
Result<std::string> moved_target(const ListRun& run, store::Store& store) {
    if (run.ledger.ours.empty()) return std::string{};
    const auto& target = run.job->target;
    CORDON_TRY_ASSIGN(const auto text, store.list_note(target.list));
    const auto note = list_note_from_json(text);
    if (!note || note->target == target.kind) return std::string{};
    return fmt::format(
        "its target is now a {}, but {} entries of ours lie in the {} '{}': give the section another category_name, or "
        "take them out first (enabled = false, then: cordon retire \"{}\" --yes)",
        core::noun_of(target.kind), with_thousands(run.ledger.ours.size()), core::noun_of(note->target), target.list,
        target.list);
}

/// All that is ours on any of several objects, for what asks whose an entry is.
core::ListLedger ledger_of(std::span<const ListRun* const> objects) {
    auto all = objects.front()->ledger;
    for (const auto* object : objects.subspan(1)) {
        all.ours.insert(all.ours.end(), object->ledger.ours.begin(), object->ledger.ours.end());
    }
    std::stable_sort(all.ours.begin(), all.ours.end(),
                     [](const core::LedgerEntry& a, const core::LedgerEntry& b) { return a.canonical < b.canonical; });
    return all;
}

void add_texts(const std::vector<core::Exclusion>& exclusions, std::vector<std::string>& texts) {
    for (const auto& exclusion : exclusions) texts.push_back(exclusion.canonical);
}

class ListPlanner {
public:
    ListPlanner(std::span<const ListJob> jobs, std::span<const FeedSection> sections,
                std::span<const FeedSnapshot> snapshots, const core::Room& room, const Ports& ports,
                const RunOptions& options, Lookups& lookups)
        : jobs_(jobs),
          sections_(sections),
          snapshots_(snapshots),
          room_(room),
          ports_(ports),
          options_(options),
          lookups_(lookups),
          prepared_(jobs.size()),
          is_held_(jobs.size(), false) {}

    Result<PlannedLists> plan(std::vector<core::ListState> states) {
        for (std::size_t i = 0; i < jobs_.size(); ++i) CORDON_TRY(begin(i, std::move(states[i])));
        for (std::size_t i = 0; i < jobs_.size(); ++i) {
            if (!jobs_[i].continues) CORDON_TRY(want(i));
        }
        CORDON_TRY(divide());
        for (std::size_t i = 0; i < jobs_.size(); ++i) {
            if (!jobs_[i].continues) CORDON_TRY(conclude(i));
        }
        drop_unused();
        return PlannedLists{std::move(runs_), std::move(division_.pools), division_.needs_freed_places};
    }

private:
    [[nodiscard]] std::vector<std::size_t> objects_of(std::size_t first) const {
        std::vector<std::size_t> objects{first};
        for (auto i = first + 1; i < jobs_.size() && jobs_[i].continues == first; ++i) objects.push_back(i);
        return objects;
    }
    [[nodiscard]] std::size_t first_of(std::size_t i) const { return jobs_[i].continues.value_or(i); }
    [[nodiscard]] const core::DesiredSet* desired_of(std::size_t i) const {
        const auto& desired = prepared_[first_of(i)].desired;
        return desired ? &*desired : nullptr;
    }

    /// What is known of the object itself.
    Result<void> begin(std::size_t i, core::ListState state) {
        const auto& job = jobs_[i];
        auto& run = runs_.emplace_back();
        auto& prepared = prepared_[i];
        run.job = &job;
        run.state = std::move(state);
        run.report.list = job.target.list;
        run.report.target = job.target.kind;
        run.report.object_id = run.state.object_id;
        CORDON_TRY_ASSIGN(run.ledger, ports_.store.ledger(job.target.list));
        lift_exclusions(job, ports_, run.ledger);
        CORDON_TRY_ASSIGN(run.report.message, moved_target(run, ports_.store));
        if (!run.report.message.empty()) {
            run.report.outcome = core::Outcome::failed;
            run.ledger = {};  // of another object
            prepared.is_misplaced = true;
        }
        prepared.policy = job.policy;
        prepared.policy.placeholder = ports_.gateway.placeholder(job.target.kind);
        prepared.policy.new_entries =
            core::has_sides(job.target.kind) ? side_of_new_entries(job.retain_parent, run.state) : core::Side::plain;
        prepared.is_adopting = options_.adopt == job.target.list;
        if (prepared.is_adopting) {
            run.ledger.is_known = false;
            prepared.policy.adopt = core::AdoptRule::all;
        }
        note_feed_trouble(run, snapshots_);
        CORDON_TRY(note_pause(run));
        run.is_first_sight_open =
            !run.ledger.is_known &&
            std::any_of(job.feeds.begin(), job.feeds.end(), [&](std::size_t f) { return snapshots_[f].is_partial; });
        return {};
    }

    Result<void> note_pause(ListRun& run) {
        CORDON_TRY_ASSIGN(const auto text, ports_.store.list_note(run.job->target.list));
        const auto note = list_note_from_json(text);
        if (!note || !note->pause || note->pause->is_over(ports_.clock.now())) return {};
        run.is_paused = true;
        run.report.warnings.push_back(sentence_on(*note->pause, run.job->target.list));
        return {};
    }

    /// What the list's feeds want on it, and what look-ups say of that.
    Result<void> want(std::size_t first) {
        auto& prepared = prepared_[first];
        auto& run = runs_[first];
        std::vector<const ListRun*> objects;
        bool exists = false;
        bool is_misplaced = false;
        for (const auto object : objects_of(first)) {
            objects.push_back(&runs_[object]);
            is_misplaced = is_misplaced || prepared_[object].is_misplaced;
            exists = exists || runs_[object].state.exists;
            add_texts(runs_[object].ledger.exceptions, prepared.apart);
            add_texts(runs_[object].ledger.quarantine, prepared.apart);
        }
        std::sort(prepared.apart.begin(), prepared.apart.end());
        std::optional<core::ListLedger> joint;
        if (objects.size() > 1) joint = ledger_of(objects);
        CORDON_TRY_ASSIGN(prepared.inflow, inflow_of(jobs_[first], joint ? *joint : run.ledger, exists, sections_,
                                                     snapshots_, ports_.store, ports_.overrides, run.report));
        ports_.rejected.begin_list(run.report.list);
        if (is_misplaced || run.is_paused || !prepared.inflow.is_enough_to_plan()) {
            for (const auto object : objects_of(first)) runs_[object].is_frozen = true;
        } else {
            take_foreign_placeholders(run, prepared.policy.adopt);
            auto rules = jobs_[first].rules;
            rules.apart = prepared.apart;
            prepared.desired = core::build_desired(prepared.inflow.parts, rules, ports_.protection, ports_.rejected);
        }
        CORDON_TRY(look_up(first));
        for (const auto object : objects_of(first)) weigh(object);
        return {};
    }

    void weigh(std::size_t i) {
        prepared_[i].weighed =
            core::weigh_list(jobs_[i].target.kind, desired_of(i), runs_[i].state, runs_[i].ledger, prepared_[i].policy,
                             ports_.clock.now(), prepared_[first_of(i)].looked_up.answers);
    }

    Result<void> look_up(std::size_t first) {
        auto& prepared = prepared_[first];
        if (!prepared.desired || !prepared.policy.lookup.is_on()) return {};
        const auto objects = objects_of(first);
        const auto need_of = [&](const core::Classifications& answers) {
            prepared.looked_up.answers = answers;
            std::vector<const core::Weighed*> weighed;
            std::size_t places = 0;
            for (const auto object : objects) {
                weigh(object);
                const auto& one = prepared_[object];
                weighed.push_back(&one.weighed);
                places += core::places_for(jobs_[object].target.kind, runs_[object].state.exists, one.weighed.taken,
                                           one.policy, room_)
                              .count;
            }
            core::Weighed whole;
            whole.standings = core::stand_together(weighed).standings;
            return core::lookups_needed(*prepared.desired, whole, places, prepared.policy.hysteresis,
                                        ports_.gateway.values_per_lookup());
        };
        CORDON_TRY_ASSIGN(prepared.looked_up, lookups_.answers_for(need_of, jobs_[first].lookup_ttl));
        return {};
    }

    [[nodiscard]] std::vector<core::Contender> contenders() const {
        std::vector<core::Contender> contenders;
        for (std::size_t i = 0; i < jobs_.size(); ++i) {
            const auto& job = jobs_[i];
            core::Contender contender;
            contender.list = job.target.list;
            contender.target = job.target.kind;
            contender.exists = runs_[i].state.exists;
            contender.desired = desired_of(i);
            contender.policy = &prepared_[i].policy;
            contender.weighed = &prepared_[i].weighed;
            contender.priority = job.priority;
            contender.reserve = job.reserve;
            contender.group = job.group;
            contender.continues = job.continues;
            contender.takes_overflow = job.takes_overflow;
            contender.most = job.most_entries;
            contender.is_held = is_held_[i];
            contenders.push_back(std::move(contender));
        }
        return contenders;
    }

    /// Until the guard stops no list any more that others' places depend on: what a stopped list would have taken goes
    /// to the others, and what it would have given up is not theirs.
    Result<void> divide() {
        for (;;) {
            division_ = core::divide_room(contenders(), room_, options_.quota_headroom);
            name_holders(division_, jobs_);
            for (std::size_t i = 0; i < jobs_.size(); ++i) {
                if (!is_held_[i]) prepared_[i].admissions = division_.admissions[i];
            }
            if (!division_.is_entangled) return {};
            CORDON_TRY_ASSIGN(const bool has_held_more, hold_what_is_stopped());
            if (!has_held_more) return {};
        }
    }

    Result<bool> hold_what_is_stopped() {
        std::vector<core::ListReport> reports;
        for (const auto& run : runs_) reports.push_back(run.report);
        core::NoRejectSink nobody;
        for (std::size_t first = 0; first < jobs_.size(); ++first) {
            if (jobs_[first].continues) continue;
            const auto objects = objects_of(first);
            if (is_held_[first] || !prepared_[first].desired) {  // stays as it is
                for (const auto object : objects) runs_[object].report.outcome = core::Outcome::stopped;
                continue;
            }
            auto room = room_;
            CORDON_TRY(plan_and_guard(objects, room, nobody));
            for (const auto object : objects) note_feeds(runs_[object], *desired_of(first));
        }
        static_cast<void>(guard_must_block(runs_, ports_.assertions));
        bool has_held = false;
        for (std::size_t first = 0; first < jobs_.size(); ++first) {
            if (jobs_[first].continues || is_held_[first] || !prepared_[first].desired) continue;
            const auto objects = objects_of(first);
            const bool is_stopped = std::any_of(objects.begin(), objects.end(), [&](std::size_t object) {
                return runs_[object].report.outcome == core::Outcome::stopped;
            });
            for (const auto object : objects) is_held_[object] = is_stopped;
            has_held = has_held || is_stopped;
        }
        for (std::size_t i = 0; i < runs_.size(); ++i) {
            runs_[i].report = std::move(reports[i]);
            runs_[i].suspicious_feeds.clear();
            runs_[i].addition_feeds.clear();
            runs_[i].removal_feeds.clear();
        }
        return has_held;
    }

    Result<void> plan_and_guard(const std::vector<std::size_t>& objects, core::Room& room, core::RejectSink& sink) {
        std::vector<ListRun*> runs;
        for (const auto i : objects) {
            auto& run = runs_[i];
            if (&sink == &ports_.rejected) ports_.rejected.begin_list(run.report.list);
            run.plan = core::plan_list(run.report.list, run.report.target, *desired_of(i), run.state, run.ledger,
                                       prepared_[i].policy, room, ports_.clock.now(), sink,
                                       prepared_[first_of(i)].looked_up.answers, prepared_[i].admissions);
            runs.push_back(&run);
        }
        return guard_list(runs, *desired_of(objects.front()), sections_, snapshots_, ports_, options_);
    }

    Result<void> conclude(std::size_t first) {
        const auto objects = objects_of(first);
        auto& prepared = prepared_[first];
        if (prepared.desired) {
            const auto room_before = room_;
            CORDON_TRY(plan_and_guard(objects, room_, ports_.rejected));
            if (!runs_[first].may_be_applied()) room_ = room_before;  // a stopped list takes nothing from the next
            auto& run = runs_[first];
            run.plan.lookups = prepared.looked_up.open;
            run.has_lookups_to_come = prepared.looked_up.is_cut_short;
            std::erase_if(run.foreign_placeholders, [&](const std::string& known) {
                return std::binary_search(run.plan.keeps.begin(), run.plan.keeps.end(), known);
            });
            report_lookups(prepared.looked_up, run.plan, lookups_, run.report);
        }
        for (const auto i : objects) {
            auto& run = runs_[i];
            if (prepared.desired) {
                note_feeds(run, *prepared.desired);
            } else {
                run.plan = plan_standstill(run, prepared_[i].policy, ports_);
                run.addition_feeds.assign(run.plan.additions.size(), {});
                run.removal_feeds.assign(run.plan.removals.size(), {});
            }
            run.report.counts = run.plan.counts;
            run.report.there_now = run.plan.counts.present;
            run.report.digest = run.plan.digest;
            tell_of_other_side(run, prepared_[i].policy.new_entries);
            if (!run.is_frozen) describe_first_sight(run, ports_.protection, prepared_[i].is_adopting);
        }
        return {};
    }

    /// Objects that do not exist and that nothing needs.
    void drop_unused() {
        std::erase_if(runs_, [](const ListRun& run) {
            return run.job->continues && !run.state.exists && !run.plan.writes() && run.ledger.ours.empty();
        });
    }

    std::span<const ListJob> jobs_;
    std::span<const FeedSection> sections_;
    std::span<const FeedSnapshot> snapshots_;
    core::Room room_;
    const Ports& ports_;
    const RunOptions& options_;
    Lookups& lookups_;
    std::vector<ListRun> runs_;          // parallel to jobs_
    std::vector<Preparation> prepared_;  // likewise
    std::vector<bool> is_held_;          // likewise
    core::Division division_;
};

}  // namespace

Result<PlannedLists> plan_and_guard(std::span<const ListJob> jobs, std::vector<core::ListState> states,
                                    const core::Room& room, std::span<const FeedSection> sections,
                                    std::span<const FeedSnapshot> snapshots, const Ports& ports,
                                    const RunOptions& options, Lookups& lookups) {
    return ListPlanner(jobs, sections, snapshots, room, ports, options, lookups).plan(std::move(states));
}

std::vector<core::ListReport> reports_of_unplanned(std::span<const ListJob> jobs,
                                                   std::span<const core::ListState> states,
                                                   const gateways::Gateway& gateway, core::Outcome outcome) {
    std::vector<core::ListReport> reports;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        if (jobs[i].continues && (i >= states.size() || !states[i].exists)) continue;
        core::ListReport list;
        list.list = jobs[i].target.list;
        list.target = jobs[i].target.kind;
        list.outcome = outcome;
        list.message = "the run ended before this list was planned; it stays as it is";
        if (i < states.size()) {
            list.there_now = core::distinct_entries(states[i].entries, gateway.placeholder(list.target));
        }
        reports.push_back(std::move(list));
    }
    return reports;
}

}  // namespace cordon::engine
