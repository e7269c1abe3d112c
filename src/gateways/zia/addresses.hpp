#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "gateways/setting_fault.hpp"
#include "gateways/zia/settings.hpp"

namespace cordon::gateways::zia {

/// Where requests go, computed from the options alone.
struct Addresses {
    std::string base;               ///< "https://zsapi.zscaler.net/api/v1", "https://api.zsapi.net/zia/api/v1"
    std::string host;               ///< of it, lower case, no port
    std::string token_url = {};     ///< only for OneAPI: "https://acme.zslogin.net/oauth2/v1/token"
    std::string token_host = {};    ///< of it
    std::string jwt_audience = {};  ///< what a private-key JWT is made out to (zia-api.md 12, conflict 13)
};

/// The addresses of this way of signing in (never Auth::automatic); the fault names the key that has to change.
[[nodiscard]] tl::expected<Addresses, SettingFault> addresses_of(const ZiaOptions& options, Auth auth);

/// "acme.zslogin.net" -> "acme"; a vanity name alone stays.
[[nodiscard]] std::string vanity_label(std::string_view vanity_domain);

/// "zslogin.net": where the tenants of a OneAPI cloud sign in (zia-api.md 3.1). `cloud` in lower case, "" is
/// production.
[[nodiscard]] std::string sign_in_domain(std::string_view cloud);

/// "api.beta.zsapi.net": the API host of a OneAPI cloud (zia-api.md 3.1).
[[nodiscard]] std::string api_host_of(std::string_view cloud);

}  // namespace cordon::gateways::zia
