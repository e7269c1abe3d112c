#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"
#include "console/password.hpp"
#include "console/sessions.hpp"
#include "console/throttle.hpp"
#include "net/server.hpp"

namespace cordon::console {

/// Who may come in, `[console]`.
struct AccessOptions {
    /// Names by which browsers may call the console, without port: what else stands in Host or Origin is refused.
    std::vector<std::string> names{"localhost", "127.0.0.1", "[::1]"};
    bool sign_in_to_read = false;  ///< also on loopback
    bool is_tls = false;           ///< the server speaks TLS itself
    SessionTerms sessions;
    Secret proxy_secret;                              ///< that the proxy sends as X-Cordon-Proxy-Secret; empty: none
    std::string proxy_user_header = "x-remote-user";  ///< lower case
    Role proxy_role = Role::viewer;                   ///< of users of the proxy that have no account

    bool operator==(const AccessOptions&) const = default;
};

/// Who sends a request.
struct Visitor {
    std::string name;              ///< "" of nobody in particular
    std::optional<Role> role;      ///< nullopt: may not even look
    std::string session;           ///< of a browser that is signed in; "" of a token or a proxy
    bool needs_form_token = true;  ///< false of a token: a browser does not send it by itself
    bool can_sign_out = false;     ///< who signed in here; a proxy's user signs out there

    [[nodiscard]] bool is_signed_in() const noexcept { return !name.empty(); }
    [[nodiscard]] bool may(Role wanted) const noexcept { return role && *role >= wanted; }
};

/// Why a request is turned away.
struct Refusal {
    int status = 403;
    std::string message;  ///< for people
    std::chrono::seconds retry_after{0};
};

/// From where somebody calls: as the proxy says that shows its secret, else as the connection has it.
struct Caller {
    std::string address;
    bool is_tls = false;  ///< all the way from the browser: cookies may be Secure
};

/// What stands between a request and the pages. Thread-safe.
class Gate {
public:
    Gate(AccessOptions options, std::filesystem::path state_dir);

    /// Whether Host and Origin are ours; asked before all else.
    [[nodiscard]] std::optional<Refusal> check_names(const net::ServerRequest& request) const;
    [[nodiscard]] Caller caller_of(const net::ServerRequest& request) const;
    [[nodiscard]] Result<Visitor> visitor_of(const net::ServerRequest& request, Time now);
    /// Whether this visitor may change something by this request. `form_token`: as the form or X-CSRF-Token gave it.
    [[nodiscard]] std::optional<Refusal> check_change(const net::ServerRequest& request, const Visitor& visitor,
                                                      std::string_view form_token) const;

    /// A sign-in that went well.
    struct SignedIn {
        Account account;
        std::string session;
    };
    [[nodiscard]] tl::expected<SignedIn, Refusal> sign_in(const net::ServerRequest& request, const std::string& user,
                                                          const Secret& password, std::string_view form_token,
                                                          Time now);
    void sign_out(const Visitor& visitor);
    /// What forms of this visitor carry, each time another text; and whether one is such.
    [[nodiscard]] std::string form_token_for(const Visitor& visitor) const;
    [[nodiscard]] bool is_form_of(const Visitor& visitor, std::string_view form_token) const;

    /// Set-Cookie of a session for who sent the request; an empty one forgets it.
    [[nodiscard]] std::string session_cookie(const net::ServerRequest& request, std::string_view session) const;
    /// What a form carries for somebody who is not signed in yet, and the cookie that it is compared with.
    struct Greeting {
        std::string form_token;
        std::string set_cookie;  ///< "" where the browser has one
    };
    [[nodiscard]] Greeting greet(const net::ServerRequest& request) const;
    [[nodiscard]] Result<std::shared_ptr<const AccountBook>> book() { return accounts_.book(); }

private:
    [[nodiscard]] bool is_ours(std::string_view authority) const;
    [[nodiscard]] bool reads_without_sign_in(const net::ServerRequest& request) const;
    [[nodiscard]] bool shows_proxy_secret(const net::ServerRequest& request) const;
    [[nodiscard]] std::string cookie_name(const net::ServerRequest& request, const char* plain) const;
    [[nodiscard]] std::string cookie(const net::ServerRequest& request, const char* plain,
                                     std::string_view value) const;

    AccessOptions options_;
    std::string form_key_ = random_hex(32);  // a proxy's user has a name that others know
    Accounts accounts_;
    Sessions sessions_;
    Throttle throttle_;
    Turnstile turnstile_{3};
    std::atomic<bool> has_told_of_name_ = false;  // once is enough: it is a matter of the proxy's settings
};

/// The value of a cookie that the request carries; "" where there is none.
[[nodiscard]] std::string_view cookie_of(const net::ServerRequest& request, std::string_view name);

}  // namespace cordon::console
