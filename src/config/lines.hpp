#pragma once

#include <cstddef>
#include <string_view>

namespace cordon::config {

inline constexpr std::size_t k_most_settings_bytes = 1U << 20;  ///< a larger file is no settings file
inline constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";

/// Calls `take` with each line; ends are LF, CR LF and CR, as Python's text files have them.
template <class Take>
void for_each_line(std::string_view text, Take take) {
    while (!text.empty()) {
        const auto end = text.find_first_of("\r\n");
        take(text.substr(0, end));
        if (end == std::string_view::npos) return;
        text.remove_prefix(end + (text.substr(end, 2) == "\r\n" ? 2 : 1));
    }
}

}  // namespace cordon::config
