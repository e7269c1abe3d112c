#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/base64.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "gateways/zia/session.hpp"
#include "gateways/zia/sign_in_settings.hpp"

namespace cordon::gateways::zia {
namespace {

using namespace std::chrono_literals;

/// Until ZIA has fetched the identity provider's keys (zia-api.md 2.7).
constexpr auto k_until_keys_are_known = 60s;
constexpr std::size_t k_most_token_bytes = 1U << 16;

/// When a JWT says that it expires (RFC 7519 4.1.4), unchecked; nullopt where the token does not tell.
std::optional<Time> expiry_of(const Secret& token) {
    const auto parts = split(token.reveal(), '.');
    if (parts.size() != 3) return std::nullopt;
    auto payload = from_base64url(parts[1]);
    if (!payload) return std::nullopt;
    const auto claims = parse_json(*payload);
    wipe_text(*payload);
    if (!claims.is_object()) return std::nullopt;
    const auto found = claims.find("exp");
    if (found == claims.end() || !found->is_number()) return std::nullopt;
    const auto seconds = found->get<double>();
    if (!(seconds >= 0 && seconds < 1e11)) return std::nullopt;
    return Time{std::chrono::seconds{static_cast<std::int64_t>(seconds)}};
}

class BearerSession final : public Session {
public:
    explicit BearerSession(const ZiaOptions& options)
        : token_(options.bearer_token), file_(options.bearer_token_file) {}

    Answered<std::vector<net::Header>> credentials(Wire& wire, const std::stop_token& stop) override {
        const bool has_new = !is_used_ && has_new_token();
        if (is_refused_ && !has_new) {
            const auto expiry = expiry_of(token_);
            if (expiry && *expiry <= wire.clock().now()) return tl::unexpected(expired(*expiry));
        }
        if (is_refused_ && !has_new && !has_waited_) {
            log_wait(
                "trying again in 1m: ZIA did not accept the bearer token; it may be learning the identity "
                "provider's keys");
            has_waited_ = true;
            if (!wire.clock().wait_for(k_until_keys_are_known, stop)) {
                return tl::unexpected(
                    ApiError{Cause::cancelled, {Code::cancelled, "stopped while waiting to sign in again"}});
            }
        }
        is_refused_ = false;
        is_used_ = true;
        return std::vector<net::Header>{{"Authorization", "Bearer " + std::string(token_.reveal())}};
    }

    void forget() override {
        is_refused_ = is_used_;
        is_used_ = false;
    }
    [[nodiscard]] bool is_open() const override { return is_used_; }

    Answered<void> close(Wire& /*wire*/, const std::stop_token& /*stop*/) override {
        is_used_ = false;
        return {};
    }

    [[nodiscard]] bool publishes_on_leave() const override { return false; }
    [[nodiscard]] std::vector<Endpoint> own_calls() const override { return {}; }

private:
    /// No key of any provider makes it good again: there is nothing to wait for.
    static ApiError expired(Time expiry) {
        return {Cause::denied,
                {Code::refused,
                 fmt::format("ZIA did not accept the bearer token, which says that it expired at {}: put a fresh one "
                             "into ZSCALER_BEARER_TOKEN, or let ZSCALER_BEARER_TOKEN_FILE name a file that is renewed",
                             to_readable_utc(expiry))}};
    }

    /// Whether whoever renews the token has done so.
    bool has_new_token() {
        if (file_.empty()) return false;
        auto bytes = read_file(file_, k_most_token_bytes);
        if (!bytes) return false;
        Secret token{std::string(trim(*bytes))};
        wipe_text(*bytes);
        if (!is_token(token.reveal()) || token == token_) return false;
        token_ = std::move(token);
        return true;
    }

    Secret token_;
    std::filesystem::path file_;
    bool is_used_ = false;
    bool is_refused_ = false;  ///< by the last answer
    bool has_waited_ = false;
};

}  // namespace

std::unique_ptr<Session> make_bearer_session(const ZiaOptions& options) {
    return std::make_unique<BearerSession>(options);
}

}  // namespace cordon::gateways::zia
