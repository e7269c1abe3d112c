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

/// Lower case, without "*." or "." before it.
[[nodiscard]] std::string host_of_value(const std::string& value) {
    std::string host = to_lower(trim(value));
    if (host.starts_with("*.")) host.erase(0, 2);
    if (host.starts_with('.')) host.erase(0, 1);
    return host;
}

[[nodiscard]] bool is_suffix_value(const std::string& value) {
    const std::string host = host_of_value(value);
    if (host.empty() || parse_ipv4_range(host) || parse_ipv6_net(host)) return false;
    return is_public_suffix(host);
}

/// How many different well-known dynamic-DNS domains are among the values.
[[nodiscard]] std::size_t count_dynamic_names(std::span<const std::string> values) {
    const auto known = builtin_dynamic_dns_names();
    std::set<std::string> found;
    for (const std::string& value : values) {
        auto host = host_of_value(value);
        if (std::ranges::binary_search(known, std::string_view(host))) found.insert(std::move(host));
    }
    return found.size();
}

}  // namespace

std::string objection_to_never(std::string_view name, std::span<const std::string> values) {
    static constexpr std::array<std::string_view, 6> k_suffix_words{"tlds",          "tld ",          "public suffix",
                                                                    "public-suffix", "public_suffix", "publicsuffix"};
    static constexpr std::array<std::string_view, 5> k_dynamic_words{"dynamic dns", "dynamic-dns", "dynamic_dns",
                                                                     "dynamicdns", "dyndns"};
    const std::string lower = to_lower(name);
    const bool is_called_suffixes = holds_any(lower, k_suffix_words);
    const auto suffixes = static_cast<std::size_t>(std::ranges::count_if(values, is_suffix_value));
    const bool mostly_suffixes =
        values.size() >= k_judged_from && suffixes * 100 > values.size() * k_most_suffix_percent;
    // Many dynamic-DNS domains are private suffixes, too: a list of suffixes has far more of others.
    const auto dynamic_names = count_dynamic_names(values);
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
