#include "gateways/zia/api_error.hpp"

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

#include "base/text.hpp"
#include "gateways/zia/answers.hpp"
#include "net/retry.hpp"

namespace cordon::gateways::zia {
namespace {

/// The longest entry that ZIA takes is 1,024 characters (zia-api.md 5.1).
constexpr std::size_t k_longest_entry = 1100;

bool has(std::string_view lower_case_text, std::string_view word) {
    return lower_case_text.find(word) != std::string_view::npos;
}

/// One judgement: the cause, the caller's code and what the operator should do.
struct Verdict {
    Cause cause = Cause::other;
    Code code = Code::refused;
    std::string advice{};
};

const char* const k_migrated =
    "the tenant has moved to ZIdentity and takes API calls only through Zscaler OneAPI: make an API client in "
    "ZIdentity "
    "and set [zscaler] auth = oneapi, client_id, client_secret or private_key, vanity_domain (and cloud where it is "
    "not "
    "production); see 'OneAPI, step by step' in the user guide";

/// Who signs in, and where what it may do is granted.
const char* role_of(Auth auth) {
    switch (auth) {
        case Auth::oneapi: return "the role that the API client has for ZIA";
        case Auth::bearer: return "the API role of the token";
        default: return "the admin's role";
    }
}
const char* place_of_role(Auth auth) {
    return auth == Auth::oneapi
               ? "under Administration > Role Management, and see in ZIdentity that the API client has it"
               : "under Administration > Role Management";
}

const char* advice_on_session(Auth auth) {
    switch (auth) {
        case Auth::oneapi:
            return "the access token is not accepted: see in ZIdentity whether the API client is enabled and its "
                   "tokens "
                   "were revoked";
        case Auth::bearer:
            return "the bearer token is not accepted: it may have expired, its scope must be <cloud>::<organisation "
                   "id>::<API role>, and ZIA takes about a minute to learn an identity provider's new keys";
        default: return "the session is not valid; is the same admin used elsewhere?";
    }
}

const char* address_keys(Auth auth) {
    return auth == Auth::oneapi ? "cloud and api_url" : "base_uri";
}

Verdict judge_sign_in(const ErrorBody& body, int status) {
    if (body.code == "INVALID_USERNAME_OR_PASSWORD") {
        return {Cause::denied, Code::refused,
                "wrong user name or password: check ZS_API_USERNAME and ZS_API_PASSWORD; on a tenant with "
                "ZIdentity the admin must be hosted there, not federated"};
    }
    if (body.code == "AUTHENTICATION_FAILED") {
        return {Cause::denied, Code::refused,
                "the API key was not accepted: check ZS_API_KEY against Administration > Cloud Service API "
                "Security, that base_uri is the tenant's own cloud, and that this machine's clock is right"};
    }
    if (status == 400) {
        return {Cause::denied, Code::refused,
                "the sign-in was not understood: check that user name and password hold no stray characters"};
    }
    if (status == 401) {
        return {Cause::denied, Code::refused, "the sign-in was refused: check user name, password and API key"};
    }
    return {Cause::denied, Code::refused,
            "the account may not use the API: the key may be disabled, the admin's role may lack API access, "
            "or the subscription does not include it"};
}

Verdict judge_forbidden(const ErrorBody& body, const net::Response& response, Auth auth) {
    if (body.code == "STATE_READONLY" || response.header("x-zscaler-mode") == "read-only") {
        return {Cause::read_only, Code::blocked, "ZIA is in read-only mode for a scheduled upgrade; run again later"};
    }
    if (has(to_lower(body.message), "expired")) {
        return {Cause::denied, Code::refused,
                "the subscription that covers the API has expired; ask your Zscaler account team"};
    }
    if (body.code == "NOT_SUBSCRIBED" || body.code == "TRIAL_EXPIRED") {
        return {Cause::denied, Code::refused,
                "the tenant has no active subscription for this; ask your Zscaler account team"};
    }
    if (body.code == "RBA_LIMITED") {
        return {Cause::denied, Code::refused,
                fmt::format("{} lacks the functional scope named at the end; add it {} (URL categories need Custom URL "
                            "Management, groups Firewall, the denylist the security policy, rules the "
                            "policy that they stand in)",
                            role_of(auth), place_of_role(auth))};
    }
    if (body.code == "SCOPE_LIMITED") {
        return {Cause::denied, Code::refused, "the admin's scope is too narrow; it must cover the organisation"};
    }
    return {Cause::denied, Code::refused,
            fmt::format("{} may not do this; grant it {}", role_of(auth), place_of_role(auth))};
}

/// What ZIA says itself, without the entries or values that it quotes between brackets: their letters must
/// not decide what the message is about.
std::string words_outside_brackets(std::string_view message) {
    const auto open = message.find('[');
    const auto close = message.rfind(']');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) return to_lower(message);
    return to_lower(std::string(message.substr(0, open)).append(message.substr(close + 1)));
}

/// "Invalid urls [a, b]" (zia-api.md 5.1); "Invalid URL category" is about something else.
bool calls_entries_invalid(std::string_view message) {
    const auto text = to_lower(message);
    const auto at = text.find("invalid urls");
    return at != std::string::npos && trim(std::string_view(text).substr(at + 12)).starts_with('[');
}

/// `text`: ZIA's words in lower case. The family of zia-api.md 2.6; of categories none is recorded (4.13).
bool is_about_number_of_categories(std::string_view text, Endpoint endpoint) {
    return endpoint == Endpoint::create_category && (has(text, "categor") || !has(text, "url"));
}

const char* const k_too_many_categories =
    "the tenant holds as many custom categories as its licence allows: set [zscaler] max_categories to that number, so "
    "that the plan goes by it; remove a category that nobody needs, feed two sections into one list, or ask Zscaler "
    "for more";

bool is_about_rules(Endpoint endpoint) {
    return has(facts_of(endpoint).path, "FilteringRules");
}

/// `text`: ZIA's words in lower case (zia-api.md 7).
Verdict judge_rule(std::string_view text) {
    if (has(text, "not allowed at order")) {
        return {
            Cause::other, Code::refused,
            "where the tenant uses admin rank, rules stand in the order of their ranks, 0 first: set rule_order to a "
            "place among those of the same rule_rank, or choose another rule_rank"};
    }
    if (has(text, "name")) return {Cause::name, Code::refused, "check rule_name"};
    return {Cause::other, Code::refused, {}};
}

/// A refusal that names entries of the batch is about them whatever its words are: see named_entries().
Verdict judge_value(const ErrorBody& body, Endpoint endpoint) {
    if (calls_entries_invalid(body.message)) return {Cause::bad_entries, Code::refused, {}};
    // Nothing but values is in such a request, and no document shows how ZIA names a bad one (zia-api.md 4.14).
    if (endpoint == Endpoint::look_up) return {Cause::unclear, Code::refused, {}};
    const auto text = words_outside_brackets(body.message);
    if (has(text, "at least 1 url")) {
        return {Cause::emptied, Code::refused, "a category must keep at least one entry"};
    }
    if (has(text, "description")) return {Cause::other, Code::refused, "check category_description"};
    if (has(text, "an organization can have a maximum of")) {  // zia-api.md 4.8
        return {Cause::quota, Code::refused,
                "the tenant's capacity is used up; remove entries elsewhere, lower max_domains or max_ips, or "
                "ask Zscaler for more"};
    }
    if (has(text, "limit has exceeded") && is_about_number_of_categories(text, endpoint)) {
        return {Cause::quota, Code::refused, k_too_many_categories};
    }
    if (has(text, "limit has exceeded")) {  // the family of zia-api.md 2.6; of groups none is recorded (6.3)
        return {Cause::quota, Code::refused,
                "the object or the tenant is full: lower max_domains, max_ips or max_fqdns to what the licence allows"};
    }
    if (has(text, "request body is invalid")) {
        return {Cause::other, Code::refused, "ZIA did not understand the request; please report this"};
    }
    if (is_about_rules(endpoint)) return judge_rule(text);
    if (has(text, "name")) return {Cause::name, Code::refused, "check category_name"};
    const bool carries_entries = endpoint == Endpoint::create_category || endpoint == Endpoint::change_category ||
                                 endpoint == Endpoint::create_group || endpoint == Endpoint::change_group ||
                                 endpoint == Endpoint::change_denylist;
    return {carries_entries ? Cause::unclear : Cause::other, Code::refused, {}};
}

/// The tenant's limit. Groups share theirs with the source groups, which no list of ours shows (zia-api.md 6.3).
Verdict judge_limit(const ErrorBody& body, Endpoint endpoint) {
    if (is_about_number_of_categories(words_outside_brackets(body.message), endpoint)) {
        return {Cause::quota, Code::refused, k_too_many_categories};
    }
    if (is_about_rules(endpoint)) {
        return {Cause::quota, Code::refused,
                "the tenant holds as many rules as its licence allows; remove one, or ask Zscaler for more"};
    }
    if (endpoint == Endpoint::create_group || endpoint == Endpoint::change_group) {
        return {Cause::quota, Code::refused,
                "the tenant holds as many groups or IP entries as its licence allows, and entries of IP source "
                "groups count too: lower [zscaler] max_ip_entries by them, remove entries, or ask Zscaler for more"};
    }
    return {Cause::quota, Code::refused,
            "the tenant holds as many of these as its licence allows; remove some, lower max_domains or max_ips, or "
            "ask Zscaler for more"};
}

bool is_about_one_object(Endpoint endpoint) {
    return std::string_view(facts_of(endpoint).path).ends_with("/{id}");
}

/// The same lock under many texts and statuses (zia-api.md 2.6, 15).
bool is_lock(const ErrorBody& body, int status) {
    if (body.code == "EDIT_LOCK_NOT_AVAILABLE") return true;
    const auto text = to_lower(body.message);
    if (has(text, "resource access blocked")) return true;
    return (status == 409 || status == 412) &&
           (has(text, "org barrier") || has(text, "precondition was not met") || body.code.empty());
}

Verdict judge_status(const ErrorBody& body, const net::Response& response, Endpoint endpoint, Auth auth) {
    const int status = response.status;
    if (is_lock(body, status)) {
        return {Cause::locked, Code::blocked,
                "somebody else is changing the tenant's configuration; run again when they are done"};
    }
    if (body.code == "DUPLICATE_ITEM") return {Cause::duplicate, Code::refused, "the name exists already"};
    if (body.code == "LIMIT_EXCEEDED") return judge_limit(body, endpoint);
    if (body.code == "RESOURCE_NOT_FOUND") return {Cause::not_found, Code::refused, {}};
    if (status == 401 && has(to_lower(response.body), "only through zscaler oneapi")) {
        return {Cause::denied, Code::refused, k_migrated};
    }
    if (status == 429) {
        return {Cause::throttled, Code::throttled, "ZIA's rate limit is used up; run again later"};
    }
    if (status == 403 && (body.code == "STATE_READONLY" || endpoint != Endpoint::sign_in)) {
        return judge_forbidden(body, response, auth);
    }
    if (endpoint == Endpoint::sign_in && status >= 400 && status < 404) return judge_sign_in(body, status);
    if (status == 401) return {Cause::session_gone, Code::refused, advice_on_session(auth)};
    if (status == 413) return {Cause::too_large, Code::refused, "lower batch_size"};
    if (status == 404 && is_about_one_object(endpoint)) return {Cause::not_found, Code::refused, {}};
    if (status == 404) {
        return {Cause::other, Code::refused, fmt::format("check {}: this host has no such API", address_keys(auth))};
    }
    if (status == 408 || status >= 500) {
        return {Cause::lost, Code::unreachable, "ZIA has a problem of its own; run again later"};
    }
    if (status == 400 || body.code == "INVALID_INPUT_ARGUMENT") return judge_value(body, endpoint);
    if (status >= 300 && status < 400) {
        return {Cause::other, Code::refused,
                fmt::format("check {}: the host answers with a redirect", address_keys(auth))};
    }
    return {};
}

/// The errors of OAuth 2.0 (RFC 6749 5.2); ZIdentity's own are not recorded (zia-api.md 3.2). What may be wrong with a
/// wrong host comes first: there is no OAuth in its answers.
Verdict judge_token(const ErrorBody& body, int status) {
    if (status == 429) {
        return {Cause::throttled, Code::throttled, "ZIdentity's rate limit is used up; run again later"};
    }
    if (status == 408 || status >= 500) {
        return {Cause::lost, Code::unreachable, "ZIdentity has a problem of its own; run again later"};
    }
    if (body.code == "invalid_client" || (status == 401 && body.code.empty())) {
        return {
            Cause::denied, Code::refused,
            "the API client was not accepted: compare client_id and client_secret (or private_key) with the API "
            "client in ZIdentity; it may be disabled, its secret may have expired (30 to 365 days), vanity_domain and "
            "cloud must be the tenant's own, and with private_key this machine's clock must be right"};
    }
    if (body.code == "unauthorized_client" || body.code == "access_denied" || body.code == "invalid_scope" ||
        status == 403) {
        return {Cause::denied, Code::refused,
                "the API client may not have a token: see in ZIdentity that it is enabled and has a role for ZIA"};
    }
    if (body.code == "invalid_grant") {
        return {Cause::denied, Code::refused,
                "the signed assertion was not accepted: check private_key against the API client in ZIdentity, "
                "jwt_audience, and this machine's clock"};
    }
    if (!body.code.empty())
        return {Cause::denied, Code::refused, "check client_id, and that token_url is right if set"};
    return {Cause::denied, Code::refused, "there gives nobody tokens: check vanity_domain and cloud, or token_url"};
}

std::string words_of(const ErrorBody& body, const net::Response& response) {
    if (!body.code.empty() && !body.message.empty() && body.code != body.message) {
        return body.code + ": " + body.message;
    }
    if (!body.message.empty()) return body.message;
    if (!body.code.empty()) return body.code;
    return std::string(trim(response.body));
}

std::optional<std::chrono::milliseconds> retry_after_of(const ErrorBody& body, const net::Response& response,
                                                        Time now) {
    const auto header = response.header("retry-after");
    if (!header.empty()) {
        if (const auto wait = net::parse_retry_after(header, now)) return wait;
    }
    if (!body.retry_after.empty()) return net::parse_retry_after(body.retry_after, now);
    // The gateway's own count (zia-api.md 3.4); it says nothing of ZIA's limits while any is left.
    const bool is_used_up = response.status == 429 && trim(response.header("x-ratelimit-remaining")) == "0";
    return is_used_up ? net::parse_retry_after(response.header("x-ratelimit-reset"), now) : std::nullopt;
}

}  // namespace

bool may_be_unknown_category(const ApiError& error) {
    return error.cause == Cause::not_found || (error.cause == Cause::lost && error.server_code == "UNEXPECTED_ERROR");
}

std::string request_id_of(const net::Response& response) {
    const auto id = response.header("x-oneapi-request-id");
    return id.empty() ? std::string{} : fmt::format(" (x-oneapi-request-id {})", printable(id, 64));
}

ApiError judge(const net::Response& response, Endpoint endpoint, Time now, Auth auth) {
    const auto body =
        endpoint == Endpoint::fetch_token ? read_token_error(response.body) : read_error_body(response.body);
    auto verdict = endpoint == Endpoint::fetch_token ? judge_token(body, response.status)
                                                     : judge_status(body, response, endpoint, auth);
    auto message = fmt::format("{} answered {} to {}", endpoint == Endpoint::fetch_token ? "ZIdentity" : "ZIA",
                               response.status, name_of(endpoint));
    const auto words = printable(words_of(body, response), 300);
    if (!words.empty()) message += fmt::format(" (\"{}\")", words);
    if (!verdict.advice.empty()) message += ": " + verdict.advice;
    message += request_id_of(response);
    return {verdict.cause, {verdict.code, std::move(message)},
            body.message,  retry_after_of(body, response, now),
            body.code,     response.status == 408 || response.status == 504};
}

ApiError judge(const Error& failure, Endpoint endpoint) {
    auto cause = Cause::other;
    switch (failure.code) {
        case Code::unreachable: cause = Cause::offline; break;
        case Code::unknown:
        case Code::corrupt: cause = Cause::lost; break;
        case Code::cancelled: cause = Cause::cancelled; break;
        case Code::throttled: cause = Cause::throttled; break;
        default: break;
    }
    ApiError error{cause, {failure.code, fmt::format("{}: {}", name_of(endpoint), failure.message)}};
    if (endpoint == Endpoint::fetch_token && cause == Cause::offline) {
        error.error.message += "; the host follows from [zscaler] vanity_domain and cloud, or token_url";
    }
    error.is_timeout = failure.code == Code::unknown;  // sent, and no answer came
    return error;
}

ApiError unreadable(const Error& failure, Endpoint endpoint) {
    return {Cause::lost, {failure.code, fmt::format("{}: {}", name_of(endpoint), failure.message)}};
}

std::vector<std::size_t> named_entries(std::string_view message, std::span<const std::string_view> batch) {
    const auto open = message.find('[');
    const auto close = message.rfind(']');
    if (open == std::string_view::npos || close == std::string_view::npos || close <= open) return {};
    const auto list = message.substr(open + 1, close - open - 1);

    std::unordered_map<std::string_view, std::size_t> index_of;
    for (std::size_t i = 0; i < batch.size(); ++i) index_of.emplace(batch[i], i);

    std::vector<std::size_t> named;
    for (std::size_t at = 0; at < list.size();) {
        std::size_t next = std::string_view::npos;
        // Every comma, or the end, may end the piece; the longest piece that is an entry of ours wins.
        for (auto end = list.find(',', at);; end = list.find(',', end + 1)) {
            const auto stop = std::min(end, list.size());
            if (stop - at > k_longest_entry) break;
            const auto found = index_of.find(trim(list.substr(at, stop - at)));
            if (found != index_of.end()) {
                if (next != std::string_view::npos) named.pop_back();
                named.push_back(found->second);
                next = stop + 1;
            }
            if (stop == list.size()) break;
        }
        if (next == std::string_view::npos) next = std::min(list.find(',', at), list.size()) + 1;
        at = next;
    }
    std::sort(named.begin(), named.end());
    named.erase(std::unique(named.begin(), named.end()), named.end());
    return named;
}

}  // namespace cordon::gateways::zia
