#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace cordon::compile {

/// `lists` cut at line ends into pieces of about 1 MiB (longer where a line is), without byte order marks, in blocks of
/// about 128 MiB: however many threads there are, the cuts are the same.
[[nodiscard]] std::vector<std::vector<std::string_view>> blocks_of(const std::vector<std::string_view>& lists);

/// How many there are about, from the first of them: room for so many rows is seldom too little.
[[nodiscard]] std::size_t lines_in(std::string_view piece) noexcept;

}  // namespace cordon::compile
