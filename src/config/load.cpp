#include "config/load.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/file.hpp"
#include "base/text.hpp"
#include "config/display.hpp"

namespace cordon::config {
namespace {

constexpr std::size_t k_most_secret_bytes = 1U << 16;

bool is_pattern(const SettingSection& table) noexcept {
    return table.name.ends_with('*');
}

bool is_match(const SettingSection& table, std::string_view section) noexcept {
    if (!is_pattern(table)) return section == table.name;
    return section.starts_with(std::string_view(table.name).substr(0, table.name.size() - 1));
}

bool names(const Setting& setting, std::string_view key) noexcept {
    return setting.key == key ||
           std::find(setting.aliases.begin(), setting.aliases.end(), key) != setting.aliases.end();
}

/// A value and where it stands.
struct Given {
    std::string text;
    Origin origin = Origin::file;
    std::string where;
    std::size_t line = 0;
    std::string secret_file = {};
};

/// A key that may be required and has no value: none was given, or an empty one.
struct Absence {
    const Setting* setting;
    std::optional<Given> empty;
    std::size_t section_line = 0;
};

/// One walk over the tables.
class Loader {
public:
    Loader(std::span<const SettingSection> tables, const IniDocument& document, const Environment& environment,
           const Flags& flags)
        : tables_(tables), document_(document), environment_(environment), flags_(flags) {
        loaded_.file = document.file;
        loaded_.problems = document.problems;
    }

    Loaded load() {
        for (const auto& table : tables_) {
            if (!is_pattern(table)) {
                load_section(table, table.name, document_.find(table.name));
                continue;
            }
            auto& found = loaded_.sections[table.name];
            for (const auto& section : document_.sections) {
                if (!is_match(table, section.name)) continue;
                found.push_back(section.name);
                load_section(table, section.name, &section);
            }
        }
        for (const auto& unknown : unknown_keys_) refuse_unknown_key(*unknown.first, unknown.second);
        refuse_unknown_sections();
        refuse_unknown_defaults();
        refuse_unused_flags();
        std::stable_sort(loaded_.problems.begin(), loaded_.problems.end(), [](const Problem& a, const Problem& b) {
            return a.line - 1 < b.line - 1;  // 0, no line, comes last
        });
        return std::move(loaded_);
    }

private:
    void report(std::size_t line, const std::string& section, const std::string& key, std::string message) {
        loaded_.problems.push_back(
            {line > 0 ? document_.file : std::string{}, line, section, key, std::move(message), true});
    }

    void load_section(const SettingSection& table, const std::string& name, const IniSection* section) {
        const std::vector<Setting> settings = table.settings(name);
        unread_.clear();
        undecided_.clear();
        for (const auto& setting : settings) {
            for (const auto& key : spellings(setting)) known_keys_.insert(key);
            load_setting(setting, name, section);
        }
        for (const auto& absence : undecided_) {
            if (absence.setting->is_required(unread_)) report_absence(absence, name);
        }
        if (section == nullptr) return;
        for (const auto& key : section->keys) {
            const auto is_this = [&](const Setting& setting) { return names(setting, key.name); };
            const bool is_known = std::any_of(settings.begin(), settings.end(), is_this);
            if (!is_known && !key.is_inherited && !key.is_referenced) unknown_keys_.push_back({&key, name});
        }
    }

    static std::vector<std::string> spellings(const Setting& setting) {
        std::vector<std::string> all{setting.key};
        all.insert(all.end(), setting.aliases.begin(), setting.aliases.end());
        return all;
    }

    void load_setting(const Setting& setting, const std::string& section_name, const IniSection* section) {
        const std::optional<Given> in_file = section != nullptr ? from_file(setting, *section) : std::nullopt;
        std::optional<Given> given = from_flags(setting, section_name);
        if (!given) given = from_environment(setting, section_name);
        if (!given) given = in_file;
        remember(setting, section_name, given);
        const bool is_empty = given && !setting.required_because.empty() && trim(given->text).empty();
        if (given && !is_empty) return assign(setting, section_name, *given);
        if (broken_.contains({section_name, setting.key})) unread_.insert(setting.key);
        if (setting.required_because.empty() || unread_.contains(setting.key)) return;
        Absence absence{&setting, given, section != nullptr ? section->line : 0};
        if (setting.is_required) {
            undecided_.push_back(std::move(absence));
        } else {
            report_absence(absence, section_name);
        }
    }

    void report_absence(const Absence& absence, const std::string& section) {
        const auto& setting = *absence.setting;
        if (!absence.empty) {
            return report(absence.section_line, section, setting.key,
                          "this key is missing: " + setting.required_because);
        }
        const std::string place = absence.empty->line == 0 ? fmt::format(" ({})", absence.empty->where) : "";
        report(absence.empty->line, section, setting.key,
               fmt::format("this key is empty{}: {}", place, setting.required_because));
    }

    std::optional<Given> from_flags(const Setting& setting, const std::string& section) {
        for (const auto& key : spellings(setting)) {
            const auto found = flags_.find(fmt::format("{}.{}", section, key));
            if (found == flags_.end()) continue;
            used_flags_.insert(found->first);
            return Given{found->second, Origin::flag, "command line", 0};
        }
        return std::nullopt;
    }

    /// An empty variable counts as not set: that is how units and containers blank one.
    std::optional<std::string> variable(const std::string& name) const {
        auto text = environment_ ? environment_(name) : std::nullopt;
        if (text && text->empty()) text.reset();
        return text;
    }

    std::optional<Given> from_environment(const Setting& setting, const std::string& section) {
        if (setting.environment.empty()) return std::nullopt;
        const std::string file_variable = setting.environment + "_FILE";
        const auto text = variable(setting.environment);
        const auto path = variable(file_variable);
        if (text && path) {
            report(0, section, setting.key,
                   fmt::format("{} and {} are both set; keep one", setting.environment, file_variable));
        }
        if (text) return Given{*text, Origin::environment, setting.environment, 0};
        if (!path) return std::nullopt;
        return from_secret_file(setting, section, file_variable, *path);
    }

    std::optional<Given> from_secret_file(const Setting& setting, const std::string& section,
                                          const std::string& variable_name, const std::string& path) {
        auto bytes = read_file(path, k_most_secret_bytes);
        if (!bytes || bytes->find_first_not_of("\r\n") == std::string::npos) {
            report(0, section, setting.key,
                   fmt::format(
                       "{}: {}", variable_name,
                       bytes ? fmt::format("{} is empty", printable(path)) : printable(bytes.error().message, 400)));
            broken_.insert({section, setting.key});
            return std::nullopt;
        }
        if (setting.note_file) setting.note_file(path);
        if (bytes->ends_with('\n')) bytes->pop_back();
        if (bytes->ends_with('\r')) bytes->pop_back();
        return Given{std::move(*bytes), Origin::environment, variable_name, 0, path};
    }

    std::optional<Given> from_file(const Setting& setting, const IniSection& section) {
        const IniKey* found = nullptr;
        for (const auto& spelling : spellings(setting)) {
            const IniKey* key = section.find(spelling);
            if (key == nullptr) continue;
            if (found != nullptr && !key->is_inherited && !found->is_inherited) {
                report(key->line, section.name, key->name,
                       fmt::format("this is another spelling of {} in line {}; keep one", found->name, found->line));
            } else if (found == nullptr || found->is_inherited) {
                found = key;
            }
        }
        if (found == nullptr) return std::nullopt;
        if (!found->fault.empty()) {
            if (found->is_inherited) report(found->line, section.name, found->name, found->fault);
            broken_.insert({section.name, setting.key});
            return std::nullopt;
        }
        // What a predecessor's file only implies (config/translation.hpp) stands in no line of it.
        const auto where = found->line == 0 ? document_.file : fmt::format("{} line {}", document_.file, found->line);
        return Given{found->value, Origin::file, where, found->line};
    }

    void assign(const Setting& setting, const std::string& section, const Given& given) {
        const auto assigned = setting.assign(given.text);
        if (assigned) return;
        unread_.insert(setting.key);
        std::string message = setting.is_secret
                                  ? std::string("this value is not accepted")
                                  : fmt::format("\"{}\" is not accepted", printable(mask_credentials(given.text), 80));
        if (given.line == 0) message += fmt::format(" ({})", given.where);
        report(given.line, section, setting.key, message + "; allowed: " + assigned.error().message);
    }

    void remember(const Setting& setting, const std::string& section, const std::optional<Given>& given) {
        EffectiveSetting effective{section, setting.key, setting.default_text, Origin::standard, "default", 0};
        if (given) {
            effective.text = mask_credentials(given->text);
            effective.origin = given->origin;
            effective.where = given->where;
            effective.line = given->line;
            effective.secret_file = given->secret_file;
        }
        effective.is_secret = setting.is_secret;
        if (setting.is_secret) effective.text = given && !given->text.empty() ? "set" : "missing";
        loaded_.settings.push_back(std::move(effective));
    }

    void refuse_unknown_key(const IniKey& key, const std::string& section) {
        std::vector<std::string> known;
        std::string home;
        for (const auto& setting : loaded_.settings) {
            if (setting.section == section) known.push_back(setting.key);
            if (setting.section != section && setting.key == key.name && home.empty()) home = setting.section;
        }
        std::string message = "there is no such key";
        const bool is_nameless = home.empty() && !nearest_word(key.name, known) && follows_secret(key.line);
        if (is_nameless) {
            return report(key.line, section, "",
                          "this line is no key that exists; its text is not shown, since it may belong "
                          "to the secret above it: indent what continues a value");
        }
        if (!home.empty()) {
            message += fmt::format(" here; it belongs into [{}]", printable(home));
        } else if (const auto nearest = nearest_word(key.name, known)) {
            message += fmt::format("; did you mean {}?", *nearest);
        } else {
            if (!key.hint.empty()) message += fmt::format(". Perhaps {}", key.hint);
            message += fmt::format(". Keys here: {}", join(known, ", "));
        }
        report(key.line, section, key.name, std::move(message));
    }

    /// Whether the last key before the line is a secret: a value that was pasted over several lines may look like keys.
    [[nodiscard]] bool follows_secret(std::size_t line) const {
        const EffectiveSetting* last = nullptr;
        for (const auto& setting : loaded_.settings) {
            const bool is_before = setting.line > 0 && setting.line < line;
            if (is_before && (last == nullptr || setting.line > last->line)) last = &setting;
        }
        return last != nullptr && last->is_secret;
    }

    void refuse_unknown_sections() {
        for (const auto& section : document_.sections) {
            const auto is_this = [&](const SettingSection& table) { return is_match(table, section.name); };
            if (std::any_of(tables_.begin(), tables_.end(), is_this)) continue;
            report(section.line, section.name, "", "there is no such section" + section_advice(section.name));
        }
    }

    [[nodiscard]] std::string section_advice(const std::string& name) const {
        std::vector<std::string> known;
        for (const auto& table : tables_) {
            // A pattern is compared with as much of the name as it has itself.
            if (is_pattern(table)) {
                const std::string prefix = table.name.substr(0, table.name.size() - 1);
                const std::vector<std::string> candidates{prefix};
                for (const std::size_t size : {prefix.size(), prefix.size() + 1, prefix.size() - 1}) {
                    if (nearest_word(to_lower(std::string_view(name).substr(0, size)), candidates)) {
                        return fmt::format("; did you mean a name that begins with {}?", prefix);
                    }
                }
            }
            known.push_back(table.name);
        }
        if (const auto nearest = nearest_word(trim(name), known)) return fmt::format("; did you mean [{}]?", *nearest);
        return fmt::format(". Sections: {}", join(known, ", "));
    }

    void refuse_unknown_defaults() {
        const std::vector<std::string> known(known_keys_.begin(), known_keys_.end());
        for (const auto& key : document_.defaults.keys) {
            if (known_keys_.contains(key.name) || key.is_referenced) continue;
            const auto nearest = nearest_word(key.name, known);
            report(key.line, "DEFAULT", key.name,
                   "no section has such a key" + (nearest ? fmt::format("; did you mean {}?", *nearest) : ""));
        }
    }

    /// Who wires the program names flags; one that no table knows is a bug that must not stay silent.
    void refuse_unused_flags() {
        for (const auto& [name, text] : flags_) {
            if (!used_flags_.contains(name)) report(0, "", name, "the command line sets a key that no section has");
        }
    }

    std::span<const SettingSection> tables_;
    const IniDocument& document_;
    const Environment& environment_;
    const Flags& flags_;
    Loaded loaded_;
    std::vector<std::pair<const IniKey*, std::string>> unknown_keys_;  // with their section
    std::set<std::string> used_flags_;
    std::set<std::string> known_keys_;
    std::set<std::pair<std::string, std::string>> broken_;  // given, but unreadable: reported already
    std::set<std::string> unread_;                          // of this section, for Setting::is_required
    std::vector<Absence> undecided_;                        // of this section
};

}  // namespace

Environment process_environment() {
    return [](const std::string& name) -> std::optional<std::string> {
        const char* text = std::getenv(name.c_str());
        return text != nullptr ? std::optional<std::string>(text) : std::nullopt;
    };
}

bool Loaded::has_errors() const noexcept {
    return std::any_of(problems.begin(), problems.end(), [](const Problem& problem) { return problem.is_error; });
}

const EffectiveSetting* Loaded::find(std::string_view section, std::string_view key) const noexcept {
    const auto found = std::find_if(settings.begin(), settings.end(), [&](const EffectiveSetting& setting) {
        return setting.section == section && setting.key == key;
    });
    return found != settings.end() ? &*found : nullptr;
}

Problem Loaded::problem_at(const std::string& section, const std::string& key, std::string message) const {
    const EffectiveSetting* setting = find(section, key);
    const std::size_t line = setting != nullptr ? setting->line : 0;
    return {line > 0 ? file : std::string{}, line, section, key, std::move(message), true};
}

Loaded load_settings(std::span<const SettingSection> tables, const IniDocument& document,
                     const Environment& environment, const Flags& flags) {
    return Loader(tables, document, environment, flags).load();
}

}  // namespace cordon::config
