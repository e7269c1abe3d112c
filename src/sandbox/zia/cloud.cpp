#include "sandbox/zia/cloud.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "sandbox/oauth.hpp"
#include "sandbox/reply.hpp"

namespace cordon::sandbox::zia {
namespace {

using net::ServerResponse;

/// The part of `path` that stands for {id} in `pattern`; nullopt where they differ.
std::optional<std::string> matched_id(std::string_view pattern, std::string_view path) {
    const auto brace = pattern.find("{id}");
    if (brace == std::string_view::npos) return pattern == path ? std::optional<std::string>("") : std::nullopt;
    if (!path.starts_with(pattern.substr(0, brace))) return std::nullopt;
    const auto id = path.substr(brace);
    if (id.empty() || id.find('/') != std::string_view::npos) return std::nullopt;
    return std::string(id);
}

bool is_write(std::string_view method) {
    return method != "GET";
}

/// POST, but it changes nothing.
bool is_question(std::string_view path) {
    return path == "/urlLookup" || path == "/urlCategories/review/domains";
}

bool needs_session(std::string_view path) {
    return path != "/authenticatedSession";
}

// zia-api.md 3.2, recorded "500, 500;w=1, 100000;w=60"
const std::vector<RateLimit> k_token_rates{{500, std::chrono::seconds{1}, "SECOND"},
                                           {100'000, std::chrono::minutes{1}, "MINUTE"}};
constexpr const char* k_token_key = "POST /oauth2/v1/token";

/// How audit names the role that an external identity provider vouches for (zia-api.md 2.7).
constexpr const char* k_external_admin = "oauth-sandbox$@8956412.zscaler.net";

}  // namespace

// zia-api.md 9.2, line by line.
const std::vector<Cloud::Route>& Cloud::routes() {
    const std::vector<RateLimit> light{{2, std::chrono::seconds{1}, "SECOND"}, {1000, std::chrono::hours{1}, "HOUR"}};
    const std::vector<RateLimit> medium{{1, std::chrono::seconds{1}, "SECOND"}, {400, std::chrono::hours{1}, "HOUR"}};
    const std::vector<RateLimit> rare{{10, std::chrono::minutes{1}, "MINUTE"}, {40, std::chrono::hours{1}, "HOUR"}};
    // Exact paths before patterns.
    static const std::vector<Route> table{
        {"POST", "/authenticatedSession", light, &Cloud::sign_in},
        {"GET", "/authenticatedSession", light, &Cloud::show_session},
        {"DELETE", "/authenticatedSession", light, &Cloud::sign_out},
        {"GET", "/status", light, &Cloud::show_status},
        {"POST", "/status/activate", rare, &Cloud::activate},
        {"GET", "/urlCategories", light, &Cloud::list_categories},
        {"POST", "/urlCategories", medium, &Cloud::create_category},
        {"GET", "/urlCategories/lite", light, &Cloud::list_lite_categories},
        {"GET", "/urlCategories/urlQuota", light, &Cloud::show_quota},
        {"POST", "/urlCategories/review/domains", rare, &Cloud::review_domains},
        {"PUT", "/urlCategories/review/domains", rare, &Cloud::add_reviewed_domains},
        {"GET", "/urlCategories/{id}", light, &Cloud::show_category},
        {"PUT", "/urlCategories/{id}", medium, &Cloud::update_category},
        {"DELETE", "/urlCategories/{id}", medium, &Cloud::delete_category},
        {"POST", "/urlLookup", medium, &Cloud::look_up},
        {"GET", "/urlFilteringRules", light, &Cloud::list_rules},
        {"POST", "/urlFilteringRules", medium, &Cloud::create_rule},
        {"GET", "/urlFilteringRules/{id}", light, &Cloud::show_rule},
        {"PUT", "/urlFilteringRules/{id}", medium, &Cloud::update_rule},
        {"DELETE", "/urlFilteringRules/{id}", medium, &Cloud::delete_rule},
        {"GET", "/firewallFilteringRules", light, &Cloud::list_rules},
        {"POST", "/firewallFilteringRules", medium, &Cloud::create_rule},
        {"GET", "/firewallFilteringRules/{id}", light, &Cloud::show_rule},
        {"PUT", "/firewallFilteringRules/{id}", medium, &Cloud::update_rule},
        {"DELETE", "/firewallFilteringRules/{id}", medium, &Cloud::delete_rule},
        {"GET", "/ipDestinationGroups", light, &Cloud::list_groups},
        {"POST", "/ipDestinationGroups", medium, &Cloud::create_group},
        {"GET", "/ipDestinationGroups/lite", light, &Cloud::list_lite_groups},
        {"GET", "/ipDestinationGroups/ipv6DestinationGroups", light, &Cloud::list_ipv6_groups},
        {"GET", "/ipDestinationGroups/ipv6DestinationGroups/lite", light, &Cloud::list_ipv6_groups},
        {"GET", "/ipDestinationGroups/{id}", light, &Cloud::show_group},
        {"PUT", "/ipDestinationGroups/{id}", medium, &Cloud::update_group},
        {"DELETE", "/ipDestinationGroups/{id}", medium, &Cloud::delete_group},
        {"GET", "/security", light, &Cloud::show_allowlist},
        {"PUT", "/security", medium, &Cloud::replace_allowlist},
        {"GET", "/security/advanced", medium, &Cloud::show_list},
        {"PUT", "/security/advanced", medium, &Cloud::replace_list},
        {"POST", "/security/advanced/blacklistUrls", medium, &Cloud::change_list},
        {"GET", "/cyberThreatProtection/maliciousUrls", light, &Cloud::show_list},
        {"PUT", "/cyberThreatProtection/maliciousUrls", medium, &Cloud::change_list},
        {"GET", "/cyberThreatProtection/securityExceptions", light, &Cloud::show_allowlist},
        {"PUT", "/cyberThreatProtection/securityExceptions", medium, &Cloud::replace_allowlist},
        {"GET", "/authSettings/exemptedUrls", light, &Cloud::show_list},
        {"POST", "/authSettings/exemptedUrls", medium, &Cloud::change_list},
    };
    return table;
}

Cloud::Cloud(const Options& options, Clock& clock, Journal& journal)
    : options_(options),
      clock_(clock),
      journal_(journal),
      rates_(options.rate_tolerance),
      sessions_(options.idle_timeout, options.seed),
      identity_(options),
      gateway_(options.seed, options.most_gateway_calls),
      tenant_(seeded_configuration(options.seed), options.activation_takes),
      classifier_(options.seed) {}

Outcome Cloud::answer(const net::ServerRequest& request, Faults& faults) {
    settle();
    if (request.path == Identity::k_path) return answer_identity(request, faults);
    const Time came = clock_.now();
    const bool is_oneapi = request.path.starts_with("/zia/");
    const auto dialect = is_oneapi ? Dialect::oneapi : bearer_of(request).empty() ? Dialect::legacy : Dialect::bearer;
    auto refused = is_oneapi ? refuse_at_gateway(request) : std::nullopt;
    Outcome outcome;
    if (refused) {
        outcome.path_template = printable(legacy_path(request.path));
        outcome.response = *std::move(refused);
    } else {
        outcome = answer_application(request, dialect, faults);
    }
    if (is_oneapi) gateway_.add_headers(outcome.response, bearer_of(request), came, outcome.delay);
    if (!outcome.fault) compress_when_asked(request, outcome.response);
    return outcome;
}

// The gateway asks for the token before ZIA looks at anything (zia-api.md 3.4).
std::optional<ServerResponse> Cloud::refuse_at_gateway(const net::ServerRequest& request) {
    if (!identity_.client_of_token(request, clock_.now())) return Gateway::unauthorized();
    if (!options_.has_rate_limits || gateway_.admit(clock_.now())) return std::nullopt;
    violation("OneAPI: the gateway's minute is full");
    return Gateway::too_many();
}

Outcome Cloud::answer_identity(const net::ServerRequest& request, Faults& faults) {
    Outcome outcome;
    outcome.path_template = request.path;
    if (request.method != "POST") {
        violation(fmt::format("{} {}: no such method", request.method, request.path));
        outcome.response.status = 405;
        return outcome;
    }
    if (options_.has_rate_limits && rates_.admit(k_token_key, k_token_rates, clock_.now())) {
        violation("POST /oauth2/v1/token: too many requests");
        outcome.response = Gateway::too_many();
        return outcome;
    }
    outcome.fault = faults.take(request.method, request.path);
    if (outcome.fault) {
        if (auto instead = answer_instead(*outcome.fault)) {
            outcome.response = *std::move(instead);
            return outcome;
        }
    }
    outcome.response = identity_.give_token(request, clock_.now());
    add_identity_headers(outcome.response, rates_.room(k_token_key, k_token_rates.front(), clock_.now()));
    return outcome;
}

Outcome Cloud::answer_application(const net::ServerRequest& request, Dialect dialect, Faults& faults) {
    const auto path = path_below_base(request.path).value_or("");
    Outcome outcome;
    outcome.path_template = printable(legacy_path(request.path));
    bool is_known_path = false;
    for (const auto& route : routes()) {
        const auto id = matched_id(route.path, path);
        if (!id) continue;
        is_known_path = true;
        if (request.method != route.method) continue;
        outcome.path_template = legacy_path("/zia/api/v1" + std::string(route.path));
        outcome.response = decide(route, Call{request, dialect, *id, {}}, faults, outcome);
        const bool is_from_gateway = dialect == Dialect::oneapi && outcome.response.status == 401;
        if (!is_from_gateway) add_application_headers(outcome.response, is_read_only_);
        return outcome;
    }
    violation(fmt::format("{} {}: {}", request.method, outcome.path_template,
                          is_known_path ? "no such method" : "no such path"));
    outcome.response.status = is_known_path ? 405 : 404;  // empty bodies (zia-api.md 1)
    return outcome;
}

ServerResponse Cloud::decide(const Route& route, const Call& call, Faults& faults, Outcome& outcome) {
    Call known = call;
    if (auto refused = refuse(route, known)) return *std::move(refused);
    outcome.fault = faults.take(call.request.method, legacy_path(call.request.path));
    if (!outcome.fault && call.dialect == Dialect::oneapi) {
        outcome.fault = faults.take(call.request.method, call.request.path);
    }
    if (outcome.fault) {
        if (auto failed = fail(*outcome.fault, known, outcome)) return *std::move(failed);
    }
    const bool has_body = !call.request.body.empty() && (call.request.method == "POST" || call.request.method == "PUT");
    if (has_body && !call.request.header("content-type").starts_with("application/json")) {
        violation(fmt::format("{} {}: a body without Content-Type application/json", route.method, route.path));
        ServerResponse unsupported;
        unsupported.status = 415;
        return unsupported;
    }
    const bool changes = is_write(route.method) && needs_session(route.path) && !is_question(route.path);
    if (is_read_only_ && changes) {
        return refusal(403, "STATE_READONLY",
                       "The API service is undergoing a scheduled upgrade and is in read-only mode.");
    }
    if (auto refused = refuse_scope(route)) return *std::move(refused);
    return (this->*route.answer)(known);
}

// The name of the scope ends the message (zia-api.md 2.6); which scope an endpoint wants is not published.
std::optional<ServerResponse> Cloud::refuse_scope(const Route& route) const {
    const auto key = fmt::format("{} {}", route.method, route.path);
    const bool is_forbidden = std::any_of(options_.forbidden.begin(), options_.forbidden.end(),
                                          [&](const std::string& pattern) { return is_like(key, pattern); });
    if (!is_forbidden) return std::nullopt;
    const std::string_view path = route.path;
    const auto* scope = path.starts_with("/firewall")            ? "Firewall"
                        : path.starts_with("/urlFilteringRules") ? "URL Filtering"
                                                                 : "Policies";
    return refusal(403, "RBA_LIMITED", fmt::format("Functional scope restriction requires {}", scope));
}

std::optional<ServerResponse> Cloud::refuse(const Route& route, Call& call) {
    const auto key = fmt::format("{} {}", route.method, route.path);
    if (options_.has_rate_limits) {
        if (const auto breach = rates_.admit(key, route.limits, clock_.now())) {
            violation(fmt::format("{}: more than {} requests in a {}", key, breach->limit.most,
                                  to_lower(breach->limit.unit)));
            return too_many(*breach);
        }
    }
    const auto admin = admin_of(call);
    if (!admin && needs_session(route.path)) return session_not_valid();
    call.admin = admin.value_or("");
    return std::nullopt;
}

std::optional<std::string> Cloud::admin_of(const Call& call) {
    switch (call.dialect) {
        case Dialect::oneapi: return identity_.client_of_token(call.request, clock_.now());
        case Dialect::bearer:
            if (bearer_of(call.request) != options_.credentials.external_bearer) return std::nullopt;
            return k_external_admin;
        case Dialect::legacy: break;
    }
    return sessions_.touch(call.request.header("cookie"), clock_.now());
}

/// The next request with this cookie or token is refused. A session that ends activates; a token does not.
ServerResponse Cloud::lose_sign_in(const Call& call) {
    if (call.dialect == Dialect::oneapi) {
        identity_.revoke(call.request);
        return Gateway::unauthorized();
    }
    if (const auto admin = sessions_.close(call.request.header("cookie"))) end_of_session(*admin);
    return session_not_valid();
}

std::optional<ServerResponse> Cloud::fail(const Fault& fault, const Call& call, Outcome& outcome) {
    switch (fault.kind) {
        case Fault::Kind::edit_lock:
            outcome.delay += options_.edit_lock_hold;
            return json_answer(409, R"({"code":"EDIT_LOCK_NOT_AVAILABLE"})");
        case Fault::Kind::token_lost:
            if (call.dialect != Dialect::oneapi) return std::nullopt;
            return lose_sign_in(call);
        case Fault::Kind::session_lost: return lose_sign_in(call);
        case Fault::Kind::read_only: {
            auto refused = refusal(403, "STATE_READONLY",
                                   "The API service is undergoing a scheduled upgrade and is in read-only mode.");
            refused.headers.emplace_back("x-zscaler-mode", "read-only");
            return refused;
        }
        default: return answer_instead(fault);
    }
}

ServerResponse Cloud::too_many(const RateBreach& breach) const {
    const auto seconds = options_.quirks.contains(Quirk::retry_after_zero) ? 0 : breach.wait.count();
    const auto in_words = fmt::format("{} seconds", seconds);
    auto response = json_answer(429, fmt::format(R"({{"message":"Rate Limit ({}/{}) exceeded","Retry-After":"{}"}})",
                                                 breach.limit.most, breach.limit.unit, in_words));
    const bool has_words = options_.quirks.contains(Quirk::retry_after_in_words);
    response.headers.emplace_back("Retry-After", has_words ? in_words : std::to_string(seconds));
    return response;
}

void Cloud::settle() {
    const Time now = clock_.now();
    for (const auto& admin : sessions_.expire(now)) end_of_session(admin);
    tenant_.settle(now);
}

void Cloud::violation(const std::string& what) {
    journal_.violation(clock_.now(), "ZIA " + what);
}

}  // namespace cordon::sandbox::zia
