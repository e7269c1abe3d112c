#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cordon {

/// `text` without ASCII white space (space, tab, CR, LF, VT, FF) at both ends.
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;

/// ASCII letters folded to lower case; other bytes stay.
[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] constexpr char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;

/// The pieces of `text` between `separator`s; empty pieces are kept, "" gives one empty piece.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

[[nodiscard]] std::string join(std::span<const std::string> pieces, std::string_view separator);

/// A whole decimal number without sign or white space; nullopt on anything else or overflow.
[[nodiscard]] std::optional<std::uint64_t> parse_whole_number(std::string_view text) noexcept;

/// The candidate that `word` most probably meant (Levenshtein distance at most a third of its length,
/// at least 1); nullopt where none is near.
[[nodiscard]] std::optional<std::string> nearest_word(std::string_view word, std::span<const std::string> candidates);

/// `text` as valid UTF-8 with each byte of anything else, of controls and of direction marks replaced by
/// '?', cut to `most` bytes between characters (then ending in "..."), so that hostile input can stand in
/// a message, on a terminal and in JSON.
[[nodiscard]] std::string printable(std::string_view text, std::size_t most = 120);

/// 25000 -> "25,000".
[[nodiscard]] std::string with_thousands(std::uint64_t number);

}  // namespace cordon
