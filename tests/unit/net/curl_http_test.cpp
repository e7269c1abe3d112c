#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <zlib.h>

#include "base/guarded.hpp"
#include "base/text.hpp"
#include "net/http.hpp"
#include "net/http_server.hpp"
#include "tests/unit/net/raw_socket.hpp"

namespace cordon::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::RawServer;
using testing::RawSocket;

std::unique_ptr<HttpServer> serve(HttpServer::Answer answer) {
    auto server = HttpServer::start("127.0.0.1", 0, std::move(answer));
    if (!server) throw std::runtime_error(server.error().message);
    return std::move(*server);
}

std::string url_of(int port, std::string_view path = "/") {
    return fmt::format("http://127.0.0.1:{}{}", port, path);
}

Request request_to(int port, const std::string& method = "GET", std::string_view path = "/") {
    Request request;
    request.method = method;
    request.url = url_of(port, path);
    request.timeout = std::chrono::seconds(20);
    if (method == "POST" || method == "PUT") request.body = "payload";
    return request;
}

Result<Response> send(const Request& request, Connection connection = {}) {
    return make_curl_client(std::move(connection))->send(request, {});
}

/// A port of this machine on which nothing listens.
int closed_port() {
    int port = 0;
    {
        const RawServer gone([](const RawSocket&) {});
        port = gone.port();
    }
    return port;
}

/// A server that reads one request head (and the seven bytes of "payload") and answers with these bytes.
RawServer canned(std::string bytes, bool is_reset = false) {
    return RawServer([bytes = std::move(bytes), is_reset](const RawSocket& socket) {
        const auto head = socket.read_until("\r\n\r\n");
        if (head.find("Content-Length: 7") != std::string::npos) (void)socket.read_until("payload");
        socket.send(bytes);
        if (is_reset) socket.reset_on_close();
    });
}

std::string deflated(std::string_view text, int window_bits) {
    z_stream stream{};
    deflateInit2(&stream, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, text.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}
std::string gzipped(std::string_view text) {
    return deflated(text, 15 + 16);
}

TEST(CurlClient, every_method_arrives_with_its_body_and_headers) {
    Guarded<ServerRequest> last;
    const auto server = serve([&](const ServerRequest& request) {
        last.with([&](ServerRequest& kept) { kept = request; });
        return ServerResponse{200, {{"X-Answer", "Yes"}}, "body", {}};
    });
    for (const std::string& method : std::vector<std::string>{"GET", "HEAD", "POST", "PUT", "DELETE"}) {
        auto request = request_to(server->port(), method, "/a%2Fb/../c?x=%20y");
        request.headers = {{"X-RFToken", "token%2F"}, {"X-Empty", ""}, {"Content-Type", "application/json"}};
        const auto response = send(request, {{}, true, {}, "cordon/test"});
        ASSERT_TRUE(response.has_value()) << response.error().message;
        EXPECT_EQ(response->status, 200);
        EXPECT_EQ(response->header("x-answer"), "Yes");
        EXPECT_EQ(response->body, method == "HEAD" ? "" : "body");
        const auto seen = last.with([](const ServerRequest& kept) { return kept; });
        EXPECT_EQ(seen.method, method);
        EXPECT_EQ(seen.target, "/a%2Fb/../c?x=%20y");
        EXPECT_EQ(seen.body, request.body);
        EXPECT_EQ(seen.header("x-rftoken"), "token%2F");
        EXPECT_EQ(std::count(seen.headers.begin(), seen.headers.end(), Header("x-empty", "")), 1);
        EXPECT_EQ(seen.header("content-type"), "application/json");
        EXPECT_EQ(seen.header("user-agent"), "cordon/test");
        EXPECT_EQ(seen.header("accept-encoding"), "gzip, deflate");
    }
}

TEST(CurlClient, a_post_without_body_says_so_and_claims_no_content_type) {
    Guarded<ServerRequest> last;
    const auto server = serve([&](const ServerRequest& request) {
        last.with([&](ServerRequest& kept) { kept = request; });
        return ServerResponse{204, {}, "", {}};
    });
    auto request = request_to(server->port(), "POST");
    request.body.clear();
    ASSERT_TRUE(send(request).has_value());
    const auto seen = last.with([](const ServerRequest& kept) { return kept; });
    EXPECT_EQ(seen.header("content-length"), "0");
    EXPECT_EQ(seen.header("content-type"), "");
    EXPECT_EQ(seen.header("expect"), "");
}

TEST(CurlClient, a_failing_status_is_an_answer_and_redirects_are_not_followed) {
    std::atomic<int> calls{0};
    const auto server = serve([&](const ServerRequest&) {
        return ServerResponse{calls++ == 0 ? 302 : 429, {{"Location", "/next"}, {"Retry-After", "1"}}, "slow down", {}};
    });
    const auto redirect = send(request_to(server->port()));
    ASSERT_TRUE(redirect.has_value());
    EXPECT_EQ(redirect->status, 302);
    EXPECT_EQ(redirect->header("location"), "/next");
    const auto throttled = send(request_to(server->port()));
    ASSERT_TRUE(throttled.has_value());
    EXPECT_EQ(throttled->status, 429);
    EXPECT_EQ(throttled->body, "slow down");
    EXPECT_EQ(calls, 2);
}

TEST(CurlClient, one_connection_carries_many_requests) {
    std::atomic<int> connections{0};
    const RawServer server([&](const RawSocket& socket) {
        ++connections;
        while (!socket.read_until("\r\n\r\n").empty()) socket.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
    const auto client = make_curl_client({});
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(client->send(request_to(server.port()), {}).has_value());
    EXPECT_EQ(connections, 1);
}

struct BrokenFact {
    const char* name;
    std::string answer;
    Code read_code;   ///< what a GET makes of it
    Code write_code;  ///< what a PUT makes of it
    bool is_reset = false;
};

TEST(CurlClient, broken_answers_are_errors_that_fit_the_callers_next_move) {
    const std::string gzip = gzipped(std::string(10'000, 'x') + "end");
    const auto with_encoding = [](std::string_view encoding, std::string_view body) {
        return fmt::format("HTTP/1.1 200 OK\r\nContent-Encoding: {}\r\nContent-Length: {}\r\n\r\n{}", encoding,
                           body.size(), body);
    };
    std::string many_headers = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 201; ++i) many_headers += fmt::format("X-{}: 1\r\n", i);
    std::string long_headers = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 70; ++i) long_headers += fmt::format("X-{}: {}\r\n", i, std::string(1000, 'x'));
    const BrokenFact facts[] = {
        {"closed without an answer", "", Code::unreachable, Code::unknown},
        {"reset without an answer", "", Code::unreachable, Code::unknown, true},
        {"body shorter than its length", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", Code::corrupt,
         Code::unknown},
        {"no body where one was announced", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", Code::corrupt,
         Code::unknown},
        {"reset within the body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", Code::corrupt, Code::unknown,
         true},
        {"no last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", Code::corrupt,
         Code::unknown},
        {"half a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n30\r\nabc", Code::corrupt,
         Code::unknown},
        {"a chunk size that is none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
         Code::corrupt, Code::unknown},
        {"half a header", "HTTP/1.1 200 OK\r\nContent-Le", Code::corrupt, Code::unknown},
        {"no HTTP at all", "<html>hello</html>\r\n", Code::corrupt, Code::unknown},
        {"gzip that ends early", with_encoding("gzip", std::string_view(gzip).substr(0, gzip.size() - 9)),
         Code::corrupt, Code::unknown},
        {"gzip with a wrong sum", with_encoding("gzip", gzip.substr(0, gzip.size() - 8) + "12345678"), Code::corrupt,
         Code::unknown},
        {"gzip that is text", with_encoding("gzip", "just text"), Code::corrupt, Code::unknown},
        {"an encoding that was not asked for", with_encoding("br", "abc"), Code::corrupt, Code::unknown},
        {"201 headers", many_headers + "Content-Length: 0\r\n\r\n", Code::corrupt, Code::unknown},
        {"70 KB of headers", long_headers + "Content-Length: 0\r\n\r\n", Code::corrupt, Code::unknown},
    };
    for (const auto& fact : facts) {
        const auto server = canned(fact.answer, fact.is_reset);
        const auto read = send(request_to(server.port(), "GET", "/path?secret=1"));
        ASSERT_FALSE(read.has_value()) << fact.name;
        EXPECT_EQ(read.error().code, fact.read_code) << fact.name << ": " << read.error().message;
        EXPECT_THAT(read.error().message, HasSubstr(url_of(server.port(), "/path"))) << fact.name;
        EXPECT_THAT(read.error().message, Not(HasSubstr("secret"))) << fact.name;
        const auto written = send(request_to(server.port(), "PUT"));
        ASSERT_FALSE(written.has_value()) << fact.name;
        EXPECT_EQ(written.error().code, fact.write_code) << fact.name << ": " << written.error().message;
    }
}

TEST(CurlClient, whole_answers_in_any_framing_and_encoding_are_read) {
    const std::string text = std::string(100'000, 'x') + "end";
    const auto encoded = [](std::string_view encoding, std::string_view body) {
        return fmt::format("HTTP/1.1 200 OK\r\nContent-Encoding: {}\r\nContent-Length: {}\r\n\r\n{}", encoding,
                           body.size(), body);
    };
    const std::vector<std::pair<std::string, std::string>> facts = {
        {"length", fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", text.size(), text)},
        {"chunks and a trailer",
         fmt::format("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n0\r\nX-Kind: trailer\r\n\r\n",
                     text.size(), text)},
        {"up to the close", "HTTP/1.1 200 OK\r\n\r\n" + text},
        {"an interim answer first", "HTTP/1.1 100 Continue\r\nX-Kind: interim\r\n\r\nHTTP/1.1 200 OK\r\n\r\n" + text},
        {"gzip", encoded("gzip", gzipped(text))},
        {"x-gzip in capitals", encoded("X-GZIP", gzipped(text))},
        {"two gzip members", encoded("gzip", gzipped(text.substr(0, 500)) + gzipped(text.substr(500)))},
        {"deflate with a zlib header", encoded("deflate", deflated(text, 15))},
        {"deflate without one", encoded("deflate", deflated(text, -15))},
        {"identity", encoded("identity", text)},
    };
    for (const auto& [name, answer] : facts) {
        const auto server = canned(answer);
        const auto response = send(request_to(server.port()));
        ASSERT_TRUE(response.has_value()) << name << ": " << response.error().message;
        EXPECT_EQ(response->status, 200) << name;
        EXPECT_EQ(response->header("x-kind"), "") << name;
        EXPECT_EQ(response->is_close_delimited, name == "up to the close" || name == "an interim answer first") << name;
        EXPECT_TRUE(response->body == text) << name << ": " << response->body.size();
    }
}

TEST(CurlClient, a_close_proves_nothing_unless_there_is_no_body_or_it_tells_its_own_end) {
    const std::vector<std::pair<std::string, bool>> facts = {
        {"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf a li", true},
        {"HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\n\r\nhalf a li", true},
        {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzipped("whole"), false},
        {"HTTP/1.1 204 No Content\r\n\r\n", false},
    };
    for (const auto& [answer, is_close_delimited] : facts) {
        const auto server = canned(answer);
        const auto response = send(request_to(server.port()));
        ASSERT_TRUE(response.has_value()) << answer << response.error().message;
        EXPECT_EQ(response->is_close_delimited, is_close_delimited) << answer;
    }
}

TEST(CurlClient, an_empty_body_may_call_itself_gzip) {
    const auto server = canned("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n");
    const auto response = send(request_to(server.port()));
    ASSERT_TRUE(response.has_value()) << response.error().message;
    EXPECT_EQ(response->body, "");
}

TEST(CurlClient, a_body_over_the_bound_is_refused_also_when_it_is_a_bomb) {
    const auto server = serve([](const ServerRequest& request) {
        if (request.path == "/bomb")
            return ServerResponse{200, {{"Content-Encoding", "gzip"}}, gzipped(std::string(20U << 20, '0')), {}};
        return ServerResponse{200, {}, std::string(1001, 'x'), {}};
    });
    for (const auto* path : {"/plain", "/bomb"}) {
        auto request = request_to(server->port(), "GET", path);
        request.most_bytes = 1000;
        const auto response = send(request);
        ASSERT_FALSE(response.has_value()) << path;
        EXPECT_EQ(response.error().code, Code::corrupt);
        EXPECT_THAT(response.error().message, HasSubstr("longer than 1,000 bytes"));
    }
    auto request = request_to(server->port());
    request.most_bytes = 1001;
    EXPECT_TRUE(send(request).has_value());
}

TEST(CurlClient, a_write_on_a_connection_that_died_is_not_repeated) {
    std::atomic<int> connections{0};
    std::atomic<int> requests{0};
    const RawServer server([&](const RawSocket& socket) {
        ++connections;
        const auto first = socket.read_until("\r\n\r\n");
        if (!first.empty()) ++requests;
        socket.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        if (!socket.read_until("payload").empty()) ++requests;  // then it closes without an answer
    });
    const auto client = make_curl_client({});
    ASSERT_TRUE(client->send(request_to(server.port()), {}).has_value());
    const auto written = client->send(request_to(server.port(), "PUT"), {});
    ASSERT_FALSE(written.has_value());
    EXPECT_EQ(written.error().code, Code::unknown) << written.error().message;
    EXPECT_EQ(requests, 2);
}

TEST(CurlClient, a_missing_listener_a_bad_name_and_a_bad_url_are_told_apart) {
    const auto refused = send(request_to(closed_port(), "PUT"));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, Code::unreachable);
    EXPECT_THAT(refused.error().message, HasSubstr("no answer from http://127.0.0.1:"));
    EXPECT_THAT(refused.error().message, HasSubstr("check the network"));

    Request request;
    request.url = "ftp://127.0.0.1/x";
    EXPECT_EQ(send(request).error().code, Code::invalid);
    request.url = "http://[oops/";
    EXPECT_EQ(send(request).error().code, Code::invalid);
    request.url = "file:///etc/passwd";
    EXPECT_EQ(send(request).error().code, Code::invalid);
    request.url = "http://127.0.0.1:1/";
    request.method = "BREW";
    EXPECT_EQ(send(request).error().code, Code::invalid);
}

TEST(CurlClient, a_header_cannot_smuggle_another_line) {
    for (const std::string& value : {std::string("a\r\nX-Evil: 1"), std::string("a\nb"), std::string("a\0b", 3)}) {
        auto request = request_to(closed_port());
        request.headers = {{"X-Key", value}};
        const auto response = send(request);
        ASSERT_FALSE(response.has_value());
        EXPECT_EQ(response.error().code, Code::invalid);
        EXPECT_THAT(response.error().message, HasSubstr("X-Key"));
        EXPECT_THAT(response.error().message, Not(HasSubstr("Evil")));
    }
}

TEST(CurlClient, a_time_out_after_sending_is_unknown_for_writes_only) {
    const RawServer silent([](const RawSocket& socket) { (void)socket.read_all(); });
    auto request = request_to(silent.port(), "GET");
    request.timeout = std::chrono::seconds(1);
    EXPECT_EQ(send(request).error().code, Code::unreachable);
    request.method = "POST";
    EXPECT_EQ(send(request).error().code, Code::unknown);
}

TEST(CurlClient, a_download_that_stands_still_is_not_waited_for) {
    const RawServer stalling([](const RawSocket& socket) {
        (void)socket.read_until("\r\n\r\n");
        socket.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nhalf a li");
        (void)socket.read_all();
    });
    auto request = request_to(stalling.port(), "GET");
    request.timeout = std::chrono::hours(1);
    request.stall = std::chrono::seconds(1);
    const auto stalled = send(request);
    ASSERT_FALSE(stalled.has_value());
    EXPECT_EQ(stalled.error().code, Code::unreachable);
    EXPECT_THAT(stalled.error().message, HasSubstr("too slow"));
}

TEST(CurlClient, a_stop_request_cancels_before_and_during_the_exchange) {
    std::stop_source early;
    early.request_stop();
    const auto client = make_curl_client({});
    EXPECT_EQ(client->send(request_to(closed_port()), early.get_token()).error().code, Code::cancelled);

    std::stop_source during;
    const RawServer silent([&](const RawSocket& socket) {
        (void)socket.read_until("\r\n\r\n");
        during.request_stop();
        (void)socket.read_all();
    });
    const auto stopped = client->send(request_to(silent.port()), during.get_token());
    ASSERT_FALSE(stopped.has_value());
    EXPECT_EQ(stopped.error().code, Code::cancelled);
}

}  // namespace
}  // namespace cordon::net
