#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

namespace cordon::gateways::zia {

/// A private key that signs what tells who an API client is: RSA of 2,048 bits and more (RS256) or EC on P-256 (ES256),
/// the two that ZIdentity takes (zia-api.md 3.2).
class SigningKey {
public:
    /// Reads PEM text (PKCS #8, PKCS #1 or SEC 1, without passphrase). `invalid` says what the text is instead.
    [[nodiscard]] static Result<SigningKey> from_pem(const Secret& pem);

    [[nodiscard]] const char* algorithm() const noexcept;  ///< "RS256" or "ES256"

    /// The JWS signature of these bytes (RFC 7518 3.3, 3.4: for ES256 r and s, 32 bytes each).
    [[nodiscard]] Result<std::string> sign(std::string_view bytes) const;

private:
    struct Free {
        void operator()(void* key) const noexcept;
    };
    explicit SigningKey(void* key) : key_(key) {}
    std::unique_ptr<void, Free> key_;  // EVP_PKEY; OpenSSL's headers stay in the source file
    bool is_rsa_ = true;
};

/// What a client assertion says (RFC 7523 3).
struct AssertionClaims {
    std::string client_id;  ///< issuer and subject
    std::string audience;
    Time now;
};

/// The JWT that stands for a client secret, good for ten minutes as the vendor's SDKs make it (zia-api.md 3.2). Without
/// jti, so that a request that is repeated after a lost answer is not taken for a replay.
[[nodiscard]] Result<Secret> client_assertion(const SigningKey& key, const AssertionClaims& claims);

}  // namespace cordon::gateways::zia
