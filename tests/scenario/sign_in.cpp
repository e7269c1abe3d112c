#include "tests/scenario/sign_in.hpp"

#include <cstdlib>
#include <stdexcept>
#include <string_view>

namespace cordon::scenario {

SignIn sign_in() {
    const char* text = std::getenv("CORDON_REHEARSAL_AUTH");
    const std::string_view word = text == nullptr ? "legacy" : text;
    if (word == "legacy" || word.empty()) return SignIn::legacy;
    if (word == "oneapi") return SignIn::oneapi;
    if (word == "bearer") return SignIn::bearer;
    throw std::runtime_error("CORDON_REHEARSAL_AUTH is legacy, oneapi or bearer");
}

Keys place_keys(const std::string& url) {
    if (sign_in() != SignIn::oneapi) return {{"base_uri", url}};
    return {{"token_url", url + "/oauth2/v1/token"}, {"api_url", url + "/zia/api/v1"}};
}

Keys credential_keys(const sandbox::Credentials& known) {
    switch (sign_in()) {
        case SignIn::oneapi:
            return {{"client_id", known.oneapi_client_id}, {"client_secret", known.oneapi_client_secret}};
        case SignIn::bearer: return {{"bearer_token", known.external_bearer}};
        default: return {{"api_key", known.api_key}, {"username", known.username}, {"password", known.password}};
    }
}

std::vector<std::string> credential_variables(const sandbox::Credentials& known) {
    switch (sign_in()) {
        case SignIn::oneapi:
            return {"ZSCALER_CLIENT_ID=" + known.oneapi_client_id,
                    "ZSCALER_CLIENT_SECRET=" + known.oneapi_client_secret};
        case SignIn::bearer: return {"ZSCALER_BEARER_TOKEN=" + known.external_bearer};
        default:
            return {"ZS_API_KEY=" + known.api_key, "ZS_API_USERNAME=" + known.username,
                    "ZS_API_PASSWORD=" + known.password};
    }
}

std::string lines_of(const Keys& keys) {
    std::string text;
    for (const auto& [key, value] : keys) text += key + " = " + value + "\n";
    return text;
}

std::vector<std::string> sign_in_secrets(const sandbox::Credentials& known) {
    switch (sign_in()) {
        case SignIn::oneapi: return {known.oneapi_client_secret, known.oneapi_client_secret};
        case SignIn::bearer: return {known.external_bearer, known.external_bearer};
        default: return {known.api_key, known.password};
    }
}

std::string secret_key() {
    switch (sign_in()) {
        case SignIn::oneapi: return "client_secret";
        case SignIn::bearer: return "bearer_token";
        default: return "password";
    }
}

std::string wrong_secret_words() {
    switch (sign_in()) {
        case SignIn::oneapi: return "the API client was not accepted: compare client_id and client_secret";
        case SignIn::bearer: return "the bearer token is not accepted";
        default: return "wrong user name or password: check ZS_API_USERNAME and ZS_API_PASSWORD";
    }
}

std::string sign_in_method() {
    return sign_in() == SignIn::bearer ? "GET" : "POST";
}

std::string sign_in_path() {
    switch (sign_in()) {
        case SignIn::oneapi: return "/oauth2/v1/token";
        case SignIn::bearer: return "/api/v1/status";
        default: return "/api/v1/authenticatedSession";
    }
}

}  // namespace cordon::scenario
