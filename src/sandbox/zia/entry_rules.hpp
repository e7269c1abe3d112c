#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cordon::sandbox::zia {

/// True where ZIA takes `entry` into a URL list. Looser than its written guideline where a real tenant's
/// data proves it (zia-api.md 5.1): case, ports, any printable path and one trailing dot pass.
[[nodiscard]] bool is_acceptable_url(std::string_view entry);

/// True for an entry that is accepted but cannot do what its sender meant: a network, which ZIA reads
/// as host and path (zia-api.md 5.1, "CIDR in urls"): a.b.c.d/n with n from 0 to 32. Host bits are zero in
/// networks; with them set it is the path of a URL, such as a file called "24".
[[nodiscard]] bool is_network_as_url(std::string_view entry);

/// Address syntax per group type (zia-api.md 6.2): DSTN_IP takes IPv4 addresses, networks and ranges;
/// DSTN_FQDN full names; DSTN_DOMAIN also "*.example.com".
[[nodiscard]] bool is_acceptable_address(std::string_view group_type, std::string_view address);

/// Letters, digits, "_-.()" and space (zia-api.md 4.6).
[[nodiscard]] bool is_acceptable_category_name(std::string_view name);
/// Letters, digits, "_-." and, since a live tenant has them, space; at most 255 (zia-api.md 6.2). Parentheses, of which
/// no source says anything, pass, since an IP list goes on in "NAME (2)".
[[nodiscard]] bool is_acceptable_group_name(std::string_view name);

/// The entries that would block a request to `url`, most specific first (zia-api.md 5.2): the exact
/// text, directories above it, the exact host, dotted parents up to five levels up. The scheme and
/// the port of `url` do not matter.
[[nodiscard]] std::vector<std::string> entries_that_block(std::string_view url);

/// Lower-case host of a URL with or without scheme; brackets of an IPv6 address are taken off.
[[nodiscard]] std::string host_of(std::string_view url);

/// True where the IPv4 `host` lies in `address` (single, network or range).
[[nodiscard]] bool covers_address(std::string_view address, std::string_view host);

/// Characters of a UTF-8 text as ZIA's limits count them. The reference says "characters" (zia-api.md 4.13, 6.2) and
/// not of which kind; the service is written in Java (its 406 page is Tomcat's, zia-api.md 1), whose strings count what
/// lies outside the basic plane twice.
[[nodiscard]] std::size_t character_count(std::string_view text);

}  // namespace cordon::sandbox::zia
