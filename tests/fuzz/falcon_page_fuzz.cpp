// Any bytes as a page of CrowdStrike indicators.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "feeds/parse/falcon_page.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cordon;
    std::string body(reinterpret_cast<const char*>(data), size);
    static feeds::FalconPageReader reader;
    core::MirrorRows rows;
    rows.append({"before", "1795000000", {}, core::Confidence::high, "", false});
    const auto page = reader.read(body, "url", rows);
    if (!page) {
        if (page.error().code != Code::corrupt || rows.size() != 1) std::abort();
        return 0;
    }
    if (page->rows != rows.size() - 1 + page->invalid_rows) std::abort();
    if ((page->rows == 0) != page->first_marker.empty()) std::abort();
    for (std::size_t i = 1; i < rows.size(); ++i) {
        const auto row = rows[i];
        if (row.value.empty() || row.marker.empty()) std::abort();
    }
    return 0;
}
