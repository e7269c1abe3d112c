// What portals, users and servers write: base URIs, proxies, Retry-After, compressed bodies.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "net/content_decoder.hpp"
#include "net/http.hpp"
#include "net/proxy.hpp"
#include "net/retry.hpp"

namespace {

using namespace cordon;

void require(bool truth) {
    if (!truth) std::abort();
}

void read_base_url(std::string_view text) {
    const auto base = net::parse_base_url(text);
    if (!base) {
        require(base.error().code == Code::invalid);
        return;
    }
    const bool is_plain = base->origin.starts_with("http://");
    require(is_plain || base->origin.starts_with("https://"));
    require(!is_plain || net::is_loopback_host(base->host));
    require(!base->host.empty() && base->origin.find('@') == std::string::npos);
    require(base->path.empty() || (base->path.front() == '/' && base->path.back() != '/'));
    // What was read reads as itself.
    const auto again = net::parse_base_url(base->origin + base->path);
    require(again && again->origin == base->origin && again->path == base->path && again->host == base->host);
}

void read_retry_after(std::string_view text) {
    const Time now{std::chrono::seconds{1'790'000'000}};
    const auto wait = net::parse_retry_after(text, now);
    require(!wait || (*wait >= std::chrono::seconds{1} && *wait <= std::chrono::hours{24 * 366}));
}

void read_proxy(std::string_view text) {
    const auto proxy = net::parse_proxy(text);
    require(!proxy || proxy->url.find('@') == std::string::npos);
}

void decode(std::string_view bytes) {
    constexpr std::size_t k_most = 1U << 20;
    const auto decoder = net::ContentDecoder::make("gzip");
    std::string out;
    const auto half = bytes.size() / 2;
    if (decoder->decode(bytes.substr(0, half), out, k_most) == net::ContentDecoder::Step::ok) {
        decoder->decode(bytes.substr(half), out, k_most);
    }
    require(out.size() <= k_most);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    read_base_url(bytes);
    read_retry_after(bytes);
    read_proxy(bytes);
    decode(bytes);
    for (const char c : net::displayable(bytes)) require(static_cast<unsigned char>(c) >= 0x20);
    require(net::percent_decode(net::percent_encode(bytes)) == bytes);
    return 0;
}
