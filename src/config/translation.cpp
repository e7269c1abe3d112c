#include "config/translation.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "config/python_lines.hpp"

namespace cordon::config {
namespace {

/// "[CROWDSTRIKE] client", or "cs_secret" where the file knows no sections.
std::string name_of(const TranslationRule& rule) {
    return rule.section == k_python_section ? rule.key : fmt::format("[{}] {}", rule.section, rule.key);
}

bool is_of(const TranslationRule& rule, std::string_view section, std::string_view key) {
    return rule.section == section && equals_ignoring_case(rule.key, key);
}

bool has_section(const Dialect& dialect, std::string_view section) {
    return std::any_of(dialect.rules.begin(), dialect.rules.end(),
                       [&](const TranslationRule& rule) { return rule.section == section; });
}

class Translator {
public:
    Translator(const IniDocument& document, const Dialect& dialect) : document_(document), dialect_(dialect) {
        translation_.problems = document.problems;
    }

    Translation translate(const std::function<bool(std::string_view)>& is_ours) {
        for (const auto& rule : dialect_.rules) take(rule);
        for (const auto& implied : dialect_.implied) {
            const auto is_given = [&](const TranslatedKey& key) {
                return key.section == implied.section && key.key == implied.key;
            };
            if (std::any_of(translation_.keys.begin(), translation_.keys.end(), is_given)) continue;
            if (implied.applies && !implied.applies(translation_.keys)) continue;
            translation_.keys.push_back({implied.section, implied.key, implied.value, 0, {}, implied.note});
        }
        for (const auto& section : document_.sections) {
            if (has_section(dialect_, section.name)) {
                warn_of_unknown_keys(section);
            } else if (is_ours(section.name)) {
                translation_.own_sections.push_back(section);
            } else {
                warn(section.line, section.name, {},
                     fmt::format("{} has no such section; it is passed over", dialect_.program));
            }
        }
        std::stable_sort(translation_.problems.begin(), translation_.problems.end(),
                         [](const Problem& a, const Problem& b) { return a.line < b.line; });
        return std::move(translation_);
    }

private:
    void warn(std::size_t line, const std::string& section, const std::string& key, std::string message) {
        translation_.problems.push_back({document_.file, line, section == k_python_section ? std::string{} : section,
                                         key, std::move(message), false});
    }

    void take(const TranslationRule& rule) {
        const auto* section = document_.find(rule.section);
        const auto* key = section == nullptr ? nullptr : section->find(to_lower(rule.key));
        if (key == nullptr || !key->fault.empty()) return;
        const auto translated = rule.convert ? rule.convert(key->value) : Translated{key->value};
        if (!translated.warning.empty()) warn(key->line, rule.section, rule.key, translated.warning);
        if (translated.is_left_out) return;
        if (rule.to_key.empty()) return warn(key->line, rule.section, rule.key, rule.note);
        translation_.keys.push_back(
            {rule.to_section, rule.to_key, translated.text, key->line, name_of(rule), rule.note});
    }

    void warn_of_unknown_keys(const IniSection& section) {
        for (const auto& key : section.keys) {
            const auto is_this = [&](const TranslationRule& rule) { return is_of(rule, section.name, key.name); };
            if (key.is_inherited || key.is_referenced) continue;
            if (std::any_of(dialect_.rules.begin(), dialect_.rules.end(), is_this)) continue;
            warn(key.line, section.name, key.name,
                 fmt::format("{} has no such key; it is passed over", dialect_.program));
        }
    }

    const IniDocument& document_;
    const Dialect& dialect_;
    Translation translation_;
};

/// A percent sign is doubled, and what a value goes on with on the next line is indented.
std::string in_file(std::string_view value) {
    std::string text;
    for (const char c : value) {
        text.append(c == '%' ? 2 : 1, c);
        if (c == '\n') text += "    ";
    }
    return text;
}

bool survives_writing(const std::string& value) {
    const auto read = parse_ini("[a]\nb = " + in_file(value) + "\n", {});
    const auto* section = read.find("a");
    return read.problems.empty() && section != nullptr && section->keys.size() == 1 &&
           section->keys.front().value == value;
}

std::string line_of(const TranslatedKey& key, const std::string& secret_advice) {
    std::string text;
    if (!key.note.empty()) text += fmt::format("# {}\n", key.note);
    if (!secret_advice.empty()) return text + fmt::format("# {}\n{} =\n", secret_advice, key.key);
    if (!survives_writing(key.value)) {
        return text + fmt::format(
                          "# the value of {} begins or ends with a blank or holds a line end, which no settings file "
                          "can hold\n{} =\n",
                          key.from, key.key);
    }
    return text + fmt::format("{} = {}\n", key.key, in_file(key.value));
}

/// Everything that to_document() has, as keys.
std::vector<TranslatedKey> keys_of(const Translation& translation) {
    std::vector<TranslatedKey> keys = translation.keys;
    for (const auto& section : translation.own_sections) {
        std::erase_if(keys, [&](const TranslatedKey& key) {
            return key.section == section.name && section.find(key.key) != nullptr;
        });
        for (const auto& own : section.keys) {
            keys.push_back(
                {section.name, own.name, own.value, own.line, fmt::format("[{}] {}", section.name, own.name), {}});
        }
    }
    return keys;
}

}  // namespace

Translation translate(const IniDocument& document, const Dialect& dialect,
                      const std::function<bool(std::string_view section)>& is_ours) {
    return Translator(document, dialect).translate(is_ours);
}

IniDocument to_document(const Translation& translation, const std::string& file) {
    IniDocument document;
    document.file = file;
    document.problems = translation.problems;
    document.sections = translation.own_sections;
    for (const auto& key : translation.keys) {
        const auto is_home = [&](const IniSection& section) { return section.name == key.section; };
        auto home = std::find_if(document.sections.begin(), document.sections.end(), is_home);
        if (home == document.sections.end()) home = document.sections.insert(home, {key.section, key.line, {}});
        if (home->find(key.key) != nullptr) continue;
        IniKey translated;
        translated.name = key.key;
        translated.value = key.value;
        translated.line = key.line;
        home->keys.push_back(std::move(translated));
    }
    return document;
}

void name_in_dialect(std::vector<Problem>& problems, const Dialect& dialect) {
    for (auto& problem : problems) {
        for (const auto& rule : dialect.rules) {
            if (rule.to_key.empty() || rule.to_section != problem.section || rule.to_key != problem.key) continue;
            problem.message += fmt::format(" ({} in {}'s {})", name_of(rule), dialect.program, dialect.file);
        }
    }
}

std::string to_ini_text(const Translation& translation,
                        const std::function<std::string(const TranslatedKey& key)>& secret_advice) {
    const auto keys = keys_of(translation);
    std::vector<std::string> names;
    for (const auto& key : keys) {
        if (std::find(names.begin(), names.end(), key.section) == names.end()) names.push_back(key.section);
    }
    std::string text;
    for (const auto& name : names) {
        text += fmt::format("\n[{}]\n", name);
        for (const auto& key : keys) {
            if (key.section == name) text += line_of(key, secret_advice(key));
        }
    }
    return text;
}

}  // namespace cordon::config
