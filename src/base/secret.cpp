#include "base/secret.hpp"

#include <algorithm>
#include <charconv>

#include <openssl/crypto.h>

namespace cordon {
namespace {

struct Character {
    char value;
    std::size_t size;  ///< in the text
};

/// The character at `at`, a JSON escape undone; characters beyond ASCII stay as they are written.
Character character_at(std::string_view text, std::size_t at) {
    const Character plain{text[at], 1};
    if (plain.value != '\\' || at + 1 >= text.size()) return plain;
    const char kind = text[at + 1];
    if (kind == 'u' && at + 6 <= text.size()) {
        unsigned code = 0;
        const auto hex = text.substr(at + 2, 4);
        const auto parsed = std::from_chars(hex.data(), hex.data() + hex.size(), code, 16);
        return parsed.ptr == hex.data() + hex.size() && code < 0x80 ? Character{static_cast<char>(code), 6} : plain;
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
        if (next.value != wanted) return 0;
        at += next.size;
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
    constexpr std::string_view k_hidden = "***";
    if (secret.empty()) return;
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + k_hidden.size())) {
        text.replace(at, secret.size(), k_hidden);
    }
    for (auto at = text.find('\\'); at != std::string::npos; at = text.find('\\', at)) {
        // The first escape of an occurrence is at `at`; plain characters of the secret may stand before it.
        const auto first = at - std::min(at, secret.size());
        std::size_t begin = first, size = 0;
        while (begin <= at && (size = escaped_size(text, begin, secret)) == 0) ++begin;
        if (size > 0) text.replace(begin, size, k_hidden);
        at = size > 0 ? begin + k_hidden.size() : at + 1;
    }
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
