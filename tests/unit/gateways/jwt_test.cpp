#include "gateways/zia/jwt.hpp"

#include <memory>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/base64.hpp"
#include "base/text.hpp"
#include "tests/unit/gateways/keys.hpp"

namespace cordon::gateways::zia {
namespace {

using testing::Kind;
using testing::TestKey;

const Time k_now = *parse_iso8601("2026-11-21T09:30:00.700Z");

std::string made_by(const TestKey& key) {
    const auto signer = SigningKey::from_pem(Secret(key.private_pem()));
    EXPECT_TRUE(signer) << (signer ? "" : signer.error().message);
    const auto jwt = client_assertion(*signer, {"client-1", "https://acme.zslogin.net", k_now});
    EXPECT_TRUE(jwt);
    return std::string(jwt->reveal());
}

TEST(Base64Url, is_the_alphabet_for_urls_without_padding) {  // RFC 7515 appendix C
    EXPECT_EQ(base64url("\x03\xec\xff\xe0\xc1"), "A-z_4ME");
    EXPECT_EQ(base64url(""), "");
    EXPECT_EQ(base64url("f"), "Zg");
}

TEST(Assertion, says_who_for_whom_and_for_ten_minutes) {
    const TestKey key(Kind::rsa_2048);
    const auto parts = testing::decoded(made_by(key));
    EXPECT_EQ(nlohmann::json::parse(parts.header), (nlohmann::json{{"alg", "RS256"}, {"typ", "JWT"}}));
    const auto second = k_now.time_since_epoch().count() / 1000;
    EXPECT_EQ(nlohmann::json::parse(parts.claims), (nlohmann::json{{"iss", "client-1"},
                                                                   {"sub", "client-1"},
                                                                   {"aud", "https://acme.zslogin.net"},
                                                                   {"iat", second},
                                                                   {"exp", second + 600}}));
}

TEST(Assertion, of_an_rsa_key_is_verified_by_its_public_half_and_no_other) {
    const TestKey key(Kind::rsa_2048);
    const auto jwt = made_by(key);
    EXPECT_TRUE(key.verifies(jwt));
    EXPECT_FALSE(TestKey(Kind::rsa_2048).verifies(jwt));
}

TEST(Assertion, of_a_p256_key_is_es256_with_64_bytes_of_signature) {
    const TestKey key(Kind::p256);
    // r and s begin with a zero byte in one of 128 signatures: each has its 32 bytes all the same.
    for (int i = 0; i < 300; ++i) {
        const auto jwt = made_by(key);
        const auto parts = testing::decoded(jwt);
        ASSERT_EQ(nlohmann::json::parse(parts.header).at("alg"), "ES256");
        ASSERT_EQ(parts.signature.size(), 64U);
        ASSERT_TRUE(key.verifies(jwt));
    }
}

TEST(SigningKey, is_refused_with_what_it_is_instead) {
    const TestKey rsa(Kind::rsa_2048);
    const auto cut = rsa.private_pem().substr(0, 200);
    const struct {
        std::string pem;
        const char* what;
    } facts[] = {
        {TestKey(Kind::rsa_1024).private_pem(), "RSA key of 1024 bits"},
        {TestKey(Kind::p384).private_pem(), "EC key on the curve secp384r1"},
        {TestKey(Kind::ed25519).private_pem(), "another kind (ED25519)"},
        {rsa.encrypted_pem(), "passphrase"},
        {rsa.public_pem(), "public key, which belongs into ZIdentity"},
        {"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "certificate"},
        {cut + "\n-----END PRIVATE KEY-----\n", "damaged"},
        {"hunter2", "no such text"},
        {"", "no such text"},
    };
    for (const auto& fact : facts) {
        const auto key = SigningKey::from_pem(Secret(fact.pem));
        ASSERT_FALSE(key) << fact.what;
        EXPECT_EQ(key.error().code, Code::invalid);
        EXPECT_NE(key.error().message.find(fact.what), std::string::npos) << key.error().message;
        EXPECT_EQ(key.error().message.find("hunter2"), std::string::npos);
    }
}

}  // namespace
}  // namespace cordon::gateways::zia
