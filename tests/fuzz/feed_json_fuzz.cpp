// Any bytes as an SCF JSON file: read or refused, and what was read can be looked at.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/indicator.hpp"
#include "feeds/parse/clean.hpp"
#include "feeds/parse/scf_json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cordon;
    std::string text(reinterpret_cast<const char*>(data), size);
    feeds::clean(text);
    feeds::RowCollector rows(core::EntityType::ip);
    std::vector<std::string> warnings;
    if (!feeds::read_scf_json(text, rows, warnings)) return 0;
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < rows.indicators().size(); ++i) {
        const core::Indicator row = rows.indicators()[i];
        bytes += row.value.size() + row.rules.size();
        if (row.value.empty()) std::abort();
    }
    if (rows.valid() > rows.indicators().size() || rows.indicators().size() > rows.rows()) std::abort();
    return bytes > 2'000'000'000 ? 1 : 0;
}
