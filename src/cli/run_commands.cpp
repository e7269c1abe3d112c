// run, plan, adopt, move, retire, rollback: everything that goes through the engine.

#include <unistd.h>

#include <ostream>

#include <fmt/format.h>

#include "base/log.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/engine_command.hpp"
#include "cli/loop.hpp"
#include "cli/operator_name.hpp"
#include "cli/plan_text.hpp"
#include "cli/session.hpp"
#include "cli/telling.hpp"
#include "cli/why.hpp"
#include "engine/rollback.hpp"

namespace cordon::cli {
namespace {

/// The settings, with what is odd about them noted on `err`.
Result<std::shared_ptr<Settings>> read_settings(const CommonArguments& common, std::ostream& err) {
    CORDON_TRY_ASSIGN(auto settings, load_settings(common));
    for (const auto& problem : settings->problems) {
        if (!problem.is_error) err << "cordon: note: " << problem.text() << "\n";
    }
    if (settings->guard.permit_reserved) {
        err << "cordon: note: permit_reserved is on: reserved names and addresses are let through; for rehearsals "
               "only\n";
    }
    return std::shared_ptr<Settings>(std::move(settings));
}

Opened open_session(const Arguments& arguments, std::shared_ptr<Settings> settings, const std::string& command,
                    Access access, Feeds feeds, Clock& clock, std::ostream& err) {
    Opened opened;
    const auto refuse = [&](const Error& problem) {
        opened.status = report_failure(problem, err);
        opened.problem = problem.message;
        return std::move(opened);
    };
    auto session = Session::wire(std::move(settings), clock, feeds);
    if (!session) return refuse(session.error());
    const auto mode = access == Access::look ? store::OpenMode::reading : store::OpenMode::writing;
    if (auto ready = (*session)->open(arguments.common.log_level, mode); !ready) return refuse(ready.error());
    if (access == Access::write_alone) {
        auto hold = (*session)->store->hold(command, (*session)->clock.now());
        if (!hold) {
            auto refused = refuse(hold.error());
            if (hold.error().code == Code::blocked) refused.status = k_exit_other_run;
            return refused;
        }
        opened.hold = std::move(*hold);
    }
    opened.session = std::move(*session);
    return opened;
}

}  // namespace

Opened open_session(const Arguments& arguments, const std::string& command, Access access, Feeds feeds, Clock& clock,
                    std::ostream& err) {
    auto settings = read_settings(arguments.common, err);
    if (settings) return open_session(arguments, std::move(*settings), command, access, feeds, clock, err);
    Opened refused;
    refused.status = report_failure(settings.error(), err);
    return refused;
}

std::function<void(std::string_view)> progress_on(std::ostream& err, bool is_quiet) {
    if (is_quiet || ::isatty(STDERR_FILENO) == 0) return {};
    return [&err](std::string_view line) { err << "  " << line << "\n" << std::flush; };
}

namespace {

constexpr std::size_t k_most_log_lines =
    16;  // with the first, the last, what is left and the next start: at most 20 a run at INFO

/// One line for everything that changed or went wrong, and the end.
void log_report(const core::RunReport& report) {
    std::size_t lines = 0;
    const auto log = [](core::Outcome outcome, const std::string& line) {
        core::exit_status_of(outcome) == k_exit_done ? log_info(line) : log_error(line);
    };
    const auto log_some = [&](core::Outcome outcome, const std::string& line) {
        ++lines > k_most_log_lines ? log_debug(line) : log(outcome, line);
    };
    for (const auto& feed : report.feeds) {
        if (core::exit_status_of(feed.outcome) == k_exit_done) continue;
        log_some(feed.outcome, fmt::format("feed {}: {}: {}", feed.feed, core::name_of(feed.outcome), feed.message));
    }
    for (const auto& warning : report.warnings) {
        if (++lines <= k_most_log_lines) log_warning(warning);
    }
    for (const auto& list : report.lists) {
        for (const auto& warning : list.warnings) {
            if (++lines <= k_most_log_lines) log_warning(fmt::format("list '{}': {}", list.list, warning));
        }
        if (list.outcome == core::Outcome::unchanged) continue;
        log_some(list.outcome,
                 fmt::format("list '{}': {}, {} added, {} removed{}{}", list.list, core::name_of(list.outcome),
                             list.added, list.removed, list.message.empty() ? "" : ": ", list.message));
    }
    if (const auto left = core::work_left_of(report); !left.empty()) log_warning(left);
    if (!report.held_back.empty()) log_warning(report.held_back);
    log(report.outcome,
        fmt::format("{} {} ended: {}, exit status {}{}{}", report.command, report.id, core::name_of(report.outcome),
                    report.exit_status, report.message.empty() ? "" : ": ", report.message));
}

}  // namespace

int conclude(const Arguments& arguments, Session& session, const core::RunReport& report, Streams streams) {
    const bool was_planned = !report.digest.empty() && core::plans_from_feeds(report.command);
    if (const auto filed = was_planned ? session.rejected->finish() : Result<void>{}; !filed)
        streams.err << "cordon: " << filed.error().message << "\n";
    if (arguments.json) {
        streams.out << core::to_json(report) << "\n";
    } else {
        streams.out << core::to_text(report);
    }
    log_report(report);
    return report.exit_status;
}

namespace {

/// A waiver for a list that is not there would look as if it had been taken.
Result<void> check_waivers(const Arguments& arguments, const Session& session) {
    for (const auto* lists : {&arguments.allow_removals, &arguments.allow_growth}) {
        for (const auto& list : *lists) {
            if (session.job(list) != nullptr) continue;
            return fail(Code::invalid,
                        fmt::format("no enabled section has category_name = {}; 'cordon check' shows the lists",
                                    printable(list)));
        }
    }
    return {};
}

/// One run under the run lock, which nobody holds before and after it.
Round run_round(const Arguments& arguments, const std::shared_ptr<Settings>& settings, Clock& clock, Streams streams,
                const std::stop_token& stop) {
    auto opened = open_session(arguments, settings, "run", Access::write_alone, Feeds::needed, clock, streams.err);
    if (!opened.session) {
        const bool is_told = opened.status == k_exit_failed || opened.status == k_exit_usage;
        if (is_told) tell_of_no_run(*settings, opened.problem, clock, streams.err, stop);
        return round_without_run(opened.status, opened.problem);
    }
    auto& session = *opened.session;
    if (const auto known = check_waivers(arguments, session); !known) {
        return round_without_run(report_failure(known.error(), streams.err), known.error().message);
    }
    auto options = session.run_options("run");
    options.reviewed_digest = arguments.reviewed_digest;
    options.allow_removals = arguments.allow_removals;
    options.allow_growth = arguments.allow_growth;
    const auto ports = session.ports(progress_on(streams.err, arguments.json));
    const auto result = engine::run_once(session.sections, session.jobs, ports, options, stop);
    conclude(arguments, session, result.report, streams);
    opened.hold.reset();  // who is told may be slow
    tell_of_run(arguments, *settings, result.report, *session.store, clock, streams.err, stop);
    return round_of(result.report);
}

bool has_changes(const engine::RunResult& result) {
    const auto is_deed = [](const core::RuleWork& work) { return work.deed != core::RuleDeed::none; };
    if (result.pays_activation || std::any_of(result.rules.begin(), result.rules.end(), is_deed)) return true;
    return std::any_of(result.plans.begin(), result.plans.end(),
                       [](const core::ListPlan& plan) { return plan.writes(); });
}

}  // namespace

int show_plan(const Arguments& arguments, Session& session, const engine::RunResult& result, Streams streams) {
    const auto why = reasons_for(result, session);
    streams.out << (arguments.json ? plan_json(result, why) : plan_text(result, why));
    return result.report.exit_status;
}

namespace {

/// The commands that show their plan first and carry it out with --yes.
template <class Carry>
int show_then_do(const Arguments& arguments, Opened& opened, const std::string& command, Streams streams,
                 const Carry& carry) {
    auto& session = *opened.session;
    auto options = session.run_options(command);
    options.allow_removals = arguments.allow_removals;
    options.allow_growth = arguments.allow_growth;
    options.mode = arguments.confirmed ? engine::Mode::apply : engine::Mode::plan_only;
    const auto ports = session.ports(progress_on(streams.err, arguments.json));
    const auto result = carry(session, ports, options);
    if (arguments.confirmed) return conclude(arguments, session, result.report, streams);
    const int status = show_plan(arguments, session, result, streams);
    if (status != k_exit_done) return status;
    if (!has_changes(result)) {
        const bool pins = command == "rollback" && !arguments.list.empty();  // also where it is as it was
        if (pins) {
            streams.err << fmt::format(
                "cordon: nothing would change on '{0}'; with --yes it is only pinned: runs leave it as it is until "
                "'cordon resume \"{0}\"'\n",
                printable(arguments.list));
        }
        return k_exit_done;
    }
    streams.err << fmt::format("cordon: nothing was changed; add --yes to do it\n");
    return k_exit_pending;
}

}  // namespace

int run_command(const Arguments& arguments, Streams streams, const std::stop_token& stop) {
    SystemClock clock;
    const auto settings = read_settings(arguments.common, streams.err);
    if (!settings) return report_failure(settings.error(), streams.err);
    const auto run_once = [&] { return run_round(arguments, *settings, clock, streams, stop); };
    const auto& loop = (*settings)->loop;
    if (loop.every.count() == 0 || arguments.is_for_one_run()) return run_once().status;
    return run_loop(loop, run_once, clock, std::mt19937_64(std::random_device{}()), streams, stop);
}

int plan_command(const Arguments& arguments, Streams streams, const std::stop_token& stop) {
    SystemClock clock;
    auto opened = open_session(arguments, "plan", Access::look, Feeds::needed, clock, streams.err);
    if (!opened.session) return opened.status;
    auto& session = *opened.session;
    if (const auto known = check_waivers(arguments, session); !known) return report_failure(known.error(), streams.err);
    auto options = session.run_options("plan");
    options.mode = engine::Mode::plan_only;
    options.allow_removals = arguments.allow_removals;
    options.allow_growth = arguments.allow_growth;
    const auto ports = session.ports(progress_on(streams.err, arguments.json));
    const auto result = engine::run_once(session.sections, session.jobs, ports, options, stop);
    const int status = show_plan(arguments, session, result, streams);
    return status == k_exit_done && arguments.exit_code && has_changes(result) ? k_exit_pending : status;
}

int adopt_command(const Arguments& arguments, Streams streams, const std::stop_token& stop) {
    SystemClock clock;
    auto opened = open_session(arguments, "adopt", Access::write_alone, Feeds::needed, clock, streams.err);
    if (!opened.session) return opened.status;
    const auto* job = opened.session->job(arguments.list);
    if (job == nullptr) {
        streams.err << fmt::format(
            "cordon: no enabled section has category_name = {}; 'cordon check' shows the lists\n",
            printable(arguments.list));
        return k_exit_usage;
    }
    if (job->target.kind == core::TargetKind::denylist) {
        streams.err << fmt::format(
            "cordon: '{}' is the tenant's denylist, which people fill, too: what is there and not by Cordon stays "
            "theirs, so there is nothing to adopt\n",
            printable(arguments.list));
        return k_exit_usage;
    }
    return show_then_do(arguments, opened, "adopt", streams,
                        [&](Session& session, const engine::Ports& ports, engine::RunOptions& options) {
                            options.adopt = arguments.list;
                            options.reviewed_digest = arguments.reviewed_digest;
                            return engine::run_once(session.sections, session.jobs, ports, options, stop);
                        });
}

int move_command(const Arguments& arguments, Streams streams, const std::stop_token& stop) {
    SystemClock clock;
    auto opened = open_session(arguments, "move", Access::write_alone, Feeds::needed, clock, streams.err);
    if (!opened.session) return opened.status;
    const auto* job = opened.session->job(arguments.list);
    if (job == nullptr || !core::has_sides(job->target.kind)) {
        streams.err << fmt::format("cordon: {} is no URL category of these settings\n", printable(arguments.list));
        return k_exit_usage;
    }
    if (job->policy.lookup.classifies) {
        streams.err << fmt::format(
            "cordon: lookup = classify decides the side of every entry of {}; there is nothing to "
            "move\n",
            printable(arguments.list));
        return k_exit_usage;
    }
    return show_then_do(arguments, opened, "move", streams,
                        [&](Session&, const engine::Ports& ports, engine::RunOptions& options) {
                            return engine::move_list(*job, ports, options, stop);
                        });
}

/// What a list of the same group left out for this one is blocked by nothing until the next run.
void note_on_group(const engine::ListNote& note, const std::vector<engine::ListJob>& jobs, bool is_done,
                   core::RunReport& report) {
    const auto is_kin = [&](const engine::ListJob& job) { return job.group == note.group; };
    if (note.group.empty() || std::none_of(jobs.begin(), jobs.end(), is_kin)) return;
    report.warnings.push_back(fmt::format(
        "other lists of the group '{}' may have left out what this one holds; 'cordon run' gives it to them: "
        "{}",
        printable(note.group), is_done ? "do that now" : "do that first"));
}

int retire_command(const Arguments& arguments, Streams streams, const std::stop_token& stop) {
    SystemClock clock;
    auto opened = open_session(arguments, "retire", Access::write_alone, Feeds::optional, clock, streams.err);
    if (!opened.session) return opened.status;
    auto& session = *opened.session;
    const auto text = session.store->list_note(arguments.list);
    if (!text) return report_failure(text.error(), streams.err);
    const auto note = engine::list_note_from_json(*text);
    if (!note) {
        streams.err << fmt::format("cordon: nothing is known of a list {}; 'cordon runs show' names the lists\n",
                                   printable(arguments.list));
        return k_exit_usage;
    }
    if (!arguments.feed.empty()) {
        const auto is_it = [&](const engine::FeedSection& section) { return section.section == arguments.feed; };
        if (std::any_of(session.sections.begin(), session.sections.end(), is_it)) {
            streams.err << fmt::format(
                "cordon: [{}] is still enabled and feeds '{}'; switch it off first (enabled = false)\n",
                printable(arguments.feed), printable(arguments.list));
            return k_exit_usage;
        }
        const auto forgotten = engine::forget_feed(arguments.list, arguments.feed, *session.store);
        if (!forgotten) return report_failure(forgotten.error(), streams.err);
        Result<void> written;
        if (*forgotten) {
            written =
                session.store->audit({operator_name(), "forget feed", {}, arguments.list, arguments.feed}, clock.now());
        }
        streams.out << (*forgotten ? fmt::format("[{}] is forgotten; the next run removes what only it wanted\n",
                                                 arguments.feed)
                                   : fmt::format("[{}] never fed '{}'\n", arguments.feed, arguments.list));
        return *forgotten ? status_of_record(written, streams.err) : k_exit_usage;
    }
    if (session.job(arguments.list) != nullptr) {
        streams.err << fmt::format(
            "cordon: '{}' is still configured and the next run would fill it again; switch its "
            "section off first (enabled = false)\n",
            arguments.list);
        return k_exit_usage;
    }
    return show_then_do(
        arguments, opened, "retire", streams, [&](Session&, const engine::Ports& ports, engine::RunOptions& options) {
            auto result = engine::retire_list(arguments.list, *note, ports, options, stop);
            note_on_group(*note, opened.session->jobs, options.mode == engine::Mode::apply, result.report);
            return result;
        });
}

int rollback_command(const Arguments& arguments, Streams streams, const std::stop_token& stop) {
    SystemClock clock;
    auto opened = open_session(arguments, "rollback", Access::write_alone, Feeds::optional, clock, streams.err);
    if (!opened.session) return opened.status;
    engine::RollbackWish wish{arguments.run_id, {}, arguments.because};
    if (!arguments.list.empty()) wish.list = arguments.list;
    const auto rollback =
        engine::prepare_rollback(wish, opened.session->jobs, opened.session->settings->guard, *opened.session->store);
    if (!rollback) return report_failure(rollback.error(), streams.err);
    return show_then_do(arguments, opened, "rollback", streams,
                        [&](Session&, const engine::Ports& ports, engine::RunOptions& options) {
                            options.reviewed_digest = arguments.reviewed_digest;
                            return engine::roll_back(*rollback, ports, options, stop);
                        });
}

}  // namespace cordon::cli
