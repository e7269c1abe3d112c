#include "core/browser_host.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "base/text.hpp"
#include "core/idna.hpp"
#include "core/ip.hpp"

namespace cordon::core {
namespace {

constexpr std::size_t k_longest_name = 253;  // RFC 1035 without the root's dot; zia-api.md 4.13 says 255 and 253
constexpr std::size_t k_longest_label = 63;  // zia-api.md 5.1
constexpr std::size_t k_longest_raw = 4096;  // escapes and Unicode take up to nine bytes a character

constexpr std::array<bool, 256> make_plain_table() {
    std::array<bool, 256> plain{};
    for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")) {
        plain[static_cast<unsigned char>(c)] = true;
    }
    return plain;
}
constexpr auto k_plain = make_plain_table();

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}
bool is_ascii(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x80;
}

std::optional<unsigned> hex_digit(char c) noexcept {
    if (is_digit(c)) return static_cast<unsigned>(c - '0');
    const char lower = to_lower(c);
    if (lower >= 'a' && lower <= 'f') return static_cast<unsigned>(lower - 'a' + 10);
    return std::nullopt;
}

void percent_decode(std::string_view raw, std::string& decoded) {
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] == '%' && i + 2 < raw.size() && hex_digit(raw[i + 1]) && hex_digit(raw[i + 2])) {
            decoded += static_cast<char>(*hex_digit(raw[i + 1]) << 4U | *hex_digit(raw[i + 2]));
            i += 2;
        } else {
            decoded += raw[i];
        }
    }
}

void lower_in_place(std::string& text) noexcept {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) { return to_lower(c); });
}

/// One part of an IPv4 address as browsers read it (WHATWG "IPv4 number parser"): decimal, 0 octal, 0x
/// hex. Too large to fit gives the largest number.
std::optional<std::uint64_t> parse_ipv4_part(std::string_view text) noexcept {
    if (text.empty()) return std::nullopt;
    unsigned base = 10;
    if (text.starts_with("0x")) {
        base = 16;
        text.remove_prefix(2);
    } else if (text.size() > 1 && text[0] == '0') {
        base = 8;
        text.remove_prefix(1);
    }
    std::uint64_t number = 0;
    for (const char c : text) {
        const auto digit = hex_digit(c);
        if (!digit || *digit >= base) return std::nullopt;
        number = std::min<std::uint64_t>(number * base + *digit, std::numeric_limits<std::uint32_t>::max() + 1ULL);
    }
    return number;
}

std::string_view last_label(std::string_view name) noexcept {
    if (name.ends_with('.')) name.remove_suffix(1);
    return name.substr(name.rfind('.') + 1);
}

/// WHATWG "ends in a number checker": such a host is an IPv4 address or nothing.
bool ends_in_number(std::string_view name) noexcept {
    const auto last = last_label(name);
    if (last.empty() || !is_digit(last[0])) return false;
    return std::all_of(last.begin(), last.end(), is_digit) || parse_ipv4_part(last).has_value();
}

/// WHATWG "IPv4 parser": one to four parts, the last fills what is left.
std::optional<std::uint32_t> parse_browser_ipv4(std::string_view text) noexcept {
    if (text.ends_with('.')) text.remove_suffix(1);
    std::uint64_t address = 0;
    for (unsigned parts = 1; parts <= 4; ++parts) {
        const auto dot = text.find('.');
        const auto number = parse_ipv4_part(text.substr(0, dot));
        if (!number) return std::nullopt;
        if (dot == std::string_view::npos) {
            const unsigned bits_left = 8 * (5 - parts);
            if (*number >> bits_left != 0) return std::nullopt;
            return static_cast<std::uint32_t>(address << bits_left | *number);
        }
        if (*number > 255) return std::nullopt;
        address = address << 8U | *number;
        text.remove_prefix(dot + 1);
    }
    return std::nullopt;
}

/// Underscores (zia-api.md 5.1): not in the top level, not in the second level below a subdomain.
std::optional<Refusal> check_underscore(std::string_view label, std::size_t labels_right, std::size_t labels_left) {
    if (label == "_") return Refusal{Reason::forbidden_characters, "a label that is only an underscore"};
    if (labels_right == 0 || (labels_right == 1 && labels_left > 0)) {
        return Refusal{Reason::forbidden_characters, "an underscore in the domain itself"};
    }
    return std::nullopt;
}

std::optional<Refusal> check_label(std::string_view label, std::size_t labels_right, std::size_t labels_left) {
    if (label.empty()) return Refusal{Reason::not_an_indicator, "an empty label in the host name"};
    if (label.size() > k_longest_label) return Refusal{Reason::too_long, "a label over 63 characters"};
    if (label.starts_with("xn--") && !is_valid_ace_label(label)) {
        return Refusal{Reason::forbidden_characters, "an international label that browsers refuse"};
    }
    if (label.find('_') != std::string_view::npos) return check_underscore(label, labels_right, labels_left);
    return std::nullopt;
}

std::optional<Refusal> check_characters(std::string_view name) {
    if (is_plain_host_text(name)) return std::nullopt;
    // Sentences, mark-up and the like are junk; a name with a stray mark was meant as one.
    const bool is_junk =
        name.find_first_of(" <>\"") != std::string_view::npos || name.find('.') == std::string_view::npos ||
        std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    return Refusal{is_junk ? Reason::not_an_indicator : Reason::forbidden_characters,
                   "a character that no host name has"};
}

std::optional<Refusal> check_name(std::string_view name) {
    if (auto refusal = check_characters(name)) return refusal;
    auto labels_right = static_cast<std::size_t>(std::count(name.begin(), name.end(), '.'));
    if (labels_right == 0) return Refusal{Reason::not_an_indicator, "a host without a dot"};
    if (name.size() > k_longest_name) return Refusal{Reason::too_long, "a host over 253 characters"};
    for (std::size_t labels_left = 0;; ++labels_left) {
        const auto dot = name.find('.');
        if (auto refusal = check_label(name.substr(0, dot), labels_right, labels_left)) return refusal;
        if (dot == std::string_view::npos) return std::nullopt;
        name.remove_prefix(dot + 1);
        --labels_right;
    }
}

std::optional<Refusal> read_ipv6(std::string_view raw, std::string& host) {
    const bool is_closed = raw.size() > 2 && raw.ends_with(']');
    const auto address = is_closed ? parse_ipv6(raw.substr(1, raw.size() - 2)) : std::nullopt;
    if (!address) return Refusal{Reason::not_an_indicator, "brackets without an IPv6 address"};
    host = to_text(*address);
    return std::nullopt;
}

/// Escapes decoded, Unicode to ASCII, letters lower.
std::optional<Refusal> decode_name(std::string_view raw, std::string& name) {
    name.clear();
    if (is_plain_host_text(raw)) {
        name.assign(raw);
    } else {
        percent_decode(raw, name);
        if (!std::all_of(name.begin(), name.end(), is_ascii)) {
            const std::string decoded = name;
            if (!domain_to_ascii(decoded, name)) {
                return Refusal{Reason::forbidden_characters, "a Unicode name that has no ASCII form"};
            }
        }
    }
    lower_in_place(name);
    return std::nullopt;
}

}  // namespace

bool is_plain_host_text(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) { return k_plain[static_cast<unsigned char>(c)]; });
}

std::optional<Refusal> read_host(std::string_view raw, std::string& host, HostKind& kind) {
    if (raw.size() > k_longest_raw) return Refusal{Reason::too_long, "a host over 253 characters"};
    if (raw.starts_with('[')) {
        kind = HostKind::ipv6;
        return read_ipv6(raw, host);
    }
    if (auto refusal = decode_name(raw, host)) return refusal;
    if (ends_in_number(host)) {
        const auto address = parse_browser_ipv4(host);
        if (!address) return Refusal{Reason::not_an_indicator, "a number that is no IPv4 address"};
        kind = HostKind::ipv4;
        host = to_text(*address);
        return std::nullopt;
    }
    kind = HostKind::name;
    if (host.ends_with('.')) host.pop_back();
    return check_name(host);
}

}  // namespace cordon::core
