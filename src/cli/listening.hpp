#pragma once

#include "base/result.hpp"
#include "cli/settings.hpp"
#include "net/web_server.hpp"

namespace cordon::cli {

/// Where the settings want `cordon serve` to be reached. `invalid` where that is not safe, or not whole.
[[nodiscard]] Result<net::WebServerOptions> listening_of(const Settings& settings);

}  // namespace cordon::cli
