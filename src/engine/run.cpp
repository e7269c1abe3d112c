#include "engine/run.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "engine/activating.hpp"
#include "engine/auditing.hpp"
#include "engine/by_hand.hpp"
#include "engine/call_counts.hpp"
#include "engine/enforcing.hpp"
#include "engine/in_step.hpp"
#include "engine/list_run.hpp"
#include "engine/override_state.hpp"
#include "engine/overrides.hpp"
#include "engine/remarks.hpp"
#include "engine/unblocked.hpp"

namespace cordon::engine {
namespace {

using core::ActivationState;
using core::Outcome;

/// The state of one run between its steps.
class Run {
public:
    Run(std::span<const FeedSection> sections, std::span<const ListJob> jobs, const Ports& ports,
        const RunOptions& options, const std::stop_token& stop)
        : sections_(sections),
          all_jobs_(jobs),
          jobs_(options.adopt ? only_list(jobs, *options.adopt) : std::vector(jobs.begin(), jobs.end())),
          audit_(ports, options, result_.report),
          ports_(audit_.ports()),
          options_(options),
          stop_(stop),
          activation_(ports_, options, result_.report) {
        auto& report = result_.report;
        report.started = ports.clock.now();
        report.command = options.command;
        report.version = options.version;
        report.warnings = options.warnings;
        report.outcome = Outcome::unchanged;
        report.id =
            make_run_id(report.started,
                        static_cast<std::uint32_t>(hash64(
                            options.command, static_cast<std::uint64_t>(report.started.time_since_epoch().count()))));
    }

    /// A row that stays where the run is killed; the report takes its place.
    Result<void> announce() {
        if (options_.mode == Mode::plan_only) return {};
        auto begun = result_.report;
        begun.finished = begun.started;
        begun.outcome = Outcome::unfinished;
        begun.activation = ActivationState::unknown;
        begun.exit_status = core::exit_status_of(begun.outcome);
        begun.message = "it is still at work, or it was killed; what it did to the lists is found by the next run";
        return ports_.store.save_run(begun);
    }

    /// Step 7: the report, also of a run that failed.
    RunResult record(Result<void> ended) {
        auto& report = result_.report;
        if (!ended) {
            report.message = ended.error().message;
            report.outcome = core::worse(
                report.outcome, ended.error().code == Code::cancelled ? Outcome::interrupted : Outcome::failed);
        }
        if (lists_.empty() && !is_planned_) {
            report.lists = reports_of_unplanned(jobs_, inventory_.lists, ports_.gateway,
                                                stop_.stop_requested() ? Outcome::interrupted : Outcome::failed);
        }
        if (is_in_effect_ && by_hand_ == nullptr) note_lists_in_step(lists_, report.feeds, ports_.clock.now());
        for (auto& run : lists_) {
            if (!ended && !run.is_carried_out && run.may_be_applied()) {
                run.report.outcome = core::worse(run.report.outcome, Outcome::failed);
                run.report.message = "the run ended before this list was written; it stays as it is";
            }
            if (!run.is_carried_out && options_.mode == Mode::apply) report_pending(run, {}, {}, ports_.rejected);
            report.outcome = core::worse(report.outcome, run.report.outcome);
            report.lists.push_back(std::move(run.report));
            if (run.plan.list.empty()) continue;
            result_.plans.push_back(std::move(run.plan));
        }
        if (options_.mode == Mode::plan_only) result_.snapshots = std::move(snapshots_);
        count_calls(sections_, ports_.gateway, report);
        audit_.tell_of_changes();
        report.finished = ports_.clock.now();
        report.exit_status = core::exit_status_of(report.outcome);
        if (options_.mode == Mode::apply) {
            if (const auto saved = ports_.store.save_run(report); !saved)
                report.warnings.push_back(saved.error().message);
        }
        return std::move(result_);
    }

    Result<void> fetch() {
        progress(fmt::format("fetching {} feeds", sections_.size()));
        CORDON_TRY_ASSIGN(snapshots_, fetch_snapshots(sections_, options_.guard, keeping(), ports_.store, ports_.clock,
                                                      stop_, options_.fetching));
        for (const auto& snapshot : snapshots_) result_.report.feeds.push_back(snapshot.report);
        return still_wanted();
    }

    Result<void> take_inventory() {
        progress("reading the gateway");
        for (const auto& job : jobs_) {
            CORDON_TRY_ASSIGN(const auto ledger, ports_.store.ledger_head(job.target.list));
            targets_.push_back(job.target);
            targets_.back().known_id = ledger.object_id;
        }
        CORDON_TRY_ASSIGN(inventory_, ports_.gateway.inventory(targets_, stop_));
        if (const auto& room = inventory_.room; room.urls) {
            result_.report.quota = core::QuotaReport{room.urls_provisioned, room.urls_provisioned + *room.urls};
        }
        auto& warnings = result_.report.warnings;
        warnings.insert(warnings.end(), inventory_.warnings.begin(), inventory_.warnings.end());
        CORDON_TRY(still_wanted());
        if (options_.mode == Mode::apply) CORDON_TRY(remember_theirs(jobs_, inventory_.lists, ports_));
        CORDON_TRY(activation_.begin(inventory_.status));
        result_.permission = activation_.decision().permission;
        return {};
    }

    Result<void> plan() {
        progress(fmt::format("planning {} lists", jobs_.size()));
        Lookups lookups(ports_, options_, stop_);
        CORDON_TRY_ASSIGN(auto planned, plan_and_guard(jobs_, inventory_.lists, inventory_.room, sections_, snapshots_,
                                                       ports_, options_, lookups));
        lists_ = std::move(planned.runs);
        needs_freed_places_ = planned.needs_freed_places;
        result_.pools = std::move(planned.pools);
        for (const auto& unmet : guard_must_block(lists_, ports_.assertions)) {
            result_.report.warnings.push_back(fmt::format("'{}' of [assert] is not met by any list", unmet));
            result_.report.outcome = core::worse(result_.report.outcome, Outcome::partial);
        }
        plan_unblocking(lists_, ports_);
        CORDON_TRY(warn_of_unconfigured_lists(all_jobs_, ports_.store, result_.report));
        return conclude_plan();
    }

    Result<void> plan_by_hand(const ByHand& by_hand) {
        by_hand_ = &by_hand;
        CORDON_TRY_ASSIGN(auto read, read_lists(jobs_, inventory_, ports_.store));
        CORDON_TRY_ASSIGN(auto plans, by_hand.make_plans(read, result_.report));
        CORDON_TRY(require_in_place(read, plans));
        is_planned_ = true;
        for (std::size_t i = 0; i < jobs_.size(); ++i) {
            if (!plans[i]) continue;
            ListRun run;
            run.job = &jobs_[i];
            run.state = inventory_.lists[i];
            run.ledger = std::move(read.ledgers[i]);
            run.is_first_sight_open = !run.ledger.is_known;
            run.has_lookups_to_come = true;  // no first fill ends here
            run.report.list = jobs_[i].target.list;
            run.report.target = jobs_[i].target.kind;
            run.report.object_id = run.state.object_id;
            run.report.warnings = std::move(plans[i]->notes);
            run.plan = std::move(plans[i]->plan);
            run.addition_feeds.assign(run.plan.additions.size(), plans[i]->feed);
            run.report.counts = run.plan.counts;
            run.report.there_now = run.plan.counts.present;
            run.report.digest = run.plan.digest;
            lists_.push_back(std::move(run));
        }
        return conclude_plan();
    }

    Result<void> apply() {
        std::vector<const core::ListPlan*> expected;
        for (const auto& run : lists_) {
            if (run.may_be_applied() && !run.is_unreviewed) expected.push_back(&run.plan);
            if (run.unblocking) expected.push_back(&*run.unblocking);
        }
        ports_.gateway.expect(expected);
        const auto order = in_order_of_writing();
        if (needs_freed_places_) CORDON_TRY(free_places(order));
        for (auto* run : order) {
            if (!run->is_carried_out) CORDON_TRY(take_turn(*run));
        }
        return {};
    }

    /// Rules of ours; not after a plan made by hand.
    Result<void> keep_rules() {
        if (sections_.empty() || lists_.empty()) return {};
        enforcer_.emplace(result_.report, ports_, options_, stop_);
        CORDON_TRY(enforcer_->take(lists_));
        return enforcer_->keep(activation_.decision());
    }

    /// What the tenant's rules make of the lists.
    Result<void> tell_enforcement() {
        return enforcer_ ? enforcer_->tell(activation_.is_all_active()) : Result<void>{};
    }

    /// At the end: what operators said, and what has come of it.
    Result<void> tell_what_was_said() { return tell_overrides(all_jobs_, ports_, result_.report); }

    /// What carrying the plans out would cost.
    void reckon() {
        if (enforcer_) result_.rules = enforcer_->works();
        std::vector<core::ListPlan> plans;
        for (const auto& run : lists_) plans.push_back(run.plan);
        result_.pays_activation = activation_.is_payment_due();
        result_.cost = ports_.gateway.cost_of(
            {plans, result_.rules, result_.permission == Permission::activate, result_.pays_activation});
    }

    /// Makes what was saved effective, where the settings allow it.
    Result<void> activate() {
        Changes saved;
        bool has_written = false;
        for (const auto& run : lists_) {
            saved.additions += run.report.added;
            saved.removals += run.report.removed;
            has_written = has_written || (run.is_carried_out && (run.plan.writes() || run.unblocking));
        }
        if (enforcer_) (activation_.permits_writing() ? saved : held_back_).rules = enforcer_->deeds();
        auto ended = activation_.end(saved, held_back_, has_written || saved.rules > 0);
        const auto state = result_.report.activation;
        is_in_effect_ = ended && (state == ActivationState::active || state == ActivationState::not_needed);
        audit_.note_deeds(lists_, enforcer_ ? &*enforcer_ : nullptr);
        return ended;
    }

    /// Signing out publishes what this admin saved, so a run that saved nothing looks before it leaves.
    void leave() {
        const auto state = result_.report.activation;
        const bool keeps = state == ActivationState::not_needed || state == ActivationState::withheld;
        const auto said = ports_.gateway.leave(/*keep_unpublished=*/keeps, {});
        if (!said) {
            result_.report.warnings.push_back(said.error().message);
        } else if (!said->empty()) {
            result_.report.warnings.push_back(*said);
        } else if (state == ActivationState::failed && ports_.gateway.publishes_on_leave()) {
            result_.was_published = true;
            result_.report.warnings.emplace_back(
                "ZIA makes effective what an administrator saved when it signs out, as has just been done: the changes "
                "should be in effect although the activation failed, and the next run makes sure of it");
        }
    }

private:
    [[nodiscard]] Keeping keeping() const {
        return options_.mode == Mode::plan_only ? Keeping::look_only : Keeping::keep;
    }

    Result<void> conclude_plan() {
        std::vector<const core::ListPlan*> plans;
        for (const auto& run : lists_) plans.push_back(&run.plan);
        result_.report.digest = core::digest_of(plans);
        return compare_with_reviewed();
    }

    void progress(std::string_view line) const {
        log_debug(line);
        if (ports_.progress) ports_.progress(line);
    }

    [[nodiscard]] Result<void> still_wanted() const {
        if (stop_.stop_requested()) return fail(Code::cancelled, "interrupted before anything was written");
        return {};
    }

    /// Additions first, as protection does not wait (design rule 13); but where they need the places that removals
    /// free, the lists that give more back than they take.
    [[nodiscard]] std::vector<ListRun*> in_order_of_writing() {
        std::vector<ListRun*> order;
        for (auto& run : lists_) order.push_back(&run);
        std::stable_partition(order.begin(), order.end(), [this](const ListRun* run) {
            const auto& counts = run->plan.counts;
            return run->may_be_applied() &&
                   (needs_freed_places_ ? counts.to_remove > counts.to_add : counts.to_add >= counts.to_remove);
        });
        return order;
    }

    Result<void> take_turn(ListRun& run) {
        if (!run.may_be_applied()) return stop(run);
        const bool may_write = activation_.permits_writing() || !run.plan.writes();
        if (!run.is_unreviewed && may_write) return carry_out(run);
        run.is_unreviewed ? leave_alone(run) : hold_back(run);
        return {};
    }

    /// What goes off any list goes before anything comes onto another: what several lists hold is free only when the
    /// last of them gave it up.
    Result<void> free_places(const std::vector<ListRun*>& order) {
        if (!activation_.permits_writing()) return {};
        for (auto* run : order) {
            const auto& plan = run->plan;
            const bool only_removes = plan.additions.empty() && !plan.removals.empty();
            if (only_removes && run->may_be_applied() && !run->is_unreviewed) CORDON_TRY(carry_out(*run));
        }
        for (auto* run : order) {
            const bool is_plain = run->may_be_applied() && !run->is_unreviewed && !run->plan.drifted && !options_.adopt;
            if (!is_plain || stop_.stop_requested() || !can_remove_ahead(*run)) continue;
            audit_.take_what_was_seen(*run);
            CORDON_TRY(remember_feeds(*run, sections_, snapshots_, ports_.store));
            const auto goes_on = remove_ahead(*run, ports_, stop_);
            run->is_carried_out = !goes_on || !*goes_on;
            if (!goes_on) return break_off(*run, goes_on.error());
        }
        return {};
    }

    /// The store fails while a list is written: what arrived, nobody notes.
    static tl::unexpected<Error> break_off(ListRun& run, const Error& error) {
        run.report.outcome = core::worse(run.report.outcome, Outcome::failed);
        run.report.message += run.report.message.empty() ? "" : "; ";
        run.report.message += "the run ended while this list was written; the next run finds what arrived";
        return tl::unexpected(error);
    }

    Result<void> carry_out(ListRun& run) {
        const auto ended = write(run);
        return ended ? Result<void>{} : break_off(run, ended.error());
    }

    Result<void> write(ListRun& run) {
        if (stop_.stop_requested()) {
            run.report.outcome = core::worse(run.report.outcome, Outcome::interrupted);
            return {};
        }
        run.is_carried_out = true;
        audit_.take_what_was_seen(run);
        if (run.plan.drifted) tell_of_drift(run);
        // Before the first write, so that whatever dies later can be retired.
        CORDON_TRY(remember_feeds(run, sections_, snapshots_, ports_.store));
        if (by_hand_ != nullptr && by_hand_->before_writing && activation_.permits_writing()) {
            CORDON_TRY(by_hand_->before_writing(run, result_.report.id));
        }
        if (options_.adopt == run.plan.list) {
            CORDON_TRY(keep_rollback_point(run, ports_.store, ports_.clock.now()));
            run.report.warnings.push_back(
                fmt::format("the {} entries that lay on the list before are kept in the store (cordon.db in "
                            "state_dir), in the gateway's "
                            "spelling, as the snapshot 'before adopt: {}'",
                            with_thousands(run.state.entries.size()), run.plan.list));
        }
        if (run.plan.writes()) {
            progress(fmt::format("'{}': adding {}, removing {}", run.plan.list,
                                 with_thousands(run.plan.additions.size()), with_thousands(run.plan.removals.size())));
            CORDON_TRY(apply_and_settle(run, ports_, stop_));
        } else {
            CORDON_TRY(note_what_was_seen(run, ports_.store, ports_.clock.now()));
            if (run.report.outcome == Outcome::done) run.report.outcome = Outcome::unchanged;
        }
        for (const auto index : run.suspicious_feeds) {
            CORDON_TRY(accept_snapshot(sections_[index].feed->name(), snapshots_[index].indicators, ports_.store,
                                       ports_.clock.now()));
        }
        return ports_.store.clear_guard_stop(run.plan.list);
    }

    /// --plan let other lists' reviewed plans through, not this one's.
    void leave_alone(ListRun& run) {
        if (run.report.outcome == Outcome::done) run.report.outcome = Outcome::unchanged;
        if (!run.plan.writes()) return;
        run.report.warnings.push_back(
            "left as it is, because --plan names the plan of another list; the next run goes on with it");
    }

    /// What is saved would take effect, and the settings do not allow that now: the plan waits. Who asked for this plan
    /// by hand did not get it.
    void hold_back(ListRun& run) {
        const auto& decision = activation_.decision();
        const bool is_by_hand = sections_.empty() || options_.adopt;
        held_back_.is_by_hand = is_by_hand && !options_.is_made_up_for;
        const bool is_asked_for = is_by_hand || options_.reviewed_digest;
        const auto& counts = run.report.counts;
        const bool is_counted = counts.pending + counts.to_remove > 0;  // a move is not
        held_back_.additions += is_counted ? counts.pending : run.plan.additions.size();
        held_back_.removals += is_counted ? counts.to_remove : run.plan.removals.size();
        if (run.report.outcome == Outcome::done) run.report.outcome = Outcome::unchanged;
        if (is_asked_for || !decision.is_intended) {
            run.report.outcome = core::worse(run.report.outcome, Outcome::partial);
        }
        run.report.message += run.report.message.empty() ? "" : "; ";
        run.report.message += fmt::format("not written: {}", decision.because);
    }

    Result<void> stop(ListRun& run) {
        CORDON_TRY(
            ports_.store.put_guard_stop({run.plan.list, run.guarded_digest, run.report.message, ports_.clock.now()}));
        if (!run.unblocking || !activation_.permits_writing() || stop_.stop_requested()) return {};
        const auto ended = unblock_on_stopped(run, audit_, ports_, stop_);
        return ended ? ended : break_off(run, ended.error());
    }

    /// run --plan DIGEST: only what was reviewed is applied.
    Result<void> compare_with_reviewed() {
        if (!options_.reviewed_digest) return {};
        const auto& reviewed = *options_.reviewed_digest;
        const auto is_waived_plan = [&](const ListRun& run) {
            const bool is_waived =
                options_.allow_removals.contains(run.guarded_list) || options_.allow_growth.contains(run.guarded_list);
            return is_waived && is_digest_of(reviewed, run.guarded_digest);
        };
        if (is_digest_of(reviewed, result_.report.digest)) return {};
        if (std::any_of(lists_.begin(), lists_.end(), is_waived_plan)) {
            for (auto& run : lists_) run.is_unreviewed = !is_waived_plan(run);
            return {};
        }
        if (options_.goes_on_unreviewed) {
            result_.report.warnings.push_back(
                fmt::format("plan {} was let through, but it is not the plan any more: this run went on as any other, "
                            "and what the guard stopped in it has a plan of its own to look at",
                            reviewed.substr(0, k_least_digest_digits)));
            return {};
        }
        return fail(Code::invalid,
                    fmt::format("the plan is now {}, not the reviewed {}; nothing was applied. Look at it again with "
                                "'cordon {}'{}",
                                result_.report.digest.substr(0, k_least_digest_digits), printable(reviewed, 64),
                                options_.command == "run" ? "plan" : options_.command,
                                options_.command == "run" ? "" : " as before, without --plan and --yes"));
    }

    std::span<const FeedSection> sections_;
    std::span<const ListJob> all_jobs_;
    std::vector<ListJob> jobs_;  // those of this run
    Audit audit_;                // tells the caller's sink of changes
    const Ports ports_;          // the caller's, with that
    const RunOptions& options_;
    const std::stop_token& stop_;
    const ByHand* by_hand_ = nullptr;  // where a person asked for the plans
    std::vector<FeedSnapshot> snapshots_;
    std::vector<gateways::Target> targets_;
    gateways::Inventory inventory_;
    std::vector<ListRun> lists_;
    bool is_planned_ = false;          // by hand, perhaps for no list
    bool is_in_effect_ = false;        // all that this run and earlier ones saved
    bool needs_freed_places_ = false;  // some list takes places that removals free, perhaps another's
    Changes held_back_;
    RunResult result_;
    Activation activation_;             // writes into the report
    std::optional<Enforcer> enforcer_;  // likewise
};

Result<void> carry_out(Run& run) {
    auto applied = run.apply();
    if (applied) applied = run.keep_rules();
    const auto activated = run.activate();  // what was saved is made effective, whatever else went wrong
    if (applied) applied = run.tell_enforcement();
    return applied ? activated : applied;
}

Result<void> forecast(Run& run) {
    CORDON_TRY(run.keep_rules());
    run.reckon();
    return run.tell_enforcement();
}

Result<void> make_effective(Run& run, Mode mode) {
    return mode == Mode::plan_only ? forecast(run) : carry_out(run);
}

Result<void> feeds_to_gateway(Run& run, Mode mode) {
    CORDON_TRY(run.announce());
    CORDON_TRY(run.fetch());
    CORDON_TRY(run.take_inventory());
    CORDON_TRY(run.plan());
    const auto made = make_effective(run, mode);
    const auto told = run.tell_what_was_said();
    return made ? told : made;
}

Result<void> carry_out_by_hand(Run& run, const ByHand& by_hand, Mode mode) {
    CORDON_TRY(run.announce());
    CORDON_TRY(run.take_inventory());
    CORDON_TRY(run.plan_by_hand(by_hand));
    return make_effective(run, mode);
}

}  // namespace

RunResult run_once(std::span<const FeedSection> sections, std::span<const ListJob> jobs, const Ports& ports,
                   const RunOptions& options, const std::stop_token& stop) {
    const Overrides overrides(ports, options.mode);
    const Ports with_overrides = overrides.ports();
    Run run(sections, jobs, with_overrides, options, stop);
    auto ended = overrides.state() ? feeds_to_gateway(run, options.mode) : overrides.state();
    run.leave();
    return run.record(std::move(ended));
}

RunResult run_by_hand(std::vector<ListJob> jobs, const ByHand& by_hand, const Ports& ports, const RunOptions& options,
                      const std::stop_token& stop) {
    for (auto& job : jobs) job.feeds.clear();  // nothing is fetched
    Run run({}, jobs, ports, options, stop);
    auto ended = carry_out_by_hand(run, by_hand, options.mode);
    run.leave();
    return run.record(std::move(ended));
}

}  // namespace cordon::engine
