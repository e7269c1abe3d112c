#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "gateways/zia/api_error.hpp"
#include "gateways/zia/settings.hpp"
#include "gateways/zia/wire.hpp"

namespace cordon::gateways::zia {

/// How our requests say who we are. The seam where another way of signing in (a bearer) is put in.
class Session {
public:
    virtual ~Session() = default;

    /// The header fields of a signed-in request; signs in when needed.
    [[nodiscard]] virtual Answered<std::vector<net::Header>> credentials(Wire& wire, const std::stop_token& stop) = 0;
    /// ZIA no longer knows the session: the next credentials() signs in anew.
    virtual void forget() = 0;
    [[nodiscard]] virtual bool is_open() const = 0;
    /// Signs out. ZIA then makes this admin's saved changes effective (zia-api.md 2.5).
    virtual Answered<void> close(Wire& wire, const std::stop_token& stop) = 0;
};

/// API key, user and password for a JSESSIONID cookie (zia-api.md 2.3 to 2.5).
[[nodiscard]] std::unique_ptr<Session> make_legacy_session(const ZiaOptions& options);

}  // namespace cordon::gateways::zia
