#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

/// Plain loopback sockets, for HTTP that no well-behaved library would write.
namespace cordon::net::testing {

class RawSocket {
public:
    explicit RawSocket(int descriptor) : descriptor_(descriptor) {}
    RawSocket(const RawSocket&) = delete;
    RawSocket& operator=(const RawSocket&) = delete;
    ~RawSocket() { ::close(descriptor_); }

    void send(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    /// Reads until `end` was seen or the other side closed.
    [[nodiscard]] std::string read_until(std::string_view end) const {
        std::string got;
        char byte = 0;
        while (got.find(end) == std::string::npos && ::recv(descriptor_, &byte, 1, 0) == 1) got += byte;
        return got;
    }
    [[nodiscard]] std::string read_all() const {
        std::string got;
        char chunk[4096];
        for (;;) {
            const auto size = ::recv(descriptor_, chunk, sizeof(chunk), 0);
            if (size <= 0) return got;
            got.append(chunk, static_cast<std::size_t>(size));
        }
    }

    /// Makes the close a reset instead of an orderly end.
    void reset_on_close() const {
        const linger abort{1, 0};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &abort, sizeof(abort));
    }

    [[nodiscard]] int descriptor() const { return descriptor_; }

private:
    int descriptor_;
};

inline sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

inline int connect_loopback(int port) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = loopback(port);
    if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
        throw std::runtime_error("cannot connect");
    }
    return descriptor;
}

/// Calls `talk` with each connection, one after another.
class RawServer {
public:
    using Talk = std::function<void(const RawSocket&)>;

    explicit RawServer(Talk talk) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        auto address = loopback(0);
        socklen_t size = sizeof(address);
        if (::bind(listener_.descriptor(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
            ::listen(listener_.descriptor(), 16) != 0 ||
            ::getsockname(listener_.descriptor(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
            throw std::runtime_error("cannot listen");
        }
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this, talk = std::move(talk)] {
            for (;;) {
                const int descriptor = ::accept(listener_.descriptor(), nullptr, nullptr);
                if (descriptor < 0) return;
                const RawSocket connection(descriptor);
                talk(connection);
            }
        });
    }
    RawServer(const RawServer&) = delete;
    RawServer& operator=(const RawServer&) = delete;
    ~RawServer() {
        ::shutdown(listener_.descriptor(), SHUT_RDWR);
        thread_.join();
    }

    [[nodiscard]] int port() const { return port_; }

private:
    RawSocket listener_;
    int port_ = 0;
    std::thread thread_;
};

}  // namespace cordon::net::testing
