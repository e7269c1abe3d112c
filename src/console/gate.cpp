#include "console/gate.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "console/form_token.hpp"
#include "console/forwarded.hpp"
#include "console/password.hpp"
#include "net/proxy.hpp"

namespace cordon::console {
namespace {

constexpr const char* k_session_cookie = "cordon_session";
constexpr const char* k_greeting_cookie = "cordon_form";
constexpr const char* k_proxy_secret_header = "x-cordon-proxy-secret";

/// "localhost" of "LocalHost:8470", "[::1]" of "[::1]:8470".
std::string name_in_authority(std::string_view authority) {
    if (authority.starts_with('[')) {
        const auto end = authority.find(']');
        return end == std::string_view::npos ? std::string{} : to_lower(authority.substr(0, end + 1));
    }
    return to_lower(authority.substr(0, authority.find(':')));
}

/// "localhost:8470" of "http://localhost:8470"; "" where it is none.
std::string_view authority_of_origin(std::string_view origin) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (origin.starts_with(scheme)) return origin.substr(scheme.size());
    }
    return {};
}

/// A proxy that tells for whom it asks: then the address is not the visitor's.
bool came_through_a_proxy(const net::ServerRequest& request) {
    constexpr std::array<std::string_view, 5> k_marks{"forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip",
                                                      "via"};
    return std::any_of(k_marks.begin(), k_marks.end(),
                       [&](std::string_view mark) { return !request.header(mark).empty(); });
}

/// Open pages follow the runs by themselves (assets/console.js), all night.
Presence presence_in(const net::ServerRequest& request) {
    const bool is_by_itself = request.path == "/events" || !request.header("x-cordon-refresh").empty();
    return is_by_itself ? Presence::page : Presence::person;
}

std::optional<Refusal> refuse(int status, std::string message, std::chrono::seconds retry_after = {}) {
    return Refusal{status, std::move(message), retry_after};
}

std::string greeting_token_of(std::string_view greeting) {
    return form_token_of("greeting " + std::string(greeting));
}

}  // namespace

std::string_view cookie_of(const net::ServerRequest& request, std::string_view name) {
    for (const auto& [header, value] : request.headers) {
        if (header != "cookie") continue;
        for (const auto piece : split(value, ';')) {
            const auto pair = trim(piece);
            if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
                return pair.substr(name.size() + 1);
        }
    }
    return {};
}

Gate::Gate(AccessOptions options, std::filesystem::path state_dir)
    : options_(std::move(options)), accounts_(std::move(state_dir)), sessions_(options_.sessions) {
    for (auto& name : options_.names) name = to_lower(name);
}

bool Gate::is_ours(std::string_view authority) const {
    const auto name = name_in_authority(authority);
    return !name.empty() && std::find(options_.names.begin(), options_.names.end(), name) != options_.names.end();
}

std::optional<Refusal> Gate::check_names(const net::ServerRequest& request) const {
    const auto hosts = std::count_if(request.headers.begin(), request.headers.end(),
                                     [](const net::Header& header) { return header.first == "host"; });
    if (hosts != 1 || !is_ours(request.header("host"))) {
        return refuse(421, fmt::format("this console is not called {}; the names that it answers to stand in [console] "
                                       "names",
                                       printable(request.header("host"), 80)));
    }
    const auto origin = request.header("origin");
    if (!origin.empty() && !is_ours(authority_of_origin(origin)))
        return refuse(421, fmt::format("this console does not answer pages of {}", printable(origin, 80)));
    return std::nullopt;
}

bool Gate::reads_without_sign_in(const net::ServerRequest& request) const {
    const auto host = name_in_authority(request.header("host"));
    const bool is_local_name = host == "localhost" || host == "127.0.0.1" || host == "[::1]";
    return !options_.sign_in_to_read && !options_.proxy_secret.is_set() && is_local_name &&
           net::is_loopback_host(request.remote_address) && !came_through_a_proxy(request);
}

bool Gate::shows_proxy_secret(const net::ServerRequest& request) const {
    return options_.proxy_secret.is_set() && equals_in_constant_time(sha256_hex(request.header(k_proxy_secret_header)),
                                                                     sha256_hex(options_.proxy_secret.reveal()));
}

Caller Gate::caller_of(const net::ServerRequest& request) const {
    if (!shows_proxy_secret(request)) return {request.remote_address, options_.is_tls};
    return {forwarded_address(request).value_or(request.remote_address),
            options_.is_tls || is_forwarded_over_tls(request)};
}

Result<Visitor> Gate::visitor_of(const net::ServerRequest& request, Time now) {
    CORDON_TRY_ASSIGN(const auto book, accounts_.book());
    constexpr std::string_view k_bearer = "Bearer ";
    const auto authorization = request.header("authorization");
    if (authorization.starts_with(k_bearer)) {
        CORDON_TRY_ASSIGN(const auto token, accounts_.find_token(trim(authorization.substr(k_bearer.size())), now));
        // Who shows a wrong token is not let in as somebody else.
        if (!token) return Visitor{};
        return Visitor{"token " + token->name, token->role, {}, false, false};
    }
    if (shows_proxy_secret(request)) {
        const std::string user(only_header(request, options_.proxy_user_header));
        if (const auto checked = check_account_name(user); !checked) {
            if (!has_told_of_name_.exchange(true))
                log_warning("the proxy named a user who is not let in by it: " + checked.error().message);
        } else {
            const auto account = std::find_if(book->accounts.begin(), book->accounts.end(),
                                              [&](const Account& one) { return one.name == user; });
            // Its browser may send what another site asks it to, so a form token is due.
            return Visitor{user, account == book->accounts.end() ? options_.proxy_role : account->role, "proxy " + user,
                           true, false};
        }
    }
    const auto session = cookie_of(request, cookie_name(request, k_session_cookie));
    if (const auto account = sessions_.find(session, *book, now, presence_in(request)))
        return Visitor{account->name, account->role, std::string(session), true, true};
    Visitor nobody;
    if (reads_without_sign_in(request)) nobody.role = Role::viewer;
    return nobody;
}

std::optional<Refusal> Gate::check_change(const net::ServerRequest& request, const Visitor& visitor,
                                          std::string_view form_token) const {
    if (!visitor.is_signed_in()) return refuse(401, "sign in first");
    if (!visitor.may(Role::operator_))
        return refuse(403, fmt::format("{} may look, but not change anything: that takes the role operator",
                                       printable(visitor.name)));
    if (!visitor.needs_form_token) return std::nullopt;
    const auto origin = request.header("origin");
    if (!origin.empty() && authority_of_origin(origin) != request.header("host"))
        return refuse(403, "the request comes from another page than the console's");
    const auto site = request.header("sec-fetch-site");
    if (!site.empty() && site != "same-origin")
        return refuse(403, "the request comes from another page than the console's");
    if (!is_form_of(visitor, form_token)) return refuse(403, "the page is of an earlier sign-in; load it again");
    return std::nullopt;
}

tl::expected<Gate::SignedIn, Refusal> Gate::sign_in(const net::ServerRequest& request, const std::string& user,
                                                    const Secret& password, std::string_view form_token, Time now) {
    const auto origin = request.header("origin");
    const auto greeting = cookie_of(request, cookie_name(request, k_greeting_cookie));
    const bool is_own_form = (origin.empty() || authority_of_origin(origin) == request.header("host")) &&
                             !greeting.empty() && is_mask_of(form_token, greeting_token_of(greeting));
    if (!is_own_form) return tl::unexpected(Refusal{403, "the sign-in page is too old; try again", {}});
    // A name that no account can have is one key, however many of them are tried and however long they are.
    const auto known_as = check_account_name(user) ? user : std::string{};
    const auto address = caller_of(request).address;
    const auto wait = throttle_.wait(known_as, address, now);
    if (wait.count() > 0) {
        return tl::unexpected(
            Refusal{429, fmt::format("too many sign-ins failed; try again in {} s", wait.count()), wait});
    }
    const Turnstile::Turn turn(turnstile_);
    if (!turn.is_in())
        return tl::unexpected(Refusal{503, "too many sign in at once; try again", std::chrono::seconds{2}});
    // Counted before it is looked at, so that many at once do not slip through together.
    throttle_.note_failure(known_as, address, now);
    const auto account = password.reveal().size() > 1024 ? Result<std::optional<Account>>(std::nullopt)
                                                         : accounts_.check(known_as, password);
    if (!account) return tl::unexpected(Refusal{500, account.error().message, {}});
    if (!*account) return tl::unexpected(Refusal{401, "user or password is wrong", {}});
    throttle_.note_success(known_as, address);
    return SignedIn{**account, sessions_.begin(**account, now)};
}

void Gate::sign_out(const Visitor& visitor) {
    if (visitor.can_sign_out) sessions_.end(visitor.session);
}

std::string Gate::form_token_for(const Visitor& visitor) const {
    return masked(form_token_of(form_key_ + visitor.session));
}

bool Gate::is_form_of(const Visitor& visitor, std::string_view form_token) const {
    return is_mask_of(form_token, form_token_of(form_key_ + visitor.session));
}

std::string Gate::cookie_name(const net::ServerRequest& request, const char* plain) const {
    // Browsers take a __Host- cookie from this very host over TLS alone.
    return caller_of(request).is_tls ? std::string("__Host-") + plain : plain;
}

std::string Gate::cookie(const net::ServerRequest& request, const char* plain, std::string_view value) const {
    return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict{}{}", cookie_name(request, plain), value,
                       caller_of(request).is_tls ? "; Secure" : "", value.empty() ? "; Max-Age=0" : "");
}

std::string Gate::session_cookie(const net::ServerRequest& request, std::string_view session) const {
    return cookie(request, k_session_cookie, session);
}

Gate::Greeting Gate::greet(const net::ServerRequest& request) const {
    const auto known = cookie_of(request, cookie_name(request, k_greeting_cookie));
    if (known.size() == 64) return {masked(greeting_token_of(known)), {}};
    const auto made = random_hex(32);
    return {masked(greeting_token_of(made)), cookie(request, k_greeting_cookie, made)};
}

}  // namespace cordon::console
