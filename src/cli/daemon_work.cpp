#include "cli/daemon_work.hpp"

#include <algorithm>
#include <ostream>
#include <sstream>

#include <sys/stat.h>

#include <fmt/format.h>

#include "base/log.hpp"
#include "base/own_folder.hpp"
#include "base/text.hpp"
#include "cli/engine_command.hpp"
#include "cli/listening.hpp"
#include "cli/telling.hpp"
#include "engine/snapshots.hpp"

namespace cordon::cli {
namespace {

constexpr std::chrono::seconds k_usual_interval = std::chrono::hours{1};
constexpr std::size_t k_remembered_runs = 200;
constexpr std::size_t k_most_shown = 200;  ///< entries of a plan on its page

console::PlannedList shown(const core::ListPlan& plan) {
    console::PlannedList list;
    list.list = plan.list;
    list.to_add = plan.additions.size();
    list.to_remove = plan.removals.size();
    list.digest = plan.digest;
    for (std::size_t i = 0; i < std::min(k_most_shown, plan.additions.size()); ++i)
        list.additions.push_back(plan.additions[i].text);
    for (std::size_t i = 0; i < std::min(k_most_shown, plan.removals_canonical.size()); ++i)
        list.removals.push_back(plan.removals_canonical[i]);
    return list;
}

daemon::Pace pace_of(const Settings& settings, const console::Wiring& wiring) {
    daemon::Pace pace;
    const auto every = settings.loop.every.count() > 0 ? settings.loop.every : k_usual_interval;
    for (const auto& section : wiring.sections) {
        const auto own = section.list.every.count() > 0 ? section.list.every : every;
        pace.turns.push_back({section.section, own, section.list.quiet_hours});
    }
    for (const auto& job : wiring.jobs) {
        if (!job.continues) pace.lists.push_back(job.target.list);
    }
    pace.zone = settings.activation.freeze_zone;
    pace.poll = settings.serve.poll;
    pace.max_staleness = settings.serve.max_staleness;
    return pace;
}

/// What the daemon goes by from its start to its end.
Result<void> require_no_restart(const Settings& before, const Settings& now) {
    const auto changed = [](const char* what) {
        return fail(Code::invalid,
                    fmt::format("{} changed, which takes a restart ('systemctl restart cordon'); until then nothing of "
                                "the new file is taken",
                                what));
    };
    if (before.resolved(before.places.state_dir) != now.resolved(now.places.state_dir))
        return changed("[cordon] state_dir");
    if (before.serve.listen != now.serve.listen || before.serve.tls_certificate != now.serve.tls_certificate ||
        before.serve.tls_key != now.serve.tls_key)
        return changed("the address or the certificate of [serve]");
    if (before.console != now.console) return changed("[console]");
    return {};
}

}  // namespace

DaemonWork::DaemonWork(CommonArguments common, Clock& clock, std::ostream& err, Outside outside)
    : common_(std::move(common)), clock_(clock), err_(err), outside_(std::move(outside)), metrics_(CORDON_VERSION) {
    common_.flags["cordon.strict_permissions"] = "true";  // who serves for months has the time to type a chmod
}

std::optional<DaemonWork::FileStamp> DaemonWork::stamp() const {
    const auto file = find_settings(common_.settings);
    if (!file) return std::nullopt;
    struct stat facts {};
    if (::stat(file->c_str(), &facts) != 0) return std::nullopt;
    return FileStamp{facts.st_ctim.tv_sec, facts.st_ctim.tv_nsec, facts.st_ino, facts.st_size};
}

Result<std::shared_ptr<Settings>> DaemonWork::load() const {
    CORDON_TRY_ASSIGN(auto settings, load_settings(common_));
    CORDON_TRY(listening_of(*settings));
    return std::shared_ptr<Settings>(std::move(settings));
}

Result<std::shared_ptr<DaemonWork::Looking>> DaemonWork::look_into(const std::shared_ptr<Settings>& settings) const {
    CORDON_TRY_ASSIGN(auto session, Session::wire(settings, clock_, Feeds::needed, outside_));
    const auto state_dir = settings->resolved(settings->places.state_dir);
    CORDON_TRY(go_on_as_owner_of(state_dir));
    { CORDON_TRY(store::open_store(state_dir)); }  // made where missing
    CORDON_TRY(session->open(common_.log_level, store::OpenMode::looking, Rejects::passed_over));
    console::Wiring wiring{std::move(session->sections), std::move(session->jobs), *session->protection,
                           settings->effective, settings->resolved(settings->places.log_dir) / "rejected.csv"};
    return std::make_shared<Looking>(Looking{std::move(session), std::move(wiring)});
}

Result<daemon::Pace> DaemonWork::read_settings() {
    read_ = stamp();
    CORDON_TRY_ASSIGN(auto settings, load());
    if (const auto before = this->settings()) CORDON_TRY(require_no_restart(*before, *settings));
    CORDON_TRY_ASSIGN(const auto for_lookers, load());  // feeds and gateway keep what they know: runs have their own
    CORDON_TRY_ASSIGN(auto looking, look_into(for_lookers));
    if (stamp() != read_) return fail(Code::invalid, "the file changed while it was read; it is read again");
    for (const auto& problem : settings->problems) {
        if (!problem.is_error) err_ << "cordon: note: " << problem.text() << "\n";
    }
    const auto pace = pace_of(*settings, looking->wiring);
    in_force_.with([&](InForce& now) { now = {std::move(settings), std::move(looking)}; });
    return pace;
}

bool DaemonWork::has_new_settings() {
    return stamp() != read_;
}

Result<std::unique_ptr<Session>> DaemonWork::open(store::OpenMode mode, Rejects rejects) {
    const auto settings = in_force_.with([](const InForce& now) { return now.settings; });
    CORDON_TRY_ASSIGN(auto session, Session::wire(settings, clock_, Feeds::needed, outside_));
    CORDON_TRY(session->open(common_.log_level, mode, rejects));
    return session;
}

daemon::RunEnd DaemonWork::run(const std::optional<daemon::RunWish>& wish, const std::set<std::string>& resting,
                               const std::stop_token& stop) {
    const auto never_began = [&](const Error& problem) {
        if (problem.code != Code::blocked) tell_of_no_run(*settings(), problem.message, clock_, err_, stop);
        return daemon::RunEnd{std::nullopt, problem.message, problem.code == Code::blocked};
    };
    auto opened = open(store::OpenMode::writing);
    if (!opened) return never_began(opened.error());
    auto& session = **opened;
    auto hold = session.store->hold("serve", clock_.now());
    if (!hold) return never_began(hold.error());
    auto options = session.run_options("run");
    options.fetching.resting = resting;
    if (wish) {
        options.operator_name = wish->who;
        options.because = wish->because;
        if (!wish->list.empty()) {
            auto& waived = wish->rule == core::GuardRule::growth ? options.allow_growth : options.allow_removals;
            waived.insert(wish->list);
            options.reviewed_digest = wish->digest;
            options.goes_on_unreviewed = true;  // the other lists need not wait for a second look
        }
    }
    const auto result = engine::run_once(session.sections, session.jobs, session.ports({}), options, stop);
    std::ostringstream unread;  // the report is in the store and the log
    Arguments arguments;
    conclude(arguments, session, result.report, {unread, err_});
    hold->reset();  // who is told may be slow
    tell_of_run(arguments, *session.settings, result.report, *session.store, clock_, err_, stop);
    count_runs(*session.store);
    return {result.report};
}

void DaemonWork::plan(const daemon::RunWish& wish, const std::stop_token& stop) {
    console::KeptPlan kept;
    kept.made = clock_.now();
    if (const auto session = open(store::OpenMode::reading); !session) {
        kept.problem = session.error().message;
    } else {
        auto options = (*session)->run_options("plan");
        options.operator_name = wish.who;
        options.mode = engine::Mode::plan_only;
        const auto result =
            engine::run_once((*session)->sections, (*session)->jobs, (*session)->ports({}), options, stop);
        kept.problem = result.report.message;
        for (const auto& plan : result.plans) kept.lists.push_back(shown(plan));
    }
    plan_.with([&](auto& plan) { plan = std::move(kept); });
}

std::vector<std::string> DaemonWork::poll(const std::set<std::string>& asked, const std::stop_token& stop) {
    const auto session = open(store::OpenMode::reading, Rejects::passed_over);
    if (!session) return {};  // a run will say why
    const auto changed = engine::changed_feeds((*session)->sections, asked, *(*session)->store, stop);
    return changed ? *changed : std::vector<std::string>{};
}

std::vector<core::RunReport> DaemonWork::finished_runs() {
    const auto looking = this->looking();
    auto reports = read_finished_runs(*looking->session->store);
    if (!reports) log_warning("the runs of other commands are not known: " + reports.error().message);
    return reports ? std::move(*reports) : std::vector<core::RunReport>{};
}

Result<std::vector<core::RunReport>> DaemonWork::read_finished_runs(store::Store& store) {
    std::vector<core::RunReport> reports;
    CORDON_TRY_ASSIGN(const auto newest, store.runs(1));
    if (newest.empty() || newest.front().id == last_finished_) return reports;
    CORDON_TRY(count_finished(store));
    CORDON_TRY_ASSIGN(auto runs, store.runs(k_remembered_runs));
    // One that is under way comes later; one that died never ends, and hides none of those before it.
    std::erase_if(runs, [](const auto& run) { return run.outcome == core::name_of(core::Outcome::unfinished); });
    for (const auto& run : runs) {
        if (run.id == last_finished_) break;
        CORDON_TRY_ASSIGN(const auto json, store.run(run.id));
        if (auto report = core::report_from_json(json)) reports.push_back(std::move(*report));
    }
    std::reverse(reports.begin(), reports.end());
    if (!runs.empty()) last_finished_ = runs.front().id;
    return reports;
}

/// Goes on from what an earlier process counted.
Result<void> DaemonWork::count_finished(store::Store& store) {
    if (!has_recalled_) CORDON_TRY(metrics_.recall(store));
    has_recalled_ = true;
    return metrics_.catch_up(store);
}

void DaemonWork::count_runs(store::Store& store) {
    const auto counted = count_finished(store);
    const auto remembered = counted ? metrics_.remember(store) : counted;
    if (!remembered) log_warning("the metrics lack the last runs: " + remembered.error().message);
}

void DaemonWork::show(const std::string& status) {
    if (on_status) on_status(status);
}

void DaemonWork::say(const std::string& line) {
    for (const auto part : split(line, '\n')) err_ << "cordon: " << part << "\n";
    err_.flush();
}

}  // namespace cordon::cli
