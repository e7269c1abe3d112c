// Any bytes as a compressed body, in pieces of any size: bounded, and what comes out does not depend on the pieces.
// First byte: the encoding; second: the size of the pieces.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "feeds/parse/gzip.hpp"
#include "net/content_decoder.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace cordon;
using fuzz::require;
using Step = net::ContentDecoder::Step;

constexpr std::size_t k_most = 1U << 20;

struct Decoded {
    Step step = Step::ok;
    bool is_complete = false;
    std::string text;
};

Decoded decoded(const char* encoding, std::string_view bytes, std::size_t piece) {
    const auto decoder = net::ContentDecoder::make(encoding);
    Decoded result;
    while (!bytes.empty() && result.step == Step::ok) {
        const auto size = std::min(piece, bytes.size());
        result.step = decoder->decode(bytes.substr(0, size), result.text, k_most);
        require(result.text.size() <= k_most);
        bytes.remove_prefix(size);
    }
    result.is_complete = result.step == Step::ok && decoder->is_complete();
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const char* const encodings[]{"gzip", "deflate", "identity", "x-gzip"};
    const char* const encoding = encodings[data[0] % 4];
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
    const auto whole = decoded(encoding, bytes, std::max<std::size_t>(bytes.size(), 1));
    const auto pieces = decoded(encoding, bytes, std::size_t{data[1]} + 1);
    require(whole.step == pieces.step && whole.is_complete == pieces.is_complete);
    if (whole.is_complete) require(whole.text == pieces.text);

    // A feed file of its own (gzip=true) is read by another reader, with the same verdict.
    const auto file = feeds::gunzip(bytes, k_most);
    if (file) require(file->size() <= k_most && feeds::is_gzip(bytes));
    if (file && data[0] % 4 == 0) require(whole.is_complete && whole.text == *file);
    static_cast<void>(net::ContentDecoder::make(bytes));
    return 0;
}
