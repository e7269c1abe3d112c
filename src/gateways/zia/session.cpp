#include "gateways/zia/session.hpp"

#include <utility>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "gateways/zia/answers.hpp"
#include "gateways/zia/obfuscation.hpp"
#include "gateways/zia/sign_in_settings.hpp"

namespace cordon::gateways::zia {
namespace {

/// "JSESSIONID=..." out of the answer's cookies; "" where none was set.
std::string session_cookie(const net::Response& response) {
    for (const auto& [name, value] : response.headers) {
        if (!equals_ignoring_case(name, "set-cookie")) continue;
        const auto cookie = trim(std::string_view(value).substr(0, value.find(';')));
        if (cookie.starts_with("JSESSIONID=") && cookie.size() > 11) return std::string(cookie);
    }
    return {};
}

/// "" where a text is no UTF-8: with other bytes in their place, the sign-in would fail for no visible reason.
std::string text_of(const nlohmann::json& body) {
    try {
        return body.dump();
    } catch (const nlohmann::json::type_error&) {
        return {};
    }
}

class LegacySession final : public Session {
public:
    explicit LegacySession(const ZiaOptions& options)
        : key_(options.api_key), username_(options.username), password_(options.password) {}

    Answered<std::vector<net::Header>> credentials(Wire& wire, const std::stop_token& stop) override {
        if (!cookie_.is_set()) {
            if (auto signed_in = sign_in(wire, stop); !signed_in) return tl::unexpected(signed_in.error());
        }
        return std::vector<net::Header>{{"Cookie", std::string(cookie_.reveal())}};
    }

    void forget() override { cookie_ = Secret(); }
    [[nodiscard]] bool is_open() const override { return cookie_.is_set(); }

    Answered<void> close(Wire& wire, const std::stop_token& stop) override {
        if (!cookie_.is_set()) return {};
        const auto answer = wire.send({Endpoint::sign_out}, {{"Cookie", std::string(cookie_.reveal())}}, stop);
        forget();
        // A session that is gone already is as good as closed.
        if (answer || answer.error().cause == Cause::session_gone) return {};
        return tl::unexpected(answer.error());
    }

    [[nodiscard]] bool publishes_on_leave() const override { return true; }
    [[nodiscard]] std::vector<Endpoint> own_calls() const override { return {Endpoint::sign_in, Endpoint::sign_out}; }

private:
    Answered<void> sign_in(Wire& wire, const std::stop_token& stop) {
        const auto stamp = std::to_string(wire.clock().now().time_since_epoch().count());
        const auto key = obfuscated_key(key_, stamp);
        if (!key) return tl::unexpected(ApiError{Cause::denied, key.error()});
        const nlohmann::json body{{"apiKey", std::string(key->reveal())},
                                  {"username", username_},
                                  {"password", std::string(password_.reveal())},
                                  {"timestamp", stamp}};
        Call call{Endpoint::sign_in};
        call.body = text_of(body);
        if (call.body.empty()) {
            return tl::unexpected(ApiError{
                Cause::denied,
                {Code::invalid,
                 "the user name, password or API key of ZIA holds bytes that are no UTF-8: save the file or the "
                 "environment variable as UTF-8"}});
        }
        call.secrets = {key->reveal(), key_.reveal(), password_.reveal()};
        const auto answer = wire.send(call, {}, stop);
        wipe_bytes(call.body.data(), call.body.size());
        if (!answer) return tl::unexpected(answer.error());
        auto cookie = session_cookie(*answer);
        // A 200 alone proves nothing (zia-api.md 2.4, the trap).
        if (answer->status != 200 || cookie.empty() || !has_auth_type(answer->body)) {
            return tl::unexpected(ApiError{
                Cause::denied,
                {Code::refused,
                 "ZIA answered the sign-in without a complete session (200, JSESSIONID and authType are "
                 "needed): check user name, password and API key, and that base_uri is the tenant's own cloud"}});
        }
        cookie_ = Secret(std::move(cookie));
        return {};
    }

    Secret key_;
    std::string username_;
    Secret password_;
    Secret cookie_;
};

}  // namespace

std::unique_ptr<Session> make_legacy_session(const ZiaOptions& options) {
    return std::make_unique<LegacySession>(options);
}

std::unique_ptr<Session> make_session(const ZiaOptions& options) {
    switch (auth_of(options).value_or(Auth::legacy)) {
        case Auth::oneapi: return make_oneapi_session(options);
        case Auth::bearer: return make_bearer_session(options);
        default: return make_legacy_session(options);
    }
}

}  // namespace cordon::gateways::zia
