#include "base/secret.hpp"

#include <openssl/crypto.h>

namespace cordon {

void wipe_bytes(void* bytes, std::size_t size) noexcept {
    OPENSSL_cleanse(bytes, size);
}

void Secret::wipe() noexcept {
    wipe_bytes(bytes_.data(), bytes_.size());
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
        bytes_ = std::exchange(other.bytes_, {});
    }
    return *this;
}

}  // namespace cordon
