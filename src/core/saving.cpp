#include "core/saving.hpp"

#include <algorithm>
#include <optional>
#include <unordered_set>

#include "core/canonical.hpp"
#include "core/ip.hpp"
#include "core/public_suffix.hpp"
#include "core/text_index.hpp"

namespace cordon::core {
namespace {

bool is_apart(std::span<const std::string> apart, std::string_view text) {
    return std::binary_search(apart.begin(), apart.end(), text, std::less<>());
}

struct Span {
    Ipv4Range range;
    std::uint32_t entry = 0;
};

/// The part of `network` of at most `min_prefix` in which `range` lies.
Ipv4Range narrowed(Ipv4Range network, Ipv4Range range, unsigned min_prefix) {
    const auto prefix = prefix_of(network).value_or(32);
    if (prefix >= min_prefix) return network;
    const std::uint32_t host_bits = min_prefix == 0 ? UINT32_MAX : (UINT32_MAX >> min_prefix);
    const std::uint32_t first = range.first & ~host_bits;
    return {first, first | host_bits};
}

/// How far a dotted entry reaches (see find_covers).
constexpr int k_most_labels_below = 4;

/// Registrable domains by the number of entries that lie below them, near enough to be blocked with them.
using BelowCount = boost::unordered_flat_map<std::string_view, std::uint32_t, TextHash>;

bool is_near_enough(std::string_view host, std::string_view domain) {
    const auto above = std::count(host.begin(), host.end() - static_cast<std::ptrdiff_t>(domain.size()), '.');
    return above <= k_most_labels_below;
}

BelowCount count_below(std::span<const Coverable> entries) {
    BelowCount below;
    for (const Coverable& entry : entries) {
        const bool is_named = entry.kind == EntryKind::host || entry.kind == EntryKind::url;
        if (!is_named) continue;
        const auto host = host_of(entry.text);
        const auto domain = registrable_domain(host);
        if (domain.empty() || domain.size() == host.size() || !is_near_enough(host, domain)) continue;
        ++below[domain];
    }
    return below;
}

std::unordered_set<std::string_view> domains_with_exclusions(std::span<const std::string> apart) {
    std::unordered_set<std::string_view> domains;
    for (const std::string& text : apart) domains.insert(registrable_domain(host_of(text)));
    return domains;
}

/// Whether ".domain" passes as it is: judge() makes the exact host of one that would block something protected.
bool passes_dotted(std::string_view domain, const VerdictRules& rules, const Protection& protection) {
    Canonical canonical;
    canonicalise(EntityType::domain, domain, canonical);
    if (!canonical.is_entry || canonical.kind != EntryKind::host) return false;
    canonical.text.insert(0, 1, '.');
    canonical.kind = EntryKind::dotted_host;
    return !judge(canonical, rules, protection) && canonical.kind == EntryKind::dotted_host;
}

}  // namespace

std::vector<JoinedNetwork> join_networks(std::span<const Coverable> entries, unsigned min_prefix,
                                         std::span<const std::string> apart) {
    std::vector<Span> spans;
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        const bool is_network = entries[i].kind == EntryKind::ipv4 || entries[i].kind == EntryKind::ipv4_net;
        if (!is_network || is_apart(apart, entries[i].text)) continue;
        if (const auto range = parse_ipv4_range(entries[i].text)) spans.push_back({*range, i});
    }
    std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return a.range < b.range; });
    std::vector<Ipv4Range> ranges;
    for (const Span& span : spans) ranges.push_back(span.range);
    const auto networks = merge_to_networks(ranges);

    std::vector<JoinedNetwork> joined;
    std::size_t at = 0;
    for (const Ipv4Range& network : networks) {
        while (at < spans.size() && spans[at].range.last <= network.last) {
            const auto piece = narrowed(network, spans[at].range, min_prefix);
            JoinedNetwork one;
            for (; at < spans.size() && spans[at].range.last <= piece.last; ++at)
                one.members.push_back(spans[at].entry);
            if (one.members.size() < 2) continue;
            one.text = to_text(piece);
            std::sort(one.members.begin(), one.members.end());
            joined.push_back(std::move(one));
        }
    }
    return joined;
}

std::vector<std::uint32_t> hosts_to_fold(std::span<const Coverable> entries, const VerdictRules& rules,
                                         const Protection& protection, std::span<const std::string> apart) {
    const auto below = count_below(entries);
    const auto excluded = domains_with_exclusions(apart);
    std::vector<std::uint32_t> folded;
    if (below.empty()) return folded;
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        const auto text = entries[i].text;
        if (entries[i].kind != EntryKind::host || !below.contains(text) || excluded.contains(text)) continue;
        if (registrable_domain(text) == text && passes_dotted(text, rules, protection)) folded.push_back(i);
    }
    return folded;
}

}  // namespace cordon::core
