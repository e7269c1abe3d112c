#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/text.hpp"
#include "gateways/zia/jwt.hpp"
#include "gateways/zia/session.hpp"
#include "gateways/zia/sign_in_settings.hpp"

namespace cordon::gateways::zia {
namespace {

using namespace std::chrono_literals;

// zia-api.md 3.2.
constexpr const char* k_token_audience = "https://api.zscaler.com";
constexpr const char* k_assertion_type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// A token lives from a minute to a day, as the API client is set up (zia-api.md 3.2); one that does not say how long
/// is taken for the shortest.
constexpr auto k_shortest_life = 60s;
constexpr std::uint64_t k_longest_life = 86'400;
constexpr auto k_renew_ahead = 60s;

struct Token {
    Secret text;
    Time renew_at;
};

/// nullopt where the answer holds no token.
std::optional<Token> read_token(const std::string& body, Time now) {
    const auto answer = parse_json(body);
    if (!answer.is_object()) return std::nullopt;
    const auto text = answer.find("access_token");
    if (text == answer.end() || !text->is_string()) return std::nullopt;
    Token token{Secret(text->get<std::string>()), now};
    if (!is_token(token.text.reveal())) return std::nullopt;
    std::chrono::milliseconds life = k_shortest_life;
    if (const auto given = answer.find("expires_in"); given != answer.end()) {
        std::optional<std::uint64_t> seconds;
        if (given->is_number_unsigned()) seconds = given->get<std::uint64_t>();
        if (given->is_string()) seconds = parse_whole_number(given->get<std::string>());
        if (seconds) life = std::chrono::seconds(std::min(*seconds, k_longest_life));
    }
    token.renew_at += life - std::min<std::chrono::milliseconds>(k_renew_ahead, life / 10);
    return token;
}

class OneApiSession final : public Session {
public:
    explicit OneApiSession(const ZiaOptions& options)
        : client_id_(options.client_id), client_secret_(options.client_secret), private_key_(options.private_key) {}

    Answered<std::vector<net::Header>> credentials(Wire& wire, const std::stop_token& stop) override {
        if (!token_ || wire.clock().now() >= token_->renew_at) {
            if (auto fetched = fetch_token(wire, stop); !fetched) return tl::unexpected(fetched.error());
        }
        return std::vector<net::Header>{{"Authorization", "Bearer " + std::string(token_->text.reveal())}};
    }

    void forget() override { token_.reset(); }
    [[nodiscard]] bool is_open() const override { return token_.has_value(); }

    Answered<void> close(Wire& /*wire*/, const std::stop_token& /*stop*/) override {
        forget();
        return {};
    }

    [[nodiscard]] bool publishes_on_leave() const override { return false; }
    [[nodiscard]] std::vector<Endpoint> own_calls() const override { return {Endpoint::fetch_token}; }

private:
    Answered<void> fetch_token(Wire& wire, const std::stop_token& stop) {
        token_.reset();
        auto proof = proof_of_client(wire);
        if (!proof) return tl::unexpected(ApiError{Cause::denied, std::move(proof).error()});
        const Secret& secret = proof->secret;
        const Secret encoded(net::percent_encode(secret.reveal()));
        Call call{Endpoint::fetch_token};
        call.body =
            fmt::format("grant_type=client_credentials&client_id={}&audience={}&{}={}", net::percent_encode(client_id_),
                        net::percent_encode(k_token_audience), proof->key, encoded.reveal());
        if (proof->is_assertion) {
            call.body += fmt::format("&client_assertion_type={}", net::percent_encode(k_assertion_type));
        }
        call.secrets = {secret.reveal(), encoded.reveal()};
        auto answer = wire.send(call, {}, stop);
        wipe_bytes(call.body.data(), call.body.size());
        if (!answer) return tl::unexpected(std::move(answer).error());
        auto token = read_token(answer->body, wire.clock().now());
        wipe_text(answer->body);
        if (!token) {
            return tl::unexpected(ApiError{
                Cause::denied,
                {Code::refused, fmt::format("{} answered {} without an access token: check vanity_domain and cloud (or "
                                            "token_url), and whether a proxy stands between{}",
                                            wire.addresses().token_host, answer->status, request_id_of(*answer))}});
        }
        token_ = std::move(token);
        return {};
    }

    struct Proof {
        const char* key;
        Secret secret;
        bool is_assertion = false;
    };

    /// The client secret, or a new assertion.
    Result<Proof> proof_of_client(const Wire& wire) const {
        if (!private_key_.is_set()) return Proof{"client_secret", client_secret_};
        const auto key = SigningKey::from_pem(private_key_);
        if (!key) return fail(Code::invalid, "[zscaler] private_key: needed is " + key.error().message);
        CORDON_TRY_ASSIGN(auto assertion,
                          client_assertion(*key, {client_id_, wire.addresses().jwt_audience, wire.clock().now()}));
        return Proof{"client_assertion", std::move(assertion), true};
    }

    std::string client_id_;
    Secret client_secret_;
    Secret private_key_;
    std::optional<Token> token_;
};

}  // namespace

std::unique_ptr<Session> make_oneapi_session(const ZiaOptions& options) {
    return std::make_unique<OneApiSession>(options);
}

}  // namespace cordon::gateways::zia
