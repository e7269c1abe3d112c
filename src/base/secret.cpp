#include "base/secret.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include <openssl/crypto.h>

namespace cordon {
namespace {

struct Character {
    char value;
    std::size_t size;  ///< in the text
};

/// What begins an escape: of JSON, of a URL, and a form's space.
constexpr std::string_view k_escapes = "\\%+";

/// The number that `size` hex digits write from `at` on; nullopt where they are none.
std::optional<unsigned> hex_at(std::string_view text, std::size_t at, std::size_t size) {
    if (at + size > text.size()) return std::nullopt;
    unsigned code = 0;
    const char* const end = text.data() + at + size;
    const auto parsed = std::from_chars(text.data() + at, end, code, 16);
    return parsed.ptr == end ? std::optional(code) : std::nullopt;
}

/// The character at `at`, an escape undone; characters beyond ASCII stay as JSON writes them.
Character character_at(std::string_view text, std::size_t at) {
    const Character plain{text[at], 1};
    if (plain.value == '+') return {' ', 1};
    if (plain.value == '%') {
        const auto code = hex_at(text, at + 1, 2);
        return code ? Character{static_cast<char>(*code), 3} : plain;
    }
    if (plain.value != '\\' || at + 1 >= text.size()) return plain;
    const char kind = text[at + 1];
    if (kind == 'u') {
        const auto code = hex_at(text, at + 2, 4);
        return code && *code < 0x80 ? Character{static_cast<char>(*code), 6} : plain;
    }
    constexpr std::string_view k_kinds = "\"\\/bfnrt", k_values = "\"\\/\b\f\n\r\t";
    const auto found = k_kinds.find(kind);
    return found == std::string_view::npos ? plain : Character{k_values[found], 2};
}

/// How many characters of `text` write `secret` from `at` on; 0 where something else stands there.
std::size_t escaped_size(std::string_view text, std::size_t at, std::string_view secret) {
    const std::size_t begin = at;
    for (const char wanted : secret) {
        if (at >= text.size()) return 0;
        const Character next = character_at(text, at);
        const bool is_plain = text[at] == wanted;
        if (next.value != wanted && !is_plain) return 0;
        at += next.value == wanted ? next.size : 1;
    }
    return at - begin;
}

}  // namespace

void wipe_bytes(void* bytes, std::size_t size) noexcept {
    OPENSSL_cleanse(bytes, size);
}

void wipe_text(std::string& text) noexcept {
    text.resize(text.capacity());  // never reallocates
    wipe_bytes(text.data(), text.size());
    text.clear();
}

void hide_secret(std::string& text, std::string_view secret) {
    if (secret.empty()) return;
    std::string hidden;
    std::size_t kept = 0;  // of text, up to here it is in `hidden`
    const auto hide = [&](std::size_t begin, std::size_t size) {
        hidden.append(text, kept, begin - kept).append("***");
        kept = begin + size;
    };
    // An occurrence begins at its first plain character or escape, so that each place is looked at once.
    std::size_t plain = text.find(secret), escape = text.find_first_of(k_escapes);
    for (std::size_t at = 0; plain != std::string::npos || escape != std::string::npos;) {
        if (plain != std::string::npos && plain <= escape) {
            hide(plain, secret.size());
            at = kept;
        } else {
            // Plain characters of the secret may stand before its first escape.
            std::size_t begin = std::max(at, escape - std::min(escape, secret.size())), size = 0;
            while (begin <= escape && (size = escaped_size(text, begin, secret)) == 0) ++begin;
            if (size > 0) hide(begin, size);
            at = size > 0 ? kept : escape + 1;
        }
        if (plain != std::string::npos && plain < at) plain = text.find(secret, at);
        if (escape != std::string::npos && escape < at) escape = text.find_first_of(k_escapes, at);
    }
    if (kept == 0) return;
    hidden.append(text, kept);
    wipe_text(text);
    text = std::move(hidden);
}

Secret& Secret::operator=(const Secret& other) {
    if (this != &other) {
        wipe();
        bytes_ = other.bytes_;
    }
    return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe();
        bytes_ = std::move(other.bytes_);
        other.wipe();
    }
    return *this;
}

}  // namespace cordon
