#include "core/concern.hpp"

#include <array>

#include "core/canonical.hpp"

namespace cordon::core {
namespace {

constexpr unsigned k_neighbour_bits = 8;  // the least that [guard] min_prefix may be

/// Is one of the names the other, or below it?
[[nodiscard]] bool are_related(std::string_view a, std::string_view b) noexcept {
    const auto longer = a.size() >= b.size() ? a : b;
    const auto shorter = a.size() >= b.size() ? b : a;
    const bool is_at_label = longer.size() == shorter.size() || longer[longer.size() - shorter.size() - 1] == '.';
    return is_at_label && longer.ends_with(shorter);
}

[[nodiscard]] std::string_view last_two_labels(std::string_view host) noexcept {
    const auto last = host.rfind('.');
    if (last == std::string_view::npos || last == 0) return host;
    const auto before = host.rfind('.', last - 1);
    return before == std::string_view::npos ? host : host.substr(before + 1);
}

/// The characters that a host has when nobody wrote it in an odd way.
constexpr auto k_is_plain = [] {
    std::array<bool, 256> is_plain{};
    for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyz0123456789.-_"))
        is_plain[static_cast<unsigned char>(c)] = true;
    return is_plain;
}();

[[nodiscard]] std::size_t plain_characters(std::string_view text) noexcept {
    std::size_t count = 0;
    while (count < text.size() && k_is_plain[static_cast<unsigned char>(text[count])]) ++count;
    return count;
}

/// The host of a value in plain writing: "host", "host:port", "scheme://host/path". nullopt: canonicalise() has to say.
[[nodiscard]] std::optional<std::string_view> plain_host(std::string_view published) noexcept {
    auto at = plain_characters(published);
    if (published.substr(at).starts_with("://")) {
        published.remove_prefix(at + 3);
        at = plain_characters(published);
    }
    auto host = published.substr(0, at);
    const auto rest = published.substr(at);
    // "http:203.0.113.7" is a scheme and its host: what stands before a port has a dot.
    const bool has_port = rest.size() > 1 && rest[0] == ':' && rest[1] >= '0' && rest[1] <= '9' &&
                          host.find('.') != std::string_view::npos && rest.find('@') == std::string_view::npos;
    const bool ends = rest.empty() || rest[0] == '/' || rest[0] == '?' || rest[0] == '#' || has_port;
    if (!ends || host.empty()) return std::nullopt;
    while (host.starts_with('.')) host.remove_prefix(1);
    while (host.ends_with('.')) host.remove_suffix(1);
    return host;
}

[[nodiscard]] bool starts_with_digit(std::string_view text) noexcept {
    return !text.empty() && text.front() >= '0' && text.front() <= '9';
}

/// In whatever base.
[[nodiscard]] bool ends_in_numeric_label(std::string_view host) noexcept {
    return starts_with_digit(host.substr(host.rfind('.') + 1));  // npos + 1 = 0: all of it
}

}  // namespace

Concern::Concern(std::string_view value, Reach reach) {
    const auto host = without_brackets(host_of(value));
    range_ = parse_ipv4_range(value);
    if (!range_) range_ = parse_ipv4_range(host);
    if (!range_) net_ = parse_ipv6_net(value);
    if (!range_ && !net_) net_ = parse_ipv6_net(host);
    host_ = host.starts_with('.') ? host.substr(1) : host;
    if (reach == Reach::value) return;
    host_ = last_two_labels(host_);
    if (!range_) return;
    constexpr std::uint32_t k_host_bits = UINT32_MAX >> k_neighbour_bits;
    range_ = Ipv4Range{range_->first & ~k_host_bits, range_->last | k_host_bits};
}

bool Concern::meets_host(std::string_view host) const {
    if (range_) {
        const auto other = parse_ipv4_range(host);
        return other && other->first <= range_->last && range_->first <= other->last;
    }
    if (net_) return parse_ipv6_net(host).has_value();  // few
    return are_related(host.starts_with('.') ? host.substr(1) : host, host_);
}

bool Concern::may_meet(std::string_view entry) const {
    if (range_ && !starts_with_digit(entry)) return false;
    if ((range_ || net_) && meets_host(entry)) return true;  // a network has no host of its own
    return meets_host(without_brackets(host_of(entry)));
}

bool Concern::may_be_named_by(std::string_view published) const {
    if (net_) return published.find(':') != std::string_view::npos;
    const auto host = plain_host(published);
    if (!host) return true;
    if (!range_) return meets_host(*host);
    if (!ends_in_numeric_label(*host)) return false;
    if (parse_ipv4_range(published)) return meets_host(published);
    return !parse_ipv4(*host) || meets_host(*host);  // else in another base, or of fewer parts
}

}  // namespace cordon::core
