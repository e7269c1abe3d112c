// cordon serve: runs by itself for months, and answers those who ask how it is.

#include <ostream>
#include <random>
#include <thread>

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/daemon_work.hpp"
#include "daemon/front_door.hpp"
#include "daemon/service_manager.hpp"
#include "net/web_server.hpp"

namespace cordon::cli {
namespace {

/// Where the settings want to be listened. `invalid` where that is not safe.
Result<net::WebServerOptions> server_options(const Settings& settings) {
    const auto& serve = settings.serve;
    CORDON_TRY_ASSIGN(const auto listen, daemon::parse_listen(serve.listen));
    if (serve.tls_certificate.empty() != serve.tls_key.empty()) {
        return fail(Code::invalid, "[serve] tls_certificate and tls_key go together; name both, or none");
    }
    if (!listen.is_loopback()) {
        return fail(Code::invalid,
                    fmt::format("[serve] listen: {} is no loopback address, and what is served has no sign-in; take "
                                "127.0.0.1 and a reverse proxy with one",
                                listen.host));
    }
    net::WebServerOptions options;
    options.address = listen.host;
    options.port = listen.port;
    if (!serve.tls_certificate.empty()) {
        options.tls = net::TlsFiles{settings.resolved(serve.tls_certificate), settings.resolved(serve.tls_key)};
    }
    return options;
}

/// Prometheus' text format, version 0.0.4.
net::ServerResponse metrics_answer(std::string text) {
    return {200,
            {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}, {"Cache-Control", "no-store"}},
            std::move(text)};
}

std::string url_of(const net::WebServerOptions& options, int port) {
    const bool is_v6 = options.address.find(':') != std::string::npos;
    return fmt::format("{}://{}{}{}:{}", options.tls ? "https" : "http", is_v6 ? "[" : "", options.address,
                       is_v6 ? "]" : "", port);
}

}  // namespace

int serve_command(const Arguments& arguments, Streams streams, Signals& signals) {
    SystemClock clock;
    DaemonWork work(arguments.common, clock, streams.err);
    auto pace = work.read_settings();
    if (!pace) return report_failure(pace.error(), streams.err);
    const auto options = server_options(*work.settings());
    if (!options) return report_failure(options.error(), streams.err);

    daemon::ServiceManager manager;
    work.on_status = [&](const std::string& status) { manager.tell(status); };
    daemon::Service service(work, std::move(*pace), clock, std::mt19937_64(std::random_device{}()));
    const auto names = work.settings()->serve.names;
    const auto answer = [&service, &work, names](const net::ServerRequest& request) {
        if (!daemon::is_host_known(request.header("host"), names)) return daemon::misdirected(request.header("host"));
        if (auto health = daemon::answer_health(request, service.status(), CORDON_VERSION)) return *std::move(health);
        if (request.path == "/metrics") return metrics_answer(work.metrics());
        return daemon::nothing_there(request);
    };
    const auto server = net::WebServer::start(*options, answer);
    if (!server) return report_failure(server.error(), streams.err);
    streams.out << fmt::format("listening on {}", url_of(*options, (*server)->port())) << std::endl;
    signals.on_hang_up([&service] { service.reload(); });
    manager.watch_over(service, clock);
    service.serve(signals.token());
    signals.on_hang_up({});
    (*server)->stop();
    return k_exit_done;
}

}  // namespace cordon::cli
