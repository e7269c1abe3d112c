#pragma once

#include <cstdint>
#include <string_view>

namespace cordon::core {

/// What stands at the start of a line.
struct PlainName {
    std::uint32_t size = 0;       ///< of the name; 0 = the slow way must look
    std::uint32_t line_size = 0;  ///< with the line's end; where `size` is 0 and this is not, the line is empty
    std::uint64_t dots = 0;       ///< which bytes of the name are dots: the highest bit is its last byte
};

/// A look at the line that begins at `at`, sixteen bytes at a time: most lines of most lists hold a host name that is
/// canonical as it stands and nothing else: lower-case letters, digits, hyphens (no two together, which leaves out
/// "xn--") and at least one dot, no empty label, no digit at the start of the last label (which may be an address),
/// at most 63 bytes (so that no label is longer). Everything else goes the slow way, and so does what ends within 64
/// bytes of `end`, behind which nothing may be read.
[[nodiscard]] PlainName plain_name(const char* at, const char* end) noexcept;

/// Whether all of `text` is such a name: then read_host() (browser_host.hpp) gives it back as it stands.
[[nodiscard]] bool is_plain_name(std::string_view text) noexcept;

}  // namespace cordon::core
