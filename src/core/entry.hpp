#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/indicator.hpp"

namespace cordon::core {

/// What a canonical entry blocks, told by its form.
enum class EntryKind : std::uint8_t {
    host,         ///< "evil.example": that host alone
    dotted_host,  ///< ".evil.example": the host and its subdomains (zia-api.md 5.2)
    url,          ///< "evil.example/a?b": that URL; host may be an IP address or carry a port
    ipv4,         ///< "198.51.100.7"
    ipv4_net,     ///< "198.51.100.0/24", host bits zero
    ipv4_range,   ///< "198.51.100.3-198.51.100.9": no CIDR (zia-api.md 6.2)
    ipv6,         ///< RFC 5952 text
    ipv6_net,
};

/// What holds the entries on the gateway.
enum class TargetKind : std::uint8_t {
    url_category,  ///< hosts, URLs and addresses as hosts; the URL filtering policy names it
    ipv4_group,    ///< IPv4 addresses, networks and ranges; the firewall policy names it
    fqdn_group,    ///< hosts, and with their subdomains where it takes wildcards; the firewall policy names it
    denylist,      ///< entries as in a category; one for the whole tenant, shared with people, blocks by itself
};
inline constexpr std::size_t k_target_kind_count = 4;

[[nodiscard]] const char* name_of(TargetKind kind) noexcept;
/// nullopt where no kind has this name.
[[nodiscard]] std::optional<TargetKind> target_kind_of(std::string_view name) noexcept;
/// "custom URL category", for people.
[[nodiscard]] const char* noun_of(TargetKind kind) noexcept;

/// Its entries count against the tenant's quota of unique URLs (zia-api.md 4.13).
[[nodiscard]] constexpr bool shares_url_quota(TargetKind kind) noexcept {
    return kind == TargetKind::url_category || kind == TargetKind::denylist;
}
/// A destination group of the firewall policy: no incremental removal, no other side.
[[nodiscard]] constexpr bool is_group(TargetKind kind) noexcept {
    return kind == TargetKind::ipv4_group || kind == TargetKind::fqdn_group;
}
/// Its entries lie on one of two sides.
[[nodiscard]] constexpr bool has_sides(TargetKind kind) noexcept {
    return kind == TargetKind::url_category;
}

/// domain and url lists live in a URL category, ip lists in a destination IPv4 group.
[[nodiscard]] constexpr TargetKind target_of(EntityType type) noexcept {
    return type == EntityType::ip ? TargetKind::ipv4_group : TargetKind::url_category;
}

/// Which of a category's two lists holds an entry (zia-api.md 4.1). IP groups have only `plain`.
enum class Side : std::uint8_t {
    plain,          ///< `urls`: leaves its Zscaler category; or a group's `addresses`
    retain_parent,  ///< `dbCategorizedUrls`: keeps its Zscaler category
};

[[nodiscard]] constexpr Side other_side(Side side) noexcept {
    return side == Side::plain ? Side::retain_parent : Side::plain;
}

}  // namespace cordon::core
