#include "core/protected_value.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "core/canonical.hpp"
#include "core/plain_name.hpp"

namespace cordon::core {
namespace {

[[nodiscard]] std::optional<ProtectedValue> read_network(std::string_view text) {
    text = without_brackets(text);
    if (const auto range = parse_ipv4_range(text)) return *range;
    if (const auto net = parse_ipv6_net(text)) return range_of(*net);
    return std::nullopt;
}

/// A host with a port is read as a URL: only a URL list keeps ports.
[[nodiscard]] bool looks_like_url(std::string_view text) noexcept {
    return text.find('/') != std::string_view::npos || text.find(':') != std::string_view::npos;
}

[[nodiscard]] std::optional<ProtectedValue> read_name_or_url(std::string_view text) {
    Canonical canonical;
    canonicalise(looks_like_url(text) ? EntityType::url : EntityType::domain, text, canonical);
    if (!canonical.is_entry) return std::nullopt;
    if (auto network = read_network(canonical.host)) return network;
    if (canonical.kind == EntryKind::url) return ProtectedUrl{canonical.host, canonical.text};
    return ProtectedHost{canonical.host, canonical.kind == EntryKind::dotted_host};
}

}  // namespace

Ipv6Range range_of(const Ipv6Net& net) noexcept {
    Ipv6Range range{net.address, net.address};
    for (unsigned bit = net.prefix; bit < 128; ++bit) {
        range.last[bit / 8] = static_cast<std::uint8_t>(range.last[bit / 8] | (0x80U >> (bit % 8)));
    }
    return range;
}

bool is_misspelt_network(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos || !parse_ipv4(text.substr(0, slash))) return false;
    const auto rest = text.substr(slash + 1);
    return !rest.empty() && rest.find_first_not_of("0123456789") == std::string_view::npos;
}

Result<ProtectedValue> read_protected_value(std::string_view value) {
    const auto text = trim(value);
    std::string_view name = text;
    if (name.starts_with("*.")) name.remove_prefix(1);
    const bool with_dot = name.starts_with('.');
    if (with_dot) name.remove_prefix(1);
    if (is_plain_name(name)) return ProtectedHost{std::string(name), with_dot};

    auto read = read_network(name);
    if (!read && is_misspelt_network(name)) {
        return fail(Code::invalid,
                    fmt::format("'{}' is no network: the prefix length goes from 0 to 32", printable(text)));
    }
    if (!read) read = read_name_or_url(name);
    if (read && with_dot) {
        auto* const host = std::get_if<ProtectedHost>(&*read);
        if (host == nullptr) {
            read = std::nullopt;
        } else {
            host->with_dot = true;
        }
    }
    if (!read) return fail(Code::invalid, fmt::format("'{}' is no host, URL, address or network", printable(text)));
    return *std::move(read);
}

}  // namespace cordon::core
