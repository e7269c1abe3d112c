// Any bytes as CrowdStrike's Next-Page: what is followed goes to the same host and endpoint, as libcurl reads it, since
// the token goes with it.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <curl/curl.h>

#include "feeds/falcon_next_page.hpp"
#include "net/http.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using cordon::fuzz::is_printable;
using cordon::fuzz::require;

struct FreeUrl {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct FreeText {
    void operator()(char* text) const { curl_free(text); }
};

std::string part_of(CURLU* url, CURLUPart part) {
    char* text = nullptr;
    if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
    const std::unique_ptr<char, FreeText> owner(text);
    return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view header(reinterpret_cast<const char*>(data), size);
    const std::string origin = "https://api.crowdstrike.com";
    const auto target = cordon::feeds::checked_next_page(header, origin);
    if (!target) {
        require(target.error().code == cordon::Code::corrupt && is_printable(target.error().message));
        return 0;
    }
    const auto whole = origin + *target;
    require(is_printable(whole));
    const std::unique_ptr<CURLU, FreeUrl> url(curl_url());
    if (curl_url_set(url.get(), CURLUPART_URL, whole.c_str(), CURLU_PATH_AS_IS) != CURLUE_OK) return 0;
    require(part_of(url.get(), CURLUPART_SCHEME) == "https");
    require(part_of(url.get(), CURLUPART_HOST) == "api.crowdstrike.com");
    require(part_of(url.get(), CURLUPART_PORT).empty() && part_of(url.get(), CURLUPART_USER).empty());
    require(part_of(url.get(), CURLUPART_PATH) == cordon::feeds::k_falcon_indicators);
    return 0;
}
