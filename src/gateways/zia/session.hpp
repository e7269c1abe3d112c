#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "gateways/zia/api_error.hpp"
#include "gateways/zia/settings.hpp"
#include "gateways/zia/wire.hpp"

namespace cordon::gateways::zia {

/// How our requests say who we are: the seam between the ways of signing in.
class Session {
public:
    virtual ~Session() = default;

    /// The header fields of a signed-in request; signs in when needed.
    [[nodiscard]] virtual Answered<std::vector<net::Header>> credentials(Wire& wire, const std::stop_token& stop) = 0;
    /// ZIA no longer knows the session: the next credentials() signs in anew.
    virtual void forget() = 0;
    [[nodiscard]] virtual bool is_open() const = 0;
    /// Signs out. Where publishes_on_leave(), ZIA then makes this admin's saved changes effective.
    virtual Answered<void> close(Wire& wire, const std::stop_token& stop) = 0;
    /// Whether the end of the session, by close() or by idling, publishes what was saved (zia-api.md 2.5, 3.4).
    [[nodiscard]] virtual bool publishes_on_leave() const = 0;
    /// The requests that signing in and out takes, for what a plan costs.
    [[nodiscard]] virtual std::vector<Endpoint> own_calls() const = 0;
};

/// API key, user and password for a JSESSIONID cookie (zia-api.md 2.3 to 2.5).
[[nodiscard]] std::unique_ptr<Session> make_legacy_session(const ZiaOptions& options);

/// Client credentials, by secret or by private-key JWT, for a token that is kept in memory until shortly before its end
/// (zia-api.md 3.2). Its private_key is PEM text. Never signs out: a DELETE /authenticatedSession with a bearer would
/// publish what is saved (zia-api.md 3.3).
[[nodiscard]] std::unique_ptr<Session> make_oneapi_session(const ZiaOptions& options);

/// A token that somebody else got, on the legacy host (zia-api.md 2.7). One that is refused is read again from its
/// file; the first refusal of an unchanged one is waited out, since ZIA may only now be fetching the provider's keys.
[[nodiscard]] std::unique_ptr<Session> make_bearer_session(const ZiaOptions& options);

/// The one for auth_of(options); legacy where that is not clear (no request is sent then).
[[nodiscard]] std::unique_ptr<Session> make_session(const ZiaOptions& options);

}  // namespace cordon::gateways::zia
