#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace cordon {

/// The first `most` of `names`, each printable, for a message: "a, b and 1,203 more"; "" where there are none.
[[nodiscard]] std::string name_first(std::span<const std::string> names, std::size_t most = 10);

}  // namespace cordon
