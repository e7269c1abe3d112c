#include "net/http.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "base/text.hpp"
#include "net/proxy.hpp"

namespace cordon::net {
namespace {

constexpr std::string_view k_letters_and_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

bool is_in(char c, std::string_view set) noexcept {
    return set.find(c) != std::string_view::npos;
}

int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Without the text itself: whoever asks shows where it stands and what it is.
tl::unexpected<Error> refuse_base_url(std::string_view why) {
    return fail(Code::invalid, fmt::format("a base URI as the portal shows it, for example zsapi.example.net or "
                                           "https://zsapi.example.net/api/v1; here {}",
                                           why));
}

bool is_ipv4(const std::string& host) {
    in_addr address{};
    return ::inet_pton(AF_INET, host.c_str(), &address) == 1;
}

bool is_ipv6(const std::string& host) {
    in6_addr address{};
    return ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

/// A name that DNS could hold, of two labels at least (RFC 1123 2.1), whose last label is no number: such
/// a name would be read as an address.
bool is_full_name(std::string_view host) {
    if (host.size() > 253) return false;
    const auto labels = split(host, '.');
    const auto is_label = [](std::string_view label) {
        return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
               std::all_of(label.begin(), label.end(),
                           [](char c) { return c == '-' || is_in(c, k_letters_and_digits); });
    };
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return labels.size() >= 2 && std::all_of(labels.begin(), labels.end(), is_label) &&
           !std::all_of(labels.back().begin(), labels.back().end(), is_digit);
}

struct Authority {
    std::string host;            ///< lower case, no brackets
    std::string_view port_text;  ///< without colon; "" where there is none
    bool has_port = false;
};

/// Splits "host:port" and "[v6]:port"; nullopt where the brackets are odd.
std::optional<Authority> split_authority(std::string_view text) {
    Authority authority;
    std::string_view rest;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        authority.host = to_lower(text.substr(1, end - 1));
        if (!is_ipv6(authority.host)) return std::nullopt;
        rest = text.substr(end + 1);
        if (!rest.empty() && rest.front() != ':') return std::nullopt;
    } else {
        const auto colon = text.find(':');
        authority.host = to_lower(text.substr(0, colon));
        if (colon != std::string_view::npos) rest = text.substr(colon);
    }
    authority.has_port = !rest.empty();
    if (authority.has_port) authority.port_text = rest.substr(1);
    return authority;
}

/// What `authority` says where it is no "host" or "host:port": a password with a '/' in it, for one.
bool looks_like_userinfo(std::string_view authority) {
    const auto colon = authority.rfind(':');
    if (authority.starts_with('[') || colon == std::string_view::npos) return false;
    const auto port = authority.substr(colon + 1);
    return !std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string_view Response::header(std::string_view name) const noexcept {
    const auto found =
        std::find_if(headers.rbegin(), headers.rend(), [&](const Header& header) { return header.first == name; });
    return found == headers.rend() ? std::string_view{} : std::string_view(found->second);
}

std::string percent_encode(std::string_view text) {
    constexpr std::string_view k_hex = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : text) {
        if (is_in(c, k_letters_and_digits) || is_in(c, "-._~")) {
            encoded += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded += {'%', k_hex[byte >> 4U], k_hex[byte & 15U]};
    }
    return encoded;
}

std::string percent_decode(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_escape =
            text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
        if (!is_escape) {
            decoded += text[i];
            continue;
        }
        decoded += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
        i += 2;
    }
    return decoded;
}

std::string displayable(std::string_view url) {
    std::string_view scheme;
    std::string_view rest = url;
    if (const auto at = url.find("://"); at != std::string_view::npos) {
        scheme = url.substr(0, at + 3);
        rest = url.substr(at + 3);
    }
    const auto authority = rest.substr(0, rest.find_first_of("/?#\\"));
    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
        rest.remove_prefix(at + 1);
    } else if (const auto late = rest.rfind('@'); late != std::string_view::npos && looks_like_userinfo(authority)) {
        rest.remove_prefix(late + 1);
    }
    rest = rest.substr(0, rest.find_first_of("?#"));
    return printable(std::string(scheme).append(rest), 300);
}

Result<BaseUrl> parse_base_url(std::string_view text) {
    if (text.empty()) return refuse_base_url("it is empty");
    if (to_lower(text).find("change_me") != std::string::npos) {
        return refuse_base_url("it is still the placeholder CHANGE_ME");
    }
    std::string scheme = "https";
    std::string_view rest = text;
    if (const auto at = text.find("://"); at != std::string_view::npos) {
        scheme = to_lower(text.substr(0, at));
        rest = text.substr(at + 3);
        if (scheme != "https" && scheme != "http") return refuse_base_url("only https:// is spoken");
    }
    const auto slash = rest.find('/');
    const auto authority_text = rest.substr(0, slash);
    std::string_view path = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash);
    if (rest.find('@') != std::string_view::npos)
        return refuse_base_url("user names and passwords do not belong in it");
    if (rest.find_first_of("?#") != std::string_view::npos) return refuse_base_url("it must end with the path");
    const bool has_odd_byte = !std::all_of(path.begin(), path.end(), [](char c) {
        return is_in(c, k_letters_and_digits) || is_in(c, "-._~/%!$&'()*+,;=:");
    });
    if (has_odd_byte) return refuse_base_url("its path holds a space or another forbidden character");

    const auto authority = split_authority(authority_text);
    if (!authority) return refuse_base_url("the address in brackets is no IPv6 address");
    const bool is_local = is_loopback_host(authority->host);
    if (!is_local && !is_ipv4(authority->host) && !is_ipv6(authority->host) && !is_full_name(authority->host)) {
        return refuse_base_url("the host is no full name such as zsapi.example.net");
    }
    std::uint64_t port = scheme == "https" ? 443 : 80;
    const auto default_port = port;
    if (authority->has_port) {
        const auto number = parse_whole_number(authority->port_text);
        if (!number || *number < 1 || *number > 65535) return refuse_base_url("the port is no number from 1 to 65535");
        port = *number;
    }
    if (scheme == "http" && !is_local) {
        return refuse_base_url("plain http would send the credentials in the clear and is for loopback only");
    }
    while (path.ends_with('/')) path.remove_suffix(1);
    BaseUrl base;
    base.host = authority->host;
    const bool needs_brackets = base.host.find(':') != std::string::npos;
    base.origin = fmt::format("{}://{}{}{}", scheme, needs_brackets ? "[" : "", base.host, needs_brackets ? "]" : "");
    if (port != default_port) base.origin += fmt::format(":{}", port);
    base.path = path;
    return base;
}

}  // namespace cordon::net
