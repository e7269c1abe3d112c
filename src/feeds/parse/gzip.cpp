#include "feeds/parse/gzip.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "net/content_decoder.hpp"

namespace cordon::feeds {

bool is_gzip(std::string_view bytes) noexcept {
    return bytes.starts_with("\x1f\x8b");
}

Result<std::string> gunzip(std::string_view bytes, std::size_t most_bytes) {
    constexpr std::size_t k_piece_bytes = 1U << 20;
    using Step = net::ContentDecoder::Step;
    // The decoder takes other encodings, too: servers call one by the name of another.
    if (!is_gzip(bytes)) return fail(Code::corrupt, "it does not begin as a gzip file");
    const auto decoder = net::ContentDecoder::make("gzip");
    std::string content;
    content.reserve(std::min(most_bytes, bytes.size() * 4));
    while (!bytes.empty()) {
        const auto piece = bytes.substr(0, k_piece_bytes);
        bytes.remove_prefix(piece.size());
        switch (decoder->decode(piece, content, most_bytes)) {
            case Step::ok: break;
            case Step::damaged:
                return fail(Code::corrupt, "the gzip file is damaged, or something that is no gzip follows it");
            case Step::too_long:
                return fail(Code::corrupt, fmt::format("the gzip file unpacks to more than {} bytes (max_feed_bytes)",
                                                       with_thousands(most_bytes)));
        }
    }
    if (!decoder->is_complete()) return fail(Code::corrupt, "the gzip file is torn: it ends in the middle");
    return content;
}

}  // namespace cordon::feeds
