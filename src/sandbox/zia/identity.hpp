#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "net/http_server.hpp"
#include "sandbox/options.hpp"

namespace cordon::sandbox::zia {

/// ZIdentity's token endpoint and the tokens that it gave out (zia-api.md 3.1, 3.2). Its API client has no session:
/// only the token's life ends, nothing is activated with it.
class Identity {
public:
    explicit Identity(const Options& options) : options_(options) {}

    static constexpr std::string_view k_path = "/oauth2/v1/token";

    /// Answers POST /oauth2/v1/token.
    [[nodiscard]] net::ServerResponse give_token(const net::ServerRequest& request, Time now);

    /// The API client whose token the request bears; nullopt where it bears none that is good at `now`.
    [[nodiscard]] std::optional<std::string> client_of_token(const net::ServerRequest& request, Time now) const;

    void revoke(const net::ServerRequest& request);
    void revoke_all() { tokens_.clear(); }
    [[nodiscard]] std::size_t issued() const noexcept { return issued_; }

private:
    /// Why credentials are refused; "" where they are good.
    std::string fault_of(const net::ServerRequest& request, const std::map<std::string, std::string>& form,
                         Time now) const;

    struct Token {
        std::string client;
        Time until{};
    };
    const Options& options_;
    std::size_t issued_ = 0;
    std::map<std::string, Token, std::less<>> tokens_;
};

}  // namespace cordon::sandbox::zia
