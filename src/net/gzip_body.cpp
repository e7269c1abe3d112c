#include "net/gzip_body.hpp"

#include <algorithm>
#include <array>
#include <new>

#include <zlib.h>

#include "base/text.hpp"

namespace cordon::net {
namespace {

constexpr std::size_t k_least_worth_it = 1024;

std::string_view header_of(const ServerResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
        if (equals_ignoring_case(key, name)) return value;
    }
    return {};
}

bool is_text(std::string_view content_type) {
    constexpr std::array k_kinds{"text/", "application/json", "application/javascript", "application/openapi",
                                 "image/svg"};
    return std::any_of(k_kinds.begin(), k_kinds.end(),
                       [&](std::string_view kind) { return content_type.starts_with(kind); });
}

}  // namespace

std::string gzip(std::string_view text) {
    constexpr int k_gzip_window = 15 + 16;  // zlib.h, deflateInit2: 16 more writes a gzip header
    z_stream stream{};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, k_gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::bad_alloc();
    std::string packed(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // zlib only reads it
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    const int status = deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    if (status != Z_STREAM_END) throw std::bad_alloc();  // deflateBound() makes room for all else
    return packed;
}

bool takes_gzip(std::string_view accept_encoding) {
    for (const auto piece : split(accept_encoding, ',')) {
        const auto semicolon = piece.find(';');
        const auto coding = trim(piece.substr(0, semicolon));
        if (!equals_ignoring_case(coding, "gzip") && coding != "*") continue;
        const auto weight =
            semicolon == std::string_view::npos ? std::string_view{} : trim(piece.substr(semicolon + 1));
        const bool is_refused = weight == "q=0" || weight == "q=0.0" || weight == "q=0.00" || weight == "q=0.000";
        return !is_refused;
    }
    return false;
}

void compress_for(const ServerRequest& request, ServerResponse& response) {
    const bool is_candidate = response.body.size() >= k_least_worth_it &&
                              is_text(header_of(response, "Content-Type")) &&
                              header_of(response, "Content-Encoding").empty();
    if (!is_candidate) return;
    response.headers.emplace_back("Vary", "Accept-Encoding");
    if (!takes_gzip(request.header("accept-encoding"))) return;
    response.body = gzip(response.body);
    response.headers.emplace_back("Content-Encoding", "gzip");
}

}  // namespace cordon::net
