#include "net/proxy.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.hpp"
#include "net/http.hpp"

namespace cordon::net {
namespace {

constexpr std::array<std::string_view, 4> k_schemes{"http", "https", "socks5", "socks5h"};

/// Where ":port" begins in "host:port", also when what stands there is no port; npos where nothing does.
std::size_t find_port(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || text.find(']', colon) != std::string_view::npos)
        return std::string_view::npos;
    return colon;
}

bool has_good_port(std::string_view text) {
    const auto colon = find_port(text);
    if (colon == std::string_view::npos) return true;
    const auto port = parse_whole_number(text.substr(colon + 1));
    return port && *port > 0 && *port <= 65535;
}

bool is_host_and_port(std::string_view text) {
    return has_good_port(text) && !text.empty() && text.front() != ':' &&
           std::none_of(text.begin(), text.end(), [](char c) {
               return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f ||
                      std::string_view("/?#\\@\"<>").find(c) != std::string_view::npos;
           });
}

bool is_scheme(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    });
}

}  // namespace

bool is_loopback_host(const std::string& host) {
    if (host == "localhost") return true;
    in_addr v4{};
    if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return host.starts_with("127.");
    in6_addr v6{};
    if (::inet_pton(AF_INET6, host.c_str(), &v6) != 1) return false;
    constexpr std::size_t k_first_v4_byte = 12;  // of ::ffff:127.0.0.1, as a listener for both families names its peers
    return IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[k_first_v4_byte] == 127);
}

bool is_loopback_url(std::string_view url) {
    const auto scheme_end = url.find("://");
    if (scheme_end == std::string_view::npos) return false;
    auto authority = url.substr(scheme_end + 3);
    authority = authority.substr(0, authority.find_first_of("/?#"));
    if (authority.find('@') != std::string_view::npos) return false;
    if (authority.starts_with('[')) return is_loopback_host(to_lower(authority.substr(1, authority.find(']') - 1)));
    return is_loopback_host(to_lower(authority.substr(0, authority.find(':'))));
}

std::string displayable_proxy(std::string_view text) {
    text = trim(text);
    const auto scheme_end = text.find("://");
    const bool has_scheme = scheme_end != std::string_view::npos && is_scheme(text.substr(0, scheme_end));
    const auto scheme = has_scheme ? text.substr(0, scheme_end + 3) : std::string_view{};
    text.remove_prefix(scheme.size());
    if (const auto at = text.rfind('@'); at != std::string_view::npos) text.remove_prefix(at + 1);
    text = text.substr(0, text.find_first_of("/?#"));
    if (!has_good_port(text))
        text = text.substr(0, find_port(text));  // the host may have been forgotten behind a password
    return printable(std::string(scheme) + std::string(text));
}

Result<Proxy> parse_proxy(std::string_view text) {
    std::string scheme = "http";
    std::string_view rest = trim(text);
    if (const auto at = rest.find("://"); at != std::string_view::npos) {
        scheme = to_lower(rest.substr(0, at));
        rest.remove_prefix(at + 3);
    }
    Proxy proxy;
    if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
        const auto userinfo = rest.substr(0, at);
        const auto colon = userinfo.find(':');
        proxy.has_credentials = true;
        proxy.user = Secret(percent_decode(userinfo.substr(0, colon)));
        if (colon != std::string_view::npos) proxy.password = Secret(percent_decode(userinfo.substr(colon + 1)));
        rest.remove_prefix(at + 1);
    }
    while (rest.ends_with('/')) rest.remove_suffix(1);
    const bool is_known = std::find(k_schemes.begin(), k_schemes.end(), scheme) != k_schemes.end();
    if (!is_known || !is_host_and_port(rest)) {
        return fail(
            Code::invalid,
            fmt::format("'{}' is no proxy; write http://host:port, https://host:port or socks5://host:port, with "
                        "user:password@ before the host where the proxy asks for it",
                        displayable_proxy(text)));
    }
    proxy.url = fmt::format("{}://{}", scheme, rest);
    proxy.shown = printable(proxy.url);
    return proxy;
}

}  // namespace cordon::net
