#include "gateways/zia/jwt.hpp"

#include <array>
#include <chrono>
#include <utility>

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <nlohmann/json.hpp>

#include "base/base64.hpp"

namespace cordon::gateways::zia {
namespace {

constexpr auto k_assertion_life = std::chrono::minutes(10);  // zia-api.md 3.2
constexpr int k_least_rsa_bits = 2048;                       // RFC 7518 3.3
constexpr int k_p256_bytes = 32;

EVP_PKEY* as_key(void* key) noexcept {
    return static_cast<EVP_PKEY*>(key);
}

/// Instead of OpenSSL's own, which asks at the terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*is_writing*/, void* was_asked) {
    *static_cast<bool*>(was_asked) = true;
    return -1;
}

tl::unexpected<Error> refuse_key(std::string_view what) {
    return fail(Code::invalid, fmt::format("an RSA key (2,048 bits or more) or an EC key on P-256 as PEM text, as "
                                           "openssl genpkey writes it; here {}",
                                           what));
}

Result<void> check_kind(EVP_PKEY* key) {
    if (EVP_PKEY_is_a(key, "RSA") == 1) {
        const int bits = EVP_PKEY_get_bits(key);
        if (bits >= k_least_rsa_bits) return {};
        return refuse_key(fmt::format("it is an RSA key of {} bits", bits));
    }
    if (EVP_PKEY_is_a(key, "EC") != 1) {
        const auto* name = EVP_PKEY_get0_type_name(key);
        return refuse_key(fmt::format("it is a key of another kind ({})", name == nullptr ? "unknown" : name));
    }
    std::array<char, 80> group{};
    std::size_t size = 0;
    const bool is_named =
        EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size(), &size) == 1;
    if (is_named && std::string_view(group.data(), size) == "prime256v1") return {};
    return refuse_key(fmt::format("it is an EC key on the curve {}", is_named ? group.data() : "of its own"));
}

/// r and s of an ECDSA signature in DER, each with its leading zeros.
Result<std::string> raw_signature(const std::string& der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(
        d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), &ECDSA_SIG_free);
    std::array<unsigned char, std::size_t{2} * k_p256_bytes> raw{};
    if (!pair || BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), raw.data(), k_p256_bytes) != k_p256_bytes ||
        BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), raw.data() + k_p256_bytes, k_p256_bytes) != k_p256_bytes) {
        return fail(Code::invalid, "OpenSSL made no readable signature with private_key");
    }
    return std::string(reinterpret_cast<const char*>(raw.data()), raw.size());
}

}  // namespace

void SigningKey::Free::operator()(void* key) const noexcept {
    EVP_PKEY_free(as_key(key));
}

Result<SigningKey> SigningKey::from_pem(const Secret& pem) {
    const auto text = pem.reveal();
    const std::unique_ptr<BIO, decltype(&BIO_free)> bytes(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())),
                                                          &BIO_free);
    bool was_asked = false;
    SigningKey key(PEM_read_bio_PrivateKey(bytes.get(), nullptr, no_passphrase, &was_asked));
    ERR_clear_error();
    if (!key.key_) {
        if (was_asked) return refuse_key("it needs a passphrase, which nobody is there to type: take one without");
        if (text.find("PRIVATE KEY-----") != std::string_view::npos) return refuse_key("its text is damaged");
        if (text.find("PUBLIC KEY-----") != std::string_view::npos) {
            return refuse_key("it is the public key, which belongs into ZIdentity");
        }
        if (text.find("BEGIN CERTIFICATE-----") != std::string_view::npos) {
            return refuse_key("it is the certificate, which belongs into ZIdentity");
        }
        return refuse_key("it is no such text");
    }
    CORDON_TRY(check_kind(as_key(key.key_.get())));
    key.is_rsa_ = EVP_PKEY_is_a(as_key(key.key_.get()), "RSA") == 1;
    return key;
}

const char* SigningKey::algorithm() const noexcept {
    return is_rsa_ ? "RS256" : "ES256";
}

Result<std::string> SigningKey::sign(std::string_view bytes) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
    std::size_t size = 0;
    auto* key = as_key(key_.get());
    std::string signature;
    // RSA signs with PKCS #1 v1.5 unless told otherwise, which is what RS256 is.
    bool is_signed = context != nullptr &&
                     EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
                     EVP_DigestSign(context.get(), nullptr, &size, data, bytes.size()) == 1;
    if (is_signed) {
        signature.resize(size);
        is_signed = EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, data,
                                   bytes.size()) == 1;
        signature.resize(is_signed ? size : 0);
    }
    ERR_clear_error();
    if (!is_signed) return fail(Code::invalid, "OpenSSL cannot sign with private_key");
    if (is_rsa_) return signature;
    return raw_signature(signature);
}

Result<Secret> client_assertion(const SigningKey& key, const AssertionClaims& claims) {
    using std::chrono::floor;
    using std::chrono::seconds;
    const auto issued = floor<seconds>(claims.now.time_since_epoch());
    const nlohmann::json header{{"alg", key.algorithm()}, {"typ", "JWT"}};
    const nlohmann::json body{{"iss", claims.client_id},
                              {"sub", claims.client_id},
                              {"aud", claims.audience},
                              {"iat", issued.count()},
                              {"exp", (issued + k_assertion_life).count()}};
    constexpr auto k_replace = nlohmann::json::error_handler_t::replace;
    auto text = base64url(header.dump()) + "." + base64url(body.dump(-1, ' ', false, k_replace));
    CORDON_TRY_ASSIGN(const auto signature, key.sign(text));
    text += "." + base64url(signature);
    return Secret(std::move(text));
}

}  // namespace cordon::gateways::zia
