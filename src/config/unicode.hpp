#pragma once

#include <cstddef>
#include <string_view>

namespace cordon::config {

// White space as Python's str.strip() and the regular expression \s see it, in UTF-8. A no-break space
// pasted from a web page counts as indentation there, so it does here.

/// `text` without white space at both ends.
[[nodiscard]] std::string_view strip(std::string_view text) noexcept;

/// `text` without white space at its end.
[[nodiscard]] std::string_view strip_end(std::string_view text) noexcept;

/// How many characters of white space `text` begins with; a tab is one.
[[nodiscard]] std::size_t indentation(std::string_view text) noexcept;

/// Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

}  // namespace cordon::config
