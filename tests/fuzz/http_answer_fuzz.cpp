// Any bytes as what a server sends, through libcurl: an answer within all bounds, or a failure in printable words.
// The first byte chooses the method.

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "net/http.hpp"
#include "tests/fuzz/require.hpp"
#include "tests/unit/net/raw_socket.hpp"

namespace {

using namespace cordon;
using fuzz::is_printable;
using fuzz::require;

constexpr std::size_t k_most_bytes = 64U << 10;

/// What the server sends next.
class Reply {
public:
    void set(std::string text) {
        const std::scoped_lock lock(mutex_);
        text_ = std::move(text);
    }
    [[nodiscard]] std::string get() {
        const std::scoped_lock lock(mutex_);
        return text_;
    }

private:
    std::mutex mutex_;
    std::string text_;
};

Reply& reply() {
    static Reply one;
    return one;
}

void talk(const net::testing::RawSocket& socket) {
    std::array<char, 4096> chunk;  // a request of ours is shorter
    if (::recv(socket.descriptor(), chunk.data(), chunk.size(), 0) <= 0) return;
    socket.send(reply().get());
    ::shutdown(socket.descriptor(), SHUT_WR);
    while (::recv(socket.descriptor(), chunk.data(), chunk.size(), 0) > 0) {
    }
}

void check(const net::Response& response) {
    require(response.status >= 100 && response.status <= 999);
    require(response.body.size() <= k_most_bytes && response.headers.size() <= 200);
    std::size_t bytes = 0;
    for (const auto& [name, value] : response.headers) {
        bytes += name.size() + value.size();
        require(name.find('\n') == std::string::npos && value.find('\n') == std::string::npos);
    }
    require(bytes <= 64U << 10);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    static net::testing::RawServer server(talk);
    static const auto client = net::make_curl_client({});
    const char* const methods[]{"GET", "PUT", "HEAD"};
    const std::string answer(reinterpret_cast<const char*>(data) + 1, size - 1);
    reply().set(answer);
    net::Request request;
    request.method = methods[data[0] % 3];
    request.url = "http://127.0.0.1:" + std::to_string(server.port()) + "/x?secret";
    request.headers = {{"Authorization", "Bearer token-1"}};
    request.timeout = std::chrono::seconds{5};
    request.most_bytes = k_most_bytes;
    const auto response = client->send(request, {});
    if (response) {
        check(*response);
        require(request.method != std::string("HEAD") || response->body.empty());
    } else {
        const auto& error = response.error();
        require(!error.message.empty() && is_printable(error.message) && error.message.size() < 2'000);
        for (const char* const sent : {"secret", "token-1"}) {
            // What the server itself says is quoted.
            require(error.message.find(sent) == std::string::npos || answer.find(sent) != std::string::npos);
        }
        // A write whose answer cannot be read may have been carried out.
        require(request.method != std::string("PUT") || error.code == Code::unknown || error.code == Code::unreachable);
    }
    return 0;
}
