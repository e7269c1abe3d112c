#include "gateways/zia/api.hpp"

#include <utility>

#include <nlohmann/json.hpp>

#include "gateways/zia/lookup_answers.hpp"
#include "gateways/zia/url_rules.hpp"

namespace cordon::gateways::zia {

Api::Api(Wire wire, std::unique_ptr<Session> session) : wire_(std::move(wire)), session_(std::move(session)) {}

Answered<net::Response> Api::call(const Call& call, const std::stop_token& stop) {
    for (bool is_second = false;; is_second = true) {
        auto credentials = session_->credentials(wire_, stop);
        if (!credentials) return tl::unexpected(std::move(credentials).error());
        auto answer = wire_.send(call, *credentials, stop);
        if (answer || answer.error().cause != Cause::session_gone) return answer;
        session_->forget();
        if (is_second || call.repeat == Repeat::never) return answer;
    }
}

template <class Reader>
auto Api::read(const Call& call, const Reader& reader, const std::stop_token& stop)
    -> Answered<typename decltype(reader(std::string{}))::value_type> {
    for (bool is_second = false;; is_second = true) {
        auto answer = this->call(call, stop);
        if (!answer) return tl::unexpected(std::move(answer).error());
        auto value = reader(std::move(answer->body));
        if (value) return std::move(*value);
        if (!is_second) continue;
        auto error = unreadable(value.error(), call.endpoint);
        error.error.message += request_id_of(*answer);
        return tl::unexpected(std::move(error));
    }
}

/// A parameter that no cache has seen: Zscaler's own advice (zia-api.md 1). A stale answer would be taken for
/// what the tenant holds now.
std::string Api::uncached() const {
    return "_=" + std::to_string(wire_.clock().now().time_since_epoch().count());
}

Answered<CategoryList> Api::categories(const std::vector<std::string>& names, const std::stop_token& stop) {
    const Call call{Endpoint::list_categories, {}, "?customOnly=true&" + uncached()};
    return read(
        call, [&](std::string body) { return read_categories(std::move(body), names); }, stop);
}

Answered<UrlCategory> Api::category(const std::string& id, const std::stop_token& stop) {
    return read({Endpoint::read_category, id, "?" + uncached()}, read_category, stop);
}

Answered<GroupList> Api::groups(const std::vector<std::string>& names, const std::stop_token& stop) {
    const Call call{Endpoint::list_groups, {}, "?" + uncached()};
    return read(
        call, [&](std::string body) { return read_groups(std::move(body), names); }, stop);
}

Answered<Group> Api::group(const std::string& id, const std::stop_token& stop) {
    return read({Endpoint::read_group, id, "?" + uncached()}, read_group, stop);
}

Answered<std::vector<std::string>> Api::denylist(const std::stop_token& stop) {
    return read({Endpoint::read_denylist, {}, "?" + uncached()}, read_denylist, stop);
}

Answered<Quota> Api::quota(const std::stop_token& stop) {
    return read({Endpoint::read_quota}, read_quota, stop);
}

Answered<core::ActivationState> Api::status(const std::stop_token& stop) {
    return read({Endpoint::read_status, {}, "?" + uncached()}, read_status, stop);
}

Answered<std::vector<std::string>> Api::unblocked_alerts(const std::stop_token& stop) {
    return read({Endpoint::list_url_rules, {}, "?" + uncached()}, read_unblocked_alerts, stop);
}

Answered<std::vector<core::LookedUp>> Api::look_up(std::span<const std::string> values, std::chrono::seconds patience,
                                                   const std::stop_token& stop) {
    Call call{Endpoint::look_up};
    call.body = nlohmann::json(std::vector<std::string>(values.begin(), values.end()))
                    .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    call.patience = patience;
    return read(call, read_lookups, stop);
}

}  // namespace cordon::gateways::zia
