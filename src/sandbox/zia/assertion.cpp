#include "sandbox/zia/assertion.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "sandbox/oauth.hpp"

namespace cordon::sandbox::zia {
namespace {

using Json = nlohmann::json;

constexpr std::size_t k_p256_number = 32;  ///< bytes of each half of an ES256 signature (RFC 7518 3.4)
constexpr std::int64_t k_clock_slack_s = 60;

struct Free {
    void operator()(BIO* it) const { BIO_free(it); }
    void operator()(EVP_PKEY* it) const { EVP_PKEY_free(it); }
    void operator()(EVP_MD_CTX* it) const { EVP_MD_CTX_free(it); }
    void operator()(ECDSA_SIG* it) const { ECDSA_SIG_free(it); }
};
template <class Thing>
using Owned = std::unique_ptr<Thing, Free>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

Owned<EVP_PKEY> read_public_key(const std::string& pem) {
    const Owned<BIO> source(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return Owned<EVP_PKEY>(PEM_read_bio_PUBKEY(source.get(), nullptr, nullptr, nullptr));
}

/// A JWT carries the two numbers of an ECDSA signature side by side; OpenSSL wants them in DER.
std::string der_signature(std::string_view pair) {
    if (pair.size() != 2 * k_p256_number) return {};
    const Owned<ECDSA_SIG> signature(ECDSA_SIG_new());
    auto* r = BN_bin2bn(bytes_of(pair), k_p256_number, nullptr);
    auto* s = BN_bin2bn(bytes_of(pair.substr(k_p256_number)), k_p256_number, nullptr);
    ECDSA_SIG_set0(signature.get(), r, s);
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(signature.get(), &der);
    std::string bytes(reinterpret_cast<const char*>(der), size > 0 ? static_cast<std::size_t>(size) : 0);
    OPENSSL_free(der);
    return bytes;
}

bool is_signed_by(EVP_PKEY* key, std::string_view message, std::string_view signature) {
    const Owned<EVP_MD_CTX> check(EVP_MD_CTX_new());
    const bool is_good =
        EVP_DigestVerifyInit(check.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
        EVP_DigestVerify(check.get(), bytes_of(signature), signature.size(), bytes_of(message), message.size()) == 1;
    ERR_clear_error();
    return is_good;
}

std::string fault_of_signature(const Json& header, std::string_view message, std::string_view signature,
                               const AssertionTerms& terms) {
    if (terms.public_key.empty()) return "no public key is registered for this client";
    const auto key = read_public_key(terms.public_key);
    ERR_clear_error();
    if (!key) return "the registered public key cannot be read";
    const auto algorithm = header.is_object() ? header.value("alg", Json()) : Json();
    const bool is_rsa = EVP_PKEY_is_a(key.get(), "RSA") == 1;
    if (algorithm != (is_rsa ? "RS256" : "ES256")) return "alg does not go with the registered key";
    if (!is_signed_by(key.get(), message, is_rsa ? std::string(signature) : der_signature(signature))) {
        return "the signature is not valid";
    }
    return {};
}

bool is_audience(const Json& claim, const std::vector<std::string>& audiences) {
    const auto is_known = [&](const Json& each) {
        return each.is_string() &&
               std::find(audiences.begin(), audiences.end(), each.get<std::string>()) != audiences.end();
    };
    return claim.is_array() ? std::any_of(claim.begin(), claim.end(), is_known) : is_known(claim);
}

std::string fault_of_claims(const Json& claims, const AssertionTerms& terms, Time now) {
    if (!claims.is_object()) return "the claims are no JSON object";
    for (const char* name : {"iss", "sub"}) {
        if (claims.value(name, Json()) != Json(terms.client_id)) return fmt::format("{} is not the client id", name);
    }
    if (!is_audience(claims.value("aud", Json()), terms.audiences)) return "aud is not this service";
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    const auto expiry = claims.value("exp", Json());
    if (!expiry.is_number_integer()) return "exp is missing";
    if (expiry.get<std::int64_t>() <= seconds) return "exp has passed";
    const auto issued = claims.value("iat", Json(seconds));
    if (!issued.is_number_integer() || issued.get<std::int64_t>() > seconds + k_clock_slack_s) {
        return "iat lies in the future";
    }
    return {};
}

}  // namespace

std::string fault_of_assertion(std::string_view jwt, const AssertionTerms& terms, Time now) {
    const auto parts = split(jwt, '.');
    if (parts.size() != 3) return "the assertion is no JWT";
    const auto header = decode_base64(parts[0]);
    const auto claims = decode_base64(parts[1]);
    const auto signature = decode_base64(parts[2]);
    if (!header || !claims || !signature) return "the assertion is not base64url";
    const auto message = jwt.substr(0, parts[0].size() + 1 + parts[1].size());
    auto fault = fault_of_signature(Json::parse(*header, nullptr, false), message, *signature, terms);
    return fault.empty() ? fault_of_claims(Json::parse(*claims, nullptr, false), terms, now) : fault;
}

}  // namespace cordon::sandbox::zia
