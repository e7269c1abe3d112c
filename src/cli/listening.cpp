#include "cli/listening.hpp"

#include <fmt/format.h>

namespace cordon::cli {

Result<net::WebServerOptions> listening_of(const Settings& settings) {
    const auto& serve = settings.serve;
    CORDON_TRY_ASSIGN(const auto listen, daemon::parse_listen(serve.listen));
    if (serve.tls_certificate.empty() != serve.tls_key.empty()) {
        return fail(Code::invalid, "[serve] tls_certificate and tls_key go together; name both, or none");
    }
    if (!listen.is_loopback() && serve.tls_certificate.empty()) {
        return fail(Code::invalid,
                    fmt::format("[serve] listen: {} is no loopback address, and passwords would go over the network in "
                                "the clear; name tls_certificate and tls_key, or take 127.0.0.1 and a reverse proxy",
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

}  // namespace cordon::cli
