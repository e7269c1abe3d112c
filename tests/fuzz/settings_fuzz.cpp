// Any text as a settings file: reading and loading never crash, and what they say is printable.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "config/load.hpp"

using namespace cordon;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

bool is_printable(const std::string& text) {
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
    }
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    std::string base_uri, name;
    std::size_t most = 5;
    std::vector<std::string> proxies;
    const std::vector<SettingSection> tables = {
        {"zscaler", "",
         [&](const std::string&) {
             return std::vector<Setting>{text_setting("base_uri", base_uri, ""),
                                         number_setting("max_ips", most, 1, 9, ""),
                                         json_list_setting("proxy_servers", proxies, "[]", "")};
         }},
        {"risklist_*", "",
         [&](const std::string&) { return std::vector<Setting>{text_setting("category_name", name, "")}; }}};
    const auto document = config::parse_ini(text, "settings.ini");
    for (const auto& section : document.sections) {
        for (const auto& key : section.keys) require(section.find(key.name) == &key);
    }
    const auto loaded = config::load_settings(tables, document, {}, {});
    for (const auto& problem : loaded.problems) require(is_printable(problem.text()));
    require(most >= 1 && most <= 9);
    return 0;
}
