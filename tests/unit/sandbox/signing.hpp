#pragma once

#include <algorithm>
#include <memory>
#include <string>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <nlohmann/json.hpp>

#include "base/base64.hpp"

namespace cordon::sandbox {

/// A private key that signs the JWT of zia-api.md 3.2, as a client would.
class SigningKey {
public:
    static SigningKey rsa() { return SigningKey(EVP_RSA_gen(2048), "RS256"); }
    static SigningKey p256() { return SigningKey(EVP_EC_gen("P-256"), "ES256"); }

    [[nodiscard]] std::string public_pem() const {
        const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), &BIO_free);
        PEM_write_bio_PUBKEY(out.get(), key_.get());
        char* bytes = nullptr;
        const auto size = BIO_get_mem_data(out.get(), &bytes);
        return {bytes, static_cast<std::size_t>(size)};
    }

    [[nodiscard]] std::string jwt(const nlohmann::json& claims, const std::string& algorithm = {}) const {
        const nlohmann::json header = {{"alg", algorithm.empty() ? algorithm_ : algorithm}};
        const auto message = base64url(header.dump()) + "." + base64url(claims.dump());
        return message + "." + base64url(signature_of(message));
    }

private:
    SigningKey(EVP_PKEY* key, std::string algorithm) : key_(key, &EVP_PKEY_free), algorithm_(std::move(algorithm)) {}

    static std::string base64url(const std::string& bytes) {
        auto text = base64(bytes);
        std::replace(text.begin(), text.end(), '+', '-');
        std::replace(text.begin(), text.end(), '/', '_');
        while (text.ends_with('=')) text.pop_back();
        return text;
    }

    [[nodiscard]] std::string signature_of(const std::string& message) const {
        const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> sign(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
        const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
        std::size_t size = 0;
        EVP_DigestSignInit(sign.get(), nullptr, EVP_sha256(), nullptr, key_.get());
        EVP_DigestSign(sign.get(), nullptr, &size, bytes, message.size());
        std::string signature(size, '\0');
        EVP_DigestSign(sign.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes, message.size());
        signature.resize(size);
        return algorithm_ == "ES256" ? side_by_side(signature) : signature;
    }

    /// The two numbers of a DER signature, 32 bytes each (RFC 7518 3.4).
    static std::string side_by_side(const std::string& der) {
        const auto* at = reinterpret_cast<const unsigned char*>(der.data());
        const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> parsed(
            d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), &ECDSA_SIG_free);
        std::string pair(64, '\0');
        auto* to = reinterpret_cast<unsigned char*>(pair.data());
        BN_bn2binpad(ECDSA_SIG_get0_r(parsed.get()), to, 32);
        BN_bn2binpad(ECDSA_SIG_get0_s(parsed.get()), to + 32, 32);
        return pair;
    }

    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
    std::string algorithm_;
};

}  // namespace cordon::sandbox
