#include "net/web_server.hpp"

#include <atomic>
#include <chrono>
#include <deque>
#include <optional>
#include <set>
#include <thread>
#include <type_traits>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include "base/log.hpp"
#include "base/priority.hpp"
#include "base/text.hpp"
#include "net/address_shares.hpp"
#include "net/gzip_body.hpp"
#include "net/signals_blocked.hpp"
#include "net/tls_context.hpp"
#include "net/web_request.hpp"

namespace cordon::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

constexpr std::chrono::milliseconds k_linger{2'000};
constexpr std::chrono::milliseconds k_accept_again{100};  // where descriptors ran out

class WebConnection {
public:
    virtual ~WebConnection() = default;
    /// The server stops: what is not answered yet is not asked any more.
    virtual void hang_up() = 0;
    /// Since when it waits for a request or its end; nullopt where it does not.
    [[nodiscard]] virtual std::optional<std::chrono::steady_clock::time_point> waits_since() const = 0;
};

/// What the connections of one server share. All but `io`, `workers` and `answer` is the network thread's alone.
/// Outlets keep it alive, so that one may be held longer than the server.
struct WebShared : std::enable_shared_from_this<WebShared> {
    WebShared(WebServer::Answer answer_, const WebLimits& limits_)
        : answer(std::move(answer_)), limits(limits_), shares(limits_.most_of_one_address) {}

    const WebServer::Answer answer;
    const WebLimits limits;
    std::optional<asio::ssl::context> tls;
    bool is_stopping = false;
    std::size_t streams = 0;
    AddressShares shares;
    std::set<WebConnection*> open;  // before io: what is left in its queue dies with it, and leaves this set
    asio::io_context io{1};
};

/// What an outlet and its connection know of each other.
struct StreamState {
    std::atomic<bool> is_gone{false};
    std::atomic<std::size_t> waiting{0};  ///< bytes that were given and not sent yet
};

ServerResponse answer_to(const WebServer::Answer& answer, const ServerRequest& request) {
    try {
        auto response = answer(request);
        compress_for(request, response);
        return response;
    } catch (const std::exception& problem) {
        log_error(fmt::format("answering {} {} failed: {}", printable(request.method, 20), printable(request.path, 200),
                              problem.what()));
        return {
            500, {{"Content-Type", "text/plain; charset=utf-8"}}, "this is a fault of Cordon's; its log says more\n"};
    }
}

template <class Body>
http::response<Body> head_of(const ServerResponse& response, unsigned version) {
    http::response<Body> head(static_cast<http::status>(response.status), version);
    for (const auto& [name, value] : response.headers) head.insert(name, value);
    return head;
}

/// One connection. Everything in it happens on the network thread.
template <class Stream>
class WebSession final : public WebConnection, public std::enable_shared_from_this<WebSession<Stream>> {
    static constexpr bool k_has_tls = std::is_same_v<Stream, TlsStream>;

public:
    template <class... Tls>
    WebSession(tcp::socket&& socket, WebShared& server, asio::thread_pool& workers, std::string remote, Tls&... tls)
        : stream_(std::move(socket), tls...),
          server_(server),
          workers_(workers),
          remote_(std::move(remote)),
          buffer_(server_.limits.most_head_bytes + (64U << 10)) {
        server_.open.insert(this);
        server_.shares.enter(remote_);
    }
    WebSession(const WebSession&) = delete;
    WebSession& operator=(const WebSession&) = delete;
    ~WebSession() override {
        leave_streams();
        server_.open.erase(this);
        server_.shares.leave(remote_);
    }

    void start() {
        if constexpr (k_has_tls) {
            lowest().expires_after(server_.limits.request_deadline);
            stream_.async_handshake(asio::ssl::stream_base::server,
                                    [self = this->shared_from_this()](error_code error) {
                                        if (!error) self->await_request();
                                    });
        } else {
            await_request();
        }
    }

    void hang_up() override {
        if (phase_ == Phase::waiting || phase_ == Phase::streaming) close();
    }

    [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> waits_since() const override {
        return phase_ == Phase::waiting ? std::optional(waits_since_) : std::nullopt;
    }

private:
    enum class Phase { waiting, answering, streaming, closed };

    beast::tcp_stream& lowest() { return beast::get_lowest_layer(stream_); }

    void await_request() {
        phase_ = Phase::waiting;
        waits_since_ = std::chrono::steady_clock::now();
        if (server_.is_stopping) return close();
        if (buffer_.size() > 0) return read_request();  // sent with the one before
        lowest().expires_after(server_.limits.idle);
        stream_.async_read_some(buffer_.prepare(4096),
                                [self = this->shared_from_this()](error_code error, std::size_t size) {
                                    if (error) return;
                                    self->buffer_.commit(size);
                                    self->read_request();
                                });
    }

    void read_request() {
        parser_.emplace();
        parser_->header_limit(static_cast<std::uint32_t>(server_.limits.most_head_bytes));
        parser_->body_limit(server_.limits.most_body_bytes);
        lowest().expires_after(server_.limits.request_deadline);
        http::async_read(stream_, buffer_, *parser_, [self = this->shared_from_this()](error_code error, std::size_t) {
            self->take_request(error);
        });
    }

    void take_request(error_code error) {
        phase_ = Phase::answering;
        if (error == http::error::header_limit) return refuse(431, "the head of this request is too long");
        if (error == http::error::body_limit) return refuse(413, "the body of this request is too long");
        const bool is_malformed = error.category() == http::make_error_code(http::error::bad_method).category();
        if (error == http::error::end_of_stream || error == http::error::partial_message) return close();
        if (error && is_malformed) return refuse(400, "this is no HTTP request");
        if (error) return close();
        auto raw = parser_->release();
        version_ = raw.version();
        is_head_ = raw.method() == http::verb::head;
        keeps_alive_ = raw.keep_alive();
        asio::post(workers_, [self = this->shared_from_this(), work = asio::make_work_guard(server_.io),
                              request = request_from(std::move(raw), remote_)]() mutable {
            auto response = answer_to(self->server_.answer, request);
            auto& io = self->server_.io;
            asio::post(io, [self = std::move(self), response = std::move(response)]() mutable {
                self->reply(std::move(response));
            });
        });
    }

    /// The last answer on this connection: what follows is not understood, or not wanted.
    void refuse(int status, const std::string& why) {
        keeps_alive_ = false;
        lingers_ = true;
        is_head_ = false;
        reply({status, {{"Content-Type", "text/plain; charset=utf-8"}}, why + "\n"});
    }

    void reply(ServerResponse&& response) {
        keeps_alive_ = keeps_alive_ && !server_.is_stopping;
        lowest().expires_after(server_.limits.request_deadline);
        if (response.on_open && !is_head_) return open_stream(std::move(response));
        if (!is_head_) {
            auto whole = head_of<http::string_body>(response, version_);
            whole.body() = std::move(response.body);
            const bool has_body = response.status >= 200 && response.status != 204 && response.status != 304;
            if (has_body) whole.prepare_payload();
            return send(std::move(whole));
        }
        auto head = head_of<http::empty_body>(response, version_);
        if (!response.on_open) head.content_length(response.body.size());
        send(std::move(head));
    }

    template <class Body>
    void send(http::response<Body>&& response) {
        response.keep_alive(keeps_alive_);
        auto kept = std::make_shared<http::response<Body>>(std::move(response));
        http::async_write(stream_, *kept, [self = this->shared_from_this(), kept](error_code error, std::size_t) {
            if (error) return self->close();
            if (self->keeps_alive_) return self->await_request();
            self->finish();
        });
    }

    /// An orderly end: what was sent arrives.
    void finish() {
        if constexpr (k_has_tls) {
            lowest().expires_after(k_linger);
            stream_.async_shutdown([self = this->shared_from_this()](error_code) { self->close(); });
        } else {
            error_code ignored;
            lowest().socket().shutdown(tcp::socket::shutdown_send, ignored);
            if (!lingers_) return close();
            // A close with bytes unread would be a reset, which takes the answer along.
            lowest().expires_after(k_linger);
            read_away();
        }
    }

    void read_away() {
        buffer_.clear();
        stream_.async_read_some(buffer_.prepare(4096),
                                [self = this->shared_from_this()](error_code error, std::size_t) {
                                    if (error) return self->close();
                                    self->read_away();
                                });
    }

    void close() {
        phase_ = Phase::closed;
        if (outlet_state_) outlet_state_->is_gone = true;
        error_code ignored;
        lowest().socket().shutdown(tcp::socket::shutdown_both, ignored);
        lowest().close();
    }

    // --- an answer without end

    class SessionOutlet final : public Outlet {
    public:
        SessionOutlet(std::shared_ptr<WebShared> server, std::weak_ptr<WebSession> session,
                      std::shared_ptr<StreamState> state)
            : server_(std::move(server)), session_(std::move(session)), state_(std::move(state)) {}
        SessionOutlet(const SessionOutlet&) = delete;
        SessionOutlet& operator=(const SessionOutlet&) = delete;
        // Without memory for that, the process ends.  NOLINTNEXTLINE(bugprone-exception-escape)
        ~SessionOutlet() override {
            post([](WebSession& session) { session.end_stream(); });
        }

        bool send(std::string chunk) override {
            if (state_->is_gone) return false;
            const auto size = chunk.size();
            if (state_->waiting.fetch_add(size) + size > server_->limits.most_waiting_bytes) {
                state_->is_gone = true;
                asio::post(server_->io, [session = session_] {
                    if (const auto there = session.lock()) there->close();
                });
                return false;
            }
            post([chunk = std::move(chunk)](WebSession& session) mutable { session.enqueue(std::move(chunk)); });
            return true;
        }

    private:
        template <class Action>
        void post(Action action) {
            if (state_->is_gone) return;
            asio::post(server_->io, [session = session_, action = std::move(action)]() mutable {
                if (const auto there = session.lock()) action(*there);
            });
        }

        std::shared_ptr<WebShared> server_;
        std::weak_ptr<WebSession> session_;
        std::shared_ptr<StreamState> state_;
    };

    void open_stream(ServerResponse&& response) {
        if (server_.streams >= server_.limits.most_streams)
            return refuse(503, "too many readers at a time; ask again later");
        ++server_.streams;
        is_counted_ = true;
        phase_ = Phase::streaming;
        auto head = std::make_shared<http::response<http::empty_body>>(head_of<http::empty_body>(response, version_));
        head->keep_alive(false);
        if (!response.body.empty()) queue_.push_back(std::move(response.body));
        auto serializer = std::make_shared<http::response_serializer<http::empty_body>>(*head);
        http::async_write_header(
            stream_, *serializer,
            [self = this->shared_from_this(), head, serializer, on_open = std::move(response.on_open)](
                error_code error, std::size_t) mutable { self->begin_stream(error, std::move(on_open)); });
    }

    void begin_stream(error_code error, std::function<void(std::shared_ptr<Outlet>)>&& on_open) {
        if (error || server_.is_stopping) return close();
        lowest().expires_never();
        outlet_state_ = std::make_shared<StreamState>();
        if (!queue_.empty()) {
            outlet_state_->waiting = queue_.front().size();
            send_next();
        }
        notice_end();
        auto outlet =
            std::make_shared<SessionOutlet>(server_.shared_from_this(), this->weak_from_this(), outlet_state_);
        asio::post(workers_, [on_open = std::move(on_open), outlet = std::move(outlet)]() mutable {
            try {
                on_open(std::move(outlet));
            } catch (const std::exception& problem) {
                log_error(fmt::format("a stream could not begin: {}", problem.what()));
            }
        });
    }

    /// A reader says nothing more; what ends is its connection.
    void notice_end() {
        buffer_.clear();
        stream_.async_read_some(buffer_.prepare(1024),
                                [self = this->shared_from_this()](error_code error, std::size_t) {
                                    if (error) return self->close();
                                    self->notice_end();
                                });
    }

    void enqueue(std::string&& chunk) {
        queue_.push_back(std::move(chunk));
        if (queue_.size() == 1) send_next();
    }

    void send_next() {
        asio::async_write(stream_, asio::buffer(queue_.front()),
                          [self = this->shared_from_this()](error_code error, std::size_t size) {
                              if (error) return self->close();
                              self->outlet_state_->waiting -= size;
                              self->queue_.pop_front();
                              if (!self->queue_.empty()) return self->send_next();
                              if (self->ends_stream_) self->finish();
                          });
    }

    void end_stream() {
        ends_stream_ = true;
        if (queue_.empty()) finish();
    }

    void leave_streams() {
        if (outlet_state_) outlet_state_->is_gone = true;
        if (is_counted_) --server_.streams;
    }

    Stream stream_;
    WebShared& server_;
    asio::thread_pool& workers_;
    const std::string remote_;
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    Phase phase_ = Phase::waiting;
    std::chrono::steady_clock::time_point waits_since_ = std::chrono::steady_clock::now();
    unsigned version_ = 11;
    bool is_head_ = false;
    bool keeps_alive_ = false;
    bool lingers_ = false;
    bool is_counted_ = false;
    bool ends_stream_ = false;
    std::shared_ptr<StreamState> outlet_state_;
    std::deque<std::string> queue_;
};

class RunningWebServer final : public WebServer {
public:
    RunningWebServer(Answer answer, const WebLimits& limits)
        : shared_(std::make_shared<WebShared>(std::move(answer), limits)),
          acceptor_(shared_->io),
          accept_again_(shared_->io) {}
    RunningWebServer(const RunningWebServer&) = delete;
    RunningWebServer& operator=(const RunningWebServer&) = delete;
    // Threads that cannot be told to end cannot be left alone either.  NOLINTNEXTLINE(bugprone-exception-escape)
    ~RunningWebServer() override { RunningWebServer::stop(); }

    Result<void> listen(const WebServerOptions& options) {
        if (options.tls) {
            CORDON_TRY_ASSIGN(auto context, tls_context(*options.tls));
            shared_->tls.emplace(std::move(context));
        }
        error_code error;
        const auto address = asio::ip::make_address(options.address, error);
        const tcp::endpoint here(address, static_cast<unsigned short>(options.port));
        if (!error) acceptor_.open(here.protocol(), error);
        if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
        if (!error) acceptor_.bind(here, error);
        if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
        if (error) {
            return fail(Code::invalid, fmt::format("cannot listen on {} port {}: {}; choose another address or port",
                                                   printable(options.address), options.port, error.message()));
        }
        port_ = acceptor_.local_endpoint().port();
        const SignalsBlocked blocked;
        network_ = std::thread([this] {
            yield_to_others();  // and its workers with it
            workers_.emplace(shared_->limits.workers);
            accept();
            serve();
        });
        return {};
    }

    [[nodiscard]] int port() const noexcept override { return port_; }

    void stop() override {
        if (!network_.joinable()) return;
        asio::post(shared_->io, [this] {
            shared_->is_stopping = true;
            accept_again_.cancel();
            acceptor_.close();
            const auto open = shared_->open;  // one that hangs up leaves the set
            for (auto* const connection : open) connection->hang_up();
        });
        network_.join();  // returns once the last answer in hand is out
        workers_->join();
    }

private:
    /// What is thrown on behalf of one connection ends that one.
    void serve() {
        for (;;) {
            try {
                shared_->io.run();
                return;
            } catch (const std::exception& problem) {
                log_error(fmt::format("a connection was given up: {}", problem.what()));
            }
        }
    }

    void accept() {
        acceptor_.async_accept([this](error_code error, tcp::socket socket) {
            if (shared_->is_stopping || error == asio::error::operation_aborted) return;
            if (error) {
                accept_again_.expires_after(k_accept_again);
                accept_again_.async_wait([this](error_code cancelled) {
                    if (!cancelled) accept();
                });
                return;
            }
            accept();  // first: the next ones come whatever becomes of this one
            welcome(std::move(socket));
        });
    }

    /// Who has kept the server waiting longest gives way; false where nobody does.
    bool make_room() {
        WebConnection* slowest = nullptr;
        for (auto* const connection : shared_->open) {
            const auto since = connection->waits_since();
            if (since && (slowest == nullptr || *since < *slowest->waits_since())) slowest = connection;
        }
        if (slowest != nullptr) slowest->hang_up();
        return slowest != nullptr;
    }

    void welcome(tcp::socket&& socket) {
        error_code error;
        const auto peer = socket.remote_endpoint(error);
        if (error) return;  // gone already
        socket.set_option(tcp::no_delay(true), error);
        auto remote = peer.address().to_string();
        const bool is_full = shared_->open.size() >= shared_->limits.most_connections;
        // Who has its share already costs nobody else the connection.
        if (!shared_->shares.has_room(remote) || (is_full && !make_room())) {
            constexpr std::string_view k_full =
                "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            socket.non_blocking(true, error);
            if (!shared_->tls) socket.write_some(asio::buffer(k_full), error);
            return;
        }
        if (shared_->tls) {
            std::make_shared<WebSession<TlsStream>>(std::move(socket), *shared_, *workers_, std::move(remote),
                                                    *shared_->tls)
                ->start();
        } else {
            std::make_shared<WebSession<PlainStream>>(std::move(socket), *shared_, *workers_, std::move(remote))
                ->start();
        }
    }

    std::shared_ptr<WebShared> shared_;
    std::optional<asio::thread_pool> workers_;
    tcp::acceptor acceptor_;
    asio::steady_timer accept_again_;
    std::thread network_;
    int port_ = 0;
};

}  // namespace

Result<std::unique_ptr<WebServer>> WebServer::start(const WebServerOptions& options, Answer answer) {
    auto server = std::make_unique<RunningWebServer>(std::move(answer), options.limits);
    CORDON_TRY(server->listen(options));
    return std::unique_ptr<WebServer>(std::move(server));
}

}  // namespace cordon::net
