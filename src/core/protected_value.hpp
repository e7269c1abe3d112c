#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "core/ip.hpp"

namespace cordon::core {

/// An IPv6 range in network order, comparable byte by byte.
using Ipv6Bytes = std::array<std::uint8_t, 16>;
struct Ipv6Range {
    Ipv6Bytes first{};
    Ipv6Bytes last{};
};

[[nodiscard]] Ipv6Range range_of(const Ipv6Net& net) noexcept;

/// One value of never-block data, canonical.
struct ProtectedHost {
    std::string name;
    bool with_dot = false;  ///< written ".x" or "*.x": x and everything below it
};
struct ProtectedUrl {
    std::string host;
    std::string url;
};
using ProtectedValue = std::variant<ProtectedHost, ProtectedUrl, Ipv4Range, Ipv6Range>;

/// "203.0.113.0/33": a slip of the pen that must not be read as a URL with the path "/33".
[[nodiscard]] bool is_misspelt_network(std::string_view text);

/// Reads a host, ".host", "*.host", URL, address, network or IPv4 range. A URL that is only a host root
/// is its host; a URL on an address is the address. `invalid` names the value.
[[nodiscard]] Result<ProtectedValue> read_protected_value(std::string_view value);

}  // namespace cordon::core
