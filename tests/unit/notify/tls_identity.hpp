#pragma once

// TLS on the other side of a raw socket, with a certificate for 127.0.0.1 that is its own authority.

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/unit/net/raw_socket.hpp"

namespace cordon::notify::testing {

class TlsIdentity {
public:
    TlsIdentity()
        : ca_file_(std::filesystem::path(::testing::TempDir()) /
                   ("cordon-notify-ca-" + std::to_string(::getpid()) + ".pem")),
          context_(SSL_CTX_new(TLS_server_method())) {
        ::signal(SIGPIPE, SIG_IGN);  // as the program does: OpenSSL writes to lines that the other side has closed
        key_ = EVP_EC_gen("P-256");
        certificate_ = X509_new();
        X509_set_version(certificate_, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate_), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate_), -3600);
        X509_gmtime_adj(X509_getm_notAfter(certificate_), 3600);
        X509_set_pubkey(certificate_, key_);
        auto* name = X509_get_subject_name(certificate_);
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("cordon test"), -1,
                                   -1, 0);
        X509_set_issuer_name(certificate_, name);
        auto* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
        X509_add_ext(certificate_, names, -1);
        X509_EXTENSION_free(names);
        X509_sign(certificate_, key_, EVP_sha256());
        std::FILE* file = std::fopen(ca_file_.c_str(), "w");
        PEM_write_X509(file, certificate_);
        std::fclose(file);
        SSL_CTX_use_certificate(context_, certificate_);
        SSL_CTX_use_PrivateKey(context_, key_);
    }
    TlsIdentity(const TlsIdentity&) = delete;
    TlsIdentity& operator=(const TlsIdentity&) = delete;
    ~TlsIdentity() {
        SSL_CTX_free(context_);
        X509_free(certificate_);
        EVP_PKEY_free(key_);
        std::filesystem::remove(ca_file_);
    }
    [[nodiscard]] const std::filesystem::path& ca_file() const { return ca_file_; }
    [[nodiscard]] SSL_CTX* context() const { return context_; }

private:
    std::filesystem::path ca_file_;
    SSL_CTX* context_;
    EVP_PKEY* key_ = nullptr;
    X509* certificate_ = nullptr;
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
