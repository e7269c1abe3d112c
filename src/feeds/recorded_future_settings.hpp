#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.hpp"
#include "base/setting.hpp"
#include "core/indicator.hpp"
#include "feeds/feed_fault.hpp"
#include "net/http.hpp"

namespace cordon::feeds {

/// Section [rfapi]: how to reach Recorded Future. All feeds share it.
struct RfAccount {
    Secret token;
    std::string api_url = "https://api.recordedfuture.com";  ///< origin and path, no trailing slash
    bool proxy_enabled = false;
    std::vector<std::string> proxy_servers = {"https://localhost:8080"};  ///< the guide's sample
    bool verify_ssl = true;
    std::filesystem::path ca_file;
    std::size_t max_feed_bytes = 256U << 20;                  ///< of a list file, also unpacked
    std::chrono::seconds timeout = std::chrono::minutes{30};  ///< of one download, however steadily it flows
};

/// Which generation of the Fusion API serves a file (recorded-future-api.md 5).
enum class FusionApi { v2, v3 };

/// A section [risklist_*]: what belongs to the feed. The list's own keys are the engine's.
struct RfList {
    std::string section;  ///< full name, "risklist_weaponized_domains"
    core::EntityType entity = core::EntityType::domain;
    std::string fusion_file;  ///< with one leading slash; empty = the entity's risk list
    FusionApi fusion_api = FusionApi::v2;
    std::string list = "default";  ///< "default", "large" or a risk rule; only without fusion_file
    double min_valid_share = 0.8;
    std::optional<int> default_risk;  ///< absent: see risk_of_unrated()
};

/// The keys of [rfapi]. `account` must outlive them.
[[nodiscard]] std::vector<Setting> settings_of(RfAccount& account);

/// The feed's keys of one [risklist_*] section. `list` must outlive them.
[[nodiscard]] std::vector<Setting> settings_of(RfList& list);

/// The connection that the account describes, with our User-Agent; no proxies unless proxy_enabled.
[[nodiscard]] net::Connection connection_of(const RfAccount& account);

/// What no single key can tell: proxies enabled but none given, `list` beside a `fusion_file`.
[[nodiscard]] std::vector<FeedFault> faults_of(const RfAccount& account, const RfList& list);

/// The first of these, or a missing token.
[[nodiscard]] Result<void> check_together(const RfAccount& account, const RfList& list);

/// The risk of indicators without one: `default_risk`, else 90 for files below /public/prevent/ (made
/// for blocking), else 65 (design rule 15).
[[nodiscard]] int risk_of_unrated(const RfList& list) noexcept;

}  // namespace cordon::feeds
