#pragma once

// TLS on the other side of a raw socket, with a certificate for 127.0.0.1 that is its own authority.

#include <openssl/ssl.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <string_view>

#include "tests/unit/net/raw_socket.hpp"
#include "tests/unit/net/test_certificate.hpp"

namespace cordon::notify::testing {

class TlsIdentity {
public:
    TlsIdentity() : context_(SSL_CTX_new(TLS_server_method())) {
        ::signal(SIGPIPE, SIG_IGN);  // as the program does: OpenSSL writes to lines that the other side has closed
        SSL_CTX_use_certificate(context_, certificate_.certificate());
        SSL_CTX_use_PrivateKey(context_, certificate_.key());
    }
    TlsIdentity(const TlsIdentity&) = delete;
    TlsIdentity& operator=(const TlsIdentity&) = delete;
    ~TlsIdentity() { SSL_CTX_free(context_); }
    [[nodiscard]] const std::filesystem::path& ca_file() const { return certificate_.certificate_file(); }
    [[nodiscard]] SSL_CTX* context() const { return context_; }

private:
    net::testing::TestCertificate certificate_;
    SSL_CTX* context_;
};

/// A line that is in the clear until secure() is called.
class Line {
public:
    explicit Line(const net::testing::RawSocket& socket) : socket_(socket) {}
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    ~Line() {
        if (tls_ == nullptr) return;
        SSL_shutdown(tls_);
        SSL_free(tls_);
    }

    /// False where the other side does not go along.
    bool secure(const TlsIdentity& identity) {
        tls_ = SSL_new(identity.context());
        SSL_set_fd(tls_, socket_.descriptor());
        return SSL_accept(tls_) == 1;
    }
    [[nodiscard]] bool is_secure() const { return tls_ != nullptr; }
    void send(std::string_view bytes) const {
        if (tls_ == nullptr) {
            socket_.send(bytes);
        } else {
            SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()));
        }
    }
    /// Until `end` was seen or the other side is done.
    [[nodiscard]] std::string read_until(std::string_view end) const {
        std::string got;
        for (char byte = 0; got.find(end) == std::string::npos;) {
            const bool is_there =
                tls_ == nullptr ? ::recv(socket_.descriptor(), &byte, 1, 0) == 1 : SSL_read(tls_, &byte, 1) == 1;
            if (!is_there) break;
            got += byte;
        }
        return got;
    }

private:
    const net::testing::RawSocket& socket_;
    SSL* tls_ = nullptr;
};

}  // namespace cordon::notify::testing
