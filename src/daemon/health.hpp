#pragma once

#include <optional>
#include <string>

#include "daemon/service.hpp"
#include "net/server.hpp"

namespace cordon::daemon {

/// /healthz (200 for as long as the process answers; what it is about) and /readyz (200, or 503 where a list was last
/// good longer ago than max_staleness or never); nullopt for any other path. They need no sign-in and so name no list
/// and no error text.
[[nodiscard]] std::optional<net::ServerResponse> answer_health(const net::ServerRequest& request,
                                                               const ServiceStatus& status, const std::string& version);

}  // namespace cordon::daemon
