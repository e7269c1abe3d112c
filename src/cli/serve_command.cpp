// cordon serve: runs by itself for months, and answers those who ask how it is.

#include <ostream>
#include <random>
#include <thread>

#include <fmt/format.h>

#include "base/heap.hpp"
#include "base/own_folder.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/listening.hpp"
#include "cli/serve_desk.hpp"
#include "console/console.hpp"
#include "daemon/health.hpp"
#include "daemon/service_manager.hpp"
#include "net/web_server.hpp"
#include "store/run_lock.hpp"

namespace cordon::cli {
namespace {

/// Passes on what the service is about.
class Herald {
public:
    Herald(daemon::ServiceManager& manager, console::Console& console, Clock& clock)
        : manager_(manager), console_(console), clock_(clock) {}

    void tell(const std::string& status) {
        manager_.tell(status);
        if (status != told_) console_.tell_change(clock_.now());
        return_freed_memory();  // a run takes ten times what waiting for the next one does
        told_ = status;
    }

private:
    daemon::ServiceManager& manager_;
    console::Console& console_;
    Clock& clock_;
    std::string told_;
};

/// SIGHUP reloads a service for as long as this lives.
class ReloadOnHangUp {
public:
    ReloadOnHangUp(Signals& signals, daemon::Service& service) : signals_(signals) {
        signals_.on_hang_up([&service] { service.reload(); });
    }
    ReloadOnHangUp(const ReloadOnHangUp&) = delete;
    ReloadOnHangUp& operator=(const ReloadOnHangUp&) = delete;
    ~ReloadOnHangUp() { signals_.on_hang_up({}); }

private:
    Signals& signals_;
};

std::string url_of(const net::WebServerOptions& options, int port) {
    const bool is_v6 = options.address.find(':') != std::string::npos;
    return fmt::format("{}://{}{}{}:{}", options.tls ? "https" : "http", is_v6 ? "[" : "", options.address,
                       is_v6 ? "]" : "", port);
}

/// Two would poll and tell twice. Before the store is opened: another version's daemon may be at work on it, which a
/// migration would stop.
Result<std::unique_ptr<store::Store::Hold>> serve_alone(const Arguments& arguments, Clock& clock) {
    CORDON_TRY_ASSIGN(const auto settings, load_settings(arguments.common));
    const auto state_dir = settings->resolved(settings->places.state_dir);
    CORDON_TRY(go_on_as_owner_of(state_dir));
    return store::take_serve_lock(state_dir, clock.now());
}

}  // namespace

int serve_command(const Arguments& arguments, Streams streams, Signals& signals) {
    keep_heap_small();
    SystemClock clock;
    const auto alone = serve_alone(arguments, clock);
    if (!alone) {
        const int status = report_failure(alone.error(), streams.err);
        return alone.error().code == Code::blocked ? k_exit_other_run : status;
    }
    DaemonWork work(arguments.common, clock, streams.err);
    auto pace = work.read_settings();
    if (!pace) return report_failure(pace.error(), streams.err);
    const auto options = listening_of(*work.settings());
    if (!options) return report_failure(options.error(), streams.err);
    const auto state_dir = work.settings()->resolved(work.settings()->places.state_dir);

    daemon::Service service(work, std::move(*pace), clock, std::mt19937_64(std::random_device{}()));
    const auto desk = ServeDesk::open(work, service, clock);
    if (!desk) return report_failure(desk.error(), streams.err);
    auto access = work.settings()->console;
    access.is_tls = options->tls.has_value();
    console::Console console(**desk, std::move(access), state_dir, [&] {
        const auto status = service.status();
        return work.metrics({status.readiness.is_ready, status.settings_problem.empty()});
    });
    daemon::ServiceManager manager;
    Herald herald(manager, console, clock);
    work.on_status = [&](const std::string& status) { herald.tell(status); };
    const auto answer = [&](const net::ServerRequest& request) {
        // To any Host: the probe of a container calls an address, and health names nothing.
        if (auto health = daemon::answer_health(request, service.status(), CORDON_VERSION)) return *std::move(health);
        return console.answer(request, clock.now());
    };
    const auto server = net::WebServer::start(*options, answer);
    if (!server) return report_failure(server.error(), streams.err);
    streams.out << fmt::format("listening on {}", url_of(*options, (*server)->port())) << std::endl;
    const ReloadOnHangUp reloads(signals, service);
    manager.watch_over(service);
    service.serve(signals.token());
    (*server)->stop();
    return k_exit_done;
}

}  // namespace cordon::cli
