#include "feeds/recorded_future_errors.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/text.hpp"

namespace cordon::feeds {
namespace {

using nlohmann::json;

/// What the body says about the failure.
struct Explanation {
    std::string message;
    std::string trace_id;
};

std::string text_at(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? printable(found->get<std::string>()) : std::string{};
}

/// Both shapes of recorded-future-api.md 8: {"message", "trace_id"} and {"error": {"message"}, "traceId"};
/// pages of proxies and Cloudflare are HTML.
Explanation explanation_of(std::string_view body) {
    body = trim(body);
    if (body.empty()) return {};
    if (body.front() == '<') return {"an HTML page, perhaps of a proxy or of Cloudflare", ""};
    const json parsed = parse_json(body);
    if (!parsed.is_object()) return {printable(body), ""};
    Explanation explanation{text_at(parsed, "message"), text_at(parsed, "trace_id")};
    if (explanation.trace_id.empty()) explanation.trace_id = text_at(parsed, "traceId");
    const auto error = parsed.find("error");
    if (explanation.message.empty() && error != parsed.end()) {
        explanation.message = error->is_object()   ? text_at(*error, "message")
                              : error->is_string() ? printable(error->get<std::string>())
                                                   : std::string{};
    }
    return explanation;
}

std::string advice_for(const net::Response& response, const std::string& what) {
    const int status = response.status;
    if (response.body.find("Insufficient credits") != std::string::npos) {
        return "the account has no credits left: ask Recorded Future, or fetch less often";
    }
    if (status >= 300 && status < 400) {
        const std::string_view location = response.header("location");
        return fmt::format(
            "it redirects{}, and redirects are not followed: check api_url, and whether a proxy or a "
            "log-in page stands between",
            location.empty() ? "" : " to " + printable(net::displayable(location)));
    }
    switch (status) {
        case 400: return "the request was not understood: check entity_type, list and fusion_api";
        case 401: return "the API token is missing or wrong: check RF_API_KEY";
        case 403:
            return fmt::format(
                "the API token is good but not entitled to the {}: the module may not be purchased, "
                "ask your Recorded Future administrator",
                what);
        case 404:
            return fmt::format(
                "there is no {}: look its name up in Recorded Future, and check fusion_file, fusion_api "
                "and api_url",
                what);
        case 429: return "too many requests: it will be asked again in the next run";
        default: break;
    }
    return status >= 500 ? "Recorded Future has a fault: it will be asked again in the next run"
                         : "the answer was not expected: check api_url and the proxy";
}

Code code_for(int status) noexcept {
    if (status == 429) return Code::throttled;
    return status >= 500 ? Code::unreachable : Code::refused;
}

}  // namespace

bool is_worth_repeating(int status) noexcept {
    return status == 429 || (status >= 502 && status <= 504);
}

Error error_of(const net::Response& response, const std::string& request, const std::string& what) {
    const Explanation explanation = explanation_of(response.body);
    std::string message = fmt::format("{} answered {}: {}", request, response.status, advice_for(response, what));
    if (!explanation.message.empty()) message += fmt::format(" (it says: {})", explanation.message);
    if (!explanation.trace_id.empty()) message += fmt::format(" [trace {}]", explanation.trace_id);
    return {code_for(response.status), std::move(message)};
}

}  // namespace cordon::feeds
