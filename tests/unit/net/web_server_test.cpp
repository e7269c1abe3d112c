#include "net/web_server.hpp"

#include <condition_variable>
#include <future>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/content_decoder.hpp"
#include "net/gzip_body.hpp"
#include "net/http.hpp"
#include "tests/unit/net/raw_socket.hpp"
#include "tests/unit/net/test_certificate.hpp"

namespace cordon::net {
namespace {

using testing::connect_loopback;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::RawSocket;
using ::testing::StartsWith;
using testing::TestCertificate;

std::unique_ptr<WebServer> started(const WebServerOptions& options, WebServer::Answer answer) {
    auto server = WebServer::start(options, std::move(answer));
    if (!server) throw std::runtime_error(server.error().message);
    return std::move(*server);
}

std::unique_ptr<WebServer> serving(WebServer::Answer answer, const WebLimits& limits = {}) {
    WebServerOptions options;
    options.limits = limits;
    return started(options, std::move(answer));
}

std::unique_ptr<WebServer> serving_ok(const WebLimits& limits = {}) {
    return serving([](const ServerRequest&) { return ServerResponse{200, {}, "ok"}; }, limits);
}

/// All that comes back on a connection of its own.
std::string ask(const WebServer& server, std::string_view request) {
    const RawSocket socket(connect_loopback(server.port()));
    socket.send(request);
    return socket.read_all();
}

/// A moment that one thread awaits and another one brings about.
class Moment {
public:
    void come() {
        const std::scoped_lock lock(mutex_);
        has_come_ = true;
        changed_.notify_all();
    }
    void await() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return has_come_; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool has_come_ = false;
};

TEST(WebServer, gives_a_request_as_it_came_and_its_parts_decoded_once) {
    ServerRequest seen;
    const auto server = serving([&](const ServerRequest& request) {
        seen = request;
        return ServerResponse{201, {{"X-Own", "1"}}, "made"};
    });
    const auto answer = ask(*server,
                            "POST /lists/a%2520b?q=x+y&flag HTTP/1.1\r\nHost: localhost\r\nX-Mixed: Case\r\n"
                            "Content-Length: 4\r\nConnection: close\r\n\r\nbody");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 201 Created\r\n"));
    EXPECT_THAT(answer, HasSubstr("X-Own: 1\r\n"));
    EXPECT_THAT(answer, HasSubstr("Content-Length: 4\r\n"));
    EXPECT_THAT(answer, EndsWith("\r\n\r\nmade"));
    EXPECT_EQ(seen.method, "POST");
    EXPECT_EQ(seen.target, "/lists/a%2520b?q=x+y&flag");
    EXPECT_EQ(seen.path, "/lists/a%20b");
    EXPECT_EQ(seen.query_value("q"), "x y");
    EXPECT_EQ(seen.header("x-mixed"), "Case");
    EXPECT_EQ(seen.body, "body");
    EXPECT_EQ(seen.remote_address, "127.0.0.1");
}

TEST(WebServer, answers_head_with_the_length_and_without_the_body) {
    const auto server = serving_ok();
    const auto answer = ask(*server, "HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(answer, HasSubstr("Content-Length: 2\r\n"));
    EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST(WebServer, keeps_a_connection_and_answers_what_came_at_once_in_its_order) {
    const auto server = serving([](const ServerRequest& request) {
        return ServerResponse{200, {}, "<" + request.path + ">"};
    });
    const RawSocket socket(connect_loopback(server->port()));
    socket.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_THAT(socket.read_until("</1>"), Not(HasSubstr("</2>")));
    EXPECT_THAT(socket.read_until("</2>"), HasSubstr("200 OK"));
    socket.send("GET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(socket.read_all(), HasSubstr("</3>"));
}

TEST(WebServer, refuses_what_is_too_long_or_no_request_and_hangs_up) {
    WebLimits limits;
    limits.most_head_bytes = 1000;
    limits.most_body_bytes = 10;
    int asked = 0;
    const auto server = serving(
        [&](const ServerRequest&) {
            ++asked;
            return ServerResponse{};
        },
        limits);
    const auto long_head = "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(5000, 'x') + "\r\n\r\n";
    EXPECT_THAT(ask(*server, long_head), StartsWith("HTTP/1.1 431 "));
    EXPECT_THAT(ask(*server, "POST / HTTP/1.1\r\nContent-Length: 11\r\n\r\n12345678901"), StartsWith("HTTP/1.1 413 "));
    EXPECT_THAT(ask(*server,
                    "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "b\r\n12345678901\r\n0\r\n\r\n"),
                StartsWith("HTTP/1.1 413 "));
    EXPECT_THAT(ask(*server, "\x16\x03\x01 what is this\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(ask(*server, "POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n12345"),
                StartsWith("HTTP/1.1 400 "));
    EXPECT_EQ(asked, 0);
}

TEST(WebServer, hangs_up_on_who_sends_slowly_or_nothing) {
    WebLimits limits;
    limits.request_deadline = std::chrono::milliseconds(50);
    limits.idle = std::chrono::milliseconds(50);
    const auto server = serving_ok(limits);
    EXPECT_EQ(ask(*server, "GET / HTTP/1.1\r\nHost"), "") << "the rest never comes";
    EXPECT_EQ(ask(*server, ""), "");
}

TEST(WebServer, serves_others_while_many_connections_say_nothing) {
    WebLimits limits;
    limits.workers = 1;
    const auto server = serving_ok(limits);
    std::vector<std::unique_ptr<RawSocket>> silent;
    for (int i = 0; i < 100; ++i) {
        silent.push_back(std::make_unique<RawSocket>(connect_loopback(server->port())));
        silent.back()->send("GET / HT");
    }
    EXPECT_THAT(ask(*server, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), EndsWith("ok"));
}

TEST(WebServer, takes_no_more_connections_than_it_may) {
    WebLimits limits;
    limits.most_connections = 1;
    std::promise<void> asked, enough;
    const auto server = serving(
        [&](const ServerRequest&) -> ServerResponse {
            asked.set_value();
            enough.get_future().wait();
            return {200, {}, "ok"};
        },
        limits);
    const RawSocket first(connect_loopback(server->port()));
    first.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    asked.get_future().wait();
    const RawSocket second(connect_loopback(server->port()));
    EXPECT_THAT(second.read_all(), HasSubstr("503 Service Unavailable\r\nRetry-After"));
    enough.set_value();
    EXPECT_THAT(first.read_until("ok"), HasSubstr("200"));
}

TEST(WebServer, hangs_up_on_who_keeps_it_waiting_longest_where_it_is_full) {
    WebLimits limits;
    limits.most_connections = 4;
    const auto server = serving_ok(limits);
    std::vector<std::unique_ptr<RawSocket>> silent;
    for (int i = 0; i < 20; ++i) {
        silent.push_back(std::make_unique<RawSocket>(connect_loopback(server->port())));
        silent.back()->send("GET / HT");
    }
    EXPECT_THAT(ask(*server, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), EndsWith("ok"));
    EXPECT_THAT(silent.front()->read_all(), Not(HasSubstr("200")));
}

TEST(WebServer, calls_what_the_answer_throws_a_fault_of_its_own) {
    const auto server =
        serving([](const ServerRequest&) -> ServerResponse { throw std::runtime_error("secret detail"); });
    const auto answer = ask(*server, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 500 "));
    EXPECT_THAT(answer, Not(HasSubstr("secret")));
}

TEST(WebServer, goes_on_where_an_answer_cannot_be_written) {
    const auto server = serving([](const ServerRequest& request) {
        const std::size_t too_long = 70'000;  // for a header of Beast's
        return ServerResponse{200, {{"X-Long", std::string(request.path == "/long" ? too_long : 1, 'x')}}, "ok"};
    });
    for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(*server, "GET /long HTTP/1.1\r\nHost: a\r\n\r\n"), "") << "hung up";
    EXPECT_THAT(ask(*server, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
}

TEST(WebServer, compresses_long_text_for_who_takes_it) {
    const std::string text(5000, 'a');
    const auto server = serving([&](const ServerRequest&) {
        return ServerResponse{200, {{"Content-Type", "text/html"}}, text};
    });
    const auto get = [&](std::string_view accepts) {
        return ask(*server, fmt::format("GET / HTTP/1.1\r\nHost: a\r\n{}Connection: close\r\n\r\n", accepts));
    };
    const auto packed = get("Accept-Encoding: br, gzip;q=0.8\r\n");
    EXPECT_THAT(packed, HasSubstr("Content-Encoding: gzip\r\n"));
    EXPECT_LT(packed.size(), 500U);
    auto decoder = ContentDecoder::make("gzip");
    std::string unpacked;
    ASSERT_EQ(decoder->decode(packed.substr(packed.find("\r\n\r\n") + 4), unpacked, text.size()),
              ContentDecoder::Step::ok);
    EXPECT_TRUE(decoder->is_complete());
    EXPECT_EQ(unpacked, text);
    for (const auto* accepts : {"", "Accept-Encoding: br\r\n", "Accept-Encoding: gzip;q=0\r\n"}) {
        const auto plain = get(accepts);
        EXPECT_THAT(plain, EndsWith(text));
        EXPECT_THAT(plain, HasSubstr("Vary: Accept-Encoding"));
    }
}

TEST(WebServer, streams_what_an_outlet_is_given_until_nobody_holds_it) {
    Moment opened;
    std::shared_ptr<Outlet> outlet;
    const auto server = serving([&](const ServerRequest&) {
        ServerResponse response{200, {{"Content-Type", "text/event-stream"}}, "retry: 1\n\n"};
        response.on_open = [&](std::shared_ptr<Outlet> given) {
            outlet = std::move(given);
            opened.come();
        };
        return response;
    });
    const RawSocket socket(connect_loopback(server->port()));
    socket.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
    opened.await();
    EXPECT_TRUE(outlet->send("data: 1\n\n"));
    EXPECT_THAT(socket.read_until("data: 1\n\n"),
                AllOf(HasSubstr("text/event-stream"), EndsWith("\r\n\r\nretry: 1\n\ndata: 1\n\n")));
    EXPECT_TRUE(outlet->send("data: 2\n\n"));
    outlet.reset();
    EXPECT_EQ(socket.read_all(), "data: 2\n\n");
}

/// A server whose streams go into `outlets`.
struct Streaming {
    explicit Streaming(const WebLimits& limits = {}) {
        server = serving(
            [this](const ServerRequest&) {
                ServerResponse response;
                response.on_open = [this](std::shared_ptr<Outlet> given) {
                    const std::scoped_lock lock(mutex);
                    outlets.push_back(std::move(given));
                    changed.notify_all();
                };
                return response;
            },
            limits);
    }
    std::shared_ptr<Outlet> wait_for(std::size_t count) {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return outlets.size() == count; });
        return outlets.back();
    }
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::shared_ptr<Outlet>> outlets;
    std::unique_ptr<WebServer> server;
};

constexpr std::string_view k_get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

TEST(WebServer, tells_an_outlet_that_its_reader_has_gone) {
    Streaming streaming;
    std::shared_ptr<Outlet> outlet;
    {
        const RawSocket socket(connect_loopback(streaming.server->port()));
        socket.send(k_get);
        outlet = streaming.wait_for(1);
    }
    while (outlet->send(": still there?\n")) std::this_thread::yield();
}

TEST(WebServer, lets_a_slow_reader_go_instead_of_keeping_all_for_it) {
    WebLimits limits;
    limits.most_waiting_bytes = 1000;
    Streaming streaming(limits);
    const RawSocket socket(connect_loopback(streaming.server->port()));
    socket.send(k_get);
    const auto outlet = streaming.wait_for(1);
    EXPECT_FALSE(outlet->send(std::string(1001, 'x')));
    EXPECT_FALSE(outlet->send("x"));
    EXPECT_THAT(socket.read_all(), Not(HasSubstr("xxx")));
}

TEST(WebServer, opens_no_more_streams_than_it_may) {
    WebLimits limits;
    limits.most_streams = 1;
    Streaming streaming(limits);
    const RawSocket first(connect_loopback(streaming.server->port()));
    first.send(k_get);
    (void)streaming.wait_for(1);
    EXPECT_THAT(ask(*streaming.server, k_get), HasSubstr("503 Service Unavailable"));
    const auto head = ask(*streaming.server, "HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(head, StartsWith("HTTP/1.1 200 ")) << "a head opens none";
}

TEST(WebServer, that_stops_finishes_the_answer_in_hand_and_ends_streams_and_silence) {
    Moment asked;
    Moment may_answer;
    auto streaming = std::make_unique<Streaming>();
    const auto server = serving([&](const ServerRequest&) {
        asked.come();
        may_answer.await();
        return ServerResponse{200, {}, "late"};
    });
    const RawSocket silent(connect_loopback(server->port()));
    const RawSocket reader(connect_loopback(server->port()));
    reader.send(k_get);
    asked.await();
    std::thread stopping([&] { server->stop(); });
    EXPECT_EQ(silent.read_all(), "") << "it is let go at once";
    may_answer.come();
    const auto answer = reader.read_all();
    stopping.join();
    EXPECT_THAT(answer, EndsWith("late"));
    EXPECT_THAT(answer, HasSubstr("Connection: close"));

    const RawSocket watcher(connect_loopback(streaming->server->port()));
    watcher.send(k_get);
    const auto outlet = streaming->wait_for(1);
    streaming.reset();
    EXPECT_FALSE(outlet->send("x"));
    EXPECT_THAT(watcher.read_all(), EndsWith("\r\n\r\n"));
}

TEST(WebServer, speaks_tls_with_the_certificate_that_it_is_given) {
    const TestCertificate certificate;
    WebServerOptions options;
    options.tls = TlsFiles{certificate.certificate_file(), certificate.key_file()};
    const auto server = started(options, [](const ServerRequest&) { return ServerResponse{200, {}, "secure"}; });
    Request request;
    request.url = fmt::format("https://127.0.0.1:{}/", server->port());
    const auto client = make_curl_client({{}, true, certificate.certificate_file(), ""});
    for (int i = 0; i < 2; ++i) {
        const auto answer = client->send(request, {});
        ASSERT_TRUE(answer) << answer.error().message;
        EXPECT_EQ(answer->body, "secure");
    }
    EXPECT_THAT(ask(*server, k_get), Not(HasSubstr("secure"))) << "nothing is told in the clear";
}

TEST(WebServer, says_what_keeps_it_from_listening) {
    const auto why = [](const WebServerOptions& options) {
        const auto server = WebServer::start(options, [](const ServerRequest&) { return ServerResponse{}; });
        return server ? std::string("it listens") : server.error().message;
    };
    const auto taken = serving_ok();
    WebServerOptions options;
    options.port = taken->port();
    EXPECT_THAT(why(options), AllOf(HasSubstr("cannot listen on 127.0.0.1 port"), HasSubstr("in use")));
    options = {};
    options.address = "nowhere";
    EXPECT_THAT(why(options), HasSubstr("cannot listen on nowhere port 0"));
    options = {};
    options.tls = TlsFiles{"/nonexistent/c.pem", "/nonexistent/k.pem"};
    EXPECT_THAT(why(options), HasSubstr("cannot use /nonexistent/c.pem as the certificate"));
    const TestCertificate one;
    const TestCertificate other;
    options.tls = TlsFiles{one.certificate_file(), other.key_file()};
    EXPECT_THAT(why(options), HasSubstr("as the private key (PEM) of the certificate for TLS"));
}

}  // namespace
}  // namespace cordon::net
