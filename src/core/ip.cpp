#include "core/ip.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>

#include "base/text.hpp"

namespace cordon::core {
namespace {

/// A decimal number without sign and without leading zeros, at most `most`.
std::optional<unsigned> parse_small(std::string_view text, unsigned most) noexcept {
    if (text.empty() || text.size() > 3 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
    unsigned number = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        number = number * 10 + static_cast<unsigned>(c - '0');
    }
    if (number > most) return std::nullopt;
    return number;
}

constexpr std::uint32_t host_bits(unsigned prefix) noexcept {
    return prefix >= 32 ? 0 : 0xffffffffU >> prefix;
}

void clear_host_bits(std::array<std::uint8_t, 16>& address, unsigned prefix) noexcept {
    for (unsigned bit = prefix; bit < 128; ++bit) {
        address[bit / 8] = static_cast<std::uint8_t>(address[bit / 8] & ~(0x80U >> (bit % 8)));
    }
}

std::optional<Ipv4Range> parse_two_ends(std::string_view text, std::size_t dash) noexcept {
    const auto first = parse_ipv4(trim(text.substr(0, dash)));
    const auto last = parse_ipv4(trim(text.substr(dash + 1)));
    if (!first || !last || *first > *last) return std::nullopt;
    return Ipv4Range{*first, *last};
}

/// The eight groups of an IPv6 address and its longest run of zero groups (RFC 5952, 4.2.3).
struct Groups {
    std::array<unsigned, 8> value{};
    std::size_t run_at = 8;
    std::size_t run_length = 0;

    explicit Groups(const std::array<std::uint8_t, 16>& address) noexcept {
        for (std::size_t i = 0; i < 8; ++i) {
            value[i] = static_cast<unsigned>(address[2 * i]) << 8U | address[2 * i + 1];
        }
        for (std::size_t i = 0; i < 8;) {
            std::size_t end = i;
            while (end < 8 && value[end] == 0) ++end;
            // A single zero group is written out (4.2.2), the first of equal runs is shortened.
            if (end - i >= 2 && end - i > run_length) {
                run_at = i;
                run_length = end - i;
            }
            i = std::max(end, i + 1);
        }
    }
};

void append_hex(std::string& text, unsigned group) {
    std::array<char, 4> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), group, 16).ptr;
    text.append(digits.data(), end);
}

}  // namespace

bool looks_like_address(std::string_view host) noexcept {
    return !host.empty() && ((host.back() >= '0' && host.back() <= '9') || host.find(':') != host.npos);
}

std::string_view without_brackets(std::string_view host) noexcept {
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') return host.substr(1, host.size() - 2);
    return host;
}

std::optional<std::uint32_t> parse_ipv4(std::string_view text) noexcept {
    std::uint32_t address = 0;
    for (int part = 0; part < 4; ++part) {
        const auto end = part < 3 ? text.find('.') : text.size();
        if (end == std::string_view::npos) return std::nullopt;
        const auto octet = parse_small(text.substr(0, end), 255);
        if (!octet) return std::nullopt;
        address = address << 8U | *octet;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return address;
}

std::optional<std::array<std::uint8_t, 16>> parse_ipv6(std::string_view text) noexcept {
    if (text.find(':') == std::string_view::npos) return std::nullopt;
    std::array<char, INET6_ADDRSTRLEN> ended{};
    if (text.size() >= ended.size() || text.find('\0') != std::string_view::npos) return std::nullopt;
    std::copy(text.begin(), text.end(), ended.begin());
    std::array<std::uint8_t, 16> address{};
    if (inet_pton(AF_INET6, ended.data(), address.data()) != 1) return std::nullopt;
    return address;
}

std::optional<Ipv4Range> parse_ipv4_range(std::string_view text) noexcept {
    if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
    if (const auto dash = text.find('-'); dash != std::string_view::npos) return parse_two_ends(text, dash);
    const auto slash = text.find('/');
    const auto address = parse_ipv4(text.substr(0, slash));
    if (!address) return std::nullopt;
    if (slash == std::string_view::npos) return Ipv4Range{*address, *address};
    const auto prefix = parse_small(text.substr(slash + 1), 32);
    if (!prefix) return std::nullopt;
    return Ipv4Range{*address & ~host_bits(*prefix), *address | host_bits(*prefix)};
}

std::optional<Ipv6Net> parse_ipv6_net(std::string_view text) noexcept {
    const auto slash = text.find('/');
    const auto address = parse_ipv6(text.substr(0, slash));
    if (!address) return std::nullopt;
    Ipv6Net net{*address, 128};
    if (slash == std::string_view::npos) return net;
    const auto prefix = parse_small(text.substr(slash + 1), 128);
    if (!prefix) return std::nullopt;
    net.prefix = static_cast<std::uint8_t>(*prefix);
    clear_host_bits(net.address, *prefix);
    return net;
}

std::string to_text(std::uint32_t ipv4) {
    std::string text;
    for (unsigned shift = 32; shift > 0;) {
        shift -= 8;
        std::array<char, 3> digits{};
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), ipv4 >> shift & 0xffU).ptr;
        text.append(digits.data(), end);
        if (shift > 0) text += '.';
    }
    return text;
}

// An embedded IPv4 address is written in hex ("::ffff:102:304"), as browsers write it (WHATWG URL, IPv6
// serializer); RFC 5952 section 5 leaves that open.
std::string to_text(const std::array<std::uint8_t, 16>& ipv6) {
    const Groups groups(ipv6);
    std::string text;
    for (std::size_t i = 0; i < 8;) {
        if (i == groups.run_at) {
            text += "::";
            i += groups.run_length;
            continue;
        }
        if (!text.empty() && text.back() != ':') text += ':';
        append_hex(text, groups.value[i]);
        ++i;
    }
    return text;
}

std::string to_text(Ipv4Range range) {
    const auto prefix = prefix_of(range);
    if (!prefix) return to_text(range.first) + '-' + to_text(range.last);
    if (*prefix == 32) return to_text(range.first);
    return to_text(range.first) + '/' + std::to_string(*prefix);
}

std::string to_text(const Ipv6Net& net) {
    if (net.prefix == 128) return to_text(net.address);
    return to_text(net.address) + '/' + std::to_string(net.prefix);
}

std::optional<unsigned> prefix_of(Ipv4Range range) noexcept {
    const std::uint32_t span = range.last - range.first;  // 2^k - 1 for a network of 2^k addresses
    if (range.first > range.last || (span & (span + 1)) != 0 || (range.first & span) != 0) return std::nullopt;
    return static_cast<unsigned>(std::countl_zero(span));
}

}  // namespace cordon::core
