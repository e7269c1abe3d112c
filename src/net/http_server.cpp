#include "net/http_server.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <set>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <httplib.h>

#include "base/guarded.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "net/form.hpp"
#include "net/signals_blocked.hpp"

namespace cordon::net {
namespace {

constexpr std::size_t k_threads = 8;
constexpr std::size_t k_most_body_bytes = 512U << 20;
constexpr std::size_t k_most_head_bytes = 64U << 10;
constexpr int k_backlog = 128;  // httplib's own 5 makes a burst of connections wait for SYN repeats
constexpr int k_idle_seconds = 15;
constexpr int k_stalled_seconds = 30;

/// The header lines of a request head as they came. httplib's own copy has its values percent-decoded.
std::vector<Header> parse_headers(std::string_view head) {
    std::vector<Header> headers;
    const auto lines = split(head, '\n');
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const auto colon = lines[i].find(':');
        if (colon == std::string_view::npos) continue;
        headers.emplace_back(to_lower(trim(lines[i].substr(0, colon))), trim(lines[i].substr(colon + 1)));
    }
    return headers;
}

std::string address_text(const sockaddr_storage& peer, socklen_t size, int& port) {
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV> service{};
    port = 0;
    if (::getnameinfo(reinterpret_cast<const sockaddr*>(&peer), size, host.data(), host.size(), service.data(),
                      service.size(), NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
        return {};
    }
    port = static_cast<int>(parse_whole_number(service.data()).value_or(0));
    return host.data();
}

/// One accepted connection: httplib's view of the socket, which also keeps the raw request head.
class ConnectionStream final : public httplib::Stream {
public:
    ConnectionStream(socket_t socket, const std::atomic<bool>& is_stopping)
        : socket_(socket), is_stopping_(is_stopping) {}

    /// Waits for the next request's first byte; false when none comes.
    bool await_request() {
        head_.clear();
        is_in_head_ = true;
        return begin_ < end_ || (wait_for(POLLIN, k_idle_seconds) && fill() > 0);
    }

    /// The head of the request in hand; what follows is body.
    const std::string& end_head() {
        is_in_head_ = false;
        return head_;
    }

    /// The head was refused: what follows on the connection cannot be framed.
    [[nodiscard]] bool is_in_head() const noexcept { return is_in_head_; }

    [[nodiscard]] bool is_readable() const override { return begin_ < end_ || wait_for(POLLIN, k_stalled_seconds); }
    [[nodiscard]] bool is_writable() const override { return wait_for(POLLOUT, k_stalled_seconds); }

    ssize_t read(char* bytes, std::size_t size) override {
        if (begin_ == end_ && (!wait_for(POLLIN, k_stalled_seconds) || fill() <= 0)) return -1;
        const auto taken = std::min(size, end_ - begin_);
        std::copy_n(buffer_.data() + begin_, taken, bytes);
        begin_ += taken;
        if (is_in_head_) {
            if (head_.size() + taken > k_most_head_bytes) return -1;
            head_.append(bytes, taken);
        }
        return static_cast<ssize_t>(taken);
    }

    ssize_t write(const char* bytes, std::size_t size) override {
        if (!is_writable()) return -1;
        ssize_t sent = 0;
        do {
            sent = ::send(socket_, bytes, size, MSG_NOSIGNAL);
        } while (sent < 0 && errno == EINTR);
        return sent;
    }

    void get_remote_ip_and_port(std::string& ip, int& port) const override { ip = name(::getpeername, port); }
    void get_local_ip_and_port(std::string& ip, int& port) const override { ip = name(::getsockname, port); }
    [[nodiscard]] socket_t socket() const override { return socket_; }

private:
    template <class Ask>
    std::string name(Ask ask, int& port) const {
        sockaddr_storage peer{};
        socklen_t size = sizeof(peer);
        if (ask(socket_, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return {};
        return address_text(peer, size, port);
    }

    bool wait_for(short event, int most_seconds) const {
        pollfd wanted{socket_, event, 0};
        return !is_stopping_.load() && ::poll(&wanted, 1, most_seconds * 1000) > 0;
    }

    ssize_t fill() {
        const auto got = ::recv(socket_, buffer_.data(), buffer_.size(), 0);
        begin_ = 0;
        end_ = got > 0 ? static_cast<std::size_t>(got) : 0;
        return got;
    }

    socket_t socket_;
    const std::atomic<bool>& is_stopping_;
    std::vector<char> buffer_ = std::vector<char>(64U << 10);
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::string head_;
    bool is_in_head_ = false;
};

/// The request that this thread is answering. httplib hands its handlers nothing of ours, but treats
/// one connection on one thread from accept to close.
thread_local ServerRequest* t_current = nullptr;  // NOLINT

/// Takes what we need off httplib's request and leaves it what makes it frame the message and nothing
/// more: no decoding of bodies, forms, multiparts and ranges, no compression, one route.
void take_over(httplib::Request& request, const std::string& head) {
    ServerRequest& ours = *t_current;
    ours.method = request.method;
    ours.target = request.target;
    const auto question = request.target.find('?');
    ours.path = percent_decode(std::string_view(request.target).substr(0, question));
    if (question != std::string::npos) ours.query = parse_form(std::string_view(request.target).substr(question + 1));
    ours.headers = parse_headers(head);
    ours.remote_address = request.remote_addr;

    httplib::Headers framing;
    for (const auto* name : {"Content-Length", "Transfer-Encoding", "Connection", "Expect"}) {
        if (request.has_header(name)) framing.emplace(name, request.get_header_value(name));
    }
    // Without this, httplib 0.11 reads a body up to the end of the connection.
    if (framing.count("Content-Length") == 0 && framing.count("Transfer-Encoding") == 0) {
        framing.emplace("Content-Length", "0");
    }
    request.headers = std::move(framing);
    request.ranges.clear();
    request.params.clear();
    request.path = "/";
    if (request.method != "HEAD") request.method = "POST";
}

void give(ServerResponse&& answer, httplib::Response& response, bool is_head) {
    response.status = answer.status;
    std::string content_type;
    const bool is_cut = answer.cut_after && *answer.cut_after < answer.body.size() && !is_head;
    for (const auto& [name, value] : answer.headers) {
        // httplib writes the length of a body itself; HEAD may announce one without having it.
        if (equals_ignoring_case(name, "Content-Length") && !(is_head && answer.body.empty())) continue;
        if (is_cut && equals_ignoring_case(name, "Content-Type")) {
            content_type = value;
            continue;
        }
        response.set_header(name, value);
    }
    if (!is_cut) {
        response.body = std::move(answer.body);
        return;
    }
    const auto length = answer.body.size();
    response.set_content_provider(
        length, content_type,
        [body = std::move(answer.body), most = *answer.cut_after](std::size_t, std::size_t, httplib::DataSink& sink) {
            sink.write(body.data(), most);
            return false;
        });
}

class HttplibServer final : public httplib::Server {
public:
    explicit HttplibServer(HttpServer::Answer answer) : answer_(std::move(answer)) {
        new_task_queue = [] { return new httplib::ThreadPool(k_threads); };
        set_payload_max_length(k_most_body_bytes);
        set_tcp_nodelay(true);
        // httplib's default is SO_REUSEPORT, with which two servers would share one port unnoticed.
        set_socket_options([](socket_t socket) {
            const int yes = 1;
            ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
        });
        keep_alive_timeout_sec_ = k_idle_seconds;  // what the Keep-Alive header tells
        keep_alive_max_count_ = 100'000;
        Get("/", [this](const httplib::Request&, httplib::Response& response) { reply(response, /*is_head=*/true); });
        Post("/", [this](const httplib::Request&, httplib::Response& response, const httplib::ContentReader& content) {
            if (read_body(content)) reply(response, /*is_head=*/false);
        });
    }

    void deepen_backlog() { ::listen(svr_sock_, k_backlog); }

    /// Wakes the connections: an answer in hand is still sent, nothing more is read.
    void hang_up() {
        is_stopping_ = true;
        open_.with([](const std::set<socket_t>& sockets) {
            for (const auto socket : sockets) ::shutdown(socket, SHUT_RD);
        });
    }

private:
    static bool read_body(const httplib::ContentReader& content) {
        std::string& body = t_current->body;
        return content([&body](const char* bytes, std::size_t size) {
            if (body.size() + size > k_most_body_bytes) return false;
            body.append(bytes, size);
            return true;
        });
    }

    void reply(httplib::Response& response, bool is_head) {
        try {
            give(answer_(*t_current), response, is_head);
        } catch (const std::exception& problem) {
            log_error(fmt::format("answering {} {} failed: {}", t_current->method, t_current->path, problem.what()));
            response.status = 500;
        }
    }

    bool process_and_close_socket(socket_t socket) override {
        open_.with([socket](std::set<socket_t>& sockets) { sockets.insert(socket); });
        ConnectionStream stream(socket, is_stopping_);
        bool is_last = false;
        while (!is_last && stream.await_request()) {
            ServerRequest request;
            t_current = &request;
            const bool is_sent =
                process_request(stream, /*close_connection=*/false, is_last,
                                [&](httplib::Request& theirs) { take_over(theirs, stream.end_head()); });
            t_current = nullptr;
            if (!is_sent || stream.is_in_head()) break;
        }
        open_.with([socket](std::set<socket_t>& sockets) { sockets.erase(socket); });
        ::shutdown(socket, SHUT_RDWR);
        ::close(socket);
        return true;
    }

    HttpServer::Answer answer_;
    std::atomic<bool> is_stopping_{false};
    Guarded<std::set<socket_t>> open_;
};

class RunningServer final : public HttpServer {
public:
    explicit RunningServer(Answer answer) : server_(std::move(answer)) {}
    ~RunningServer() override { RunningServer::stop(); }

    bool listen(const std::string& address, int port) {
        port_ = port;
        if (port == 0)
            port_ = server_.bind_to_any_port(address);
        else if (!server_.bind_to_port(address, port))
            port_ = -1;
        if (port_ <= 0) return false;
        server_.deepen_backlog();
        const SignalsBlocked blocked;
        thread_ = std::thread([this] {
            server_.listen_after_bind();
            has_ended_ = true;
        });
        // httplib ignores a stop() that comes before its loop runs.
        while (!server_.is_running() && !has_ended_) std::this_thread::yield();
        return true;
    }

    [[nodiscard]] int port() const noexcept override { return port_; }

    void stop() override {
        if (!thread_.joinable()) return;
        server_.hang_up();
        server_.stop();
        thread_.join();
    }

private:
    HttplibServer server_;
    std::thread thread_;
    std::atomic<bool> has_ended_{false};
    int port_ = -1;
};

}  // namespace

std::string_view ServerRequest::header(std::string_view lower_case_name) const noexcept {
    for (const auto& [name, value] : headers) {
        if (name == lower_case_name) return value;
    }
    return {};
}

std::string_view ServerRequest::query_value(std::string_view name) const noexcept {
    for (const auto& [key, value] : query) {
        if (key == name) return value;
    }
    return {};
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(const std::string& address, int port, Answer answer) {
    auto server = std::make_unique<RunningServer>(std::move(answer));
    if (!server->listen(address, port)) {
        return fail(Code::invalid, fmt::format("cannot listen on {} port {}: the address is not of this machine or "
                                               "the port is taken; choose another one",
                                               printable(address), port));
    }
    return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace cordon::net
