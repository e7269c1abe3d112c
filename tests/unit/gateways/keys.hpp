#pragma once

#include <string>

namespace cordon::gateways::zia::testing {

enum class Kind { rsa_2048, rsa_1024, p256, p384, ed25519 };

/// A fresh key pair, and what OpenSSL itself says of signatures made with it.
class TestKey {
public:
    explicit TestKey(Kind kind);
    ~TestKey();
    TestKey(const TestKey&) = delete;
    TestKey& operator=(const TestKey&) = delete;

    [[nodiscard]] std::string private_pem() const;
    [[nodiscard]] std::string encrypted_pem() const;
    [[nodiscard]] std::string public_pem() const;
    /// Whether the JWS signature of "header.claims.signature" is this key's.
    [[nodiscard]] bool verifies(const std::string& jwt) const;

private:
    void* key_;
    Kind kind_;
};

struct JwtParts {
    std::string header, claims, signature;  ///< decoded
};
[[nodiscard]] JwtParts decoded(const std::string& jwt);

}  // namespace cordon::gateways::zia::testing
