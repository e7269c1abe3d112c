#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>

namespace cordon {
namespace {

bool is_white_space(char c) noexcept {
    return c == ' ' || (c >= '\t' && c <= '\r');  // tab, line feed, vertical tab, form feed, carriage return
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
        }
    }
    return row[b.size()];
}

/// How many bytes the UTF-8 character at the front has (RFC 3629); 0 where there is none.
std::size_t utf8_width(std::string_view text, std::uint32_t& character) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
    constexpr std::array<std::uint32_t, 5> k_least{0, 0, 0x80, 0x800, 0x10000};
    const std::size_t width = byte(0) < 0x80        ? 1
                              : byte(0) >> 5U == 6  ? 2
                              : byte(0) >> 4U == 14 ? 3
                              : byte(0) >> 3U == 30 ? 4
                                                    : 0;
    if (width == 0 || text.size() < width) return 0;
    character = width == 1 ? byte(0) : byte(0) & (0xffU >> (width + 1));
    for (std::size_t i = 1; i < width; ++i) {
        if (byte(i) >> 6U != 2) return 0;
        character = character << 6U | (byte(i) & 0x3fU);
    }
    const bool is_surrogate = character >= 0xd800 && character <= 0xdfff;
    return character < k_least[width] || character > 0x10ffff || is_surrogate ? 0 : width;
}

/// As utf8_width, but 0 also for what moves a terminal's cursor or turns text around: C0 and C1 controls,
/// line separators, bidirectional embeddings and isolates (Unicode TR 36, 3.4).
std::size_t printable_width(std::string_view text) {
    std::uint32_t c = 0;
    const auto width = utf8_width(text, c);
    const bool is_control = c < 0x20 || (c >= 0x7f && c <= 0x9f);
    const bool is_layout = (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f;
    return is_control || is_layout ? 0 : width;
}

}  // namespace

std::string_view trim(std::string_view text) noexcept {
    while (!text.empty() && is_white_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_white_space(text.back())) text.remove_suffix(1);
    return text;
}

std::string to_lower(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return to_lower(c); });
    return lower;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return to_lower(x) == to_lower(y); });
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> pieces;
    for (;;) {
        const auto at = text.find(separator);
        pieces.push_back(text.substr(0, at));
        if (at == std::string_view::npos) return pieces;
        text.remove_prefix(at + 1);
    }
}

std::string join(std::span<const std::string> pieces, std::string_view separator) {
    std::string joined;
    for (const auto& piece : pieces) {
        if (&piece != pieces.data()) joined += separator;
        joined += piece;
    }
    return joined;
}

std::optional<std::uint64_t> parse_whole_number(std::string_view text) noexcept {
    std::uint64_t number = 0;
    const auto end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
    return number;
}

std::optional<std::string> nearest_word(std::string_view word, std::span<const std::string> candidates) {
    std::optional<std::string> nearest;
    std::size_t least = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (const auto& candidate : candidates) {
        const auto distance = edit_distance(word, candidate);
        if (distance < least) {
            least = distance;
            nearest = candidate;
        }
    }
    return nearest;
}

std::string printable(std::string_view text, std::size_t most) {
    std::string shown;
    while (!text.empty()) {
        const auto width = printable_width(text);
        const auto taken = std::max<std::size_t>(1, width);
        if (shown.size() + taken > most) return shown + "...";
        shown.append(width == 0 ? "?" : text.substr(0, width));
        text.remove_prefix(taken);
    }
    return shown;
}

std::string with_thousands(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
        digits.insert(static_cast<std::size_t>(at), ",");
    }
    return digits;
}

}  // namespace cordon
