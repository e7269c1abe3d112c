#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/secret.hpp"
#include "base/setting.hpp"
#include "net/http.hpp"

namespace cordon::gateways::zia {

/// The `[zscaler]` section as far as the gateway reads it (max_domains and max_ips belong to the engine).
struct ZiaOptions {
    std::string base_uri;  ///< as the portal shows it; checked by its setting
    Secret api_key;
    std::string username;
    Secret password;
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
    std::chrono::seconds write_timeout{240};  ///< as Zscaler's Python SDK
    std::chrono::seconds rate_patience{900};  ///< longest wait for a rate window
    std::size_t max_ip_entries = 16'000;      ///< of the tenant, over all groups (zia-api.md 6.3)
    std::size_t max_fqdn_entries = 5'000;     ///< likewise, over all groups of host names
    std::size_t max_categories = 64;          ///< custom categories of the tenant (zia-api.md 4.13)
};

/// The table of the section. `options` must outlive it.
[[nodiscard]] std::vector<Setting> settings_of(ZiaOptions& options);

/// What the HTTP client of this gateway needs to know.
[[nodiscard]] net::Connection connection_of(const ZiaOptions& options);

/// "example.com" of the login "svc@example.com": the operator's own mail domain, which must not be blocked;
/// "" where the login is no mail address.
[[nodiscard]] std::string mail_domain_of(const ZiaOptions& options);

}  // namespace cordon::gateways::zia
