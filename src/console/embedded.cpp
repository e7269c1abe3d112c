#include "console/embedded.hpp"

#include <zlib.h>

namespace cordon::console {

const EmbeddedFile* find_embedded(std::string_view name) noexcept {
    for (const auto& file : embedded_files()) {
        if (file.name == name) return &file;
    }
    return nullptr;
}

std::string unpacked(const EmbeddedFile& file) {
    constexpr int k_gzip_window = 15 + 16;
    std::string text(file.size, '\0');
    z_stream stream{};
    if (::inflateInit2(&stream, k_gzip_window) != Z_OK) return {};
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(file.gzip.data()));
    stream.avail_in = static_cast<uInt>(file.gzip.size());
    stream.next_out = reinterpret_cast<Bytef*>(text.data());
    stream.avail_out = static_cast<uInt>(text.size());
    const int ended = ::inflate(&stream, Z_FINISH);
    ::inflateEnd(&stream);
    return ended == Z_STREAM_END ? text : std::string{};
}

}  // namespace cordon::console
