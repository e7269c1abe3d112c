#include "core/match.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "base/text.hpp"
#include "core/canonical.hpp"
#include "core/ip.hpp"

namespace cordon::core {
namespace {

/// ".x" covers names at most this many labels below x (zia-api.md 5.2 and 12, conflict 16).
constexpr std::ptrdiff_t k_covered_levels = 4;

[[nodiscard]] bool dotted_entry_blocks(std::string_view parent, std::string_view host) noexcept {
    if (host == parent) return true;
    if (host.size() <= parent.size() || !host.ends_with(parent)) return false;
    const auto below = host.substr(0, host.size() - parent.size());
    return below.ends_with('.') && std::ranges::count(below, '.') <= k_covered_levels;
}

/// A pattern of `[assert]`, canonical.
struct Pattern {
    std::string text;       // entry of a category, or empty
    std::string addresses;  // address, network or range, or empty
};

[[nodiscard]] bool is_network(std::string_view text) noexcept {
    return parse_ipv4_range(text).has_value() || parse_ipv6_net(text).has_value();
}

[[nodiscard]] bool is_single_address(std::string_view text) noexcept {
    return parse_ipv4(text).has_value() || parse_ipv6(text).has_value();
}

[[nodiscard]] std::optional<Pattern> read_pattern(std::string_view written) {
    const auto text = trim(written);
    if (is_network(text)) {
        return Pattern{is_single_address(text) ? canonical_entry(TargetKind::url_category, text) : std::string{},
                       std::string(text)};
    }
    const bool looks_like_url = text.find_first_of("/:") != std::string_view::npos;
    Canonical canonical;
    canonicalise(looks_like_url ? EntityType::url : EntityType::domain, text, canonical);
    if (!canonical.is_entry || canonical.kind == EntryKind::dotted_host) return std::nullopt;
    return Pattern{canonical.text, is_single_address(canonical.text) ? canonical.text : std::string{}};
}

/// Of two networks, either one holds the other or they have nothing in common.
[[nodiscard]] bool overlaps(const Ipv6Net& a, const Ipv6Net& b) noexcept {
    const auto& narrow = a.prefix >= b.prefix ? a : b;
    const auto& wide = a.prefix >= b.prefix ? b : a;
    const std::size_t whole = wide.prefix / 8U;
    if (!std::equal(wide.address.begin(), wide.address.begin() + whole, narrow.address.begin())) return false;
    const unsigned rest = wide.prefix % 8U;
    return rest == 0 || (wide.address[whole] ^ narrow.address[whole]) >> (8U - rest) == 0;
}

/// Any address in common: what never_block asks.
[[nodiscard]] bool overlaps(std::string_view entry, std::string_view addresses) noexcept {
    if (const auto a = parse_ipv4_range(entry)) {
        const auto b = parse_ipv4_range(addresses);
        return b && a->first <= b->last && b->first <= a->last;
    }
    const auto a = parse_ipv6_net(entry);
    const auto b = a ? parse_ipv6_net(addresses) : std::nullopt;
    return b && overlaps(*a, *b);
}

[[nodiscard]] bool breaks(TargetKind target, std::string_view entry, const Pattern& pattern) {
    if (target == TargetKind::ipv4_group) return overlaps(entry, pattern.addresses);
    if (!pattern.text.empty()) return category_entry_blocks(entry, pattern.text);
    // A network is no entry of a category; of its addresses, neither whole hosts nor what lies on them is to be there.
    return overlaps(without_brackets(host_of(entry)), pattern.addresses);
}

using Lists = std::vector<const std::vector<std::string>*>;

template <class Blocks>
[[nodiscard]] bool any_entry(const Lists& lists, Blocks blocks) {
    return std::ranges::any_of(lists, [&](const auto* entries) { return std::ranges::any_of(*entries, blocks); });
}

[[nodiscard]] bool meets(TargetKind target, std::string_view entry, const Pattern& pattern) {
    if (target != TargetKind::ipv4_group) return !pattern.text.empty() && category_entry_blocks(entry, pattern.text);
    return !pattern.addresses.empty() && group_entry_blocks(entry, pattern.addresses);
}

[[nodiscard]] bool is_met(const Pattern& pattern, const Lists& category_entries, const Lists& group_entries) {
    const auto is_met_in = [&](TargetKind target, const Lists& lists) {
        return any_entry(lists, [&](const std::string& entry) { return meets(target, entry, pattern); });
    };
    return is_met_in(TargetKind::url_category, category_entries) || is_met_in(TargetKind::ipv4_group, group_entries);
}

}  // namespace

bool category_entry_blocks(std::string_view entry, std::string_view url) {
    if (entry.empty() || url.empty()) return false;
    if (entry == url) return true;
    if (entry.front() == '.') return dotted_entry_blocks(entry.substr(1), host_of(url));
    const auto entry_host = host_of(entry);
    const auto url_host = host_of(url);
    if (entry_host != url_host) return false;
    if (entry_host.size() == entry.size()) return true;  // a bare host: any port, path and query
    const auto path = entry.find_first_of("/?#", entry_host.size());
    if (path == std::string_view::npos) {  // "host:port": everything there
        return url.starts_with(entry) && url.find_first_of("/?#", entry.size()) == entry.size();
    }
    // A directory covers what is below it; any other path is that exact string.
    return entry.ends_with('/') && entry.find_first_of("?#") == std::string_view::npos && url.starts_with(entry);
}

bool group_entry_blocks(std::string_view entry, std::string_view address) {
    const auto outer = parse_ipv4_range(entry);
    const auto inner = parse_ipv4_range(address);
    return outer && inner && outer->first <= inner->first && inner->last <= outer->last;
}

std::vector<AssertionFailure> broken_never_block(const Assertions& assertions, TargetKind target,
                                                 const std::vector<std::string>& entries) {
    std::vector<AssertionFailure> failures;
    for (const std::string& written : assertions.never_block) {
        const auto pattern = read_pattern(written);
        if (!pattern) continue;  // see unreadable_patterns
        const auto found =
            std::ranges::find_if(entries, [&](const std::string& entry) { return breaks(target, entry, *pattern); });
        if (found != entries.end()) failures.push_back({"never_block " + written, *found});
    }
    return failures;
}

std::vector<std::string> unmet_must_block(const Assertions& assertions, const Lists& category_entries,
                                          const Lists& group_entries) {
    std::vector<std::string> unmet;
    for (const std::string& written : assertions.must_block) {
        const auto pattern = read_pattern(written);
        if (!pattern || !is_met(*pattern, category_entries, group_entries)) unmet.push_back("must_block " + written);
    }
    return unmet;
}

std::vector<std::string> entries_that_meet(std::string_view written, TargetKind target,
                                           const std::vector<std::string>& entries) {
    std::vector<std::string> meeting;
    const auto pattern = read_pattern(written);
    if (!pattern) return meeting;
    std::ranges::copy_if(entries, std::back_inserter(meeting),
                         [&](const std::string& entry) { return meets(target, entry, *pattern); });
    return meeting;
}

std::vector<UnreadablePattern> unreadable_patterns(const Assertions& assertions) {
    std::vector<UnreadablePattern> unreadable;
    const auto look = [&](const char* key, const std::vector<std::string>& patterns) {
        for (const std::string& written : patterns) {
            if (read_pattern(written)) continue;
            unreadable.push_back(
                {key, fmt::format("'{}' is no host, URL, address or network that can be checked", printable(written))});
        }
    };
    look("never_block", assertions.never_block);
    look("must_block", assertions.must_block);
    return unreadable;
}

}  // namespace cordon::core
