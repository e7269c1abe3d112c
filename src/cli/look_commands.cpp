// check, runs, exceptions: commands that look, or change nothing but the store.

#include <algorithm>
#include <ostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/engine_command.hpp"
#include "cli/listening.hpp"
#include "cli/operator_name.hpp"
#include "cli/session.hpp"
#include "engine/remarks.hpp"
#include "engine/room_notes.hpp"
#include "store/sql_store.hpp"

namespace cordon::cli {
namespace {

void print_lists(const Session& session, std::ostream& out) {
    for (const auto& job : session.jobs) {
        out << fmt::format("list '{}' ({}), at most {} entries, fed by:\n", job.target.list,
                           core::name_of(job.target.kind), with_thousands(job.policy.cap));
        for (const auto index : job.feeds) {
            out << fmt::format("  [{}] {}\n", session.sections[index].section, session.sections[index].feed->source());
        }
    }
}

/// Why accepted entries stay off a list that has no place for them.
struct Shortage {
    std::string sentence;     ///< what to do about it; empty where all entries fit
    bool is_missing = false;  ///< the gateway takes none of the entries that are to be added
};

/// `pool`: what the list draws from; nullptr where that is not known.
Shortage shortage_of(const core::ListReport& list, std::size_t cap, const core::PoolShares* pool) {
    const auto& counts = list.counts;
    if (counts.over_capacity == 0) return {};
    const auto what = fmt::format("{} {} not fit", with_thousands(counts.over_capacity),
                                  counts.over_capacity == 1 ? "entry does" : "entries do");
    if (counts.foreign + counts.unchanged + counts.to_add >= cap) {
        return {
            fmt::format("{} under its cap of {}: the riskiest and latest go first; raise the cap, or narrow the feed "
                        "(min_risk, filters)",
                        what, with_thousands(cap))};
    }
    const bool takes_nothing = counts.to_add == 0;
    const auto holders = pool == nullptr ? std::string{} : engine::holders_of(*pool, list.list);
    const bool is_kept = !holders.empty();  // as the settings want it
    return {fmt::format("{} into the room that the {} left{}{}: {}remove entries there, or ask Zscaler for more", what,
                        core::is_group(list.target) ? "group or the tenant has" : "tenant has",
                        is_kept ? fmt::format(" ({})", holders) : "",
                        takes_nothing ? ", so nothing can be added" : "; the riskiest and latest go first",
                        is_kept ? "keep less back, " : ""),
            takes_nothing && !is_kept};
}

/// What a run would find on each list, from a plan that is thrown away; true where it would succeed.
bool check_plan_of_run(Session& session, std::ostream& out, const std::stop_token& stop) {
    auto options = session.run_options("check");
    options.mode = engine::Mode::plan_only;
    options.reads_rules = true;
    options.warnings.clear();  // said already
    const auto result = engine::run_once(session.sections, session.jobs, session.ports({}), options, stop);
    bool is_good = result.report.exit_status == k_exit_done;
    for (const auto& list : result.report.lists) {
        const bool is_list_good = core::exit_status_of(list.outcome) == k_exit_done;
        out << fmt::format("{}list '{}': {} accepted, {} there, {} to add, {} to remove\n",
                           is_list_good ? "ok      " : "note: ", list.list, with_thousands(list.counts.accepted),
                           list.there_now ? with_thousands(*list.there_now) : "?", with_thousands(list.counts.to_add),
                           with_thousands(list.counts.to_remove));
        if (!list.message.empty()) {
            out << (is_list_good ? "note: list '" : "missing list '") << list.list << "': " << list.message << "\n";
        }
        const auto job = std::find_if(session.jobs.begin(), session.jobs.end(),
                                      [&](const engine::ListJob& one) { return one.target.list == list.list; });
        const auto shortage = job == session.jobs.end()
                                  ? Shortage{}
                                  : shortage_of(list, job->policy.cap, engine::pool_of(result.pools, *job));
        if (!shortage.sentence.empty()) {
            out << (shortage.is_missing ? "missing list '" : "note: list '") << list.list << "': " << shortage.sentence
                << "\n";
        }
        is_good = is_good && !shortage.is_missing;
        if (list.enforcement && !core::blocks_nothing(list.enforcement->state)) {
            const auto& enforcement = *list.enforcement;
            const bool is_good_now = enforcement.state != core::EnforcementState::limited && enforcement.is_active &&
                                     enforcement.as_of >= result.report.started;
            out << (is_good_now ? "ok      list '" : "note: list '") << list.list
                << "': " << core::text_of(enforcement, result.report.started) << "\n";
        }
        for (const auto& warning : list.warnings) out << "note: list '" << list.list << "': " << warning << "\n";
    }
    for (const auto& pool : result.pools) {
        if (const auto note = engine::note_on_reserves(pool); !note.empty()) out << "note: " << note << "\n";
        if (pool.others == 0 || session.settings->keep.quota_headroom > 0) continue;
        out << fmt::format(
            "note: about {} URLs on the tenant are not Cordon's, and its lists may take all the room that is left; "
            "[zscaler] quota_headroom = 500, for instance, keeps 500 free for people\n",
            with_thousands(pool.others));
    }
    for (const auto& warning : result.report.warnings) out << "note: " << warning << "\n";
    if (!result.report.held_back.empty()) out << "note: " << result.report.held_back << "\n";
    if (!result.report.message.empty()) out << "missing " << result.report.message << "\n";
    return is_good;
}

/// Asks both clouds, and plans wherever ZIA can be signed in to; true where nothing is missing.
bool check_online(Session& session, std::ostream& out, const std::stop_token& stop) {
    bool is_good = true;
    const auto print = [&](bool is_error, const std::string& message) {
        is_good = is_good && !is_error;
        out << fmt::format("{} {}\n", is_error ? "missing" : "ok     ", message);
    };
    for (const auto& section : session.sections) {
        for (const auto& finding : section.feed->check(stop)) print(finding.is_error, finding.message);
    }
    std::vector<gateways::Target> targets;
    for (const auto& job : session.jobs) targets.push_back(job.target);
    bool can_plan = true;
    for (const auto& finding : session.gateway->check(targets, stop)) {
        print(finding.is_error, "[zscaler]: " + finding.message);
        can_plan = can_plan && !finding.ends_here;
    }
    if (can_plan) return check_plan_of_run(session, out, stop) && is_good;
    const auto said = session.gateway->leave(/*keep_unpublished=*/true, stop);
    if (said && !said->empty()) out << "note: " << *said << "\n";
    return false;
}

}  // namespace

int check_command(const Arguments& arguments, Streams streams, const std::stop_token& stop) {
    auto settings = load_settings(arguments.common);
    if (!settings) return report_failure(settings.error(), streams.err);
    for (const auto& problem : (*settings)->problems) {
        if (!problem.is_error) streams.out << "note: " << problem.text() << "\n";
    }
    for (const auto& warning : unverified_clouds(**settings)) streams.out << "note: " << warning << "\n";
    if (const auto listening = listening_of(**settings); !listening)
        return report_failure(listening.error(), streams.err);
    const auto file = (*settings)->file.string();
    SystemClock clock;
    auto session = Session::wire(std::move(*settings), clock);
    if (!session) return report_failure(session.error(), streams.err);
    print_lists(**session, streams.out);
    {
        const auto& settings_read = *(*session)->settings;
        const auto kept =
            store::open_store(settings_read.resolved(settings_read.places.state_dir), store::OpenMode::looking);
        if (!kept) return report_failure(kept.error(), streams.err);
        const auto held = held_lists_of(settings_read, **kept, clock.now());
        if (!held) return report_failure(held.error(), streams.err);
        for (const auto& one : *held) {
            streams.out << fmt::format("note: '{}' is {}\n", printable(one.list),
                                       engine::sentence_on(one.pause, one.list));
        }
    }
    if (!arguments.online) {
        streams.out << fmt::format("{} is good; 'cordon check --online' also asks the clouds\n", file);
        return k_exit_done;
    }
    if (const auto opened = (*session)->open(arguments.common.log_level, store::OpenMode::reading); !opened) {
        return report_failure(opened.error(), streams.err);
    }
    return check_online(**session, streams.out, stop) ? k_exit_done : k_exit_failed;
}

int runs_command(const Arguments& arguments, Streams streams) {
    const auto opened = open_store_of(arguments, store::OpenMode::looking, streams.err);
    if (!opened.store) return opened.status;
    auto* const store = opened.store.get();
    if (arguments.command == Command::runs_show) {
        const auto json = store->run(arguments.run_id);
        if (!json) return report_failure(json.error(), streams.err);
        const auto report = core::report_from_json(*json);
        if (!report) return report_failure(report.error(), streams.err);
        streams.out << (arguments.json ? *json + "\n" : core::to_text(*report));
        return k_exit_done;
    }
    const auto runs = store->runs(arguments.most);
    if (!runs) return report_failure(runs.error(), streams.err);
    if (arguments.json) {
        auto json = nlohmann::ordered_json::array();
        for (const auto& run : *runs) {
            json.push_back({{"id", run.id},
                            {"command", run.command},
                            {"started", to_iso8601(run.started)},
                            {"finished", to_iso8601(run.finished)},
                            {"outcome", run.outcome},
                            {"exit_status", run.exit_status},
                            {"added", run.added},
                            {"removed", run.removed}});
        }
        streams.out << json.dump(2) << "\n";
        return k_exit_done;
    }
    if (runs->empty()) streams.out << "no runs yet; 'cordon run' makes the first\n";
    for (const auto& run : *runs) {
        if (run.outcome == core::name_of(core::Outcome::unfinished)) {
            streams.out << fmt::format("{}  {:<8} unfinished: still at work, or killed\n", run.id, run.command);
            continue;
        }
        streams.out << fmt::format("{}  {:<8} {:<11} exit {:<3} +{} -{}  {:.1f} s\n", run.id, run.command, run.outcome,
                                   run.exit_status, with_thousands(run.added), with_thousands(run.removed),
                                   std::chrono::duration<double>(run.finished - run.started).count());
    }
    return k_exit_done;
}

int exceptions_command(const Arguments& arguments, Streams streams) {
    const auto mode =
        arguments.command == Command::exceptions_list ? store::OpenMode::looking : store::OpenMode::writing;
    const auto opened = open_store_of(arguments, mode, streams.err);
    if (!opened.store) return opened.status;
    auto* const store = opened.store.get();
    const auto known = store->known_lists();
    if (!known) return report_failure(known.error(), streams.err);
    if (arguments.command == Command::exceptions_list) {
        std::size_t shown = 0;
        auto json = nlohmann::ordered_json::array();
        for (const auto& list : *known) {
            const auto ledger = store->ledger(list);
            if (!ledger) return report_failure(ledger.error(), streams.err);
            for (const auto& exception : ledger->exceptions) {
                json.push_back({{"list", list},
                                {"entry", exception.canonical},
                                {"since", to_iso8601(exception.since)},
                                {"because", exception.because}});
                if (arguments.json) continue;
                streams.out << fmt::format("{}  {}  since {}\n", list, printable(exception.canonical, 200),
                                           to_readable_utc(exception.since));
                ++shown;
            }
        }
        if (arguments.json) {
            streams.out << json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << "\n";
        } else if (shown == 0)
            streams.out << "nothing was taken out by hand\n";
        return k_exit_done;
    }
    const auto ledger = store->ledger(arguments.list);
    if (!ledger) return report_failure(ledger.error(), streams.err);
    store::LedgerChange change;
    change.list = arguments.list;
    change.mark_known = ledger->is_known;
    for (const auto& exception : ledger->exceptions) {
        if (arguments.value.empty() || exception.canonical == arguments.value)
            change.erase_exceptions.push_back(exception.canonical);
    }
    if (change.erase_exceptions.empty()) {
        streams.err << fmt::format("cordon: '{}' has no such exception; 'cordon exceptions list' shows them\n",
                                   printable(arguments.list));
        return k_exit_usage;
    }
    if (const auto changed = store->change(change); !changed) return report_failure(changed.error(), streams.err);
    store::AuditRecord record{operator_name(), "exceptions clear", {}, arguments.list};
    record.removed = change.erase_exceptions;
    const auto written = store->audit(record, SystemClock{}.now());
    streams.out << fmt::format("cleared: {}; the next run puts back what the feeds still want\n",
                               change.erase_exceptions.size());
    return status_of_record(written, streams.err);
}

}  // namespace cordon::cli
