#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/lookup.hpp"
#include "gateways/zia/answers.hpp"
#include "gateways/zia/api_error.hpp"
#include "gateways/zia/session.hpp"
#include "gateways/zia/wire.hpp"

namespace cordon::gateways::zia {

/// Signed-in requests to one tenant.
class Api {
public:
    Api(Wire wire, std::unique_ptr<Session> session);

    /// A 2xx answer. Signs in when needed and once more when ZIA has forgotten the session; a call that must
    /// never be repeated blindly then goes back to its caller with `session_gone`.
    [[nodiscard]] Answered<net::Response> call(const Call& call, const std::stop_token& stop);

    // Reads with their answers understood; a damaged answer is asked for again once.
    [[nodiscard]] Answered<CategoryList> categories(const std::vector<std::string>& names, const std::stop_token& stop);
    [[nodiscard]] Answered<UrlCategory> category(const std::string& id, const std::stop_token& stop);
    [[nodiscard]] Answered<GroupList> groups(const std::vector<std::string>& names, const std::stop_token& stop);
    [[nodiscard]] Answered<Group> group(const std::string& id, const std::stop_token& stop);
    [[nodiscard]] Answered<std::vector<std::string>> denylist(const std::stop_token& stop);
    [[nodiscard]] Answered<Quota> quota(const std::stop_token& stop);
    [[nodiscard]] Answered<core::ActivationState> status(const std::stop_token& stop);
    /// The alert categories that no rule surely blocks, see read_unblocked_alerts().
    [[nodiscard]] Answered<std::vector<std::string>> unblocked_alerts(const std::stop_token& stop);
    /// One POST /urlLookup, at most k_values_per_lookup values.
    [[nodiscard]] Answered<std::vector<core::LookedUp>> look_up(std::span<const std::string> values,
                                                                std::chrono::seconds patience,
                                                                const std::stop_token& stop);

    [[nodiscard]] Wire& wire() noexcept { return wire_; }
    [[nodiscard]] const Wire& wire() const noexcept { return wire_; }
    [[nodiscard]] Session& session() noexcept { return *session_; }
    [[nodiscard]] const Session& session() const noexcept { return *session_; }

private:
    template <class Reader>
    auto read(const Call& call, const Reader& reader, const std::stop_token& stop)
        -> Answered<typename decltype(reader(std::string{}))::value_type>;

    [[nodiscard]] std::string uncached() const;

    Wire wire_;
    std::unique_ptr<Session> session_;
};

}  // namespace cordon::gateways::zia
