#pragma once

#include <cstdlib>
#include <string_view>

/// What the fuzz targets have in common.
namespace cordon::fuzz {

/// A broken promise is a find.
inline void require(bool holds) {
    if (!holds) std::abort();
}

/// Nothing that could move a terminal's cursor or split a line of a log.
inline bool is_printable(std::string_view text) {
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
    }
    return true;
}

}  // namespace cordon::fuzz
