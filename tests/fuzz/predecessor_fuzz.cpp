// Any text as a settings file of a program that Cordon replaces: put into our words, printed as a file of ours, and
// read again as such.

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/predecessors.hpp"
#include "config/ini.hpp"
#include "tests/fuzz/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cordon;
    using fuzz::is_printable;
    using fuzz::require;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto is_ours = [](std::string_view section) { return section == "cordon" || section.starts_with("allow"); };
    const auto file = cli::read_predecessor(text, "config.ini", is_ours);
    if (!file) return 0;
    require(file->dialect != nullptr);
    for (const auto& problem : file->translation.problems) require(is_printable(problem.text()));
    for (const auto& key : file->translation.keys) require(!key.section.empty() && !key.key.empty());
    static_cast<void>(config::to_document(file->translation, "config.ini"));
    const auto written = config::to_ini_text(file->translation, [](const config::TranslatedKey&) { return ""; });
    const auto again = config::parse_ini(written, "settings.ini");
    for (const auto& problem : again.problems) require(is_printable(problem.text()));
    return 0;
}
