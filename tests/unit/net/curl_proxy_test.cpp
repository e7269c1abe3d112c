#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include <fmt/format.h>
#include <httplib.h>

#include "base/guarded.hpp"
#include "base/text.hpp"
#include "net/http.hpp"
#include "net/http_server.hpp"
#include "net/proxy.hpp"
#include "tests/unit/net/raw_socket.hpp"
#include "tests/unit/net/test_certificate.hpp"

namespace cordon::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::RawServer;
using testing::RawSocket;

Request get(std::string url) {
    Request request;
    request.url = std::move(url);
    request.timeout = std::chrono::seconds(20);
    return request;
}

Result<Response> send(const Request& request, std::vector<std::string> proxies) {
    return make_curl_client({std::move(proxies), true, {}, "cordon/test"})->send(request, {});
}

int closed_port() {
    const RawServer gone([](const RawSocket&) {});
    return gone.port();
}

/// An HTTP proxy that answers every request itself and remembers the head it got.
struct ProxyStub {
    Guarded<std::string> head;
    RawServer server;
    explicit ProxyStub(std::string answer)
        : server([this, answer = std::move(answer)](const RawSocket& socket) {
              auto got = socket.read_until("\r\n\r\n");
              head.with([&](std::string& kept) { kept = std::move(got); });
              socket.send(answer);
          }) {}
    [[nodiscard]] std::string url(std::string_view userinfo = "") const {
        return fmt::format("http://{}127.0.0.1:{}", userinfo, server.port());
    }
    std::string seen() {
        return head.with([](const std::string& kept) { return kept; });
    }
};

constexpr const char* k_ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

TEST(CurlProxy, gets_the_whole_url_and_its_credentials) {
    ProxyStub proxy(k_ok);
    const auto response = send(get("http://feeds.example/a?b=1"), {proxy.url("me:hunter2%40@")});
    ASSERT_TRUE(response.has_value()) << response.error().message;
    EXPECT_EQ(response->body, "ok");
    EXPECT_THAT(proxy.seen(), HasSubstr("GET http://feeds.example/a?b=1 HTTP/1.1\r\n"));
    EXPECT_THAT(proxy.seen(), HasSubstr("Proxy-Authorization: Basic bWU6aHVudGVyMkA=\r\n"));
}

TEST(CurlProxy, the_next_is_tried_when_one_cannot_be_reached) {
    ProxyStub proxy(k_ok);
    const auto dead = fmt::format("http://me:hunter2@127.0.0.1:{}", closed_port());
    const auto response = send(get("http://feeds.example/"), {dead, proxy.url()});
    ASSERT_TRUE(response.has_value()) << response.error().message;
    const auto none = send(get("http://feeds.example/"), {dead, dead});
    ASSERT_FALSE(none.has_value());
    EXPECT_EQ(none.error().code, Code::unreachable);
    EXPECT_THAT(none.error().message, HasSubstr("through the proxy http://127.0.0.1:"));
    EXPECT_THAT(none.error().message, Not(HasSubstr("hunter2")));
}

TEST(CurlProxy, the_next_is_tried_when_one_refuses_the_tunnel_and_nothing_is_told_to_it) {
    ProxyStub refusing("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    ProxyStub broken("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    auto request = get("https://feeds.example/secret-path");
    request.method = "PUT";
    request.headers = {{"X-RFToken", "hunter2"}};
    const auto response = send(request, {refusing.url(), broken.url()});
    ASSERT_FALSE(response.has_value());
    EXPECT_EQ(response.error().code, Code::unreachable) << response.error().message;
    for (const auto& seen : {refusing.seen(), broken.seen()}) {
        EXPECT_THAT(seen, HasSubstr("CONNECT feeds.example:443 HTTP/1.1\r\n"));
        EXPECT_THAT(seen, Not(HasSubstr("hunter2")));
        EXPECT_THAT(seen, Not(HasSubstr("secret-path")));
    }
    EXPECT_THAT(response.error().message, HasSubstr("check the proxy"));
}

TEST(CurlProxy, a_request_that_was_sent_is_not_sent_again_through_the_next) {
    ProxyStub closing("");
    ProxyStub second(k_ok);
    auto request = get("http://feeds.example/");
    request.method = "PUT";
    request.body = "x";
    EXPECT_EQ(send(request, {closing.url(), second.url()}).error().code, Code::unknown);
    EXPECT_EQ(second.seen(), "");
}

TEST(CurlProxy, no_odd_password_shows_in_what_is_said_about_its_setting) {
    const std::vector<std::pair<std::string, std::string>> facts = {
        {"socks4://user:123/topsecret@proxy.example:1080", "socks4://proxy.example:1080"},
        {"socks4://user:123?topsecret@proxy.example:1080", "socks4://proxy.example:1080"},
        {"socks4://user:123#topsecret@proxy.example:1080", "socks4://proxy.example:1080"},
        {"socks4://us@er:1@2/topsecret@proxy.example", "socks4://proxy.example"},
        {"user:123/topsecret@proxy.example:99/x?y", "proxy.example:99"},
        {"http://user:1\\topsecret@/", "http://"},
        {"user:topsecret://more@proxy.example/x", "proxy.example"},
        {"http://user:topsecret", "http://user"},
        {" ftp://user:topsecret://more@proxy.example ", "ftp://proxy.example"},
    };
    for (const auto& [text, shown] : facts) {
        EXPECT_EQ(displayable_proxy(text), shown);
        const auto refused = parse_proxy(text);
        ASSERT_FALSE(refused.has_value()) << text;
        EXPECT_THAT(refused.error().message, HasSubstr("'" + shown + "'"));
        EXPECT_THAT(refused.error().message, Not(HasSubstr("secret")));
        EXPECT_THAT(refused.error().message, Not(HasSubstr("123")));
    }
}

TEST(CheckConnection, finds_what_no_client_could_use_without_the_network) {
    EXPECT_TRUE(check_connection({}));
    Connection connection;
    connection.proxies = {"socks5://proxy.example:1080", "ftp://me:hunter2@nonsense"};
    const auto proxy = check_connection(connection);
    ASSERT_FALSE(proxy.has_value());
    EXPECT_EQ(proxy.error().code, Code::invalid);
    EXPECT_THAT(proxy.error().message, HasSubstr("proxy_servers: 'ftp://nonsense' is no proxy"));

    connection.proxies.pop_back();
    EXPECT_TRUE(check_connection(connection));
    connection.ca_file = "/etc/no-such-folder/ca.pem";
    const auto missing = check_connection(connection);
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().code, Code::invalid);
    EXPECT_THAT(missing.error().message, HasSubstr("/etc/no-such-folder/ca.pem"));

    connection.ca_file = "/proc/self/status";
    EXPECT_THAT(check_connection(connection).error().message, HasSubstr("holds no certificate"));
    connection.ca_file = "/etc/ssl/certs/ca-certificates.crt";
    if (!std::filesystem::exists(connection.ca_file)) GTEST_SKIP() << "no system certificates here";
    EXPECT_TRUE(check_connection(connection));
}

TEST(CurlProxy, an_unusable_one_is_a_setting_to_change) {
    const auto response = send(get("http://feeds.example/"), {"gopher://me:hunter2@proxy.example"});
    ASSERT_FALSE(response.has_value());
    EXPECT_EQ(response.error().code, Code::invalid);
    EXPECT_THAT(response.error().message, Not(HasSubstr("hunter2")));
}

TEST(CurlProxy, socks5_speaks_socks_and_lets_the_proxy_resolve_where_it_says_h) {
    Guarded<std::string> greeting;
    const RawServer server([&](const RawSocket& socket) {
        auto got = socket.read_until(std::string_view("\0", 1));
        greeting.with([&](std::string& kept) { kept = std::move(got); });
    });
    EXPECT_EQ(send(get("http://feeds.example/"), {fmt::format("socks5h://127.0.0.1:{}", server.port())}).error().code,
              Code::unreachable);
    EXPECT_EQ(greeting.with([](const std::string& kept) { return kept.substr(0, 1); }), "\x05");
}

/// Sets an environment variable for one test.
class Environment {
public:
    Environment(const char* name, const std::string& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;
    ~Environment() { ::unsetenv(name_); }

private:
    const char* name_;
};

TEST(CurlProxy, the_environment_counts_only_without_proxies_of_ours_and_never_for_loopback) {
    ProxyStub from_environment(k_ok);
    ProxyStub ours(k_ok);
    const Environment variable("http_proxy", from_environment.url());
    ASSERT_TRUE(send(get("http://feeds.example/1"), {}).has_value());
    EXPECT_THAT(from_environment.seen(), HasSubstr("feeds.example/1"));

    const Environment exception("no_proxy", "feeds.example");
    ASSERT_TRUE(send(get("http://feeds.example/2"), {ours.url()}).has_value());
    EXPECT_THAT(ours.seen(), HasSubstr("feeds.example/2"));

    const auto target = HttpServer::start("127.0.0.1", 0, [](const ServerRequest&) {
        return ServerResponse{200, {}, "direct", {}};
    });
    ASSERT_TRUE(target.has_value());
    for (const auto* host : {"127.0.0.1", "localhost"}) {
        const auto response = send(get(fmt::format("http://{}:{}/", host, (*target)->port())), {});
        ASSERT_TRUE(response.has_value()) << response.error().message;
        EXPECT_EQ(response->body, "direct");
    }
}

/// A TLS server on 127.0.0.1 whose own certificate is its authority.
class TlsServer {
public:
    TlsServer() {
        server_ = std::make_unique<httplib::SSLServer>(certificate_.certificate(), certificate_.key());
        server_->Get("/", [this](const httplib::Request& request, httplib::Response& response) {
            for (const auto& [name, value] : request.headers) seen_ += name + ": " + value + "\n";
            response.set_content("secure", "text/plain");
        });
        port_ = server_->bind_to_any_port("127.0.0.1");
        thread_ = std::thread([this] { server_->listen_after_bind(); });
        while (!server_->is_running()) std::this_thread::yield();
    }
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;
    ~TlsServer() {
        server_->stop();
        thread_.join();
    }
    [[nodiscard]] std::string url(std::string_view host = "127.0.0.1") const {
        return fmt::format("https://{}:{}/", host, port_);
    }
    [[nodiscard]] const std::filesystem::path& ca_file() const { return certificate_.certificate_file(); }
    [[nodiscard]] int port() const { return port_; }
    /// The header fields that came, once the answer is there.
    [[nodiscard]] const std::string& seen() const { return seen_; }

private:
    testing::TestCertificate certificate_;
    std::unique_ptr<httplib::SSLServer> server_;
    std::string seen_;
    int port_ = -1;
    std::thread thread_;
};

TEST(CurlTls, a_certificate_is_verified_unless_told_otherwise) {
    const TlsServer server;
    const auto send_with = [&](bool verify, const std::filesystem::path& ca_file, std::string_view host) {
        return make_curl_client({{}, verify, ca_file, ""})->send(get(server.url(host)), {});
    };
    const auto untrusted = send_with(true, {}, "127.0.0.1");
    ASSERT_FALSE(untrusted.has_value());
    EXPECT_EQ(untrusted.error().code, Code::unreachable);
    EXPECT_THAT(untrusted.error().message, HasSubstr("check the CA file"));

    const auto trusted = send_with(true, server.ca_file(), "127.0.0.1");
    ASSERT_TRUE(trusted.has_value()) << trusted.error().message;
    EXPECT_EQ(trusted->body, "secure");

    EXPECT_FALSE(send_with(true, server.ca_file(), "localhost").has_value()) << "the name is not in the certificate";
    EXPECT_TRUE(send_with(false, {}, "127.0.0.1").has_value());
    EXPECT_EQ(send_with(true, "/nonexistent/ca.pem", "127.0.0.1").error().code, Code::invalid);
}

/// Passes bytes on between both until one of them ends.
void pump(int a, int b) {
    std::array<pollfd, 2> ends{{{a, POLLIN, 0}, {b, POLLIN, 0}}};
    std::array<char, 16384> bytes{};
    while (::poll(ends.data(), ends.size(), -1) > 0) {
        for (std::size_t i = 0; i < 2; ++i) {
            if (ends[i].revents == 0) continue;
            const auto size = ::recv(ends[i].fd, bytes.data(), bytes.size(), 0);
            if (size <= 0) return;
            if (::send(ends[1 - i].fd, bytes.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL) <= 0) return;
        }
    }
}

TEST(CurlProxy, its_credentials_end_there_and_ours_begin_behind_it) {
    const TlsServer server;
    Guarded<std::string> told;
    const RawServer proxy([&](const RawSocket& socket) {
        auto head = socket.read_until("\r\n\r\n");
        told.with([&](std::string& kept) { kept = std::move(head); });
        const RawSocket target(testing::connect_loopback(server.port()));
        socket.send("HTTP/1.1 200 Connection established\r\n\r\n");
        pump(socket.descriptor(), target.descriptor());
    });
    auto request = get(server.url());
    request.headers = {{"Authorization", "Bearer ours-1"}, {"Cookie", "JSESSIONID=ours-2"}, {"X-RFToken", "ours-3"}};
    const auto at = fmt::format("http://me:theirs@127.0.0.1:{}", proxy.port());
    const auto response = make_curl_client({{at}, true, server.ca_file(), ""})->send(request, {});
    ASSERT_TRUE(response.has_value()) << response.error().message;
    EXPECT_EQ(response->body, "secure");
    const auto connect = told.with([](const std::string& kept) { return kept; });
    EXPECT_THAT(connect, HasSubstr("CONNECT 127.0.0.1:"));
    EXPECT_THAT(connect, HasSubstr("Proxy-Authorization: Basic bWU6dGhlaXJz\r\n"));
    EXPECT_THAT(connect, Not(HasSubstr("ours-")));
    for (const char* ours : {"ours-1", "ours-2", "ours-3"}) EXPECT_THAT(server.seen(), HasSubstr(ours));
    EXPECT_THAT(to_lower(server.seen()), Not(HasSubstr("proxy-auth")));
}

TEST(CurlTls, plain_http_where_tls_was_expected_is_unreachable) {
    const RawServer plain([](const RawSocket& socket) { socket.send("HTTP/1.1 400 Bad Request\r\n\r\n"); });
    auto request = get(fmt::format("https://127.0.0.1:{}/", plain.port()));
    request.method = "DELETE";
    const auto response = make_curl_client({})->send(request, {});
    ASSERT_FALSE(response.has_value());
    EXPECT_EQ(response.error().code, Code::unreachable) << response.error().message;
}

}  // namespace
}  // namespace cordon::net
