#include "core/suffix_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/text.hpp"
#include "core/builtin_names.hpp"
#include "core/ip.hpp"
#include "core/public_suffix.hpp"

namespace cordon::core {
namespace {

constexpr std::size_t k_judged_from = 10;  // values
constexpr std::size_t k_most_suffix_percent = 20;
/// Who means a few of them writes a few; published lists of popular sites or of dynamic DNS hold them by the dozen.
constexpr std::size_t k_most_dynamic_names = 9;

[[nodiscard]] bool holds_any(std::string_view text, std::span<const std::string_view> words) {
    return std::ranges::any_of(words, [text](std::string_view word) { return text.find(word) != text.npos; });
}

/// What the values of a list are.
struct ListNature {
    std::size_t suffixes = 0;       // public ones
    std::size_t dynamic_names = 0;  // different well-known dynamic-DNS domains
};

[[nodiscard]] ListNature nature_of(std::span<const std::string_view> values) {
    const auto known = builtin_dynamic_dns_names();
    ListNature nature;
    std::set<std::string> found;
    std::string host;
    for (std::string_view value : values) {
        value = trim(value);
        if (value.starts_with("*.")) value.remove_prefix(2);
        if (value.starts_with('.')) value.remove_prefix(1);
        host.assign(value);
        std::ranges::transform(host, host.begin(), [](char c) { return to_lower(c); });
        if (host.empty()) continue;
        if (std::ranges::binary_search(known, std::string_view(host))) found.insert(host);
        const bool is_address = looks_like_address(host) && (parse_ipv4_range(host) || parse_ipv6_net(host));
        if (!is_address && is_public_suffix(host)) ++nature.suffixes;
    }
    nature.dynamic_names = found.size();
    return nature;
}

}  // namespace

std::string objection_to_never(std::string_view name, std::span<const std::string_view> values) {
    static constexpr std::array<std::string_view, 6> k_suffix_words{"tlds",          "tld ",          "public suffix",
                                                                    "public-suffix", "public_suffix", "publicsuffix"};
    static constexpr std::array<std::string_view, 5> k_dynamic_words{"dynamic dns", "dynamic-dns", "dynamic_dns",
                                                                     "dynamicdns", "dyndns"};
    const std::string lower = to_lower(name);
    const bool is_called_suffixes = holds_any(lower, k_suffix_words);
    const auto [suffixes, dynamic_names] = nature_of(values);
    const bool mostly_suffixes =
        values.size() >= k_judged_from && suffixes * 100 > values.size() * k_most_suffix_percent;
    // Many dynamic-DNS domains are private suffixes, too: a list of suffixes has far more of others.
    const bool holds_dynamic_names =
        dynamic_names > k_most_dynamic_names && !(mostly_suffixes && dynamic_names * 2 < suffixes);
    if (holds_any(lower, k_dynamic_words) || (holds_dynamic_names && !is_called_suffixes)) {
        return "it lists dynamic-DNS domains, where attackers register their own names: as 'never' it would "
               "un-block them all. Put it under 'popular', which protects the domains themselves only";
    }
    if (!mostly_suffixes && !is_called_suffixes) return {};
    return fmt::format(
        "it lists public suffixes ({} of {} values): as 'never' it would un-block nearly everything. "
        "Suffixes are rejected without it; leave it out",
        with_thousands(suffixes), with_thousands(values.size()));
}

bool is_registry_suffix(std::string_view host) noexcept {
    return is_public_suffix(host) && !is_private_suffix(host);
}

}  // namespace cordon::core
