#include "core/verdict.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/ip.hpp"
#include "core/public_suffix.hpp"

namespace cordon::core {
namespace {

/// IPv6 networks wider than this are rejected: a /32 is what a registry hands to a whole provider
/// (RIPE-738, ARIN NRPM 6.5.2).
constexpr unsigned k_min_ipv6_prefix = 32;

struct ReservedName {
    const char* name;
    bool for_rehearsal;
};

/// RFC 2606 and RFC 6761 (test, example, invalid, localhost, example.*), RFC 6762 (local), RFC 7686
/// (onion), RFC 8375 (home.arpa), RFC 9476 (alt), ICANN board resolution 2024.07.29.06 (internal).
constexpr std::array k_reserved_names{
    ReservedName{"example", true},     ReservedName{"test", true},        ReservedName{"invalid", true},
    ReservedName{"example.com", true}, ReservedName{"example.net", true}, ReservedName{"example.org", true},
    ReservedName{"localhost", false},  ReservedName{"local", false},      ReservedName{"onion", false},
    ReservedName{"internal", false},   ReservedName{"alt", false},        ReservedName{"home.arpa", false},
};

[[nodiscard]] bool is_at_or_below(std::string_view host, std::string_view name) noexcept {
    if (!host.ends_with(name)) return false;
    return host.size() == name.size() || host[host.size() - name.size() - 1] == '.';
}

[[nodiscard]] const ReservedName* find_reserved_name(std::string_view host) noexcept {
    const auto* const found = std::ranges::find_if(
        k_reserved_names, [host](const ReservedName& reserved) { return is_at_or_below(host, reserved.name); });
    return found == k_reserved_names.end() ? nullptr : found;
}

template <class Network>
[[nodiscard]] std::optional<Verdict> judge_block(const Network& network, bool permit_reserved) {
    const char* const block = reserved_block(network);
    if (block == nullptr) return std::nullopt;
    if (permit_reserved && is_rehearsal_block(network)) return std::nullopt;
    return Verdict{Reason::reserved_address, block};
}

/// Addresses, networks and ranges, also as the host of a URL. `text` that is none passes.
[[nodiscard]] std::optional<Verdict> judge_address(std::string_view text, const VerdictRules& rules) {
    text = without_brackets(text);
    if (const auto range = parse_ipv4_range(text)) {
        if (auto verdict = judge_block(*range, rules.permit_reserved)) return verdict;
        const std::uint64_t widest = std::uint64_t{1} << (32U - std::min(rules.min_prefix, 32U));
        if (std::uint64_t{range->last} - range->first + 1 <= widest) return std::nullopt;
        return Verdict{Reason::too_wide, "wider than /" + std::to_string(rules.min_prefix)};
    }
    if (const auto net = parse_ipv6_net(text)) {
        if (auto verdict = judge_block(*net, rules.permit_reserved)) return verdict;
        if (net->prefix >= k_min_ipv6_prefix) return std::nullopt;
        return Verdict{Reason::too_wide, "wider than /" + std::to_string(k_min_ipv6_prefix)};
    }
    return std::nullopt;
}

/// Would block a whole registry, or every customer of a hoster ("github.io"). URLs there may pass.
[[nodiscard]] std::optional<Verdict> judge_suffix(const Canonical& entry) {
    const bool is_whole_host = entry.kind == EntryKind::host || entry.kind == EntryKind::dotted_host;
    if (!is_whole_host || !is_public_suffix(entry.host)) return std::nullopt;
    return Verdict{Reason::public_suffix, entry.host};
}

[[nodiscard]] std::optional<Verdict> judge_host(const Canonical& entry, const VerdictRules& rules) {
    if (looks_like_address(entry.host)) {
        if (auto verdict = judge_address(entry.host, rules)) return verdict;
    }
    if (const auto* const reserved = find_reserved_name(entry.host);
        reserved != nullptr && !(rules.permit_reserved && reserved->for_rehearsal)) {
        return Verdict{Reason::reserved_address, reserved->name};
    }
    return judge_suffix(entry);
}

[[nodiscard]] bool fits(const VerdictRules& rules, EntryKind kind) noexcept {
    if (rules.also && can_hold(*rules.also, kind)) return true;
    const bool is_wildcard = rules.target == TargetKind::fqdn_group && kind == EntryKind::dotted_host;
    return can_hold(rules.target, kind) && (!is_wildcard || rules.takes_wildcards);
}

[[nodiscard]] const char* unsupported_detail(TargetKind target, EntryKind kind) noexcept {
    switch (target) {
        case TargetKind::ipv4_group: return "an IP group holds IPv4 addresses, networks and ranges only";
        case TargetKind::fqdn_group:
            return kind == EntryKind::dotted_host
                       ? "this FQDN group holds single hosts; one with include_subdomains takes subdomains"
                       : "an FQDN group holds host names only";
        case TargetKind::url_category:
        case TargetKind::denylist: break;
    }
    return "a URL category holds no networks";
}

[[nodiscard]] Verdict to_verdict(const Protection::Hit& hit) {
    return {hit.reason, hit.list + ": " + hit.protected_name};
}

[[nodiscard]] std::optional<Verdict> judge_protection(Canonical& entry, const Protection& protection) {
    auto hit = protection.hit(entry.kind, entry.text);
    if (!hit) return std::nullopt;
    if (entry.kind == EntryKind::dotted_host) {
        auto exact_hit = protection.hit(EntryKind::host, entry.host);
        if (!exact_hit) {
            entry.kind = EntryKind::host;
            entry.text = entry.host;
            return std::nullopt;
        }
        hit = std::move(exact_hit);
    }
    return to_verdict(*hit);
}

}  // namespace

bool can_hold(TargetKind target, EntryKind kind) noexcept {
    switch (kind) {
        case EntryKind::host:
        case EntryKind::dotted_host: return target != TargetKind::ipv4_group;
        case EntryKind::url:
        case EntryKind::ipv6: return shares_url_quota(target);
        case EntryKind::ipv4: return target != TargetKind::fqdn_group;
        // A category reads "100.0.0.0/16" as a host and a path (zia-api.md 5.1).
        case EntryKind::ipv4_net:
        case EntryKind::ipv4_range: return target == TargetKind::ipv4_group;
        case EntryKind::ipv6_net: return false;
    }
    return false;
}

std::optional<Verdict> judge(Canonical& canonical, const VerdictRules& rules, const Protection& protection) {
    const bool is_named = canonical.kind == EntryKind::host || canonical.kind == EntryKind::dotted_host ||
                          canonical.kind == EntryKind::url;
    auto verdict = is_named ? judge_host(canonical, rules) : judge_address(canonical.text, rules);
    if (verdict) return verdict;
    if (!fits(rules, canonical.kind)) {
        return Verdict{Reason::unsupported_by_target, unsupported_detail(rules.target, canonical.kind)};
    }
    return judge_protection(canonical, protection);
}

const char* reserved_name(std::string_view host) noexcept {
    const auto* const found = find_reserved_name(host);
    return found == nullptr ? nullptr : found->name;
}

std::vector<std::string_view> reserved_names() {
    std::vector<std::string_view> names;
    for (const ReservedName& reserved : k_reserved_names) names.emplace_back(reserved.name);
    return names;
}

bool is_rehearsal_name(std::string_view host) noexcept {
    const auto* const found = find_reserved_name(host);
    return found != nullptr && found->for_rehearsal;
}

}  // namespace cordon::core
