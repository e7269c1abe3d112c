#pragma once

#include <string>

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "net/server.hpp"

namespace cordon::net {

/// What Beast has read, as handlers see it.
[[nodiscard]] ServerRequest request_from(boost::beast::http::request<boost::beast::http::string_body>&& raw,
                                         std::string remote_address);

}  // namespace cordon::net
