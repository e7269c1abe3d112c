#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace cordon::net {

using Header = std::pair<std::string, std::string>;

/// One HTTP request. Credentials stand in `headers` and `body` only, never in `url`.
struct Request {
    std::string method = "GET";
    std::string url;  ///< sent as it is: escapes are not touched ("%2F" stays)
    std::vector<Header> headers;
    std::string body;
    std::chrono::seconds timeout{120};   ///< for the whole exchange
    std::chrono::seconds stall{0};       ///< less than 1 kB/s for so long ends it as well; 0 = never
    std::size_t most_bytes = 64U << 20;  ///< a longer body is an error (Code::corrupt)
};

/// A whole answer (other than 2xx: a megabyte at most). One that ended early is an error, but see is_close_delimited.
struct Response {
    int status = 0;
    std::vector<Header> headers;  ///< names in lower case
    std::string body;             ///< Content-Encoding undone
    /// Nothing but the close of the connection ended the body (no length, chunks or compression, RFC 9112 6.3):
    /// one that was cut off looks the same. Who cannot tell by the content must not believe it.
    bool is_close_delimited = false;

    /// The value of the last header with this lower-case name; "" where there is none.
    [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
    [[nodiscard]] bool is_success() const noexcept { return status >= 200 && status < 300; }
};

/// Sends requests; knows nothing of retries and budgets. Errors: `unreachable` when surely nothing was
/// applied (no connection, name, TLS), `unknown` when the request may have arrived but its answer was
/// lost (time-out, torn body on a write), `corrupt` for a torn or oversized body of a GET or HEAD,
/// `cancelled`. Messages name host and path, never query secrets or headers.
class HttpClient {
public:
    virtual ~HttpClient() = default;
    [[nodiscard]] virtual Result<Response> send(const Request& request, const std::stop_token& stop) = 0;
};

/// How to reach a cloud. The same keys exist in [rfapi] and [zscaler].
struct Connection {
    std::vector<std::string> proxies;  ///< tried in order; http, https, socks5; credentials allowed; empty = direct
    bool verify_tls = true;
    std::filesystem::path ca_file;  ///< PEM; empty = the system's
    std::string user_agent;
};

/// Whether a client could use it, without the network: every proxy is one, and ca_file can be read and holds a
/// certificate. `invalid` says which is not.
[[nodiscard]] Result<void> check_connection(const Connection& connection);

/// libcurl; HTTP/1.1; redirects are not followed; one connection is kept open. Not thread-safe: one
/// client a thread.
[[nodiscard]] std::unique_ptr<HttpClient> make_curl_client(Connection connection);

/// Escapes everything but RFC 3986 unreserved characters.
[[nodiscard]] std::string percent_encode(std::string_view text);

/// Undoes percent-escapes once; broken ones stay as they are.
[[nodiscard]] std::string percent_decode(std::string_view text);

/// "https://host/path" of a URL: no userinfo, no query. For messages and logs.
[[nodiscard]] std::string displayable(std::string_view url);

/// Reads what a portal shows ("zsapi.example.net", "https://host/api/v1/") into "https://host[:port]"
/// and the path that was given ("" or "/api/v1"). Plain http only to loopback (127.0.0.0/8, ::1,
/// localhost). `invalid` says what is allowed.
struct BaseUrl {
    std::string origin;
    std::string path;  ///< no trailing slash
    std::string host;  ///< lower case, no port
};
[[nodiscard]] Result<BaseUrl> parse_base_url(std::string_view text);

}  // namespace cordon::net
