#pragma once

#include <boost/asio/ssl/context.hpp>

#include "base/result.hpp"
#include "net/web_server.hpp"

namespace cordon::net {

/// Of a server: TLS 1.2 or newer. `invalid`: which of the files cannot be used, and why.
[[nodiscard]] Result<boost::asio::ssl::context> tls_context(const TlsFiles& files);

}  // namespace cordon::net
