#include "core/suffix_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "core/ip.hpp"
#include "core/public_suffix.hpp"

namespace cordon::core {
namespace {

constexpr std::size_t k_judged_from = 10;  // values
constexpr std::size_t k_most_suffix_percent = 20;

[[nodiscard]] bool holds_any(std::string_view text, std::span<const std::string_view> words) {
    return std::ranges::any_of(words, [text](std::string_view word) { return text.find(word) != text.npos; });
}

[[nodiscard]] bool is_suffix_value(const std::string& value) {
    std::string host = to_lower(trim(value));
    if (host.starts_with("*.")) host.erase(0, 2);
    if (host.starts_with('.')) host.erase(0, 1);
    if (host.empty() || parse_ipv4_range(host) || parse_ipv6_net(host)) return false;
    return is_public_suffix(host);
}

}  // namespace

std::string objection_to_never(std::string_view name, std::span<const std::string> values) {
    static constexpr std::array<std::string_view, 4> k_suffix_words{"tlds", "tld ", "public suffix", "public-suffix"};
    static constexpr std::array<std::string_view, 4> k_dynamic_words{"dynamic dns", "dynamic-dns", "dynamic_dns",
                                                                     "dyndns"};
    const std::string lower = to_lower(name);
    if (holds_any(lower, k_dynamic_words)) {
        return "it lists dynamic-DNS domains, where attackers register their own names: as 'never' it would "
               "un-block them all. Put it under 'popular', which protects the domains themselves only";
    }
    const auto suffixes = static_cast<std::size_t>(std::ranges::count_if(values, is_suffix_value));
    const bool mostly_suffixes =
        values.size() >= k_judged_from && suffixes * 100 > values.size() * k_most_suffix_percent;
    if (!mostly_suffixes && !holds_any(lower, k_suffix_words)) return {};
    return fmt::format(
        "it lists public suffixes ({} of {} values): as 'never' it would un-block nearly everything. "
        "Suffixes are rejected without it; leave it out",
        with_thousands(suffixes), with_thousands(values.size()));
}

bool is_registry_suffix(std::string_view host) noexcept {
    return is_public_suffix(host) && !is_private_suffix(host);
}

}  // namespace cordon::core
