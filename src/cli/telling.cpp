#include "cli/telling.hpp"

#include <algorithm>
#include <ostream>

#include <fmt/format.h>

#include "base/log.hpp"
#include "metrics/metrics.hpp"
#include "store/sql_store.hpp"

namespace cordon::cli {
namespace {

void warn_of(const std::string& problem, std::ostream& err) {
    err << "cordon: note: " << problem << "\n";
    log_warning(problem);
}

/// Nobody is told anything by settings that are wrong.
bool is_broken(const Settings& settings, const std::string& section) {
    return std::any_of(settings.problems.begin(), settings.problems.end(),
                       [&](const config::Problem& problem) { return problem.is_error && problem.section == section; });
}

}  // namespace

std::vector<notify::Receiver> receivers_of(const Settings& settings, Clock& clock) {
    notify::World world{
        net::make_curl_client, clock, {notify::host_name(), CORDON_VERSION}, std::mt19937_64(std::random_device{}())};
    std::vector<notify::Receiver> receivers;
    for (auto options : settings.notifiers) {
        if (!options.enabled || !options.kind || is_broken(settings, options.section)) continue;
        options.ca_file = settings.resolved(options.ca_file);
        options.socket = settings.resolved(options.socket);
        receivers.push_back(notify::make_receiver(options, world));
    }
    return receivers;
}

void tell_of_run(const Arguments& arguments, const Settings& settings, const core::RunReport& report,
                 store::Store& store, Clock& clock, std::ostream& err, const std::stop_token& stop) {
    for (const auto& problem : notify::tell(receivers_of(settings, clock), report, store, stop)) {
        warn_of(problem, err);
    }
    if (arguments.metrics_file.empty()) return;
    // Last, so that it counts what was not told.
    const auto written = metrics::write_metrics_file(store, arguments.metrics_file, CORDON_VERSION, clock.now());
    if (!written) warn_of("the metrics file was not written: " + written.error().message, err);
}

void tell_of_no_run(const Settings& settings, const std::string& problem, Clock& clock, std::ostream& err,
                    const std::stop_token& stop) {
    const auto receivers = receivers_of(settings, clock);
    if (receivers.empty()) return;
    const auto store = store::open_store(settings.resolved(settings.places.state_dir));
    if (!store) return;
    core::RunReport report;
    report.command = "run";
    report.started = report.finished = clock.now();
    report.outcome = core::Outcome::failed;
    report.message = problem;
    for (const auto& trouble : notify::tell(receivers, report, **store, stop)) warn_of(trouble, err);
}

}  // namespace cordon::cli
