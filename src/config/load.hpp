#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/setting.hpp"
#include "config/ini.hpp"
#include "config/problem.hpp"

namespace cordon::config {

/// The value of an environment variable; nullopt where it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// The process's own environment.
[[nodiscard]] Environment process_environment();

/// Values of the command line: "section.key" ("rfapi.api_key") -> text.
using Flags = std::map<std::string, std::string>;

/// Where a value came from. Flags win over the environment, the environment over the file.
enum class Origin { standard, file, environment, flag };

/// One setting after loading, for `cordon check` and the console.
struct EffectiveSetting {
    std::string section;
    std::string key;
    std::string text;  ///< credentials in URLs masked; secrets only "set" or "missing"
    Origin origin = Origin::standard;
    std::string where;     ///< "settings.ini line 12", "RF_API_KEY", "command line", "default"
    std::size_t line = 0;  ///< where the file holds it
    bool is_secret = false;
    std::string secret_file = {};  ///< that a variable NAME_FILE named; "" where none did
};

/// What loading found. The values themselves are in the owners' structs.
struct Loaded {
    std::string file;
    std::vector<Problem> problems;           ///< everything at once, by line; those without a line last
    std::vector<EffectiveSetting> settings;  ///< by table, then key, as the tables have them
    /// Pattern ("risklist_*") -> full names of the sections found, in the file's order.
    std::map<std::string, std::vector<std::string>> sections;

    [[nodiscard]] bool has_errors() const noexcept;
    /// Where the key's value came from; nullptr where no table has it.
    [[nodiscard]] const EffectiveSetting* find(std::string_view section, std::string_view key) const noexcept;
    /// A problem that names the file and line of this key: for rules that an owner checks over several keys.
    [[nodiscard]] Problem problem_at(const std::string& section, const std::string& key, std::string message) const;
};

/// Walks the owners' tables over file, environment and flags. SettingSection::settings is called once for
/// each exact section (also where the file lacks it) and once for each section that a pattern matches, in
/// the file's order; values are assigned at once. A key with an environment variable NAME is also read
/// from the file that NAME_FILE names (one trailing line end is cut); an empty variable counts as not set.
/// Unknown sections and keys, bad values, missing required keys and doubled spellings are problems; a key
/// that only serves interpolation is not. A field whose value is bad keeps its default.
[[nodiscard]] Loaded load_settings(std::span<const SettingSection> tables, const IniDocument& document,
                                   const Environment& environment, const Flags& flags);

/// The settings reference in Markdown, from the tables alone (docs/settings.md). Calls each table's
/// `settings` once, patterns with their own name: give it tables of fresh structs.
[[nodiscard]] std::string settings_reference(std::span<const SettingSection> tables);

}  // namespace cordon::config
