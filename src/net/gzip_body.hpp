#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/server.hpp"

namespace cordon::net {

/// The text as one gzip member (RFC 1952). Throws std::bad_alloc alone.
[[nodiscard]] std::string gzip(std::string_view text);

/// Whether an Accept-Encoding names "gzip" or "*", and not with a weight of nothing.
[[nodiscard]] bool takes_gzip(std::string_view accept_encoding);

/// Compresses the body of an answer that gains by it, where the request says that its sender takes gzip (RFC 9110
/// 12.5.3); says so in the headers, also that the answer depends on it.
void compress_for(const ServerRequest& request, ServerResponse& response);

}  // namespace cordon::net
