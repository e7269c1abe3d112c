#include "feeds/falcon_client.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/base64.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "feeds/falcon_errors.hpp"

namespace cordon::feeds {
namespace {

using namespace std::chrono_literals;

// crowdstrike-intel-api.md 3: a token lives 1,799 s, the SDK renews it 120 s before its end.
constexpr std::chrono::seconds k_usual_life = 1799s;
constexpr std::chrono::seconds k_renew_ahead = 120s;
constexpr std::chrono::seconds k_timeout = 300s;      // crowdstrike-intel-api.md 4: gofalcon's
constexpr std::chrono::seconds k_farewell = 10s;      // the token dies by itself
constexpr std::size_t k_most_page_bytes = 64U << 20;  // 5,000 records of 512 B are 2.5 MB
constexpr std::size_t k_most_token_bytes = 1U << 20;
constexpr const char* k_budget = "crowdstrike requests";

constexpr const char* k_token_endpoint = "/oauth2/token";

std::string endpoint_of(std::string_view target) {
    return std::string(target.substr(0, target.find('?')));
}

std::vector<net::RateWindow> windows_of(double requests_a_minute, const FalconAccount& account) {
    const auto most = static_cast<std::size_t>(requests_a_minute * account.budget_share);
    return {{std::max<std::size_t>(most, 1), 60s}};
}

const FalconCloud* cloud_of_region(std::string_view region) {
    const auto& clouds = falcon_clouds();
    const auto found = std::find_if(clouds.begin(), clouds.end(), [&](const FalconCloud& cloud) {
        return equals_ignoring_case(cloud.name, trim(region));
    });
    return found == clouds.end() ? nullptr : &*found;
}

bool may_be_too_much(int status) noexcept {
    return status == 400 || status == 413 || status >= 500;
}

/// Whether it can be sent as a bearer token: anything but visible ASCII would end or split the header field.
bool can_be_sent(std::string_view token) {
    return !token.empty() && std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_worth_repeating(int status) noexcept {
    return status == 429 || status >= 500;
}

}  // namespace

FalconClient::FalconClient(std::unique_ptr<net::HttpClient> http, const FalconAccount& account, Clock& clock,
                           net::RetryRule retry, std::mt19937_64 random)
    : http_(std::move(http)),
      account_(account),
      clock_(clock),
      retry_(retry),
      random_(random),
      origin_(first_origin(account)) {}

Result<net::Response> FalconClient::get(const std::string& target, Oversize oversize, net::RateBudget& budget,
                                        const std::stop_token& stop) {
    for (bool has_renewed = false;; has_renewed = true) {
        if (!token_ || clock_.now() >= token_->renew_at) CORDON_TRY(sign_in(budget, stop));
        net::Request request;
        request.url = origin_ + target;
        request.headers = {{"Authorization", "Bearer " + std::string(token_->bearer.reveal())},
                           {"Accept", "application/json"}};
        request.timeout = k_timeout;
        request.most_bytes = k_most_page_bytes;
        const auto endpoint = endpoint_of(target);
        const bool is_told = oversize == Oversize::is_answer;
        CORDON_TRY_ASSIGN(auto response, send(request, endpoint, is_told ? 2 : retry_.most_attempts, budget, stop));
        if (response.is_success() || (is_told && may_be_too_much(response.status))) return response;
        hide_credentials(response.body);
        hide_secret(response.body, token_->bearer.reveal());
        if (response.status == 401 && !has_renewed) {
            token_.reset();  // it died before its time
            continue;
        }
        return fail(
            with_home(falcon_error(response, "GET " + net::displayable(request.url), FalconRequest::indicators)));
    }
}

void FalconClient::revoke(const std::stop_token& stop) {
    if (!token_) return;
    net::Request request;
    request.method = "POST";
    request.url = origin_ + "/oauth2/revoke";
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                       {"Authorization", "Basic " + base64(fmt::format("{}:{}", account_.client_id.reveal(),
                                                                       account_.client_secret.reveal()))}};
    request.body = fmt::format("token={}&client_id={}", net::percent_encode(token_->bearer.reveal()),
                               net::percent_encode(account_.client_id.reveal()));
    request.timeout = k_farewell;
    token_.reset();
    ++calls_["POST /oauth2/revoke"];
    const auto response = http_->send(request, stop);
    const bool is_revoked = response && response->is_success();
    if (!is_revoked) ++troubles_["POST /oauth2/revoke"].errors;
    if (!is_revoked) log_debug("the Falcon token was not revoked; it dies by itself");
}

Result<void> FalconClient::sign_in(net::RateBudget& budget, const std::stop_token& stop) {
    token_.reset();
    CORDON_TRY_ASSIGN(auto response, ask_for_token(budget, stop));
    const auto* home = cloud_of_region(response.header("x-cs-region"));
    const bool is_elsewhere = home != nullptr && home->origin != origin_;
    home_ = is_elsewhere && !follows_region(account_) ? home->name : "";
    if (is_elsewhere && follows_region(account_)) {
        log_debug(fmt::format("the CrowdStrike account lives in {}", home->name));
        if (take_token(response)) revoke(stop);  // good in the wrong region only
        origin_ = home->origin;
        CORDON_TRY_ASSIGN(response, ask_for_token(budget, stop));
    }
    if (!response.is_success()) {
        hide_credentials(response.body);
        return fail(with_home(falcon_error(response, "POST " + origin_ + k_token_endpoint, FalconRequest::token)));
    }
    return take_token(response);
}

Result<net::Response> FalconClient::ask_for_token(net::RateBudget& budget, const std::stop_token& stop) {
    net::Request request;
    request.method = "POST";
    request.url = origin_ + k_token_endpoint;
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
    request.body = fmt::format("client_id={}&client_secret={}", net::percent_encode(account_.client_id.reveal()),
                               net::percent_encode(account_.client_secret.reveal()));
    request.timeout = k_timeout;
    request.most_bytes = k_most_token_bytes;
    return send(request, k_token_endpoint, retry_.most_attempts, budget, stop);
}

Result<void> FalconClient::take_token(const net::Response& response) {
    const auto answer = parse_json(response.body);
    const auto token = answer.is_object() ? answer.find("access_token") : answer.end();
    if (!answer.is_object() || token == answer.end() || !token->is_string() ||
        !can_be_sent(token->get_ref<const std::string&>())) {
        return fail(Code::corrupt,
                    fmt::format("POST {}{} answered {} without an access token: check cloud or base_url, and whether a "
                                "proxy stands between",
                                origin_, k_token_endpoint, response.status));
    }
    auto life = k_usual_life;
    if (const auto given = answer.find("expires_in"); given != answer.end() && given->is_number_unsigned()) {
        life = std::chrono::seconds(std::min<std::uint64_t>(given->get<std::uint64_t>(), 86'400));
    }
    token_ = Token{Secret(token->get<std::string>()),
                   clock_.now() + std::max<std::chrono::seconds>(life - k_renew_ahead, life / 2)};
    return {};
}

/// Where the configured cloud is not the account's, that is most likely what went wrong.
Error FalconClient::with_home(Error error) const {
    if (!home_.empty()) error.message += fmt::format("; this account lives in {0}: set cloud = {0}", home_);
    return error;
}

/// A service may quote a request back.
void FalconClient::hide_credentials(std::string& body) const {
    hide_secret(body, account_.client_id.reveal());
    hide_secret(body, account_.client_secret.reveal());
}

/// Any complete answer; one that is worth it is asked for again first, a fault (5xx) at most `most_faults` times in
/// all.
Result<net::Response> FalconClient::send(const net::Request& request, std::string_view endpoint, int most_faults,
                                         net::RateBudget& budget, const std::stop_token& stop) {
    const Time deadline = clock_.now() + retry_.patience;
    for (int attempts = 1;; ++attempts) {
        auto response = attempt(request, endpoint, budget, stop);
        if (!response) {
            auto error = response.error();
            if (error.code == Code::unknown) error.code = Code::unreachable;  // nothing is written there
            if (error.code != Code::unreachable && error.code != Code::corrupt) return fail(std::move(error));
            response = fail(std::move(error));
        } else if (!is_worth_repeating(response->status)) {
            if (endpoint != k_token_endpoint) note_limit(*response);
            slow_down(*response, stop);
            return response;
        }
        const auto retry_after = response ? falcon_retry_after(*response, clock_.now()) : std::nullopt;
        const auto wait = net::wait_before_retry(retry_, attempts, retry_after, random_);
        const bool is_fault_too_many = response && response->status >= 500 && attempts >= most_faults;
        if (!wait || is_fault_too_many || clock_.now() + *wait > deadline) {
            if (!response) response.error().message += fmt::format("; given up after {} attempts", attempts);
            return response;
        }
        log_wait(fmt::format("trying again in {}: {} {} {}", to_text(std::chrono::ceil<std::chrono::seconds>(*wait)),
                             request.method, net::displayable(request.url),
                             response ? fmt::format("answered {}", response->status) : "gave no answer"));
        troubles_[fmt::format("{} {}", request.method, endpoint)].wait(*wait);
        if (!clock_.wait_for(*wait, stop))
            return fail(Code::cancelled, fmt::format("stopped while waiting to repeat {}", endpoint));
    }
}

Result<net::Response> FalconClient::attempt(const net::Request& request, std::string_view endpoint,
                                            net::RateBudget& budget, const std::stop_token& stop) {
    const auto name = fmt::format("{} {}", request.method, endpoint);
    CORDON_TRY_ASSIGN(const auto waited,
                      budget.take(k_budget, windows_of(requests_a_minute_, account_), retry_.patience, stop));
    if (waited.count() > 0) troubles_[name].wait(waited);
    ++calls_[name];
    auto response = http_->send(request, stop);
    if (!response || !response->is_success()) ++troubles_[name].errors;
    return response;
}

/// What the account may ask for in a minute, where the service says so; the token endpoint has a limit of its own.
void FalconClient::note_limit(const net::Response& response) {
    const auto limit = parse_whole_number(trim(response.header("x-ratelimit-limit")));
    if (limit && *limit > 0) requests_a_minute_ = static_cast<double>(*limit);
}

/// Near the end of the account's budget, which others use too (crowdstrike-intel-api.md 4: gofalcon's waits).
void FalconClient::slow_down(const net::Response& response, const std::stop_token& stop) {
    const auto remaining = parse_whole_number(trim(response.header("x-ratelimit-remaining")));
    if (!remaining || *remaining > 10) return;
    clock_.wait_for(*remaining > 5 ? 200ms : 500ms, stop);
}

}  // namespace cordon::feeds
