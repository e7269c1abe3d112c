#include "sandbox/zia/entry_rules.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/text.hpp"

namespace cordon::sandbox::zia {
namespace {

constexpr std::size_t k_most_entry = 1024;  // zia-api.md 4.13
constexpr std::size_t k_most_host = 255;
constexpr std::size_t k_most_label = 63;
constexpr std::size_t k_most_group_text = 255;  // zia-api.md 6.2
constexpr int k_levels_below_a_dot = 5;         // zia-api.md 5.2

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter_or_digit(char c) {
    return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z');
}
bool is_one_of(char c, std::string_view set) {
    return set.find(c) != std::string_view::npos;
}

std::optional<std::uint32_t> ipv4_of(std::string_view text) {
    in_addr address{};
    if (inet_pton(AF_INET, std::string(text).c_str(), &address) != 1) return std::nullopt;
    return ntohl(address.s_addr);
}

bool is_ipv6(std::string_view text) {
    in6_addr address{};
    return text.size() < 64 && inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

bool is_acceptable_label(std::string_view label) {
    return !label.empty() && label.size() <= k_most_label && label != "_" &&
           std::all_of(label.begin(), label.end(),
                       [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_'; });
}

/// "Not in TLD; not in SLD when a subdomain is present" (zia-api.md 5.1).
bool has_misplaced_underscore(const std::vector<std::string_view>& labels) {
    const auto last = labels.size() - 1;
    return labels[last].find('_') != std::string_view::npos ||
           (labels.size() > 2 && labels[last - 1].find('_') != std::string_view::npos);
}

bool is_acceptable_host(std::string_view host) {
    if (host.size() > k_most_host) return false;
    if (host.starts_with('.')) host.remove_prefix(1);
    if (host.ends_with('.')) host.remove_suffix(1);
    const auto labels = split(host, '.');
    if (labels.size() < 2 || !std::all_of(labels.begin(), labels.end(), is_acceptable_label)) return false;
    if (has_misplaced_underscore(labels)) return false;
    const bool is_numeric = std::all_of(labels.back().begin(), labels.back().end(), is_digit);
    return !is_numeric || ipv4_of(host).has_value();
}

struct Range {
    std::uint32_t first, last;
};

std::optional<Range> ipv4_range_of(std::string_view text) {
    if (const auto dash = text.find('-'); dash != std::string_view::npos) {
        const auto first = ipv4_of(trim(text.substr(0, dash)));
        const auto last = ipv4_of(trim(text.substr(dash + 1)));
        if (!first || !last || *first > *last) return std::nullopt;
        return Range{*first, *last};
    }
    const auto slash = text.find('/');
    const auto address = ipv4_of(text.substr(0, slash));
    if (!address) return std::nullopt;
    if (slash == std::string_view::npos) return Range{*address, *address};
    const auto bits = parse_whole_number(text.substr(slash + 1));
    if (!bits || *bits > 32) return std::nullopt;
    const auto mask = *bits == 0 ? 0U : ~std::uint32_t{0} << (32U - *bits);
    return Range{*address & mask, *address | ~mask};
}

std::string_view without_scheme(std::string_view url) {
    const auto scheme = url.find("://");
    return scheme == std::string_view::npos ? url : url.substr(scheme + 3);
}

/// Where the host (and port) of an entry or a schemeless URL ends.
std::size_t end_of_authority(std::string_view url) {
    return std::min(url.find_first_of("/?#"), url.size());
}

bool is_name_of(std::string_view text, std::string_view others) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [&](char c) { return is_letter_or_digit(c) || is_one_of(c, others); });
}

}  // namespace

bool is_acceptable_url(std::string_view entry) {
    if (entry.empty() || entry.size() > k_most_entry || entry.starts_with('*')) return false;
    if (!std::all_of(entry.begin(), entry.end(), [](char c) { return c > ' ' && c < '\x7f'; })) return false;
    if (is_ipv6(entry)) return true;
    const auto authority = entry.substr(0, end_of_authority(entry));
    const auto colon = authority.find(':');
    if (colon != std::string_view::npos) {
        const auto port = authority.substr(colon + 1);
        if (!parse_whole_number(port) || port.size() > 5) return false;
    }
    return is_acceptable_host(authority.substr(0, colon));
}

bool is_network_as_url(std::string_view entry) {
    const auto slash = entry.find('/');
    if (slash == std::string_view::npos || slash + 1 == entry.size()) return false;
    const auto bits = parse_whole_number(entry.substr(slash + 1));
    const auto address = ipv4_of(entry.substr(0, slash));
    if (!bits || *bits > 32 || !address) return false;
    return (std::uint64_t{*address} << *bits & 0xffffffffU) == 0;
}

bool is_acceptable_address(std::string_view group_type, std::string_view address) {
    if (address.empty() || address.size() > k_most_group_text) return false;
    if (group_type == "DSTN_IP") return ipv4_range_of(address).has_value();
    if (group_type == "DSTN_DOMAIN" && address.starts_with("*.")) address.remove_prefix(2);
    return !address.starts_with('.') && !ipv4_of(address) && is_acceptable_host(address);
}

bool is_acceptable_category_name(std::string_view name) {
    return is_name_of(name, "_-.() ");
}

bool is_acceptable_group_name(std::string_view name) {
    return name.size() <= k_most_group_text && is_name_of(name, "_-.() ");
}

std::string host_of(std::string_view url) {
    url = without_scheme(url);
    auto authority = url.substr(0, end_of_authority(url));
    if (const auto at = authority.rfind('@'); at != std::string_view::npos) authority.remove_prefix(at + 1);
    if (authority.starts_with('[')) return to_lower(authority.substr(1, authority.find(']') - 1));
    if (is_ipv6(authority)) return to_lower(authority);
    auto host = authority.substr(0, authority.find(':'));
    if (host.ends_with('.')) host.remove_suffix(1);
    return to_lower(host);
}

std::vector<std::string> entries_that_block(std::string_view url) {
    const auto host = host_of(url);
    url = without_scheme(url);
    auto path = url.substr(end_of_authority(url));
    path = path.substr(0, path.find('#'));
    const auto bare_path = path.substr(0, path.find('?'));

    std::vector<std::string> entries;
    const auto add_path = [&](std::string_view part) {
        auto entry = host + std::string(part);
        if (!part.empty() && std::find(entries.begin(), entries.end(), entry) == entries.end()) {
            entries.push_back(std::move(entry));
        }
    };
    add_path(path);
    add_path(bare_path);
    for (auto slash = bare_path.rfind('/'); slash != std::string_view::npos;
         slash = slash == 0 ? std::string_view::npos : bare_path.rfind('/', slash - 1)) {
        add_path(bare_path.substr(0, slash + 1));
    }
    entries.push_back(host);
    entries.push_back("." + host);
    if (ipv4_of(host) || is_ipv6(host)) return entries;
    auto parent = host.find('.');
    for (int level = 0; level < k_levels_below_a_dot && parent != std::string::npos; ++level) {
        entries.push_back(host.substr(parent));
        parent = host.find('.', parent + 1);
    }
    return entries;
}

bool covers_address(std::string_view address, std::string_view host) {
    const auto wanted = ipv4_of(host);
    const auto range = ipv4_range_of(address);
    return wanted && range && range->first <= *wanted && *wanted <= range->last;
}

std::size_t character_count(std::string_view text) {
    std::size_t count = 0;
    for (const char byte : text) {
        const auto value = static_cast<unsigned char>(byte);
        const bool is_continuation = (value & 0xC0U) == 0x80U;
        const bool is_outside_basic_plane = value >= 0xF0U;
        count += is_continuation ? 0 : is_outside_basic_plane ? 2 : 1;
    }
    return count;
}

}  // namespace cordon::sandbox::zia
