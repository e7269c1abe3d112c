#include "sandbox/zia/gateway.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "sandbox/reply.hpp"
#include "sandbox/zia/identity.hpp"

namespace cordon::sandbox::zia {
namespace {

using net::ServerResponse;

constexpr std::string_view k_legacy_base = "/api/v1";
constexpr std::string_view k_oneapi_base = "/zia/api/v1";
constexpr std::int64_t k_window_s = 60;

void add_missing(ServerResponse& response, const char* name, std::string value) {
    auto& headers = response.headers;
    const bool is_there = std::any_of(headers.begin(), headers.end(),
                                      [&](const net::Header& each) { return equals_ignoring_case(each.first, name); });
    if (!is_there) headers.emplace_back(name, std::move(value));
}

void replace_header(ServerResponse& response, const char* name, std::string value) {
    std::erase_if(response.headers, [&](const net::Header& each) { return equals_ignoring_case(each.first, name); });
    response.headers.emplace_back(name, std::move(value));
}

/// The gateway's bodies are printed with one space of indent: 71 bytes for the 401 (zia-api.md 3.4).
ServerResponse gateway_refusal(int status, std::string_view detail) {
    auto response = json_answer(
        status,
        fmt::format("{{\n \"detail\": \"{}\",\n \"type\": \"\",\n \"title\": \"\",\n \"status\": \"\"\n}}", detail));
    response.headers.emplace_back("x-oneapi-api-category", "public");
    return response;
}

std::int64_t seconds_of(Time now) {
    return std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
}

}  // namespace

std::optional<std::string_view> path_below_base(std::string_view path) {
    for (const auto base : {k_legacy_base, k_oneapi_base}) {
        if (path == base || (path.starts_with(base) && path[base.size()] == '/')) return path.substr(base.size());
    }
    return std::nullopt;
}

std::string legacy_path(std::string_view path) {
    const auto below = path_below_base(path);
    return below ? std::string(k_legacy_base).append(*below) : std::string(path);
}

bool is_ours(std::string_view path) {
    return path == Identity::k_path || path_below_base(path).has_value();
}

void add_application_headers(ServerResponse& response, bool is_read_only) {
    add_missing(response, "Server", "Zscaler");
    add_missing(response, "Strict-Transport-Security", "max-age=31536000; includeSubDomains");
    add_missing(response, "X-FRAME-OPTIONS", "SAMEORIGIN");
    add_missing(response, "Cache-Control", "no-store, no-cache");
    add_missing(response, "Content-Disposition", "attachment; filename=\"api.json\"");
    add_missing(response, "x-zscaler-mode", is_read_only ? "read-only" : "read-write");
}

// The recorded minutes follow the clock: "x-ratelimit-reset: 44" on a request that came at 03:13:15.
bool Gateway::admit(Time now) {
    const auto minute = seconds_of(now) / k_window_s;
    if (minute != minute_) used_ = 0;
    minute_ = minute;
    if (used_ >= most_) return false;
    ++used_;
    return true;
}

ServerResponse Gateway::unauthorized() {
    return gateway_refusal(401, "unauthorized");
}

ServerResponse Gateway::too_many() {
    return gateway_refusal(429, "too many requests");
}

std::string Gateway::uuid_of(std::string_view text) const {
    const auto high = hash64(text, seed_);
    const auto low = hash64(text, seed_ + 1);
    return fmt::format("{:08x}-{:04x}-4{:03x}-9{:03x}-{:012x}", high >> 32U, high >> 16U & 0xFFFFU, high & 0xFFFU,
                       low >> 48U & 0xFFFU, low & 0xFFFFFFFFFFFFULL);
}

void Gateway::add_headers(ServerResponse& response, std::string_view client, Time now, std::chrono::milliseconds took) {
    ++answers_;
    const bool is_refused = response.status == 401;
    add_missing(response, "Server", is_refused ? "ingress-gateway" : "Zscaler");
    replace_header(response, "Strict-Transport-Security", "max-age=31536000; includeSubDomains; preload");
    add_missing(response, "x-content-type-options", "nosniff");
    add_missing(response, "x-xss-protection", "1; mode=block");
    add_missing(response, "x-oneapi-host", "https://apiusw2.zsapi.net");
    add_missing(response, "x-oneapi-request-id", uuid_of(fmt::format("request {}", answers_)));
    add_missing(response, "x-oneapi-version", "109.1.146");
    add_missing(response, "x-transaction-id", uuid_of(client));
    if (is_refused) return;
    add_missing(response, "x-ratelimit-limit", fmt::format("{}, {};w={}", most_, most_, k_window_s));
    add_missing(response, "x-ratelimit-remaining", std::to_string(most_ - used_));
    add_missing(response, "x-ratelimit-reset", std::to_string(k_window_s - seconds_of(now) % k_window_s));
    add_missing(response, "x-envoy-upstream-service-time", std::to_string(took.count() + 1));
}

void add_identity_headers(ServerResponse& response, std::size_t room) {
    for (auto& [name, value] : response.headers) {
        if (name == "Content-Type") value = "application/json;charset=UTF-8";
    }
    add_missing(response, "Cache-Control", "no-cache, no-store, max-age=0, must-revalidate");
    add_missing(response, "Server", "ingress-gateway");
    add_missing(response, "x-ratelimit-limit", "500, 500;w=1, 100000;w=60");
    add_missing(response, "x-ratelimit-remaining", std::to_string(room));
    add_missing(response, "x-ratelimit-reset", "1");
}

}  // namespace cordon::sandbox::zia
