#include "gateways/zia/description.hpp"

#include "base/text.hpp"

namespace cordon::gateways::zia {
namespace {

/// Bytes of the UTF-8 character that starts with `lead`; a stray byte counts as one.
std::size_t bytes_of(unsigned char lead) noexcept {
    if (lead >= 0xF0) return 4;
    if (lead >= 0xE0) return 3;
    if (lead >= 0xC0) return 2;
    return 1;
}

std::string single_spaced(std::string_view text) {
    std::string result;
    for (const char c : trim(text)) {
        const bool is_space = static_cast<unsigned char>(c) <= ' ' || c == '\x7F';
        if (!is_space) {
            result += c;
        } else if (!result.empty() && result.back() != ' ') {
            result += ' ';
        }
    }
    return std::string(trim(result));
}

/// The longest prefix of whole characters that has at most `most` UTF-16 units.
std::string_view cut(std::string_view text, std::size_t most) noexcept {
    std::size_t units = 0;
    std::size_t at = 0;
    while (at < text.size()) {
        const auto bytes = bytes_of(static_cast<unsigned char>(text[at]));
        units += bytes == 4 ? 2 : 1;
        if (units > most || at + bytes > text.size()) break;
        at += bytes;
    }
    return trim(text.substr(0, at));
}

}  // namespace

std::string dated_description(std::string_view text, Time now, std::size_t most) {
    const auto date = "Last Updated: " + to_readable_utc(now);
    const auto spaced = single_spaced(text);
    const auto kept = most > date.size() + 1 ? cut(spaced, most - date.size() - 1) : std::string_view{};
    return kept.empty() ? date : std::string(kept) + " " + date;
}

}  // namespace cordon::gateways::zia
