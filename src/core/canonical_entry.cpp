// Canonical forms of what a gateway holds, and the parts of a canonical text.

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.hpp"
#include "core/browser_host.hpp"
#include "core/canonical.hpp"
#include "core/ip.hpp"
#include "core/plain_name.hpp"

namespace cordon::core {
namespace {

constexpr auto k_ends_host = [] {
    std::array<bool, 256> ends_host{};
    for (const char c : std::string_view(":/?#")) ends_host[static_cast<unsigned char>(c)] = true;
    return ends_host;
}();

/// An address, network or range in its canonical spelling; nullopt on anything else.
std::optional<std::string> address_text(std::string_view spelling) {
    if (const auto range = parse_ipv4_range(spelling)) return to_text(*range);
    if (const auto net = parse_ipv6_net(spelling)) return to_text(*net);
    return std::nullopt;
}

bool is_port(std::string_view text) noexcept {
    return text.empty() || (text.front() == ':' && parse_whole_number(text.substr(1)));
}

/// "Host.Example./" -> "host.example": the host in lower case without its trailing dot, the root's slash
/// dropped. Port, path, query and fragment are part of what ZIA compares, so they stay.
std::optional<std::string> category_text(std::string_view spelling) {
    if (const auto address = parse_ipv6(spelling)) return to_text(*address);
    const auto host_end = std::min(spelling.find_first_of(":/?#"), spelling.size());
    auto host = spelling.substr(0, host_end);
    if (host.empty() || !is_plain_host_text(host)) return std::nullopt;
    if (host.size() > 1 && host.ends_with('.') && !host.ends_with("..")) host.remove_suffix(1);
    auto rest = spelling.substr(host_end);
    const auto path = std::min(rest.find_first_of("/?#"), rest.size());
    if (!is_port(rest.substr(0, path))) return std::nullopt;
    if (rest.substr(path) == "/") rest.remove_suffix(1);
    return to_lower(host).append(rest);
}

EntryKind kind_of_address(std::string_view canonical) noexcept {
    if (const auto range = parse_ipv4_range(canonical)) {
        const auto prefix = prefix_of(*range);
        if (!prefix) return EntryKind::ipv4_range;
        return *prefix == 32 ? EntryKind::ipv4 : EntryKind::ipv4_net;
    }
    if (const auto net = parse_ipv6_net(canonical)) {
        return net->prefix == 128 ? EntryKind::ipv6 : EntryKind::ipv6_net;
    }
    return EntryKind::host;
}

EntryKind kind_in_category(std::string_view canonical) noexcept {
    if (parse_ipv4(canonical)) return EntryKind::ipv4;
    if (parse_ipv6(canonical)) return EntryKind::ipv6;
    if (canonical.find_first_of(":/?#") != std::string_view::npos) return EntryKind::url;
    return canonical.starts_with('.') ? EntryKind::dotted_host : EntryKind::host;
}

}  // namespace

std::string canonical_entry(TargetKind target, std::string_view spelling) {
    if (target != TargetKind::ipv4_group && is_plain_name(spelling)) return std::string(spelling);
    auto trimmed = trim(spelling);
    // An FQDN group says "*.x" where a category says ".x" (zia-api.md 5.2, 6.2).
    if (target == TargetKind::fqdn_group && trimmed.starts_with("*.")) trimmed.remove_prefix(1);
    auto text = target == TargetKind::ipv4_group ? address_text(trimmed) : category_text(trimmed);
    return text ? std::move(*text) : std::string(spelling);
}

EntryKind kind_of(TargetKind target, std::string_view canonical) noexcept {
    return target == TargetKind::ipv4_group ? kind_of_address(canonical) : kind_in_category(canonical);
}

std::string_view host_of(std::string_view canonical) noexcept {
    std::size_t end = 0;
    while (end < canonical.size() && !k_ends_host[static_cast<unsigned char>(canonical[end])]) ++end;
    if (end < canonical.size() && canonical[end] == ':' && parse_ipv6(canonical)) return canonical;
    canonical = canonical.substr(0, end);
    return canonical.starts_with('.') ? canonical.substr(1) : canonical;
}

}  // namespace cordon::core
