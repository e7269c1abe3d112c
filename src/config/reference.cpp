#include <string>

#include <fmt/format.h>

#include "base/text.hpp"
#include "config/load.hpp"

namespace cordon::config {
namespace {

/// A Markdown table's cell: one line, no bar.
std::string cell(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '|') escaped += '\\';
        escaped += c == '\n' ? ' ' : c;
    }
    return escaped;
}

std::string code(std::string_view text) {
    return text.empty() ? std::string{} : "`" + cell(text) + "`";
}

/// A value as it stands in the file, where a percent sign is doubled.
std::string with_percents_doubled(std::string_view value) {
    std::string escaped;
    for (const char c : value) escaped.append(c == '%' ? 2 : 1, c);
    return escaped;
}

std::string meaning_of(const Setting& setting) {
    std::string meaning = cell(setting.summary);
    if (!setting.range.empty()) meaning += fmt::format(" From {}.", cell(setting.range));
    if (!setting.required_because.empty()) {
        meaning += fmt::format(" {}: {}.", setting.is_required ? "Required where it applies" : "Required",
                               cell(setting.required_because));
    }
    if (!setting.aliases.empty()) meaning += " Also spelled " + code(join(setting.aliases, ", ")) + ".";
    if (!setting.environment.empty()) {
        meaning += fmt::format(" Environment: `{0}`, or `{0}_FILE` for a file that holds it.", setting.environment);
    }
    return meaning;
}

}  // namespace

std::string settings_reference(std::span<const SettingSection> tables) {
    std::string text;
    for (const auto& table : tables) {
        text += fmt::format("{}## [{}]\n\n{}\n\n", text.empty() ? "" : "\n", table.name, table.summary);
        text += "| key | default | meaning |\n|---|---|---|\n";
        for (const auto& setting : table.settings(table.name)) {
            const std::string standard =
                setting.is_secret ? std::string{} : code(with_percents_doubled(setting.default_text));
            text += fmt::format("| {} | {} | {} |\n", code(setting.key), standard, meaning_of(setting));
        }
    }
    return text;
}

}  // namespace cordon::config
