#include "tests/unit/gateways/keys.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

namespace cordon::gateways::zia::testing {
namespace {

EVP_PKEY* pkey(void* key) {
    return static_cast<EVP_PKEY*>(key);
}

std::string text_in(BIO* bio) {
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(bio, &bytes);
    std::string text(bytes, static_cast<std::size_t>(size));
    BIO_free(bio);
    return text;
}

std::string from_base64url(std::string text) {
    std::replace(text.begin(), text.end(), '-', '+');
    std::replace(text.begin(), text.end(), '_', '/');
    const auto padding = (4 - text.size() % 4) % 4;
    text.append(padding, '=');
    std::string bytes(text.size(), '\0');
    const int size =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    if (size < 0) throw std::runtime_error("no base64url");
    bytes.resize(static_cast<std::size_t>(size) - padding);
    return bytes;
}

/// The DER that OpenSSL verifies, of r and s side by side.
std::string der_of(const std::string& raw) {
    const auto half = static_cast<int>(raw.size() / 2);
    const auto* bytes = reinterpret_cast<const unsigned char*>(raw.data());
    std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(ECDSA_SIG_new(), &ECDSA_SIG_free);
    ECDSA_SIG_set0(pair.get(), BN_bin2bn(bytes, half, nullptr), BN_bin2bn(bytes + half, half, nullptr));
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(pair.get(), &der);
    std::string text(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return text;
}

}  // namespace

TestKey::TestKey(Kind kind) : key_(nullptr), kind_(kind) {
    switch (kind) {
        case Kind::rsa_2048: key_ = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}); break;
        case Kind::rsa_1024: key_ = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{1024}); break;
        case Kind::p256: key_ = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"); break;
        case Kind::p384: key_ = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384"); break;
        case Kind::ed25519: key_ = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"); break;
    }
    if (key_ == nullptr) throw std::runtime_error("OpenSSL makes no key");
}

TestKey::~TestKey() {
    EVP_PKEY_free(pkey(key_));
}

std::string TestKey::private_pem() const {
    auto* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(bio, pkey(key_), nullptr, nullptr, 0, nullptr, nullptr);
    return text_in(bio);
}

std::string TestKey::encrypted_pem() const {
    auto* bio = BIO_new(BIO_s_mem());
    char passphrase[] = "passphrase";
    PEM_write_bio_PrivateKey(bio, pkey(key_), EVP_aes_128_cbc(), reinterpret_cast<unsigned char*>(passphrase), 10,
                             nullptr, nullptr);
    return text_in(bio);
}

std::string TestKey::public_pem() const {
    auto* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PUBKEY(bio, pkey(key_));
    return text_in(bio);
}

bool TestKey::verifies(const std::string& jwt) const {
    const auto signed_part = jwt.substr(0, jwt.rfind('.'));
    auto signature = decoded(jwt).signature;
    if (kind_ == Kind::p256) signature = der_of(signature);
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, pkey(key_)) == 1 &&
           EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                            reinterpret_cast<const unsigned char*>(signed_part.data()), signed_part.size()) == 1;
}

JwtParts decoded(const std::string& jwt) {
    const auto first = jwt.find('.');
    const auto second = jwt.rfind('.');
    if (first == std::string::npos || first == second) throw std::runtime_error("no JWT");
    return {from_base64url(jwt.substr(0, first)), from_base64url(jwt.substr(first + 1, second - first - 1)),
            from_base64url(jwt.substr(second + 1))};
}

}  // namespace cordon::gateways::zia::testing
