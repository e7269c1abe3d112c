#include "feeds/falcon_errors.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/text.hpp"
#include "net/retry.hpp"

namespace cordon::feeds {
namespace {

using nlohmann::json;

constexpr std::uint64_t k_least_milliseconds = 1'000'000'000'000;  // 2001 in ms, the year 33658 in s
constexpr const char* k_scope = "the scope Indicators (Falcon Intelligence): Read (not IOC Management)";

/// What the body says: errors[0].message of the envelope (crowdstrike-intel-api.md 4).
std::string message_in(std::string_view body) {
    body = trim(body);
    if (body.empty()) return {};
    if (body.front() == '<') return "an HTML page, perhaps of a proxy";
    const json parsed = parse_json(body);
    if (!parsed.is_object()) return printable(body);
    const auto errors = parsed.find("errors");
    if (errors == parsed.end() || !errors->is_array() || errors->empty() || !errors->front().is_object()) return {};
    const auto message = errors->front().find("message");
    return message != errors->front().end() && message->is_string() ? printable(message->get<std::string>())
                                                                    : std::string{};
}

std::string advice_for_token(int status) {
    switch (status) {
        case 400:
        case 401:
            return "CrowdStrike does not know this API client: check FALCON_CLIENT_ID, and cloud or base_url (an API "
                   "client belongs to "
                   "one cloud)";
        case 403:
            return "CrowdStrike refuses the API client: check FALCON_CLIENT_SECRET, cloud or base_url (an API client "
                   "belongs to one "
                   "cloud), and whether this address is on the API client's allow list";
        default: return {};
    }
}

std::string advice_for_indicators(int status) {
    switch (status) {
        case 400: return "the query was not understood: check the filter of the [falcon_*] sections";
        case 401:
            return "the access token was refused: check cloud or base_url, a token is good in its own region only";
        case 403:
            return fmt::format(
                "the API client lacks {}, or this address is not on its allow list, or the account has no intelligence "
                "subscription: see Support and resources > API clients and keys in the Falcon console",
                k_scope);
        case 404: return "there is no such endpoint: check base_url";
        case 413: return "the page is too large: lower page_size in [falcon]";
        default: return {};
    }
}

std::string advice_for(const net::Response& response, FalconRequest request) {
    const int status = response.status;
    if (status >= 300 && status < 400) {
        return fmt::format("it redirects{}, and redirects are not followed: check cloud or base_url",
                           response.header("location").empty()
                               ? ""
                               : " to " + printable(net::displayable(response.header("location"))));
    }
    auto advice = request == FalconRequest::token ? advice_for_token(status) : advice_for_indicators(status);
    if (!advice.empty()) return advice;
    if (status == 429) return "too many requests of this CrowdStrike account: it will be asked again in the next run";
    return status >= 500 ? "CrowdStrike has a fault: it will be asked again in the next run"
                         : "the answer was not expected: check base_url and the proxy";
}

Code code_of(int status) noexcept {
    if (status == 429) return Code::throttled;
    if (status >= 500) return Code::unreachable;
    return status == 400 || status == 413 ? Code::invalid : Code::refused;
}

}  // namespace

Error falcon_error(const net::Response& response, const std::string& shown, FalconRequest request) {
    std::string message = fmt::format("{} answered {}: {}", shown, response.status, advice_for(response, request));
    if (const auto said = message_in(response.body); !said.empty()) message += fmt::format(" (it says: {})", said);
    if (const auto trace = response.header("x-cs-traceid"); !trace.empty())
        message += fmt::format(" [trace {}]", printable(trace));
    const auto code =
        request == FalconRequest::token && response.status == 400 ? Code::refused : code_of(response.status);
    return {code, std::move(message)};
}

std::optional<std::chrono::milliseconds> falcon_retry_after(const net::Response& response, Time now) {
    const auto moment = parse_whole_number(trim(response.header("x-ratelimit-retryafter")));
    if (!moment) return net::parse_retry_after(response.header("retry-after"), now);
    constexpr auto k_furthest = std::chrono::milliseconds(std::chrono::hours(24));
    constexpr std::uint64_t k_latest = 253'402'300'799'000;  // the year 9999
    const auto at =
        std::chrono::milliseconds(std::min(*moment >= k_least_milliseconds ? *moment : *moment * 1000, k_latest));
    return std::clamp(at - now.time_since_epoch(), std::chrono::milliseconds{1000}, k_furthest);
}

}  // namespace cordon::feeds
