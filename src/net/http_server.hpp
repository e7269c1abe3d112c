#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "net/server.hpp"

namespace cordon::net {

/// A small HTTP/1.1 server (cpp-httplib) for the sandbox, which can misbehave on demand. Calls `answer` from several
/// threads. Stops in its destructor. For the console see net/web_server.hpp.
class HttpServer {
public:
    using Answer = std::function<ServerResponse(const ServerRequest&)>;

    /// Listens at once; port 0 picks a free one. `invalid` when the address is taken.
    [[nodiscard]] static Result<std::unique_ptr<HttpServer>> start(const std::string& address, int port, Answer answer);
    virtual ~HttpServer() = default;
    [[nodiscard]] virtual int port() const noexcept = 0;
    virtual void stop() = 0;
};

}  // namespace cordon::net
