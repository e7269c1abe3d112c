#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace cordon::net {

/// One proxy, taken apart so that its credentials are in no text that could be printed.
struct Proxy {
    std::string url;    ///< "socks5://host:port", no userinfo
    std::string shown;  ///< the same, for messages
    bool has_credentials = false;
    Secret user;
    Secret password;
};

/// Reads "scheme://user:password@host:port" with scheme http (the default), https, socks5 or socks5h;
/// percent-escapes of the credentials are undone. `invalid` says what is allowed and quotes no userinfo.
[[nodiscard]] Result<Proxy> parse_proxy(std::string_view text);

/// A proxy setting for messages: everything between the scheme and the last '@' is dropped, whatever it looks
/// like, since an unescaped password may hold any character. A URL is not shown so: its path may hold an '@'.
[[nodiscard]] std::string displayable_proxy(std::string_view text);

/// Whether `url` leads to this machine, see is_loopback_host().
[[nodiscard]] bool is_loopback_url(std::string_view url);

/// Whether `host` (lower case, no brackets) is 127.0.0.0/8, also as ::ffff:127.0.0.1, ::1 or localhost.
[[nodiscard]] bool is_loopback_host(const std::string& host);

}  // namespace cordon::net
