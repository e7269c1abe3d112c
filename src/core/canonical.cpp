#include "core/canonical.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "core/browser_host.hpp"
#include "core/defang.hpp"
#include "core/ip.hpp"
#include "core/plain_name.hpp"
#include "core/url_parts.hpp"

namespace cordon::core {
namespace {

using Objection = std::optional<Refusal>;

constexpr std::size_t k_longest_entry = 1024;  // zia-api.md 4.13
constexpr std::string_view k_removed_by_browsers = "\t\r\n";

// --- the raw value -----------------------------------------------------------------------------------

/// Without control characters and spaces at both ends (WHATWG URL, "basic URL parser", step 1).
std::string_view trim_controls(std::string_view text) noexcept {
    while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
    return text;
}

/// A value taken apart: its live spelling, split as a browser does, its host read.
struct Address {
    UrlParts parts;
    HostKind kind = HostKind::name;

    /// Nothing behind the host, so that a browser asks for "/".
    [[nodiscard]] bool is_root() const noexcept { return is_root_path(parts.path_and_query); }
    [[nodiscard]] bool is_host_alone() const noexcept { return is_root() && !parts.port && !parts.has_fragment; }
};

/// Tabs and line ends inside a URL are not there for a browser (WHATWG, step 3).
std::string without_line_ends(std::string_view value) {
    std::string cleaned(value);
    std::erase_if(cleaned, [](char c) { return k_removed_by_browsers.find(c) != std::string_view::npos; });
    return cleaned;
}

/// "1.2" is an address to a browser, but without a scheme more likely a version or an amount.
bool is_mere_number(std::string_view raw_host, HostKind kind) {
    return kind == HostKind::ipv4 && std::count(raw_host.begin(), raw_host.end(), '.') < 3;
}

/// What only an address with a scheme may hold: without one, "user@host" is a mail address.
Objection check_without_scheme(const UrlParts& parts, HostKind kind) {
    if (parts.has_userinfo) return Refusal{Reason::not_an_indicator, "a mail address or the like"};
    if (is_mere_number(parts.host, kind)) return Refusal{Reason::not_an_indicator, "a number"};
    return std::nullopt;
}

/// Splits `value` (live, without line ends) and reads its host into `host`.
Objection read_address(std::string_view value, Address& address, std::string& host) {
    if (value.empty()) return Refusal{Reason::not_an_indicator, "empty"};
    if (value[0] == '/' || value[0] == '\\') return Refusal{Reason::not_an_indicator, "a path without a host"};
    const auto parts = split_url(value);
    if (!parts) return Refusal{Reason::not_an_indicator, "no web address"};
    address.parts = *parts;
    if (auto refusal = read_host(parts->host, host, address.kind)) return refusal;
    return parts->scheme == Scheme::none ? check_without_scheme(*parts, address.kind) : std::nullopt;
}

// --- entries -----------------------------------------------------------------------------------------

Objection accept_host(EntryKind kind, Canonical& result) {
    result.kind = kind;
    result.text.assign(kind == EntryKind::dotted_host ? "." : "");
    result.text += result.host;
    return std::nullopt;
}

Objection accept_network(Ipv4Range range, Canonical& result) {
    const auto prefix = prefix_of(range);
    result.kind = !prefix ? EntryKind::ipv4_range : *prefix == 32 ? EntryKind::ipv4 : EntryKind::ipv4_net;
    result.text = to_text(range);
    result.host = result.text;
    return std::nullopt;
}

Objection accept_network(const Ipv6Net& net, Canonical& result) {
    result.kind = net.prefix == 128 ? EntryKind::ipv6 : EntryKind::ipv6_net;
    result.text = to_text(net);
    result.host = result.text;
    return std::nullopt;
}

EntryKind entry_kind_of(HostKind kind) noexcept {
    switch (kind) {
        case HostKind::name: break;
        case HostKind::ipv4: return EntryKind::ipv4;
        case HostKind::ipv6: return EntryKind::ipv6;
    }
    return EntryKind::host;
}

/// "*.x" and ".x": x with its subdomains.
bool take_wildcard(std::string_view& value) noexcept {
    if (value.starts_with("*.")) {
        value.remove_prefix(2);
        return true;
    }
    if (value.starts_with('.')) {
        value.remove_prefix(1);
        return true;
    }
    return false;
}

/// The bytes of addresses, networks and ranges: what has others needs no look at all.
bool may_be_address(std::string_view value) noexcept {
    return std::all_of(value.begin(), value.end(), [](char c) {
        const char lower = to_lower(c);
        return (c >= '-' && c <= ':') || (lower >= 'a' && lower <= 'f') || c == ' ';  // '-' to ':' are "-./0-9:"
    });
}

bool is_network_text(std::string_view value) noexcept {
    return may_be_address(value) && (parse_ipv4_range(value) || parse_ipv6_net(value));
}

// --- domain lists ------------------------------------------------------------------------------------

Objection read_plain_domain(std::string_view value, EntryKind kind, Canonical& result) {
    HostKind host_kind{};
    if (auto refusal = read_host(value, result.host, host_kind)) return refusal;
    if (is_mere_number(value, host_kind)) return Refusal{Reason::not_an_indicator, "a number"};
    if (host_kind != HostKind::name) return Refusal{Reason::wrong_type, "an address in a list of domains"};
    return accept_host(kind, result);
}

Objection read_domain(std::string_view value, Canonical& result) {
    const auto kind = take_wildcard(value) ? EntryKind::dotted_host : EntryKind::host;
    if (value.find('.') != std::string_view::npos && is_plain_host_text(value)) {
        return read_plain_domain(value, kind, result);
    }
    if (is_network_text(value)) return Refusal{Reason::wrong_type, "an address in a list of domains"};
    Address address;
    if (auto refusal = read_address(value, address, result.host)) return refusal;
    if (address.kind != HostKind::name) return Refusal{Reason::wrong_type, "an address in a list of domains"};
    if (kind == EntryKind::dotted_host && address.parts.scheme != Scheme::none) {
        return Refusal{Reason::not_an_indicator, "a wildcard before a scheme"};
    }
    // A port or a path says that less than the host is meant: the host alone would block too much.
    if (!address.is_host_alone()) return Refusal{Reason::wrong_type, "a URL in a list of domains"};
    return accept_host(kind, result);
}

// --- URL lists ---------------------------------------------------------------------------------------

Objection accept_url(const Address& address, Canonical& result) {
    const auto& parts = address.parts;
    if (address.kind == HostKind::ipv6) {
        // No document shows how an IPv6 address with a port or a path is written (zia-api.md 5.1).
        return Refusal{Reason::unsupported_by_target, "an IPv6 address with port or path"};
    }
    if (address.is_root() && parts.has_fragment) {
        // A fragment is never sent: the entry would be the whole host (or port), which the feed did not name.
        return Refusal{Reason::unsupported_by_target, "only its fragment tells it from the whole host"};
    }
    if (parts.path_and_query.size() > k_longest_entry) return Refusal{Reason::too_long, "over 1,024 characters"};
    result.kind = EntryKind::url;
    result.text.assign(result.host);
    if (parts.port) result.text.append(":").append(std::to_string(*parts.port));
    if (!address.is_root()) append_path_and_query(parts.path_and_query, result.text);
    if (result.text.size() > k_longest_entry) return Refusal{Reason::too_long, "over 1,024 characters"};
    return std::nullopt;
}

/// Reporters put a scheme before networks too: "http://198.51.100.0/24". Host bits that are set tell a path
/// ("http://198.51.100.7/24") from one.
bool is_network_behind_scheme(const Address& address, std::string_view host) {
    constexpr std::size_t k_longest_suffix = 3;  // "/24"
    const auto path = address.parts.path_and_query;
    if (address.kind != HostKind::ipv4 || address.parts.port) return false;
    if (!path.starts_with('/') || path.size() > k_longest_suffix) return false;
    const auto range = parse_ipv4_range(std::string(host).append(path));
    return range && range->first == parse_ipv4(host);
}

Objection read_url(std::string_view value, Canonical& result) {
    if (may_be_address(value)) {
        if (const auto address = parse_ipv6(value)) return accept_network(Ipv6Net{*address, 128}, result);
    }
    // "198.51.100.0/24" would be stored as a host with the path "/24" and block nothing (zia-api.md 5.1).
    if (is_network_text(value) && !parse_ipv4(value)) {
        return Refusal{Reason::wrong_type, "a network in a list of URLs"};
    }
    Address address;
    if (auto refusal = read_address(value, address, result.host)) return refusal;
    if (address.is_host_alone()) return accept_host(entry_kind_of(address.kind), result);
    if (is_network_behind_scheme(address, result.host)) {
        return Refusal{Reason::wrong_type, "a network in a list of URLs"};
    }
    return accept_url(address, result);
}

// --- IP lists ----------------------------------------------------------------------------------------

/// An address with a port or inside a URL, as RF's ratcontrollers file has it (recorded-future-api.md 7.2).
Objection read_ip_of_url(std::string_view value, Canonical& result) {
    Address address;
    if (read_address(value, address, result.host)) return Refusal{Reason::not_an_indicator, "no address"};
    if (address.kind == HostKind::name) return Refusal{Reason::wrong_type, "a host name in a list of addresses"};
    if (!address.is_root() || address.parts.has_fragment) {
        return Refusal{Reason::wrong_type, "a URL in a list of addresses"};
    }
    if (address.parts.scheme == Scheme::none && address.kind == HostKind::ipv4 && !parse_ipv4(address.parts.host)) {
        return Refusal{Reason::not_an_indicator, "leading zeros: decimal or octal is unclear"};
    }
    return accept_host(entry_kind_of(address.kind), result);
}

Objection read_ip(std::string_view value, Canonical& result) {
    if (const auto range = parse_ipv4_range(value)) return accept_network(*range, result);
    if (const auto net = parse_ipv6_net(value)) return accept_network(*net, result);
    return read_ip_of_url(value, result);
}

Objection read_value(EntityType type, std::string_view value, Canonical& result) {
    switch (type) {
        case EntityType::domain: return read_domain(value, result);
        case EntityType::url: return read_url(value, result);
        case EntityType::ip: return read_ip(value, result);
    }
    return Refusal{};
}

/// What defanging is made of, and what browsers take out. (A comparison a byte beats find_first_of.)
constexpr bool is_odd_character(char c) noexcept {
    return c == '[' || c == '(' || c == '{' || c == '\t' || c == '\r' || c == '\n';
}

/// The slow way in: a defanged value, or one that is broken over lines.
Objection read_odd_value(EntityType type, std::string_view value, Canonical& result) {
    const std::string cleaned = without_line_ends(value);
    if (cleaned.size() != value.size()) {
        // Only a URL with a scheme is surely one value; else two values would be glued together.
        const auto parts = split_url(cleaned);
        if (!parts || parts->scheme == Scheme::none) return Refusal{Reason::not_an_indicator, "several lines"};
    }
    std::string scratch;
    return read_value(type, refang(cleaned, scratch), result);
}

/// Most values need nothing undone: canonical text and host are the value itself.
bool read_at_a_glance(EntityType type, std::string_view raw, Canonical& result) {
    const bool is_address = type == EntityType::ip;
    if (is_address ? !parse_ipv4(raw).has_value() : !is_plain_name(raw)) return false;
    result.is_entry = true;
    result.kind = is_address ? EntryKind::ipv4 : EntryKind::host;
    result.text.assign(raw);
    result.host.assign(raw);
    result.detail.clear();
    return true;
}

}  // namespace

void canonicalise(EntityType type, std::string_view raw, Canonical& result) {
    if (read_at_a_glance(type, raw, result)) return;
    const auto value = trim_controls(raw);
    const bool is_odd = std::any_of(value.begin(), value.end(), [](char c) { return is_odd_character(c); });
    const auto refusal = is_odd ? read_odd_value(type, value, result) : read_value(type, value, result);
    result.is_entry = !refusal;
    if (!refusal) {
        result.detail.clear();
        return;
    }
    result.reason = refusal->reason;
    result.detail.assign(refusal->detail);
    result.text.clear();
    result.host.clear();
}

}  // namespace cordon::core
