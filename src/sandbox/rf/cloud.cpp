#include "sandbox/rf/cloud.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "sandbox/reply.hpp"

namespace cordon::sandbox::rf {
namespace {

using net::ServerRequest;
using net::ServerResponse;

constexpr std::size_t k_credits_per_list = 5;
constexpr std::size_t k_connect_etag = 32;
constexpr std::string_view k_v3_files = "/fusion/v3/files/";
constexpr std::string_view k_v3_directory = "/fusion/v3/files/directory/";

/// What stands between "/v2/" and `last` of a Connect path: its entity.
std::optional<std::string> entity_in(std::string_view path, std::string_view last) {
    if (!path.starts_with("/v2/") || !path.ends_with(last)) return std::nullopt;
    path.remove_prefix(4);
    if (path.size() <= last.size()) return std::nullopt;
    path.remove_suffix(last.size());
    return Generator::rules_of(path).empty() ? std::nullopt : std::optional<std::string>(path);
}

std::string with_leading_slash(std::string_view path) {
    return path.starts_with('/') ? std::string(path) : "/" + std::string(path);
}

std::string file_name(std::string_view path) {
    return std::string(path.substr(path.rfind('/') + 1));
}

/// "/v2/{entity}/risklist" and so on; the path itself where nothing is served.
std::string template_of(const std::string& path) {
    if (path == "/v2/fusion/files" || path == "/v2/fusion/files/") return "/v2/fusion/files";
    if (path.starts_with(k_v3_directory)) return "/fusion/v3/files/directory/{path}";
    if (path.starts_with(k_v3_files)) return "/fusion/v3/files/{path}";
    if (entity_in(path, "/risklist")) return "/v2/{entity}/risklist";
    if (entity_in(path, "/riskrules")) return "/v2/{entity}/riskrules";
    return printable(path);
}

/// What follows `prefix` on the request line, undecoded and without query.
std::string_view raw_after(std::string_view target, std::string_view prefix) {
    target.remove_prefix(std::min(prefix.size(), target.size()));
    return target.substr(0, target.find('?'));
}

ServerResponse empty_answer() {
    ServerResponse response;
    response.headers.emplace_back("Cache-Control",
                                  "no-cache, no-store, private, must-revalidate, max-age=0, no-transform");
    return response;
}

}  // namespace

Cloud::Cloud(const Options& options, Clock& clock, Journal& journal)
    : options_(options),
      clock_(clock),
      journal_(journal),
      shelf_(options.feeds_dir, Generator(options.seed, {options.domains, options.ips, options.churn},
                                          std::chrono::floor<std::chrono::hours>(clock.now()))) {}

Outcome Cloud::answer(const ServerRequest& request, Faults& faults) {
    Outcome outcome;
    outcome.path_template = template_of(request.path);
    outcome.response = decide(request, faults, outcome);
    add_headers(outcome.response);
    if (request.method == "HEAD") outcome.response.body.clear();
    return outcome;
}

ServerResponse Cloud::decide(const ServerRequest& request, Faults& faults, Outcome& outcome) {
    Call call{request, request.path.starts_with("/fusion/") ? Family::gateway : Family::connect, false};
    if (request.header("x-rftoken") != options_.credentials.rf_token) return refusal(call, 401, "Unauthorized");
    outcome.fault = faults.take(request.method, request.path);
    if (outcome.fault) {
        if (auto failed = answer_instead(*outcome.fault)) return *std::move(failed);
        call.has_wrong_hash = outcome.fault->kind == Fault::Kind::wrong_hash;
    }
    return route(call, outcome.path_template);
}

ServerResponse Cloud::route(const Call& call, const std::string& path_template) {
    if (call.request.method != "GET" && call.request.method != "HEAD") return refusal(call, 405, "Method Not Allowed");
    const auto entitlement = path_template.find("fusion") != std::string::npos ? "fusion" : "risklist";
    if (!options_.rf_entitlements.contains(entitlement)) {
        return refusal(call, 403, "You do not have permission to access this resource");
    }
    const auto& path = call.request.path;
    if (path_template == "/v2/fusion/files") return fusion_v2(call);
    if (path.starts_with(k_v3_directory)) return directory(call);
    if (path.starts_with(k_v3_files)) return fusion_v3(call);
    if (const auto entity = entity_in(path, "/risklist")) return risk_list(call, *entity);
    if (const auto entity = entity_in(path, "/riskrules")) return risk_rules(*entity);
    journal_.violation(clock_.now(), "RF " + call.request.method + " " + printable(path) + ": no such path");
    return refusal(call, 404, "Not Found");
}

ServerResponse Cloud::risk_list(const Call& call, const std::string& entity) {
    const auto format = call.request.query_value("format");
    const auto gzip_asked = call.request.query_value("gzip");
    if (!format.empty() && format != "csv/splunk") return refusal(call, 400, "Invalid value for parameter format");
    if (!gzip_asked.empty() && gzip_asked != "true" && gzip_asked != "false") {
        return refusal(call, 400, "Invalid value for parameter gzip");
    }
    std::string list(call.request.query_value("list"));
    if (list.empty()) list = "default";
    const auto rules = Generator::rules_of(entity);
    const bool is_known =
        list == "default" || list == "large" || std::find(rules.begin(), rules.end(), list) != rules.end();
    if (!is_known) {  // the service answers with the default list (recorded-future-api.md 1.5)
        journal_.violation(clock_.now(), fmt::format("RF {} risklist: list={} is no rule, the default list was served",
                                                     entity, printable(list)));
        list = "default";
    }
    auto found = shelf_.risk_list(entity, list);
    if (!found) return refusal(call, 404, "Not Found");
    const bool is_packed = gzip_asked == "true";
    auto response = empty_answer();
    response.headers.emplace_back("expires", "0");
    response.headers.emplace_back("pragma", "no-cache");
    response.headers.emplace_back("Content-Type",
                                  is_packed ? "application/gzip;charset=utf-8" : "text/plain;charset=utf-8");
    if (call.request.method != "HEAD") {  // a HEAD is answered without (recorded-future-api.md 4, recorded)
        response.headers.emplace_back(
            "Content-Disposition",
            fmt::format("attachment;filename=rf_{}_threatfeed_{}_csv.csv{}", entity, list, is_packed ? ".gz" : ""));
    }
    const auto hashed = call.has_wrong_hash ? found->bytes + "?" : found->bytes;
    response.headers.emplace_back("etag", sha256_hex(hashed).substr(0, k_connect_etag));
    return deliver(call, is_packed ? gzip(found->bytes) : std::move(found->bytes), std::move(response));
}

ServerResponse Cloud::risk_rules(const std::string& entity) {
    std::string rules;
    for (const auto& name : Generator::rules_of(entity)) {
        rules += fmt::format(R"({}{{"name":"{}","description":"{}","criticality":3,"criticalityLabel":"Malicious",)"
                             R"("count":1234,"categories":[],"relatedEntities":[]}})",
                             rules.empty() ? "" : ",", name, name);
    }
    return json_answer(200, R"({"data":{"results":[)" + rules + "]}}");
}

ServerResponse Cloud::fusion_v2(const Call& call) {
    const auto path = with_leading_slash(call.request.query_value("path"));
    auto found = shelf_.file(path);
    if (!found) return refusal(call, 404, "File not found");
    auto response = empty_answer();
    response.headers.emplace_back("Content-Type", "application/octet-stream");
    response.headers.emplace_back("Content-Disposition", fmt::format("attachment; filename=\"{}\"", file_name(path)));
    response.headers.emplace_back("X-RF-Content-SHA256",
                                  sha256_hex(call.has_wrong_hash ? found->bytes + "?" : found->bytes));
    response.headers.emplace_back("X-RF-Created", to_iso8601(found->created));
    return deliver(call, std::move(found->bytes), std::move(response));
}

// Matched on the raw path: a client that turned %2F into "/" finds nothing (recorded-future-api.md 5.2).
ServerResponse Cloud::fusion_v3(const Call& call) {
    if (raw_after(call.request.target, k_v3_files).find('/') != std::string_view::npos) {
        journal_.violation(clock_.now(), "RF Fusion v3: the slashes of the file's path are not escaped");
        return refusal(call, 404, "Not Found");
    }
    const auto path = with_leading_slash(call.request.path.substr(k_v3_files.size()));
    auto found = shelf_.file(path);
    if (!found) return refusal(call, 404, "File not found");
    ServerResponse response;
    response.headers.emplace_back("content-disposition", fmt::format("attachment; filename=\"{}\"", file_name(path)));
    response.headers.emplace_back("etag", sha256_hex(call.has_wrong_hash ? found->bytes + "?" : found->bytes));
    response.headers.emplace_back("last-modified", http_date(found->created));
    return deliver(call, std::move(found->bytes), std::move(response));
}

ServerResponse Cloud::directory(const Call& call) {
    auto folder = with_leading_slash(call.request.path.substr(k_v3_directory.size()));
    while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
    std::string files;
    for (const auto& path : shelf_.paths()) {
        if (!path.starts_with(folder + "/") || path.find('/', folder.size() + 1) != std::string::npos) continue;
        const auto found = shelf_.file(path);
        if (!found) continue;
        const auto name = file_name(path);
        files += fmt::format(R"({}{{"type":"file","name":{},"path":{},"format":{},"hash":"{}","created":"{}",)"
                             R"("size":{},"flow":null,"owner":null}})",
                             files.empty() ? "" : ",", json_text(name), json_text(path),
                             json_text(name.substr(name.rfind('.') + 1)), sha256_hex(found->bytes),
                             to_iso8601(found->created), found->bytes.size());
    }
    if (files.empty()) return refusal(call, 404, "Directory not found");
    return json_answer(200, fmt::format(R"({{"type":"directory","name":{},"path":{},"files":[{}]}})",
                                        json_text(file_name(folder)), json_text(folder), files));
}

ServerResponse Cloud::deliver(const Call& call, std::string bytes, ServerResponse response) {
    if (call.request.method == "HEAD") return response;
    credits_ += k_credits_per_list;
    auto hash = sha256_hex(bytes);
    auto& last = last_hash_[call.request.target];
    if (last == hash) ++needless_downloads_;
    last = std::move(hash);
    response.body = std::move(bytes);
    return response;
}

ServerResponse Cloud::refusal(const Call& call, int status, std::string_view message) {
    const auto trace = fmt::format("{:016x}", hash64(std::to_string(answers_), options_.seed));
    if (call.family == Family::gateway) {
        return json_answer(
            status, fmt::format(R"({{"message":"{}","status_code":{},"trace_id":"{}"}})", message, status, trace));
    }
    auto response =
        status == 401 ? json_answer(401, R"({"error":{"status":401}})")
                      : json_answer(status, fmt::format(R"({{"error":{{"message":"{}","status":{}}},"traceId":"{}"}})",
                                                        message, status, trace));
    response.headers.front().second = "application/json;charset=utf-8";
    return response;
}

void Cloud::add_headers(ServerResponse& response) {
    ++answers_;
    const auto number = hash64(std::to_string(answers_), options_.seed + 1);
    response.headers.emplace_back("Server", "cloudflare");
    response.headers.emplace_back("CF-RAY", fmt::format("{:016x}-LHR", number));
    response.headers.emplace_back("cf-cache-status", "DYNAMIC");
    response.headers.emplace_back("strict-transport-security", "max-age=31536000; includeSubDomains");
    response.headers.emplace_back("x-content-type-options", "nosniff");
    response.headers.emplace_back("Set-Cookie",
                                  fmt::format("JSESSIONID=node0{:x}.node0; Path=/rfq; Secure; HttpOnly", number));
}

}  // namespace cordon::sandbox::rf
