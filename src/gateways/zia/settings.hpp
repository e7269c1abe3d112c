#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/secret.hpp"
#include "base/setting.hpp"
#include "net/http.hpp"

namespace cordon::gateways::zia {

/// How we sign in to ZIA.
enum class Auth : std::uint8_t {
    automatic,  ///< by what is configured
    legacy,     ///< API key, admin and password for a session (zia-api.md 2)
    oneapi,     ///< API client of ZIdentity for a token (zia-api.md 3)
    bearer,     ///< token of the customer's own identity provider, on the legacy host (zia-api.md 2.7)
};

/// The `[zscaler]` section as far as the gateway reads it (max_domains and max_ips belong to the engine).
struct ZiaOptions {
    Auth auth = Auth::automatic;
    std::string base_uri;  ///< as the portal shows it; checked by its setting
    Secret api_key;
    std::string username;
    Secret password;
    std::string client_id;
    Secret client_secret;
    Secret private_key;         ///< PEM, or the path of a PEM file until load_private_key() (sign_in_settings.hpp)
    std::string vanity_domain;  ///< "acme", or "acme.zslogin.net"
    std::string cloud;          ///< lower case; "" is production
    std::string token_url;
    std::string api_url;
    std::string jwt_audience;
    Secret bearer_token;
    std::filesystem::path bearer_token_file;  ///< where it came from; read again when ZIA refuses the token
    bool proxy_enabled = false;
    std::vector<std::string> proxy_servers;
    bool verify_ssl = true;
    std::filesystem::path ca_file;
    /// Entries a write. FalconX sent 10,000 a call, 20,000 are known to work (zia-api.md 4.13, 9.5); refused
    /// or lost batches are halved, so this is only where we start.
    std::size_t batch_size = 10'000;
    /// Above 35 s, because ZIA sits on a write for 30 s before it says that the edit lock is taken
    /// (zia-api.md 1, 8.4).
    std::chrono::seconds read_timeout{75};
    std::chrono::seconds write_timeout{240};   ///< as Zscaler's Python SDK
    std::chrono::seconds rate_patience{900};   ///< longest wait for a rate window
    std::size_t max_ip_entries = 16'000;       ///< of the tenant, over all groups (zia-api.md 6.3)
    std::size_t max_fqdn_entries = 5'000;      ///< likewise, over all groups of host names
    std::size_t max_categories = 64;           ///< custom categories of the tenant (zia-api.md 4.13)
    std::chrono::seconds activation_wait{60};  ///< longest wait while ZIA says INPROGRESS (zia-api.md 8.3)
};

/// The table of the section. `options` must outlive it.
[[nodiscard]] std::vector<Setting> settings_of(ZiaOptions& options);

/// What the HTTP client of this gateway needs to know.
[[nodiscard]] net::Connection connection_of(const ZiaOptions& options);

/// "example.com" of the login "svc@example.com": the operator's own mail domain, which must not be blocked;
/// "" where the login is no mail address.
[[nodiscard]] std::string mail_domain_of(const ZiaOptions& options);

}  // namespace cordon::gateways::zia
