#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace cordon {

/// Overwrites `size` bytes so that the compiler cannot leave it out.
void wipe_bytes(void* bytes, std::size_t size) noexcept;

/// Overwrites all that `text` has room for and leaves it empty. Also for a moved-from string: a short one
/// keeps its bytes inside the object.
void wipe_text(std::string& text) noexcept;

/// Replaces every occurrence of `secret` by "***", also where escapes of JSON, URLs or forms (RFC 8259 7, RFC 3986 2.1)
/// write some of its characters: for the words of a server that quotes a request back. An empty one hides nothing.
void hide_secret(std::string& text, std::string_view secret);

/// A credential: opaque bytes that no formatter prints. Wiped when it dies. Only the code that puts it
/// on the wire calls reveal().
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string bytes) : bytes_(std::move(bytes)) { wipe_text(bytes); }
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) { other.wipe(); }
    Secret& operator=(const Secret& other);
    Secret& operator=(Secret&& other) noexcept;
    ~Secret() { wipe(); }

    [[nodiscard]] bool is_set() const noexcept { return !bytes_.empty(); }

    /// The bytes themselves; the view lives as long as this object is unchanged.
    [[nodiscard]] std::string_view reveal() const noexcept { return bytes_; }

    bool operator==(const Secret&) const = default;

private:
    void wipe() noexcept { wipe_text(bytes_); }
    std::string bytes_;
};

}  // namespace cordon
