// Any bytes as version 1's config.py.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "config/python_lines.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto document = cordon::config::parse_python_lines(text, "config.py");
    if (document.sections.size() > 1) std::abort();
    for (const auto& problem : document.problems) {
        if (problem.message.empty()) std::abort();
    }
    return 0;
}
