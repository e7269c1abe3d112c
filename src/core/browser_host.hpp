#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/reason.hpp"

namespace cordon::core {

/// Why a value is no entry; `detail` is a literal.
struct Refusal {
    Reason reason = Reason::not_an_indicator;
    const char* detail = "";
};

enum class HostKind : std::uint8_t { name, ipv4, ipv6 };

/// Reads the host of a URL as a browser does (WHATWG URL, "host parsing": percent-escapes, IDNA, IPv4 in
/// any base, IPv6 in brackets) and by the gateway's own rules (zia-api.md 5.1: a dot, lengths, ASCII,
/// underscores). Where it gives nullopt, `host` is the lower-case name without trailing dot, the dotted
/// quad, or the RFC 5952 text without brackets. Allocates only for escapes and IDNA.
[[nodiscard]] std::optional<Refusal> read_host(std::string_view raw, std::string& host, HostKind& kind);

/// Only letters, digits, hyphen, underscore and dot: nothing to decode, split or undo.
[[nodiscard]] bool is_plain_host_text(std::string_view text) noexcept;

}  // namespace cordon::core
