#include "feeds/parse/gzip.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>
#include <zlib.h>

#include "base/text.hpp"

namespace cordon::feeds {
namespace {

constexpr std::size_t k_chunk_bytes = 256U << 10;
constexpr int k_gzip_only = 16 + MAX_WBITS;  // zlib.h, inflateInit2

/// zlib's state with its end.
class Inflater {
public:
    Inflater() : is_ready_(inflateInit2(&stream_, k_gzip_only) == Z_OK) {}
    ~Inflater() {
        if (is_ready_) inflateEnd(&stream_);
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    [[nodiscard]] bool is_ready() const noexcept { return is_ready_; }
    z_stream& stream() noexcept { return stream_; }

private:
    z_stream stream_{};
    bool is_ready_;
};

/// Lets zlib fill the room behind `content`. Gives zlib's answer.
int inflate_some(z_stream& stream, std::string_view& rest, std::string& content) {
    const std::size_t before = content.size();
    content.resize(before + k_chunk_bytes);
    const std::size_t offered = std::min<std::size_t>(rest.size(), std::numeric_limits<uInt>::max());
    // zlib reads through a pointer to non-const but does not write (zlib.h, z_const).
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(rest.data()));
    stream.avail_in = static_cast<uInt>(offered);
    stream.next_out = reinterpret_cast<Bytef*>(content.data() + before);
    stream.avail_out = static_cast<uInt>(k_chunk_bytes);
    const int answer = inflate(&stream, Z_NO_FLUSH);
    rest.remove_prefix(offered - stream.avail_in);
    content.resize(before + k_chunk_bytes - stream.avail_out);
    return answer;
}

bool is_padding(std::string_view rest) noexcept {
    return std::all_of(rest.begin(), rest.end(), [](char c) { return c == '\0'; });
}

}  // namespace

bool is_gzip(std::string_view bytes) noexcept {
    return bytes.starts_with("\x1f\x8b");
}

Result<std::string> gunzip(std::string_view bytes, std::size_t most_bytes) {
    Inflater inflater;
    if (!inflater.is_ready()) return fail(Code::corrupt, "zlib could not be started to unpack the gzip file");
    std::string content;
    content.reserve(std::min(most_bytes, bytes.size() * 4));
    for (std::string_view rest = bytes;;) {
        const int answer = inflate_some(inflater.stream(), rest, content);
        if (content.size() > most_bytes) {
            return fail(Code::corrupt, fmt::format("the gzip file unpacks to more than {} bytes (max_feed_bytes)",
                                                   with_thousands(most_bytes)));
        }
        if (answer == Z_STREAM_END) {
            if (is_padding(rest)) return content;
            if (!is_gzip(rest)) return fail(Code::corrupt, "something that is no gzip follows the gzip file");
            inflateReset(&inflater.stream());
        } else if (answer == Z_BUF_ERROR || (answer == Z_OK && rest.empty() && inflater.stream().avail_out != 0)) {
            return fail(Code::corrupt, "the gzip file is torn: it ends in the middle");
        } else if (answer != Z_OK) {
            return fail(Code::corrupt, "the gzip file is damaged");
        }
    }
}

}  // namespace cordon::feeds
