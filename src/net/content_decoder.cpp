#include "net/content_decoder.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <zlib.h>

#include "base/text.hpp"

namespace cordon::net {
namespace {

class Identity final : public ContentDecoder {
public:
    Step decode(std::string_view bytes, std::string& out, std::size_t most_bytes) override {
        if (bytes.size() > most_bytes - std::min(most_bytes, out.size())) return Step::too_long;
        out.append(bytes);
        return Step::ok;
    }
    [[nodiscard]] bool is_complete() const noexcept override { return true; }
};

class Inflater final : public ContentDecoder {
public:
    Inflater() {
        if (::inflateInit2(&stream_, k_gzip_or_zlib) != Z_OK) throw std::bad_alloc();
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    ~Inflater() override { ::inflateEnd(&stream_); }

    Step decode(std::string_view bytes, std::string& out, std::size_t most_bytes) override {
        if (is_at_end_) skip_padding(bytes);
        if (bytes.empty()) return Step::ok;
        if (is_padded_ || (!has_begun_ && !begin(bytes.front()))) return Step::damaged;
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
        stream_.avail_in = static_cast<uInt>(bytes.size());
        std::array<char, 64U << 10> chunk;
        do {
            // A gzip file may be several members, one after another (RFC 1952 2.2).
            if (is_at_end_ && ::inflateReset(&stream_) != Z_OK) return Step::damaged;
            stream_.next_out = reinterpret_cast<Bytef*>(chunk.data());
            stream_.avail_out = static_cast<uInt>(chunk.size());
            const int result = ::inflate(&stream_, Z_NO_FLUSH);
            const auto made = chunk.size() - stream_.avail_out;
            if (made > most_bytes - std::min(most_bytes, out.size())) return Step::too_long;
            out.append(chunk.data(), made);
            if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) return Step::damaged;
            is_at_end_ = result == Z_STREAM_END;
            if (is_at_end_) {
                std::string_view rest = bytes.substr(bytes.size() - stream_.avail_in);
                skip_padding(rest);
                if (is_padded_) return rest.empty() ? Step::ok : Step::damaged;
            }
        } while (stream_.avail_in > 0 || (stream_.avail_out == 0 && !is_at_end_));
        return Step::ok;
    }
    [[nodiscard]] bool is_complete() const noexcept override { return is_at_end_ || !has_begun_; }

private:
    static constexpr int k_gzip_or_zlib = 15 + 32;
    static constexpr int k_raw = -15;

    /// Some servers send "deflate" without its zlib wrapper: told by the first byte, whose low half is 8
    /// in a zlib header (RFC 1950 2.2) and 15 in gzip's (RFC 1952 2.3.1).
    bool begin(char first) {
        has_begun_ = true;
        const auto byte = static_cast<unsigned char>(first);
        if (byte == 0x1f || (byte & 15U) == 8) return true;
        return ::inflateReset2(&stream_, k_raw) == Z_OK;
    }

    /// Zeros behind the end, as of a file that was kept in blocks (gzip's manual, "padding").
    void skip_padding(std::string_view& rest) noexcept {
        const auto zeros = std::min(rest.find_first_not_of('\0'), rest.size());
        is_padded_ = is_padded_ || zeros > 0;
        rest.remove_prefix(zeros);
    }

    z_stream stream_{};
    bool has_begun_ = false;
    bool is_at_end_ = false;
    bool is_padded_ = false;
};

}  // namespace

std::unique_ptr<ContentDecoder> ContentDecoder::make(std::string_view encoding) {
    const auto name = to_lower(trim(encoding));
    if (name.empty() || name == "identity") return std::make_unique<Identity>();
    if (name == "gzip" || name == "x-gzip" || name == "deflate") return std::make_unique<Inflater>();
    return nullptr;
}

}  // namespace cordon::net
