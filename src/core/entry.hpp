#pragma once

#include <cstdint>
#include <string>

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
enum class TargetKind : std::uint8_t { url_category, ipv4_group };

[[nodiscard]] const char* name_of(TargetKind kind) noexcept;

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
