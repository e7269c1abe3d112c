// Any bytes as an answer that is no success, of all three clouds: the sentence for the operator is one printable line
// of a bounded length, and waits are bounded. The input is a byte that chooses the status, header values, a line each,
// then the body.

#include <chrono>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "feeds/falcon_errors.hpp"
#include "feeds/recorded_future_errors.hpp"
#include "gateways/zia/answers.hpp"
#include "gateways/zia/api_error.hpp"
#include "net/http.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace cordon;
using fuzz::is_printable;
using fuzz::require;

constexpr Time k_now{std::chrono::seconds{1'790'000'000}};
constexpr std::size_t k_longest_sentence = 8'000;
constexpr int k_statuses[]{204, 302, 400, 401, 403, 404, 409, 412, 413, 429, 500, 503};

std::string_view take_line(std::string_view& text) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return line;
}

void check(const Error& error) {
    require(!error.message.empty() && error.message.size() < k_longest_sentence && is_printable(error.message));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    net::Response response;
    response.status = k_statuses[data[0] % std::size(k_statuses)];
    for (const char* name : {"location", "retry-after", "x-ratelimit-retryafter", "x-cs-traceid", "x-trace-id",
                             "x-oneapi-request-id", "content-type"}) {
        response.headers.emplace_back(name, std::string(take_line(text)));
    }
    response.body = text;
    check(feeds::error_of(response, "HEAD https://api.example/x", "the file"));
    for (const auto request : {feeds::FalconRequest::token, feeds::FalconRequest::indicators}) {
        check(feeds::falcon_error(response, "GET https://api.example/x", request));
    }
    using gateways::zia::Auth;
    using gateways::zia::Endpoint;
    for (const auto auth : {Auth::legacy, Auth::oneapi, Auth::bearer}) {
        for (const auto endpoint : {Endpoint::fetch_token, Endpoint::change_category}) {
            const auto error = gateways::zia::judge(response, endpoint, k_now, auth);
            check(error.error);
            require(!error.retry_after || *error.retry_after >= std::chrono::milliseconds{0});
        }
    }
    require(is_printable(gateways::zia::request_id_of(response)));
    const auto wait = feeds::falcon_retry_after(response, k_now);
    require(!wait || (*wait >= std::chrono::seconds{1} && *wait <= std::chrono::hours{24 * 366}));
    static_cast<void>(gateways::zia::read_error_body(response.body));
    static_cast<void>(gateways::zia::read_token_error(response.body));
    return 0;
}
