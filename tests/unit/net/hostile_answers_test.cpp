// Servers that mean harm: each exchange ends within its bounds of bytes and time, whatever comes.

#include <atomic>
#include <chrono>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <zlib.h>

#include "net/content_decoder.hpp"
#include "net/http.hpp"
#include "tests/unit/net/raw_socket.hpp"

namespace cordon::net {
namespace {

using ::testing::HasSubstr;
using testing::RawServer;
using testing::RawSocket;

constexpr std::size_t k_most = 1U << 20;
/// What a server may get rid of beyond the bound: the buffers of both sockets and libcurl's.
constexpr std::size_t k_slack = 24U << 20;

Request request_to(int port, const std::string& method = "GET") {
    Request request;
    request.method = method;
    request.url = fmt::format("http://127.0.0.1:{}/", port);
    request.timeout = std::chrono::seconds(60);
    request.most_bytes = k_most;
    return request;
}

Result<Response> send(const Request& request) {
    return make_curl_client({})->send(request, {});
}

/// Sends `beginning`, then `piece` again and again until the client has had enough; counts the bytes.
class EndlessServer {
public:
    EndlessServer(std::string beginning, std::string piece)
        : server_([this, beginning = std::move(beginning), piece = std::move(piece)](const RawSocket& socket) {
              (void)socket.read_until("\r\n\r\n");
              socket.send(beginning);
              while (sent_ < k_most + k_slack && is_taken(socket, piece)) sent_ += piece.size();
          }) {}
    [[nodiscard]] int port() const { return server_.port(); }
    [[nodiscard]] std::size_t sent() const { return sent_; }

private:
    static bool is_taken(const RawSocket& socket, const std::string& piece) {
        return ::send(socket.descriptor(), piece.data(), piece.size(), MSG_NOSIGNAL) > 0;
    }

    std::atomic<std::size_t> sent_{0};
    RawServer server_;
};

struct Endless {
    const char* name;
    std::string beginning, piece;
};

class AnAnswerWithoutEnd : public ::testing::TestWithParam<Endless> {};

TEST_P(AnAnswerWithoutEnd, is_left_at_its_bound) {
    const EndlessServer server(GetParam().beginning, GetParam().piece);
    const auto response = send(request_to(server.port()));
    ASSERT_FALSE(response.has_value());
    EXPECT_EQ(response.error().code, Code::corrupt) << response.error().message;
    EXPECT_LT(server.sent(), k_most + k_slack);
}

const std::string k_head = "HTTP/1.1 200 OK\r\n";

INSTANTIATE_TEST_SUITE_P(
    Each, AnAnswerWithoutEnd,
    ::testing::Values(
        Endless{"body_until_close", k_head + "\r\n", std::string(8192, 'x')},
        Endless{"body_of_exabytes", k_head + "Content-Length: 4611686018427387904\r\n\r\n", std::string(8192, 'x')},
        Endless{"chunks", k_head + "Transfer-Encoding: chunked\r\n\r\n", "1000\r\n" + std::string(4096, 'x') + "\r\n"},
        Endless{"header_fields", k_head, "X-Flood: y\r\n"},
        Endless{"header_line", k_head + "X-Flood: ", std::string(8192, 'x')},
        Endless{"header_name", k_head, std::string(8192, 'x')},
        Endless{"status_line", "HTTP/1.1 200 ", std::string(8192, 'x')},
        Endless{"interim_answers", "", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"},
        Endless{"trailers", k_head + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n", "X-Flood: y\r\n"}),
    [](const auto& endless) { return endless.param.name; });

/// libcurl passes over it without telling anybody: it takes no memory, and as long as we let it.
TEST(HostileAnswers, a_chunk_extension_without_end_ends_with_the_time_out) {
    const RawServer server([](const RawSocket& socket) {
        (void)socket.read_until("\r\n\r\n");
        socket.send(k_head + "Transfer-Encoding: chunked\r\n\r\n1;");
        const std::string piece(8192, 'x');
        while (::send(socket.descriptor(), piece.data(), piece.size(), MSG_NOSIGNAL) > 0) {
        }
    });
    auto request = request_to(server.port());
    request.timeout = std::chrono::seconds(1);
    const auto response = send(request);
    ASSERT_FALSE(response.has_value());
    EXPECT_EQ(response.error().code, Code::unreachable) << response.error().message;
}

std::string compressed(const std::string& text, int window_bits) {
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 9, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

TEST(HostileAnswers, a_bomb_of_any_encoding_is_stopped_at_the_bound) {
    const std::string zeros(64U << 20, '\0');
    struct Bomb {
        const char* encoding;
        int window_bits;
    };
    for (const auto& [encoding, window_bits] : {Bomb{"gzip", 31}, Bomb{"deflate", 15}, Bomb{"deflate", -15}}) {
        const auto bomb = compressed(zeros, window_bits);
        ASSERT_LT(bomb.size(), 100'000U);
        const auto decoder = ContentDecoder::make(encoding);
        std::string out;
        EXPECT_EQ(decoder->decode(bomb, out, k_most), ContentDecoder::Step::too_long) << encoding;
        EXPECT_LE(out.size(), k_most);
    }
    // Many small members, each within the bound.
    std::string members;
    const auto member = compressed(std::string(100'000, '\0'), 31);
    for (int i = 0; i < 100; ++i) members += member;
    std::string out;
    EXPECT_EQ(ContentDecoder::make("gzip")->decode(members, out, k_most), ContentDecoder::Step::too_long);
}

TEST(HostileAnswers, an_encoding_within_an_encoding_is_refused) {
    for (const char* encoding : {"gzip, gzip", "gzip, gzip, gzip, gzip", "identity, gzip", "br", "zstd", "gzip;q=1"}) {
        const RawServer server([&](const RawSocket& socket) {
            (void)socket.read_until("\r\n\r\n");
            socket.send(fmt::format("{}Content-Encoding: {}\r\nContent-Length: 4\r\n\r\nabcd", k_head, encoding));
        });
        const auto response = send(request_to(server.port()));
        ASSERT_FALSE(response.has_value()) << encoding;
        EXPECT_THAT(response.error().message, HasSubstr("which was not asked for")) << encoding;
    }
}

TEST(HostileAnswers, what_follows_the_said_length_is_never_the_next_answer) {
    std::atomic<int> connections{0};
    const RawServer server([&](const RawSocket& socket) {
        const auto number = ++connections;
        (void)socket.read_until("\r\n\r\n");
        socket.send(
            fmt::format("{}Content-Length: 1\r\n\r\n{}{}Content-Length: 7\r\n\r\nplanted", k_head, number, k_head));
        (void)socket.read_all();
    });
    const auto client = make_curl_client({});
    for (const char* expected : {"1", "2"}) {
        const auto response = client->send(request_to(server.port()), {});
        ASSERT_TRUE(response.has_value()) << response.error().message;
        EXPECT_EQ(response->body, expected);
    }
    EXPECT_EQ(connections, 2);
}

TEST(HostileAnswers, a_refusal_is_read_no_further_than_a_megabyte_and_stays_the_answer) {
    for (const auto* method : {"GET", "PUT"}) {
        const EndlessServer server("HTTP/1.1 403 Forbidden\r\nX-Trace: t\r\n\r\n", std::string(8192, 'x'));
        auto request = request_to(server.port(), method);
        request.most_bytes = 1U << 30;
        const auto response = send(request);
        ASSERT_TRUE(response.has_value()) << response.error().message;
        EXPECT_EQ(response->status, 403);
        EXPECT_EQ(response->header("x-trace"), "t");
        EXPECT_LE(response->body.size(), 1U << 20);
        EXPECT_LT(server.sent(), k_most + k_slack);
    }
}

/// What libcurl writes to outlives no attempt: with AddressSanitizer a late touch would end the test.
TEST(HostileAnswers, a_client_that_broke_off_answers_in_every_way_reads_the_next_one) {
    std::atomic<int> turn{0};
    const RawServer server([&](const RawSocket& socket) {
        while (!socket.read_until("\r\n\r\n").empty()) {
            switch (turn++ % 4) {
                case 0: socket.send(k_head + "Content-Length: 2\r\n\r\nok"); break;
                case 1: socket.send(k_head + "X-Long: " + std::string(128U << 10, 'h') + "\r\n\r\n"); return;
                case 2: socket.send(k_head + "Content-Length: 9\r\n\r\nshort"); return;
                default: socket.send(k_head + "Content-Encoding: none-such\r\nContent-Length: 2\r\n\r\nxx"); return;
            }
        }
    });
    const auto client = make_curl_client({});
    for (int i = 0; i < 12; ++i) {
        const auto response = client->send(request_to(server.port()), {});
        EXPECT_EQ(response.has_value(), i % 4 == 0) << i;
    }
}

TEST(HostileAnswers, a_body_that_drips_is_not_waited_for) {
    const RawServer dripping([](const RawSocket& socket) {
        (void)socket.read_until("\r\n\r\n");
        socket.send(k_head + "Content-Length: 1000000\r\n\r\n");
        pollfd closed{socket.descriptor(), POLLIN, 0};
        while (::poll(&closed, 1, 50) == 0) socket.send("x");
    });
    auto request = request_to(dripping.port());
    request.timeout = std::chrono::hours(1);
    request.stall = std::chrono::seconds(1);
    const auto response = send(request);
    ASSERT_FALSE(response.has_value());
    EXPECT_THAT(response.error().message, HasSubstr("too slow"));
}

TEST(HostileAnswers, a_header_that_drips_ends_with_the_time_out) {
    const RawServer dripping([](const RawSocket& socket) {
        (void)socket.read_until("\r\n\r\n");
        socket.send("HTTP/1.1 200 OK\r\nX: ");
        pollfd closed{socket.descriptor(), POLLIN, 0};
        while (::poll(&closed, 1, 20) == 0) socket.send("x");
    });
    auto request = request_to(dripping.port());
    request.timeout = std::chrono::seconds(1);
    const auto response = send(request);
    ASSERT_FALSE(response.has_value());
    EXPECT_EQ(response.error().code, Code::unreachable) << response.error().message;
}

TEST(HostileAnswers, a_chain_of_redirects_is_one_request) {
    std::atomic<int> requests{0};
    const RawServer server([&](const RawSocket& socket) {
        while (!socket.read_until("\r\n\r\n").empty()) {
            const int number = ++requests;
            socket.send(fmt::format("HTTP/1.1 302 Found\r\nLocation: /{}\r\nContent-Length: 0\r\n\r\n", number));
        }
    });
    const auto response = send(request_to(server.port()));
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(response->status, 302);
    EXPECT_EQ(requests, 1);
}

}  // namespace
}  // namespace cordon::net
