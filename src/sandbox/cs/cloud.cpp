#include "sandbox/cs/cloud.hpp"

#include <algorithm>
#include <array>
#include <system_error>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "sandbox/oauth.hpp"
#include "sandbox/reply.hpp"

namespace cordon::sandbox::cs {
namespace {

using net::ServerRequest;
using net::ServerResponse;

constexpr const char* k_token = "/oauth2/token";
constexpr const char* k_revoke = "/oauth2/revoke";
constexpr const char* k_combined = "/intel/combined/indicators/v1";
constexpr const char* k_queries = "/intel/queries/indicators/v1";
constexpr const char* k_entities = "/intel/entities/indicators/GET/v1";
constexpr std::array k_paths{k_token, k_revoke, k_combined, k_queries, k_entities};

constexpr const char* k_gateway = "crowdstrike-api-gateway";
constexpr const char* k_accounts = "csam";

// crowdstrike-intel-api.md 4, "Rate limit"
const RateLimit k_calls{6'000, std::chrono::minutes{1}, "MINUTE"};
const RateLimit k_token_calls{300, std::chrono::minutes{1}, "MINUTE"};
const RateLimit k_bad_tokens{15, std::chrono::minutes{1}, "MINUTE"};

bool is_token_call(const ServerRequest& request) {
    return request.path == k_token;
}

std::string method_of(std::string_view path) {
    return path == k_combined || path == k_queries ? "GET" : "POST";
}

Indicators::Sizes sizes_of(const Options& options, bool is_given) {
    return {is_given ? 0 : options.cs_rows, options.cs_same_second, options.cs_churn};
}

std::filesystem::path folder_of(const Options& options) {
    if (options.feeds_dir.empty()) return {};
    std::error_code failed;
    auto folder = options.feeds_dir / "crowdstrike";
    return std::filesystem::is_directory(folder, failed) ? folder : std::filesystem::path();
}

}  // namespace

Cloud::Cloud(const Options& options, Clock& clock, Journal& journal)
    : options_(options),
      clock_(clock),
      journal_(journal),
      rates_(options.rate_tolerance),
      tokens_(options.seed),
      indicators_(Generator(options.seed), sizes_of(options, !folder_of(options).empty()), clock.now()),
      finder_(indicators_) {
    if (const auto folder = folder_of(options); !folder.empty()) loaded_ = indicators_.load(folder, clock.now());
}

Outcome Cloud::answer(const ServerRequest& request, Faults& faults) {
    ++answers_;
    Outcome outcome;
    const bool is_known = std::find(k_paths.begin(), k_paths.end(), request.path) != k_paths.end();
    outcome.path_template = is_known ? request.path : printable(request.path);
    outcome.response = decide({request, outcome}, faults);
    add_headers(request, outcome.response);
    const bool is_spoiled = outcome.fault && outcome.fault->kind == Fault::Kind::content_encoding;
    if (!is_spoiled) compress_when_asked(request, outcome.response);
    if (outcome.fault && outcome.fault->kind == Fault::Kind::rows_change) indicators_.tick(1, clock_.now());
    return outcome;
}

ServerResponse Cloud::decide(const Call& call, Faults& faults) {
    const auto& request = call.request;
    const bool is_known = std::find(k_paths.begin(), k_paths.end(), request.path) != k_paths.end();
    if (!is_known || request.method != method_of(request.path)) {
        violation(fmt::format("{} {}: no such call", request.method, printable(request.path)));
        return refusal(is_known ? 405 : 404, is_known ? "Method Not Allowed" : "404: Page Not Found", k_gateway);
    }
    if (auto refused = refuse(call)) return *std::move(refused);
    call.outcome.fault = faults.take(request.method, request.path);
    if (call.outcome.fault) {
        if (auto failed = fail_with(*call.outcome.fault, call)) return *std::move(failed);
    }
    if (request.path == k_token) return give_token(call);
    if (request.path == k_revoke) return revoke_token(call);
    if (!options_.cs_scopes.contains("falconx-indicators:read"))
        return refusal(403, "access denied, scope not permitted", k_gateway);
    if (request.path == k_entities) return entities(call);
    return query(call, request.path == k_combined ? Shape::records : Shape::ids);
}

/// Rates and tokens, in that order, so that a flood of bad tokens ends in 429.
std::optional<ServerResponse> Cloud::refuse(const Call& call) {
    const auto now = clock_.now();
    const auto admit = [&](const char* key, const RateLimit& limit) -> std::optional<ServerResponse> {
        if (!options_.has_rate_limits) return std::nullopt;
        const auto breach = rates_.admit(key, {limit}, now);
        if (!breach) return std::nullopt;
        violation(fmt::format("{}: more than {} requests in a minute", key, limit.most));
        return too_many(breach->wait);
    };
    if (is_token_call(call.request)) return admit("token", k_token_calls);
    if (call.request.path == k_revoke) return admit("calls", k_calls);
    if (!tokens_.admits(call.request, options_.cs_region, now)) {
        if (auto limited = admit("bad tokens", k_bad_tokens)) return limited;
        return refusal(401, "access denied, invalid bearer token", k_gateway);
    }
    return admit("calls", k_calls);
}

std::optional<ServerResponse> Cloud::fail_with(const Fault& fault, const Call& call) {
    switch (fault.kind) {
        case Fault::Kind::throttled:
            return too_many(std::max(std::chrono::ceil<std::chrono::seconds>(fault.delay), std::chrono::seconds{1}));
        case Fault::Kind::scope_missing: return refusal(403, "access denied, scope not permitted", k_gateway);
        case Fault::Kind::address_refused: return refusal(403, "access denied, authorization failed", k_gateway);
        case Fault::Kind::token_lost:
            tokens_.lose(call.request);
            return refusal(401, "access denied, invalid bearer token", k_gateway);
        default: return answer_instead(fault);
    }
}

// crowdstrike-intel-api.md 4: epoch seconds as recorded, milliseconds as the specification says.
ServerResponse Cloud::too_many(std::chrono::seconds wait) {
    auto response = refusal(429, "API rate limit exceeded.", k_gateway);
    const auto when = std::chrono::ceil<std::chrono::seconds>(clock_.now() + wait).time_since_epoch();
    const bool is_fine = options_.quirks.contains(Quirk::retry_after_milliseconds);
    response.headers.emplace_back("X-RateLimit-RetryAfter",
                                  std::to_string(is_fine ? when.count() * 1'000 : when.count()));
    return response;
}

// crowdstrike-intel-api.md 3
ServerResponse Cloud::give_token(const Call& call) {
    const bool is_form = call.request.header("content-type").starts_with("application/x-www-form-urlencoded");
    if (!call.request.body.empty() && !is_form) violation("POST /oauth2/token: the body is no form");
    const auto form = is_form ? form_of(call.request.body) : form_of("");
    const auto client = client_of(call.request, form);
    const auto grant = form.find("grant_type");
    if (grant != form.end() && grant->second != "client_credentials")
        return refusal(400, "unsupported grant_type", k_accounts);
    // Only US-1 knows the accounts of other commercial regions (2, "Discovery").
    const bool is_at_home = options_.cs_region == options_.cs_account_region;
    const bool is_known =
        is_at_home || (options_.cs_region == "us-1" && !options_.cs_account_region.starts_with("us-gov"));
    if (client.id != options_.credentials.cs_client_id || !is_known) {
        return refusal(400, fmt::format("Failed to generate access token for clientID={}.", printable(client.id)),
                       k_accounts);
    }
    if (client.secret != options_.credentials.cs_client_secret)
        return refusal(403, "Failed to issue access token - Client authentication failed.", k_accounts);
    const bool is_elsewhere = call.is_hit_by(Fault::Kind::wrong_region);
    const std::string region =
        is_elsewhere ? (options_.cs_region == "eu-1" ? "us-2" : "eu-1") : options_.cs_account_region;
    const auto life = options_.cs_token_life;
    auto response = json_answer(201, fmt::format(R"({{"access_token":"{}","expires_in":{},"token_type":"bearer"}})",
                                                 tokens_.issue(region, clock_.now() + life), life.count()));
    response.headers.emplace_back("X-Cs-Region", region);
    return response;
}

ServerResponse Cloud::revoke_token(const Call& call) {
    const auto form = form_of(call.request.body);
    const auto client = client_of(call.request, form);
    if (client.id != options_.credentials.cs_client_id || client.secret != options_.credentials.cs_client_secret) {
        violation("POST /oauth2/revoke without the client's credentials");
        return refusal(403, "access denied, authorization failed", k_gateway);
    }
    if (const auto token = form.find("token"); token != form.end()) tokens_.revoke(token->second);
    return json_answer(
        200, fmt::format(R"({{"meta":{{"query_time":0.0021,"powered_by":"{}","trace_id":"{}"}},"errors":[]}})",
                         k_accounts, trace_id()));
}

std::string Cloud::envelope(std::string_view resources, std::string_view pagination, std::string_view errors,
                            std::string_view powered_by) const {
    std::string json;
    json.reserve(resources.size() + 400);
    json += R"({"meta":{"query_time":0.0159,)";
    if (!pagination.empty()) json += fmt::format(R"("pagination":{},)", pagination);
    json += fmt::format(R"("powered_by":"{}","trace_id":"{}"}},"resources":)", powered_by, trace_id());
    json += resources;
    json += R"(,"errors":)";
    json += errors;
    json += '}';
    return json;
}

ServerResponse Cloud::refusal(int status, std::string_view message, std::string_view powered_by) {
    const auto error = fmt::format(R"([{{"code":{},"message":{}}}])", status, json_text(message));
    return json_answer(status, envelope("[]", "", error, powered_by));
}

std::string Cloud::trace_id() const {
    const auto high = hash64("trace", options_.seed * 1'000'003 + answers_);
    const auto low = hash64("trace ", options_.seed * 1'000'003 + answers_);
    return fmt::format("{:08x}-{:04x}-4{:03x}-9{:03x}-{:012x}", high >> 32U, high >> 16U & 0xFFFFU, high & 0xFFFU,
                       low >> 48U & 0xFFFU, low & 0xFFFFFFFFFFFFULL);
}

// crowdstrike-intel-api.md 4, "Recorded success headers"
void Cloud::add_headers(const ServerRequest& request, ServerResponse& response) {
    const auto& limit = is_token_call(request) ? k_token_calls : k_calls;
    const auto room = rates_.room(is_token_call(request) ? "token" : "calls", limit, clock_.now());
    auto& headers = response.headers;
    headers.emplace_back("Server", "nginx");
    headers.emplace_back("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
    const bool has_region = std::any_of(headers.begin(), headers.end(),
                                        [](const net::Header& each) { return each.first == "X-Cs-Region"; });
    if (!has_region) headers.emplace_back("X-Cs-Region", options_.cs_region);
    headers.emplace_back("X-Cs-Traceid", trace_id());
    headers.emplace_back("X-Ratelimit-Limit", std::to_string(limit.most));
    headers.emplace_back("X-Ratelimit-Remaining", std::to_string(room));
    if (!options_.quirks.contains(Quirk::odd_header_case)) return;
    for (auto& [name, value] : headers) {
        if (name == "X-Cs-Traceid") name = "X-CS-TRACEID";
        if (name == "X-Cs-Region" || name == "Next-Page" || name.starts_with("X-Rate")) name = to_lower(name);
    }
}

void Cloud::violation(const std::string& what) {
    journal_.violation(clock_.now(), "CS " + what);
}

}  // namespace cordon::sandbox::cs
