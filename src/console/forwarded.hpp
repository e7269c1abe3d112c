#pragma once

#include <optional>
#include <string>

#include "net/server.hpp"

// What a reverse proxy says of the request that it passes on. Anybody can write these headers, so they are believed
// only beside the proxy's secret.
namespace cordon::console {

/// The last address of X-Forwarded-For: the one that the proxy saw itself. nullopt where that is no IP address.
[[nodiscard]] std::optional<std::string> forwarded_address(const net::ServerRequest& request);

/// Whether the last of X-Forwarded-Proto is https: the visitor speaks TLS with the proxy.
[[nodiscard]] bool is_forwarded_over_tls(const net::ServerRequest& request);

/// "" where it is absent or there twice: a proxy that adds its header to the browser's leaves open who is meant.
[[nodiscard]] std::string_view only_header(const net::ServerRequest& request, std::string_view lower_case_name);

}  // namespace cordon::console
