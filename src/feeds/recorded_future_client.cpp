#include "feeds/recorded_future_client.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/log.hpp"
#include "feeds/recorded_future_errors.hpp"

namespace cordon::feeds {
namespace {

using namespace std::chrono_literals;

// Recorded Future's own SDK waits 120 s for an answer (recorded-future-api.md 8). A list that flows may take longer:
// 75 MB over a slow line, so only [rfapi] timeout bounds it.
constexpr std::chrono::seconds k_head_timeout = 120s;
constexpr std::chrono::seconds k_glance_timeout = 15s;
constexpr std::chrono::seconds k_stall = 120s;
constexpr int k_most_torn_attempts = 2;

/// Whether a request that gave no answer may be sent again. A torn body is worth one more try only: a
/// list that is too long would be torn each time.
bool is_worth_repeating(const Error& error, int attempt) noexcept {
    if (error.code == Code::corrupt) return attempt < k_most_torn_attempts;
    return error.code == Code::unreachable || error.code == Code::unknown || error.code == Code::throttled;
}

}  // namespace

RfResource resource_of(const RfList& list) {
    if (list.fusion_file.empty()) {
        const std::string entity = core::name_of(list.entity);
        return {fmt::format("/v2/{}/risklist?format=csv%2Fsplunk&gzip=true&list={}", entity,
                            net::percent_encode(list.list)),
                fmt::format("/v2/{}/risklist", entity), fmt::format("{} risk list ({})", entity, list.list)};
    }
    const std::string what = "Fusion file " + list.fusion_file.substr(1);
    const std::string path = net::percent_encode(list.fusion_file);  // every "/" as %2F, also for v3
    if (list.fusion_api == FusionApi::v3) return {"/fusion/v3/files/" + path, "/fusion/v3/files/{path}", what};
    return {"/v2/fusion/files?path=" + path, "/v2/fusion/files", what};
}

RfResource rule_names_of(core::EntityType entity) {
    const std::string path = fmt::format("/v2/{}/riskrules", core::name_of(entity));
    return {path, path, fmt::format("list of {} risk rules", core::name_of(entity))};
}

RfClient::RfClient(std::unique_ptr<net::HttpClient> http, const RfAccount& account, Clock& clock, net::RetryRule retry,
                   std::mt19937_64 random)
    : http_(std::move(http)),
      token_(account.token),
      api_url_(account.api_url),
      timeout_(account.timeout),
      clock_(clock),
      retry_(retry),
      random_(random) {}

Result<net::Response> RfClient::attempt(const net::Request& request, const RfResource& resource,
                                        const std::stop_token& stop) {
    const auto name = fmt::format("{} {}", request.method, resource.endpoint);
    ++calls_[name];
    auto response = http_->send(request, stop);
    if (!response || !response->is_success()) ++troubles_[name].errors;
    return response;
}

Result<net::Response> RfClient::send(const std::string& method, const RfResource& resource, std::size_t most_bytes,
                                     const std::stop_token& stop, Effort effort) {
    net::Request request;
    request.method = method;
    request.url = api_url_ + resource.target;
    request.headers = {{"X-RFToken", std::string(token_.reveal())}};
    request.timeout = effort == Effort::glance ? k_glance_timeout : method == "HEAD" ? k_head_timeout : timeout_;
    request.stall = k_stall;
    request.most_bytes = most_bytes;
    const std::string shown = fmt::format("{} {}", method, net::displayable(request.url));
    const Time deadline = clock_.now() + retry_.patience;

    for (int attempts = 1;; ++attempts) {
        if (stop.stop_requested()) return fail(Code::cancelled, "stopped before " + shown);
        Result<net::Response> response = attempt(request, resource, stop);
        if (response && response->is_success()) return response;
        if (response) hide_secret(response->body, token_.reveal());
        Error error = response ? error_of(*response, shown, resource.what) : response.error();
        if (error.code == Code::unknown) error.code = Code::unreachable;  // nothing is written here
        const bool may_repeat =
            response ? feeds::is_worth_repeating(response->status) : is_worth_repeating(error, attempts);
        if (!may_repeat || effort == Effort::glance) return fail(std::move(error));

        const auto retry_after =
            response ? net::parse_retry_after(response->header("retry-after"), clock_.now()) : std::nullopt;
        const auto wait = net::wait_before_retry(retry_, attempts, retry_after, random_);
        if (!wait || clock_.now() + *wait > deadline) {
            error.message += fmt::format("; given up after {} attempts", attempts);
            return fail(std::move(error));
        }
        log_wait(fmt::format("trying again in {}: {}", to_text(std::chrono::ceil<std::chrono::seconds>(*wait)),
                             error.message));
        troubles_[fmt::format("{} {}", method, resource.endpoint)].wait(*wait);
        if (!clock_.wait_for(*wait, stop)) return fail(Code::cancelled, "stopped while waiting to repeat " + shown);
    }
}

}  // namespace cordon::feeds
