#include "net/http_server.hpp"

#include <atomic>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/guarded.hpp"
#include "tests/unit/net/raw_socket.hpp"

namespace cordon::net {
namespace {

using testing::connect_loopback;
using testing::RawSocket;

std::unique_ptr<HttpServer> serve(HttpServer::Answer answer) {
    auto server = HttpServer::start("127.0.0.1", 0, std::move(answer));
    if (!server) throw std::runtime_error(server.error().message);
    return std::move(*server);
}

/// Sends one request on its own connection, gives everything that comes back.
std::string exchange(int port, std::string_view request) {
    const RawSocket socket(connect_loopback(port));
    socket.send(request);
    return socket.read_all();
}

/// Remembers the last request and answers 200 with "ok".
struct Recorder {
    Guarded<ServerRequest> last;
    std::unique_ptr<HttpServer> server = serve([this](const ServerRequest& request) {
        last.with([&](ServerRequest& kept) { kept = request; });
        return ServerResponse{200, {}, "ok", {}};
    });
    ServerRequest get() {
        return last.with([](const ServerRequest& kept) { return kept; });
    }
};

TEST(HttpServer, the_target_stays_raw_and_the_path_is_decoded_once) {
    Recorder recorder;
    exchange(
        recorder.server->port(),
        "GET /fusion/v3/files/%2Fpublic%2Fa%2520b.json?path=%2Fx+y&flag&a=1=2 HTTP/1.1\r\nConnection: close\r\n\r\n");
    const auto request = recorder.get();
    EXPECT_EQ(request.method, "GET");
    EXPECT_EQ(request.target, "/fusion/v3/files/%2Fpublic%2Fa%2520b.json?path=%2Fx+y&flag&a=1=2");
    EXPECT_EQ(request.path, "/fusion/v3/files//public/a%20b.json");
    const std::vector<std::pair<std::string, std::string>> query{{"path", "/x y"}, {"flag", ""}, {"a", "1=2"}};
    EXPECT_EQ(request.query, query);
    EXPECT_EQ(request.query_value("path"), "/x y");
    EXPECT_EQ(request.query_value("absent"), "");
    EXPECT_EQ(request.remote_address, "127.0.0.1");
}

TEST(HttpServer, header_values_stay_raw_and_names_become_lower_case) {
    Recorder recorder;
    exchange(recorder.server->port(),
             "GET / HTTP/1.1\r\nX-RFToken:  a%2Fb%00+c \r\nX-Two: 1\r\nx-two: 2\r\nConnection: close\r\n\r\n");
    const auto request = recorder.get();
    EXPECT_EQ(request.header("x-rftoken"), "a%2Fb%00+c");
    EXPECT_EQ(request.header("x-two"), "1");
    EXPECT_EQ(std::count(request.headers.begin(), request.headers.end(), Header("x-two", "2")), 1);
    EXPECT_EQ(request.header("X-Two"), "");
}

struct MethodFact {
    const char* method;
    const char* head;  ///< further header lines
    const char* body;
};

TEST(HttpServer, every_registered_method_reaches_the_answer_with_its_body) {
    const MethodFact facts[] = {
        {"GET", "", ""},
        {"GET", "Content-Length: 3\r\n", "abc"},
        {"POST", "Content-Length: 3\r\n", "abc"},
        {"POST", "", ""},
        {"PUT", "Content-Length: 3\r\n", "abc"},
        {"PUT", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n"},
        {"DELETE", "", ""},
        {"DELETE", "Content-Length: 3\r\n", "abc"},
        {"PATCH", "Content-Length: 3\r\n", "abc"},
        {"OPTIONS", "", ""},
        {"TRACE", "", ""},
        {"POST", "Content-Length: 3\r\nContent-Type: application/x-www-form-urlencoded\r\n", "abc"},
        {"POST", "Content-Length: 3\r\nContent-Type: multipart/form-data; boundary=x\r\n", "abc"},
        {"PUT", "Content-Length: 3\r\nContent-Encoding: gzip\r\n", "abc"},
        {"GET", "Range: bytes=1-\r\nAccept-Encoding: gzip\r\n", ""},
    };
    for (const auto& fact : facts) {
        Recorder recorder;
        const auto answer =
            exchange(recorder.server->port(),
                     fmt::format("{} /p HTTP/1.1\r\n{}Connection: close\r\n\r\n{}", fact.method, fact.head, fact.body));
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << fact.method << " " << fact.head << answer;
        EXPECT_TRUE(answer.ends_with("\r\n\r\nok")) << fact.method << " " << fact.head << answer;
        EXPECT_EQ(recorder.get().method, fact.method);
        EXPECT_EQ(recorder.get().path, "/p");
        EXPECT_EQ(recorder.get().body, *fact.body == '\0' ? "" : "abc") << fact.method << " " << fact.head;
    }
}

TEST(HttpServer, head_tells_the_length_and_sends_no_body) {
    const auto server = serve([](const ServerRequest& request) {
        if (request.path == "/announced") return ServerResponse{200, {{"Content-Length", "12345"}}, "", {}};
        return ServerResponse{200, {}, "four", {}};
    });
    const auto with_body = exchange(server->port(), "HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_NE(with_body.find("Content-Length: 4\r\n"), std::string::npos) << with_body;
    EXPECT_TRUE(with_body.ends_with("\r\n\r\n")) << with_body;
    const auto announced = exchange(server->port(), "HEAD /announced HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_NE(announced.find("Content-Length: 12345\r\n"), std::string::npos) << announced;
    EXPECT_EQ(announced.find("Content-Length: 0"), std::string::npos) << announced;
}

TEST(HttpServer, a_response_header_may_repeat_and_keeps_its_bytes) {
    const auto server = serve([](const ServerRequest&) {
        return ServerResponse{409, {{"Set-Cookie", "a=%2F"}, {"Set-Cookie", "b=2"}, {"Location", "/a%2Fb c"}}, "x", {}};
    });
    const auto answer = exchange(server->port(), "GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 409 ")) << answer;
    EXPECT_NE(answer.find("Set-Cookie: a=%2F\r\n"), std::string::npos);
    EXPECT_NE(answer.find("Set-Cookie: b=2\r\n"), std::string::npos);
    EXPECT_NE(answer.find("Location: /a%2Fb c\r\n"), std::string::npos) << answer;
}

TEST(HttpServer, one_connection_serves_many_requests) {
    std::atomic<int> calls{0};
    const auto server = serve([&](const ServerRequest&) {
        ++calls;
        return ServerResponse{200, {}, "ok", {}};
    });
    const RawSocket socket(connect_loopback(server->port()));
    for (int i = 0; i < 20; ++i) {
        socket.send("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi");
        EXPECT_TRUE(socket.read_until("ok").ends_with("\r\n\r\nok"));
    }
    EXPECT_EQ(calls, 20);
}

TEST(HttpServer, pipelined_requests_are_answered_in_order) {
    const auto server = serve([](const ServerRequest& request) {
        return ServerResponse{200, {}, "<" + request.path + ">", {}};
    });
    const auto answers = exchange(
        server->port(), "GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\nGET /c HTTP/1.1\r\nConnection: close\r\n\r\n");
    const auto a = answers.find("</a>");
    const auto b = answers.find("</b>");
    const auto c = answers.find("</c>");
    ASSERT_NE(c, std::string::npos) << answers;
    EXPECT_LT(a, b);
    EXPECT_LT(b, c);
}

TEST(HttpServer, cut_after_ends_the_connection_within_the_body) {
    const auto server = serve([](const ServerRequest& request) {
        return ServerResponse{200, {{"Content-Type", "application/json"}}, "0123456789", request.body.size()};
    });
    for (const std::size_t cut : {0U, 1U, 9U}) {
        const auto answer = exchange(
            server->port(), fmt::format("POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n{}", cut, std::string(cut, 'x')));
        EXPECT_NE(answer.find("Content-Length: 10\r\n"), std::string::npos) << answer;
        EXPECT_NE(answer.find("Content-Type: application/json\r\n"), std::string::npos) << answer;
        EXPECT_TRUE(answer.ends_with("\r\n\r\n" + std::string("0123456789").substr(0, cut))) << answer;
    }
}

TEST(HttpServer, a_cut_beyond_the_body_cuts_nothing) {
    const auto server = serve([](const ServerRequest&) { return ServerResponse{200, {}, "ok", 2}; });
    EXPECT_TRUE(exchange(server->port(), "GET / HTTP/1.1\r\nConnection: close\r\n\r\n").ends_with("\r\n\r\nok"));
}

TEST(HttpServer, a_large_body_arrives_whole) {
    Recorder recorder;
    const std::string body(40U << 20, 'b');
    const RawSocket socket(connect_loopback(recorder.server->port()));
    socket.send(fmt::format("PUT / HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.size()));
    socket.send(body);
    EXPECT_TRUE(socket.read_all().starts_with("HTTP/1.1 200 "));
    EXPECT_EQ(recorder.get().body.size(), body.size());
}

TEST(HttpServer, an_exception_in_the_answer_is_a_500_without_details) {
    const auto server = serve([](const ServerRequest&) -> ServerResponse { throw std::runtime_error("inner secret"); });
    const auto answer = exchange(server->port(), "GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 ")) << answer;
    EXPECT_EQ(answer.find("inner secret"), std::string::npos);
}

TEST(HttpServer, garbage_is_refused_and_never_answered_by_us) {
    std::atomic<int> calls{0};
    const auto server = serve([&](const ServerRequest&) {
        ++calls;
        return ServerResponse{};
    });
    for (const std::string& request :
         {std::string("\x16\x03\x01 hello\r\n\r\n"), std::string("BREW / HTTP/1.1\r\n\r\n"),
          std::string("GET /\r\n\r\n"), "GET / HTTP/1.1\r\nX: " + std::string(9000, 'x') + "\r\n\r\n",
          "GET /" + std::string(9000, 'x') + " HTTP/1.1\r\n\r\n"}) {
        const RawSocket socket(connect_loopback(server->port()));
        socket.send(request);
        EXPECT_EQ(socket.read_until("\r\n").substr(0, 10), "HTTP/1.1 4") << request.substr(0, 20);
    }
    EXPECT_EQ(calls, 0);
}

TEST(HttpServer, endless_headers_end_the_connection) {
    const auto server = serve([](const ServerRequest&) { return ServerResponse{}; });
    const RawSocket socket(connect_loopback(server->port()));
    socket.send("GET / HTTP/1.1\r\n");
    for (int i = 0; i < 100; ++i) socket.send("X-" + std::to_string(i) + ": " + std::string(1000, 'x') + "\r\n");
    socket.send("\r\n");
    EXPECT_EQ(socket.read_all().find(" 200 "), std::string::npos);
}

TEST(HttpServer, answers_run_at_the_same_time) {
    std::atomic<int> inside{0};
    const auto server = serve([&](const ServerRequest&) {
        ++inside;
        while (inside < 4) std::this_thread::yield();
        return ServerResponse{200, {}, "ok", {}};
    });
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; ++i) {
        clients.emplace_back([&] { exchange(server->port(), "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"); });
    }
    for (auto& client : clients) client.join();
    EXPECT_EQ(inside, 4);
}

TEST(HttpServer, a_taken_port_is_an_error_that_names_it) {
    const auto first = serve([](const ServerRequest&) { return ServerResponse{}; });
    const auto second =
        HttpServer::start("127.0.0.1", first->port(), [](const ServerRequest&) { return ServerResponse{}; });
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code, Code::invalid);
    EXPECT_NE(second.error().message.find(std::to_string(first->port())), std::string::npos);
}

TEST(HttpServer, starts_and_stops_fifty_times_with_open_connections) {
    for (int i = 0; i < 50; ++i) {
        const auto server = serve([](const ServerRequest&) { return ServerResponse{200, {}, "ok", {}}; });
        const RawSocket kept_alive(connect_loopback(server->port()));
        kept_alive.send("GET / HTTP/1.1\r\n\r\n");
        EXPECT_TRUE(kept_alive.read_until("ok").ends_with("ok"));
        const RawSocket half_a_request(connect_loopback(server->port()));
        half_a_request.send("GET / HT");
        server->stop();
        server->stop();
    }
}

}  // namespace
}  // namespace cordon::net
