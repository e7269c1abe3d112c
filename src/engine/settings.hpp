#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/setting.hpp"
#include "core/entry.hpp"
#include "core/guard.hpp"
#include "core/lookup.hpp"
#include "core/match.hpp"
#include "core/plan.hpp"
#include "engine/freeze.hpp"
#include "engine/rule_settings.hpp"

namespace cordon::engine {

/// `retain_parent_category`: which side of a URL category new entries go to. `automatic`: retaining for a
/// category that we create, for an existing one the side that holds most of its entries.
enum class RetainParent { automatic, yes, no };

/// How the further groups of a list are called.
enum class GroupNumbering {
    parentheses,  ///< NAME (2)
    underscore,   ///< NAME_2
};

/// Where the rest of an IP list goes.
enum class Overflow { off, category };

/// The list's part of a `[risklist_*]` section; the feed's part belongs to the feed.
struct ListOptions {
    bool enabled = true;
    std::string category_name;
    std::string category_description;
    std::size_t min_risk = 0;
    std::optional<core::TargetKind> target;  ///< nullopt: what its entity type says
    std::size_t max_entries = 0;             ///< 0: what [zscaler] says for its target
    bool include_subdomains = false;
    RetainParent retain_parent_category = RetainParent::automatic;
    core::LookupRules lookup;  ///< not for IP groups; `classify` for URL categories only
    std::chrono::seconds stale_after = std::chrono::days{7};
    std::chrono::seconds every{0};               ///< for the daemon: how often its feed is asked; 0: as all are
    std::vector<FreezeWindow> quiet_hours = {};  ///< for the daemon: when it is not
    std::size_t priority = 50;                   ///< the highest gets the tenant's room first
    std::size_t reserve = 0;                     ///< places that are kept for this list
    std::string group;                           ///< lists of the same group are blocked alike
    bool join_networks = false;                  ///< IP groups only
    bool fold_hosts = false;                     ///< domains only
    std::size_t max_groups = 1;                  ///< destination groups of one list
    GroupNumbering group_numbering = GroupNumbering::parentheses;
    Overflow overflow = Overflow::off;  ///< of IPv4 addresses; IP groups only
    Overflow ipv6 = Overflow::off;      ///< of IPv6 addresses; likewise
    RuleOptions rule;

    bool operator==(const ListOptions&) const = default;
};
[[nodiscard]] std::vector<Setting> settings_of(ListOptions& options);

/// What holds the entries of a section with this entity type.
[[nodiscard]] core::TargetKind target_of(const ListOptions& options, core::EntityType entity) noexcept;

/// How lists are kept on the tenant; stands in `[zscaler]` beside the gateway's own keys.
struct KeepOptions {
    std::size_t max_domains = 25000;
    std::size_t max_ips = 8000;
    std::size_t max_fqdns = 100;
    core::AdoptRule adopt = core::AdoptRule::matching;
    std::chrono::seconds respect_manual_removals = std::chrono::days{30};
    bool hysteresis = true;
    std::size_t quota_headroom = 0;  ///< URLs that are left to people
    std::chrono::seconds lookup_ttl = std::chrono::days{7};
};
[[nodiscard]] std::vector<Setting> settings_of(KeepOptions& options);

/// `[guard]`.
struct GuardOptions {
    core::GuardRules rules;
    std::size_t min_prefix = 16;
    bool permit_reserved = false;
};
[[nodiscard]] std::vector<Setting> settings_of(GuardOptions& options);

/// `[allow]`: what must never be blocked. Files are resolved against the settings file's folder.
struct AllowOptions {
    std::vector<std::string> never;
    std::vector<std::string> never_files;
    std::vector<std::string> popular;
    std::vector<std::string> popular_files;
    bool builtin_popular = true;
};
[[nodiscard]] std::vector<Setting> settings_of(AllowOptions& options);

/// `[assert]`.
[[nodiscard]] std::vector<Setting> settings_of(core::Assertions& assertions);

}  // namespace cordon::engine
