#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace cordon::feeds {

/// Whether the bytes begin a gzip file (RFC 1952). `gzip=true` gives a gzip *file*, not a
/// Content-Encoding (recorded-future-api.md 1).
[[nodiscard]] bool is_gzip(std::string_view bytes) noexcept;

/// The content of a gzip file, all its members. `corrupt` when it is torn, damaged, followed by
/// something else, or would be longer than `most_bytes`.
[[nodiscard]] Result<std::string> gunzip(std::string_view bytes, std::size_t most_bytes);

}  // namespace cordon::feeds
