#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace cordon::net {

/// Undoes a Content-Encoding piece by piece (RFC 9110 8.4.1), or unpacks a gzip file: all its members, and zeros behind
/// them. Our own, because libcurl 7.88 takes a compressed body that stops in the middle for a whole one.
class ContentDecoder {
public:
    enum class Step {
        ok,
        damaged,   ///< not what the encoding says
        too_long,  ///< more than `most_bytes` would come out
    };

    virtual ~ContentDecoder() = default;

    /// Appends what `bytes` decode to.
    virtual Step decode(std::string_view bytes, std::string& out, std::size_t most_bytes) = 0;

    /// Whether what was decoded so far is a complete body.
    [[nodiscard]] virtual bool is_complete() const noexcept = 0;

    /// For "", "identity", "gzip", "x-gzip" and "deflate"; null for anything else.
    [[nodiscard]] static std::unique_ptr<ContentDecoder> make(std::string_view encoding);
};

}  // namespace cordon::net
