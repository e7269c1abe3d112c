#include "base/secret.hpp"

#include <openssl/crypto.h>

namespace cordon {

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
