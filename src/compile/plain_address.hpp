#pragma once

#include <cstdint>

#include "core/ip.hpp"

namespace cordon::compile {

/// What stands at the start of a line.
struct PlainAddress {
    core::Ipv4Range range;
    std::uint32_t line_size = 0;  ///< with the line's end; 0 = the slow way must look
};

/// A look at the line that begins at `at`: most lines of most lists hold "a.b.c.d" or "a.b.c.d/n" and nothing else.
/// Anything else goes the slow way, and so does what ends within 24 bytes of `end`, behind which nothing may be read.
[[nodiscard]] PlainAddress plain_address(const char* at, const char* end) noexcept;

}  // namespace cordon::compile
