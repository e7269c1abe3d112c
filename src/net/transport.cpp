#include "net/transport.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <future>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <thread>

#include <curl/curl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/text.hpp"
#include "net/signals_blocked.hpp"

namespace cordon::net {
namespace {

using std::chrono::milliseconds;

constexpr int k_look_every_ms = 100;  // whether to stop

struct StreamCleanUp {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};

template <class Value>
void set_stream_option(CURL* curl, CURLoption option, Value value) {
    if (const auto code = curl_easy_setopt(curl, option, value); code != CURLE_OK) {
        throw std::runtime_error(
            fmt::format("libcurl refuses option {}: {}", static_cast<int>(option), curl_easy_strerror(code)));
    }
}

int on_stream_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const std::stop_token*>(user)->stop_requested() ? 1 : 0;
}

/// libcurl connects, with TLS where it is asked for; what is spoken then is ours.
void set_stream(CURL* curl, const StreamTarget& target, const std::stop_token& stop) {
    const bool is_v6 = target.host.find(':') != std::string::npos;
    const auto url = fmt::format("{}://{}{}{}:{}", target.is_tls ? "https" : "http", is_v6 ? "[" : "", target.host,
                                 is_v6 ? "]" : "", target.port);
    set_stream_option(curl, CURLOPT_URL, url.c_str());
    set_stream_option(curl, CURLOPT_CONNECT_ONLY, 1L);
    set_stream_option(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    set_stream_option(curl, CURLOPT_SSL_ENABLE_ALPN, 0L);
    set_stream_option(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set_stream_option(curl, CURLOPT_PROXY, "");
    set_stream_option(curl, CURLOPT_NOSIGNAL, 1L);
    set_stream_option(curl, CURLOPT_QUICK_EXIT, 1L);  // a stop does not wait for the resolver's thread
    set_stream_option(curl, CURLOPT_CONNECTTIMEOUT, static_cast<long>(target.timeout.count()));
    if (!target.ca_file.empty()) set_stream_option(curl, CURLOPT_CAINFO, target.ca_file.c_str());
    set_stream_option(curl, CURLOPT_XFERINFOFUNCTION, &on_stream_progress);
    set_stream_option(curl, CURLOPT_XFERINFODATA, const_cast<std::stop_token*>(&stop));
    set_stream_option(curl, CURLOPT_NOPROGRESS, 0L);
}

/// Sends what the line takes; waits for it in short steps, so that a stop is seen.
Result<void> push(CURL* curl, const StreamTarget& target, std::string_view bytes, const std::stop_token& stop) {
    const auto place = fmt::format("{}:{}", target.host, target.port);
    curl_socket_t line = CURL_SOCKET_BAD;
    curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &line);
    auto left = milliseconds(target.timeout);
    while (!bytes.empty()) {
        std::size_t sent = 0;
        const auto code = curl_easy_send(curl, bytes.data(), bytes.size(), &sent);
        bytes.remove_prefix(sent);
        if (code == CURLE_OK) continue;
        if (code != CURLE_AGAIN) {
            return fail(Code::unknown, fmt::format("the connection to {} broke: {}", place, curl_easy_strerror(code)));
        }
        if (stop.stop_requested()) return fail(Code::cancelled, "stopped while sending to " + place);
        if (left.count() <= 0) return fail(Code::unknown, fmt::format("{} takes nothing more", place));
        pollfd writable{line, POLLOUT, 0};
        if (::poll(&writable, 1, k_look_every_ms) == 0) left -= milliseconds{k_look_every_ms};
    }
    return {};
}

class OpenSocket {
public:
    explicit OpenSocket(int number) : number_(number) {}
    OpenSocket(const OpenSocket&) = delete;
    OpenSocket& operator=(const OpenSocket&) = delete;
    ~OpenSocket() {
        if (number_ >= 0) ::close(number_);
    }
    [[nodiscard]] int get() const noexcept { return number_; }

private:
    int number_;
};

/// 0, or why it did not work.
int send_one(int family, const sockaddr* address, socklen_t length, std::string_view bytes) {
    const OpenSocket socket(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (socket.get() < 0) return errno;
    const auto put = ::sendto(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL, address, length);
    return put == static_cast<ssize_t>(bytes.size()) ? 0 : errno;
}

struct Addresses {
    std::unique_ptr<addrinfo, void (*)(addrinfo*)> first{nullptr, &::freeaddrinfo};
    int error = 0;  ///< of getaddrinfo()
};

Addresses look_up(const std::string& host, int port) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_DGRAM;
    addrinfo* found = nullptr;
    Addresses addresses;
    addresses.error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found);
    if (addresses.error == 0) addresses.first.reset(found);
    return addresses;
}

/// nullopt where a stop came first. The resolver cannot be interrupted and may take half a minute without an answer, so
/// it works in a thread that is left to itself then: it owns all that it touches.
std::optional<Addresses> look_up_until(const std::stop_token& stop, const std::string& host, int port) {
    std::packaged_task<Addresses()> task([host, port] { return look_up(host, port); });
    auto found = task.get_future();
    {
        const SignalsBlocked blocked;
        std::thread(std::move(task)).detach();
    }
    while (found.wait_for(milliseconds{k_look_every_ms}) != std::future_status::ready) {
        if (stop.stop_requested()) return std::nullopt;
    }
    return found.get();
}

Result<void> verdict_on(int error, const std::string& place) {
    if (error == 0) return {};
    return fail(error == EMSGSIZE ? Code::invalid : Code::unreachable,
                fmt::format("nothing could be sent to {}: {}", place, std::generic_category().message(error)));
}

}  // namespace

Result<void> send_stream(const StreamTarget& target, std::string_view bytes, const std::stop_token& stop) {
    static const CURLcode k_ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (k_ready != CURLE_OK) throw std::runtime_error("libcurl cannot be started");
    std::array<char, CURL_ERROR_SIZE> text{};
    const std::unique_ptr<CURL, StreamCleanUp> handle(curl_easy_init());
    if (handle == nullptr) throw std::bad_alloc();
    set_stream(handle.get(), target, stop);
    set_stream_option(handle.get(), CURLOPT_ERRORBUFFER, text.data());
    const auto code = stop.stop_requested() ? CURLE_ABORTED_BY_CALLBACK : curl_easy_perform(handle.get());
    if (code == CURLE_ABORTED_BY_CALLBACK) {
        return fail(Code::cancelled, fmt::format("stopped while connecting to {}:{}", target.host, target.port));
    }
    if (code != CURLE_OK) {
        return fail(Code::unreachable,
                    fmt::format("no connection to {}:{}: {}", target.host, target.port,
                                printable(text[0] == '\0' ? curl_easy_strerror(code) : text.data(), 200)));
    }
    return push(handle.get(), target, bytes, stop);
}

Result<void> send_datagram(const std::string& host, int port, std::string_view bytes, const std::stop_token& stop) {
    const auto place = fmt::format("{}:{}", host, port);
    const auto addresses = stop.stop_requested() ? std::nullopt : look_up_until(stop, host, port);
    if (!addresses) return fail(Code::cancelled, "stopped before anything was sent to " + place);
    if (addresses->error != 0) {
        return fail(Code::unreachable, fmt::format("{} is not known: {}", place, ::gai_strerror(addresses->error)));
    }
    int error = EADDRNOTAVAIL;
    for (const auto* one = addresses->first.get(); one != nullptr && error != 0; one = one->ai_next) {
        error = send_one(one->ai_family, one->ai_addr, one->ai_addrlen, bytes);
    }
    return verdict_on(error, place);
}

Result<void> send_local_datagram(const std::filesystem::path& socket, std::string_view bytes) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto& path = socket.native();
    if (path.size() >= sizeof(address.sun_path)) {
        return fail(Code::invalid, fmt::format("the path of the socket {} is too long", printable(path, 200)));
    }
    std::memcpy(static_cast<char*>(address.sun_path), path.c_str(), path.size() + 1);
    return verdict_on(send_one(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof(address), bytes),
                      printable(path, 200));
}

}  // namespace cordon::net
