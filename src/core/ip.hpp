#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cordon::core {

/// A closed range of IPv4 addresses in host order; a network is the range it spans.
struct Ipv4Range {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    auto operator<=>(const Ipv4Range&) const = default;
};

/// An IPv6 network; bytes in network order, host bits zero.
struct Ipv6Net {
    std::array<std::uint8_t, 16> address{};
    std::uint8_t prefix = 128;
    auto operator<=>(const Ipv6Net&) const = default;
};

/// A quick look before parsing a host: addresses end in a digit or hold a colon. Some names do too.
[[nodiscard]] bool looks_like_address(std::string_view host) noexcept;
/// "[2001:db8::1]" -> "2001:db8::1"; all else as it is.
[[nodiscard]] std::string_view without_brackets(std::string_view host) noexcept;

/// Strict dotted quad, no leading zeros.
[[nodiscard]] std::optional<std::uint32_t> parse_ipv4(std::string_view text) noexcept;

/// RFC 4291 text, embedded IPv4 allowed, no zone, no brackets.
[[nodiscard]] std::optional<std::array<std::uint8_t, 16>> parse_ipv6(std::string_view text) noexcept;

/// "a.b.c.d", "a.b.c.d/n" (host bits are cleared), "a-b" with any white space around the dash.
[[nodiscard]] std::optional<Ipv4Range> parse_ipv4_range(std::string_view text) noexcept;
[[nodiscard]] std::optional<Ipv6Net> parse_ipv6_net(std::string_view text) noexcept;

[[nodiscard]] std::string to_text(std::uint32_t ipv4);
/// RFC 5952.
[[nodiscard]] std::string to_text(const std::array<std::uint8_t, 16>& ipv6);
/// "a.b.c.d", "a.b.c.d/n" where the range is one network, else "a-b".
[[nodiscard]] std::string to_text(Ipv4Range range);
[[nodiscard]] std::string to_text(const Ipv6Net& net);

/// The prefix length where the range is exactly one network.
[[nodiscard]] std::optional<unsigned> prefix_of(Ipv4Range range) noexcept;

/// Where an address range touches an IANA special-purpose block (private, loopback, link-local, CGNAT,
/// documentation, benchmarking, multicast, reserved, 0/8, broadcast): the block's name; else nullptr.
/// Source: IANA IPv4/IPv6 Special-Purpose Address Registries (RFC 6890 and updates).
[[nodiscard]] const char* reserved_block(Ipv4Range range) noexcept;
[[nodiscard]] const char* reserved_block(const Ipv6Net& net) noexcept;
/// All IPv4 blocks of these registries.
[[nodiscard]] std::vector<Ipv4Range> reserved_ipv4_blocks();
/// True for the blocks that rehearsals may use: documentation (192.0.2.0/24, 198.51.100.0/24,
/// 203.0.113.0/24, RFC 5737; 2001:db8::/32, RFC 3849) and benchmarking (198.18.0.0/15, RFC 2544).
[[nodiscard]] bool is_rehearsal_block(Ipv4Range range) noexcept;
[[nodiscard]] bool is_rehearsal_block(const Ipv6Net& net) noexcept;

/// The fewest networks that span exactly the same addresses, ascending, disjoint.
[[nodiscard]] std::vector<Ipv4Range> merge_to_networks(std::vector<Ipv4Range> ranges);
/// The addresses of `ranges` that are not in `taken`, as the fewest networks.
[[nodiscard]] std::vector<Ipv4Range> subtract(std::vector<Ipv4Range> ranges, std::vector<Ipv4Range> taken);

}  // namespace cordon::core
