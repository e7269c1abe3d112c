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
