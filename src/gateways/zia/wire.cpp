#include "gateways/zia/wire.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/log.hpp"
#include "base/secret.hpp"
#include "gateways/zia/sign_in_settings.hpp"
#include "net/retry.hpp"

namespace cordon::gateways::zia {
namespace {

using namespace std::chrono_literals;

/// A tenant with 275,000 entries answers with about 12 MB; nothing ZIA sends is near this.
constexpr std::size_t k_longest_answer = 128U << 20;

constexpr std::string_view k_bearer = "Bearer ";

/// How often and how patiently each cause is met again. The edit lock as Zscaler's Python SDK does it:
/// 5, 10, 20 ... 60 s, on top of the 30 s that the server itself waits (zia-api.md 8.4, 9.4).
net::RetryRule rule_for(Cause cause) {
    switch (cause) {
        case Cause::throttled: return {8, 1s, 60s, 0.25};
        case Cause::locked: return {7, 5s, 60s, 0.25};
        default: return {4, 2s, 30s, 0.25};
    }
}

bool may_repeat(Cause cause, Repeat repeat) {
    if (repeat == Repeat::never) return false;
    switch (cause) {
        case Cause::offline:
        case Cause::throttled:
        case Cause::locked: return true;
        case Cause::lost: return repeat == Repeat::freely;
        default: return false;
    }
}

ApiError cancelled(Endpoint endpoint) {
    return {Cause::cancelled, {Code::cancelled, "stopped before " + name_of(endpoint)}};
}

std::string path_of(const Call& call) {
    std::string path = facts_of(call.endpoint).path;
    const auto at = path.find("{id}");
    if (at != std::string::npos) path.replace(at, 4, net::percent_encode(call.id));
    return path + call.query;
}

/// Of "JSESSIONID=..." and "Bearer ..." what comes behind.
std::string_view bare_credential(std::string_view value) {
    if (value.starts_with(k_bearer)) return value.substr(k_bearer.size());
    return value.substr(value.find('=') + 1);
}

std::string budget_key(Endpoint endpoint) {
    return "zia " + name_of(endpoint);
}

}  // namespace

Wire::Wire(const ZiaOptions& options, std::unique_ptr<net::HttpClient> client, Clock& clock, net::RateBudget& budget,
           std::mt19937_64 random)
    : read_timeout_(options.read_timeout),
      write_timeout_(options.write_timeout),
      patience_(options.rate_patience),
      client_(std::move(client)),
      clock_(clock),
      budget_(budget),
      random_(random) {
    if (options.proxy_enabled && options.proxy_servers.empty()) {
        options_fault_ = "[zscaler] proxy_enabled is true, but proxy_servers names no proxy";
        return;
    }
    const auto auth = auth_of(options);
    if (!auth) {
        options_fault_ = "[zscaler] auth: there are credentials for more than one way to sign in";
        return;
    }
    auth_ = *auth;
    auto addresses = addresses_of(options, auth_);
    if (!addresses) {
        options_fault_ = fmt::format("[zscaler] {}: {}", addresses.error().key, addresses.error().message);
        return;
    }
    addresses_ = std::move(*addresses);
}

Answered<net::Response> Wire::send(const Call& call, const std::vector<net::Header>& credentials,
                                   const std::stop_token& stop) {
    Waited waited{0};
    for (int attempt = 1;; ++attempt) {
        auto answer = send_once(call, credentials, stop);
        if (answer || !may_repeat(answer.error().cause, call.repeat)) return answer;
        if (!wait_to_repeat(answer.error(), attempt, waited, patience_for(call), stop)) return answer;
    }
}

Answered<net::Response> Wire::send_once(const Call& call, const std::vector<net::Header>& credentials,
                                        const std::stop_token& stop) {
    if (!options_fault_.empty()) return tl::unexpected(ApiError{Cause::other, {Code::invalid, options_fault_}});
    if (stop.stop_requested()) return tl::unexpected(cancelled(call.endpoint));

    const auto& facts = facts_of(call.endpoint);
    const auto name = name_of(call.endpoint);
    last_name_ = name;
    auto taken = budget_.take(budget_key(call.endpoint), windows_for(call), patience_for(call), stop);
    if (taken) note_wait(*taken);
    if (!taken) {
        auto error = judge(taken.error(), call.endpoint);
        // Our own budget, or its journal, is no answer of ZIA's: nothing was sent that could be lost, and
        // waiting on top of its patience helps nobody.
        if (error.cause != Cause::cancelled) error.cause = Cause::other;
        error.is_timeout = false;
        if (call.keeps_free > 0 && error.error.code == Code::throttled) {
            error.error.message += fmt::format("; {} calls of the hour are kept for removals", call.keeps_free);
        }
        return tl::unexpected(std::move(error));
    }

    const bool is_form = call.endpoint == Endpoint::fetch_token;
    const bool is_read = std::string_view(facts.method) == "GET" || is_form;  // neither changes the tenant
    net::Request request;
    request.method = facts.method;
    request.url = is_form ? addresses_.token_url : addresses_.base + path_of(call);
    request.headers = credentials;
    request.headers.emplace_back("Accept", "application/json");
    if (request.method == "POST" || request.method == "PUT") {
        request.headers.emplace_back("Content-Type",
                                     is_form ? "application/x-www-form-urlencoded" : "application/json");
        request.body = call.body.empty() ? std::string("{}") : call.body;
    }
    request.timeout = is_read ? read_timeout_ : write_timeout_;
    request.most_bytes = k_longest_answer;

    ++calls_[name];
    auto response = client_->send(request, is_read ? stop : std::stop_token{});
    if (response && response->is_success()) return std::move(*response);
    ++troubles_[name].errors;
    if (!response) return tl::unexpected(judge(response.error(), call.endpoint));
    for (const auto secret : call.secrets) hide_secret(response->body, secret);
    for (const auto& [header, value] : credentials) {
        hide_secret(response->body, value);
        hide_secret(response->body, bare_credential(value));
    }
    return tl::unexpected(judge(*response, call.endpoint, clock_.now(), auth_));
}

void Wire::note_wait(std::chrono::milliseconds length) {
    if (length.count() > 0) troubles_[last_name_].wait(length);
}

std::size_t Wire::left_of_hour(Endpoint endpoint) {
    return budget_.remaining(budget_key(endpoint), facts_of(endpoint).windows).value_or(0);
}

std::chrono::seconds Wire::patience_for(const Call& call) const {
    return std::min(call.patience.value_or(patience_), patience_);
}

bool Wire::wait_to_repeat(ApiError& error, int attempt, Waited& waited, std::chrono::seconds patience,
                          const std::stop_token& stop) {
    if (error.retry_after && waited + *error.retry_after > patience) {
        error.error.message += fmt::format("; ZIA asks to wait {}{}, longer than rate_patience",
                                           to_text(std::chrono::ceil<std::chrono::seconds>(*error.retry_after)),
                                           waited.count() > 0 ? " more" : "");
        return false;
    }
    const auto wait = net::wait_before_retry(rule_for(error.cause), attempt, error.retry_after, random_);
    if (!wait) {
        error.error.message += fmt::format("; tried {} times", attempt);
        return false;
    }
    log_wait(fmt::format("trying again in {}: {}", to_text(std::chrono::ceil<std::chrono::seconds>(*wait)),
                         error.error.message));
    waited += *wait;
    note_wait(*wait);
    if (!clock_.wait_for(*wait, stop)) {
        error.cause = Cause::cancelled;
        error.error.code = Code::cancelled;
        return false;
    }
    return true;
}

}  // namespace cordon::gateways::zia
