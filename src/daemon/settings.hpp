#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "base/setting.hpp"

namespace cordon::daemon {

/// `[serve]`.
struct ServeOptions {
    std::string listen = "127.0.0.1:8470";
    std::chrono::seconds poll{300};                ///< 0: never
    std::chrono::seconds max_staleness{6 * 3600};  ///< more than 0
    std::filesystem::path tls_certificate;         ///< "": no TLS
    std::filesystem::path tls_key;
};
[[nodiscard]] std::vector<Setting> settings_of(ServeOptions& options);

/// Where to listen.
struct ListenAddress {
    std::string host;  ///< an IP address, without brackets
    int port = 0;
    [[nodiscard]] bool is_loopback() const;
};
/// "127.0.0.1:8470", "[::1]:0", "localhost:8470". `invalid`: what is wrong and an example.
[[nodiscard]] Result<ListenAddress> parse_listen(std::string_view text);

}  // namespace cordon::daemon
