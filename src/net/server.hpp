#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/http.hpp"

namespace cordon::net {

/// A request as a server sees it.
struct ServerRequest {
    std::string method;
    std::string target;  ///< raw, as on the request line: "/fusion/v3/files/%2Fpublic%2Fa.json?x=1"
    std::string path;    ///< of target, percent-decoded once, without query
    std::vector<std::pair<std::string, std::string>> query;  ///< decoded, in order
    std::vector<Header> headers;                             ///< names in lower case
    std::string body;
    std::string remote_address;

    [[nodiscard]] std::string_view header(std::string_view lower_case_name) const noexcept;
    /// "" where it is absent.
    [[nodiscard]] std::string_view query_value(std::string_view name) const noexcept;
};

/// Where an answer without end is written, from any thread, for as long as somebody reads it.
class Outlet {
public:
    virtual ~Outlet() = default;
    /// False where the reader has gone, is too slow, or the server stops: nothing more will arrive.
    [[nodiscard]] virtual bool send(std::string chunk) = 0;
};

struct ServerResponse {
    int status = 200;
    std::vector<Header> headers;
    std::string body;
    /// Ends the connection after this many body bytes (fault injection, HttpServer alone); nullopt = all of it.
    std::optional<std::size_t> cut_after = {};
    /// Where set, the body has no end (WebServer alone): it begins with `body`, and once the head is out, this is
    /// called with where to write on. The reader is let go when nobody holds the outlet any more.
    std::function<void(std::shared_ptr<Outlet>)> on_open = {};
};

}  // namespace cordon::net
