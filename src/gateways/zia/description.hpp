#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace cordon::gateways::zia {

inline constexpr std::size_t k_category_description = 256;  ///< characters (zia-api.md 4.2)
inline constexpr std::size_t k_group_description = 10'240;  ///< characters (zia-api.md 6.2)

/// "<text> Last Updated: 2026-11-21 09:30:00 UTC" in at most `most` characters: the text is cut, never the
/// date, and never inside a character. Characters are counted as UTF-16 units, the stricter reading. Control
/// characters and white space become single spaces, as ZIA itself does it.
[[nodiscard]] std::string dated_description(std::string_view text, Time now, std::size_t most);

}  // namespace cordon::gateways::zia
