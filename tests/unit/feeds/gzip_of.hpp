#pragma once

#include <stdexcept>
#include <string>

#include <zlib.h>

namespace cordon::feeds {

/// A gzip file of `content`.
inline std::string gzip_of(const std::string& content) {
    z_stream stream{};
    if (deflateInit2(&stream, 1, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        throw std::runtime_error("deflateInit2");
    }
    std::string file(deflateBound(&stream, content.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
    stream.avail_in = static_cast<uInt>(content.size());
    stream.next_out = reinterpret_cast<Bytef*>(file.data());
    stream.avail_out = static_cast<uInt>(file.size());
    const int answer = deflate(&stream, Z_FINISH);
    file.resize(file.size() - stream.avail_out);
    deflateEnd(&stream);
    if (answer != Z_STREAM_END) throw std::runtime_error("deflate");
    return file;
}

}  // namespace cordon::feeds
