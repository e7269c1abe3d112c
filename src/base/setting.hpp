#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace cordon {

/// One key of the settings file, bound to a field of its owner's options struct. The tables of all
/// modules together are the settings reference: reading, checking and documentation come from them.
struct Setting {
    std::string key;           ///< as written in the file, lower case
    std::string summary;       ///< one sentence for the manual, with unit and meaning
    std::string default_text;  ///< as it would stand in the file; empty = none
    /// Takes the text of the file. `invalid` with what is allowed ("a whole number from 1 to 100");
    /// the caller adds file, line, section and key.
    std::function<Result<void>(std::string_view text)> assign;
    std::vector<std::string> aliases = {};  ///< other spellings that are accepted
    std::string environment = {};           ///< variable that wins over the file; NAME_FILE reads a file
    bool is_secret = false;                 ///< its text is never printed
    /// Where not empty, leaving the key out (file, environment, flags) is an error with this sentence.
    std::string required_because = {};
    /// Whether it is required at all, asked when the section's values are assigned; empty = always. `unread` are the
    /// section's keys that were given but could not be taken, so that their fields still hold the defaults.
    std::function<bool(const std::set<std::string>& unread)> is_required = {};
    /// Told the file that NAME_FILE names before its content is assigned: for values that change while the program
    /// runs.
    std::function<void(const std::filesystem::path& file)> note_file = {};
    std::string range = {};  ///< "1 to 20000", for the manual; empty where nothing bounds it
};

/// A section of the file and its keys. `name` is exact ("zscaler") or a prefix pattern
/// ("risklist_*"), for which `settings` is made anew for each section found.
struct SettingSection {
    std::string name;
    std::string summary;
    /// The table for the section with this full name, its fields still at their defaults.
    std::function<std::vector<Setting>(const std::string& section)> settings;
};

// Makers for the usual kinds of value. `field` must outlive the Setting; its value when the table is
// made is the default.

[[nodiscard]] Setting text_setting(std::string key, std::string& field, std::string summary);
[[nodiscard]] Setting secret_setting(std::string key, Secret& field, std::string summary);
[[nodiscard]] Setting bool_setting(std::string key, bool& field, std::string summary);
[[nodiscard]] Setting number_setting(std::string key, std::size_t& field, std::size_t least, std::size_t most,
                                     std::string summary);
/// A share between 0 and 1, written as "0.3" or "30%" (in the file "30%%", since configparser interpolates; so the
/// default is told as "0.3").
[[nodiscard]] Setting share_setting(std::string key, double& field, std::string summary);
[[nodiscard]] Setting duration_setting(std::string key, std::chrono::seconds& field, std::string summary);
/// The same, more than 0.
[[nodiscard]] Setting positive_duration_setting(std::string key, std::chrono::seconds& field, std::string summary);
/// A JSON array of strings (["a", "b"]) or one or more values separated by white space, line ends or commas.
[[nodiscard]] Setting list_setting(std::string key, std::vector<std::string>& field, std::string summary);
/// A JSON array of strings and nothing else, as the predecessor reads it; `example` is shown to who wrote another
/// thing.
[[nodiscard]] Setting json_list_setting(std::string key, std::vector<std::string>& field, std::string example,
                                        std::string summary);
/// A path as written; whoever wires the program resolves it against the settings file's folder.
[[nodiscard]] Setting path_setting(std::string key, std::filesystem::path& field, std::string summary);

/// One of a few words, compared without case.
template <class Enum>
[[nodiscard]] Setting choice_setting(const std::string& key, Enum& field,
                                     std::vector<std::pair<std::string, Enum>> choices, const std::string& summary);

/// Reads a boolean as Python's configparser does: 1/yes/true/on and 0/no/false/off in any case.
[[nodiscard]] Result<bool> parse_bool(std::string_view text);

/// The sentence "one of a, b or c".
[[nodiscard]] std::string one_of(const std::vector<std::string>& words);

// --- Inline implementations ---

namespace detail {
[[nodiscard]] Setting choice_setting(std::string key, std::vector<std::string> words, std::size_t chosen,
                                     std::function<void(std::size_t)> choose, std::string summary);
}

template <class Enum>
Setting choice_setting(const std::string& key, Enum& field, std::vector<std::pair<std::string, Enum>> choices,
                       const std::string& summary) {
    std::vector<std::string> words;
    std::size_t chosen = choices.size();
    for (std::size_t i = 0; i < choices.size(); ++i) {
        words.push_back(choices[i].first);
        if (choices[i].second == field) chosen = i;
    }
    return detail::choice_setting(
        key, std::move(words), chosen,
        [&field, choices = std::move(choices)](std::size_t i) { field = choices[i].second; }, summary);
}

}  // namespace cordon
