#include "sandbox/zia/identity.hpp"

#include <fmt/format.h>

#include "base/digest.hpp"
#include "sandbox/oauth.hpp"
#include "sandbox/reply.hpp"
#include "sandbox/zia/assertion.hpp"

namespace cordon::sandbox::zia {
namespace {

using net::ServerRequest;
using net::ServerResponse;

constexpr const char* k_audience = "https://api.zscaler.com";  // zia-api.md 3.2
constexpr const char* k_assertion_type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

// "a standard OAuth error object, 400 or 401, is the safe simulation" (zia-api.md 3.2)
ServerResponse oauth_refusal(int status, std::string_view error, std::string_view description) {
    return json_answer(status,
                       fmt::format(R"({{"error":"{}","error_description":{}}})", error, json_text(description)));
}

/// Both sides of the conflict about `aud` (zia-api.md 3.2), the vanity URL as documented and as in the documentation's
/// example; and where the sandbox itself plays that URL.
std::vector<std::string> audiences_of(const ServerRequest& request, const std::string& vanity) {
    std::vector<std::string> audiences{k_audience, "https://" + vanity + ".zslogin.net",
                                       "http://" + vanity + ".zslogin.net"};
    if (const auto host = request.header("host"); !host.empty()) audiences.push_back("http://" + std::string(host));
    return audiences;
}

}  // namespace

std::string Identity::fault_of(const ServerRequest& request, const std::map<std::string, std::string>& form,
                               Time now) const {
    const auto& right = options_.credentials;
    const auto client = client_of(request, form);
    if (client.id != right.oneapi_client_id) return "Unknown client";
    const auto assertion = value_in(form, "client_assertion");
    if (assertion.empty()) return client.secret == right.oneapi_client_secret ? "" : "Client authentication failed";
    if (value_in(form, "client_assertion_type") != k_assertion_type) return "Unknown client_assertion_type";
    return fault_of_assertion(
        assertion, {right.oneapi_client_id, right.oneapi_public_key, audiences_of(request, options_.vanity_domain)},
        now);
}

ServerResponse Identity::give_token(const ServerRequest& request, Time now) {
    if (!request.header("content-type").starts_with("application/x-www-form-urlencoded")) {
        return oauth_refusal(400, "invalid_request", "Content-Type must be application/x-www-form-urlencoded");
    }
    const auto form = form_of(request.body);
    if (value_in(form, "grant_type") != "client_credentials") {
        return oauth_refusal(400, "unsupported_grant_type", "grant_type must be client_credentials");
    }
    if (value_in(form, "audience") != k_audience) {
        return oauth_refusal(400, "invalid_request", fmt::format("audience must be {}", k_audience));
    }
    if (const auto fault = fault_of(request, form, now); !fault.empty()) {
        const int status = options_.quirks.contains(Quirk::token_refusal_401) ? 401 : 400;
        return oauth_refusal(status, "invalid_client", fault);
    }
    const auto life = options_.oneapi_token_life;
    ++issued_;
    auto token = fmt::format("eyJhbGciOiJSUzI1NiJ9.e30.{}", sha256_hex(fmt::format("{} {}", options_.seed, issued_)));
    auto response = json_answer(
        200, fmt::format(R"({{"access_token":"{}","token_type":"Bearer","expires_in":{}}})", token, life.count()));
    tokens_[std::move(token)] = {options_.credentials.oneapi_client_id, now + life};
    return response;
}

std::optional<std::string> Identity::client_of_token(const ServerRequest& request, Time now) const {
    const auto found = tokens_.find(bearer_of(request));
    if (found == tokens_.end() || found->second.until <= now) return std::nullopt;
    return found->second.client;
}

void Identity::revoke(const ServerRequest& request) {
    if (const auto found = tokens_.find(bearer_of(request)); found != tokens_.end()) tokens_.erase(found);
}

}  // namespace cordon::sandbox::zia
