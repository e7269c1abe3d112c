#pragma once

#include <chrono>
#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace cordon::net {

/// Where bytes go that nobody answers.
struct StreamTarget {
    std::string host;
    int port = 0;
    bool is_tls = false;            ///< then the certificate is checked
    std::filesystem::path ca_file;  ///< PEM; empty = the system's
    std::chrono::seconds timeout{15};
};

/// Connects, sends all of it and closes. Success says that this machine has sent it, not that it was taken.
/// `unreachable`, `unknown` (a part may have arrived), `cancelled`. No proxy.
Result<void> send_stream(const StreamTarget& target, std::string_view bytes, const std::stop_token& stop);

/// One datagram to a host's UDP port; it may get lost without a sign. `unreachable`, `invalid` (too long), `cancelled`
/// (also while the name is looked up).
Result<void> send_datagram(const std::string& host, int port, std::string_view bytes, const std::stop_token& stop);

/// One datagram to a socket of this machine, as /dev/log is one. `unreachable`, `invalid`.
Result<void> send_local_datagram(const std::filesystem::path& socket, std::string_view bytes);

}  // namespace cordon::net
