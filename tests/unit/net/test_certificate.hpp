#pragma once

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <filesystem>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace cordon::net::testing {

/// A certificate for 127.0.0.1 that vouches for itself, and its key, also as PEM files.
class TestCertificate {
public:
    TestCertificate() {
        static std::atomic<int> number{0};
        const auto folder = std::filesystem::path(::testing::TempDir());
        const auto stem = fmt::format("cordon-tls-{}-{}", ::getpid(), ++number);
        certificate_file_ = folder / (stem + ".pem");
        key_file_ = folder / (stem + ".key");
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
        write(certificate_file_, [&](std::FILE* file) { PEM_write_X509(file, certificate_); });
        write(key_file_,
              [&](std::FILE* file) { PEM_write_PrivateKey(file, key_, nullptr, nullptr, 0, nullptr, nullptr); });
    }
    TestCertificate(const TestCertificate&) = delete;
    TestCertificate& operator=(const TestCertificate&) = delete;
    ~TestCertificate() {
        X509_free(certificate_);
        EVP_PKEY_free(key_);
        std::filesystem::remove(certificate_file_);
        std::filesystem::remove(key_file_);
    }

    [[nodiscard]] EVP_PKEY* key() const { return key_; }
    [[nodiscard]] X509* certificate() const { return certificate_; }
    [[nodiscard]] const std::filesystem::path& certificate_file() const { return certificate_file_; }
    [[nodiscard]] const std::filesystem::path& key_file() const { return key_file_; }

private:
    template <class Put>
    static void write(const std::filesystem::path& path, const Put& put) {
        std::FILE* file = std::fopen(path.c_str(), "w");
        put(file);
        std::fclose(file);
    }

    std::filesystem::path certificate_file_;
    std::filesystem::path key_file_;
    EVP_PKEY* key_ = nullptr;
    X509* certificate_ = nullptr;
};

}  // namespace cordon::net::testing
