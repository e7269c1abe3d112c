#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "net/server.hpp"

namespace cordon::net {

/// What one server lets its clients cost. Beyond a bound the client gets the status in brackets, or is hung up on.
struct WebLimits {
    std::size_t most_head_bytes = 16U << 10;  ///< [431]
    std::size_t most_body_bytes = 1U << 20;   ///< [413]
    std::chrono::milliseconds request_deadline{
        10'000};                                  ///< from a request's first byte to its last, and for its answer
    std::chrono::milliseconds idle{60'000};       ///< a connection between two requests
    std::size_t most_connections = 256;           ///< who waits longest gives way; nobody waits: [503]
    std::size_t most_of_one_address = 128;        ///< of these from one that is not loopback [503]
    std::size_t most_streams = 32;                ///< answers without end at a time [503]
    std::size_t most_waiting_bytes = 256U << 10;  ///< of a stream whose reader is slow
    std::size_t workers = 8;                      ///< threads that call `answer`
};

/// PEM files: a certificate with those that it was signed by, and its key.
struct TlsFiles {
    std::filesystem::path certificate;
    std::filesystem::path key;
};

struct WebServerOptions {
    std::string address = "127.0.0.1";  ///< an IP address
    int port = 0;                       ///< 0 picks a free one
    std::optional<TlsFiles> tls = {};   ///< TLS 1.2 or newer
    WebLimits limits = {};
};

/// An HTTP/1.1 server (Boost.Beast) for people and programs that are not trusted: bounded in all that a client can make
/// it keep, and an idle or slow one costs no thread. Calls `answer` from several threads; what that throws is a 500 and
/// a line in the log. Text of more than a kilobyte goes out compressed where the client takes gzip. Requests of one
/// connection are answered in their order. Its threads have a lower priority than the program's others. Stops in its
/// destructor.
class WebServer {
public:
    using Answer = std::function<ServerResponse(const ServerRequest&)>;

    /// Listens at once. `invalid`: the address is none or taken, or the TLS files cannot be used.
    [[nodiscard]] static Result<std::unique_ptr<WebServer>> start(const WebServerOptions& options, Answer answer);
    virtual ~WebServer() = default;
    [[nodiscard]] virtual int port() const noexcept = 0;
    /// Takes no more requests, finishes the answers in hand and ends the streams.
    virtual void stop() = 0;
};

}  // namespace cordon::net
