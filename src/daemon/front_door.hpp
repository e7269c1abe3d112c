#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/service.hpp"
#include "net/server.hpp"

namespace cordon::daemon {

/// Whether the request was meant for this server: its Host is localhost, a loopback address or one of `names`, with any
/// port. Anything else may be a page of somebody else's whose name was made to point here (DNS rebinding).
[[nodiscard]] bool is_host_known(std::string_view host, const std::vector<std::string>& names);

/// 421, in a sentence that names the key.
[[nodiscard]] net::ServerResponse misdirected(std::string_view host);

/// /healthz (200 for as long as the process answers; what it is about) and /readyz (200, or 503 where a list was last
/// good longer ago than max_staleness or never); nullopt for any other path. They need no sign-in and so name no list
/// and no error text.
[[nodiscard]] std::optional<net::ServerResponse> answer_health(const net::ServerRequest& request,
                                                               const ServiceStatus& status, const std::string& version);

/// 404 as JSON.
[[nodiscard]] net::ServerResponse nothing_there(const net::ServerRequest& request);

}  // namespace cordon::daemon
