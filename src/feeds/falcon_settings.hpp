#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"
#include "base/setting.hpp"
#include "core/indicator.hpp"
#include "core/indicator_mirror.hpp"
#include "feeds/feed_fault.hpp"
#include "net/http.hpp"

namespace cordon::feeds {

/// The kinds of indicators that a URL category or an IP group can hold (crowdstrike-intel-api.md 8).
enum class FalconType : std::uint8_t { url, domain, ip_address, ip_address_block };
inline constexpr std::size_t k_falcon_type_count = 4;
/// "ip_address_block": as the API writes it.
[[nodiscard]] const char* name_of(FalconType type) noexcept;

/// Section [falcon]: one CrowdStrike account. All [falcon_*] lists share it.
struct FalconAccount {
    Secret client_id;
    Secret client_secret;
    std::string cloud = "auto";  ///< "auto" or a name of falcon_clouds()
    std::string base_url;        ///< origin; empty: the cloud's
    double budget_share = 0.25;  ///< of the customer account's 6,000 requests a minute
    std::size_t page_size = 5000;
    std::chrono::seconds history_time = std::chrono::minutes{15};  ///< of one run, for rows older than the first pull
    std::chrono::seconds resync_every = std::chrono::days{7};      ///< 0: never
    bool proxy_enabled = false;
    std::vector<std::string> proxy_servers;
    bool verify_ssl = true;
    std::filesystem::path ca_file;
};

/// A section [falcon_*]: what belongs to the feed. The list's own keys are the engine's.
struct FalconList {
    std::string section;
    std::vector<FalconType> types = {FalconType::url};
    core::Confidence min_confidence = core::Confidence::high;
    std::vector<std::string> exclude_labels;    ///< whole names, or the part behind the "/"
    std::vector<std::string> malware_families;  ///< empty: any
    std::vector<std::string> threat_types;
    std::vector<std::string> actors;
    std::vector<std::string> kill_chains;
    std::array<std::chrono::seconds, k_falcon_type_count> max_age{};  ///< by type; 0: any
    std::string filter;                                               ///< raw FQL, added to the query

    FalconList();
};

/// What the seed names the category, and how many entries it takes (crowdstrike-zscaler-readme.txt; config.py).
inline constexpr const char* k_falcon_category = "CrowdStrike Malicious URLs - High";
inline constexpr std::size_t k_falcon_most_entries = 10'000;

/// A Falcon cloud (crowdstrike-intel-api.md 2).
struct FalconCloud {
    std::string_view name;  ///< as X-Cs-Region says it
    std::string_view origin;
};
[[nodiscard]] const std::vector<FalconCloud>& falcon_clouds();

/// The keys of [falcon]. `account` must outlive them.
[[nodiscard]] std::vector<Setting> settings_of(FalconAccount& account);
/// The feed's keys of one [falcon_*] section. `list` must outlive them.
[[nodiscard]] std::vector<Setting> settings_of(FalconList& list);

/// The origin to ask for the token: base_url, else the cloud's, else US-1's ("auto" begins there).
[[nodiscard]] std::string first_origin(const FalconAccount& account);

/// Whether the token's answer may send us to another cloud.
[[nodiscard]] bool follows_region(const FalconAccount& account) noexcept;

[[nodiscard]] net::Connection connection_of(const FalconAccount& account);

/// What the list's values are to the gateway: addresses, or URLs where any of its types is url, else domains.
[[nodiscard]] core::EntityType entity_of(const FalconList& list) noexcept;

/// What no single key can tell: addresses beside URLs, proxies enabled but none given.
[[nodiscard]] std::vector<FeedFault> faults_of(const FalconAccount& account, const FalconList& list);

/// The first of these, or missing credentials.
[[nodiscard]] Result<void> check_together(const FalconAccount& account, const FalconList& list);

}  // namespace cordon::feeds
