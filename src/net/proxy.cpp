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

bool is_host_and_port(std::string_view text) {
    return !text.empty() && text.front() != ':' && std::none_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f ||
               std::string_view("/?#\\@\"<>").find(c) != std::string_view::npos;
    });
}

}  // namespace

bool is_loopback_host(const std::string& host) {
    if (host == "localhost") return true;
    in_addr v4{};
    if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return host.starts_with("127.");
    in6_addr v6{};
    return ::inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
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
        return fail(Code::invalid,
                    fmt::format("'{}' is no proxy; write http://host:port, https://host:port or socks5://host:port, with "
                                "user:password@ before the host where the proxy asks for it",
                                displayable(text)));
    }
    proxy.url = fmt::format("{}://{}", scheme, rest);
    proxy.shown = printable(proxy.url);
    return proxy;
}

}  // namespace cordon::net
