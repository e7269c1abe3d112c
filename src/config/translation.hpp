#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "config/ini.hpp"
#include "config/problem.hpp"

namespace cordon::config {

/// What a value of another program's file is in ours.
struct Translated {
    std::string text;
    bool is_left_out = false;  ///< our default says the same
    std::string warning = {};  ///< what a person has to know about this value; holds no secret
};

/// One key of another program's settings file and its place in ours.
struct TranslationRule {
    std::string section;
    std::string key;         ///< as that program spells it; compared without case
    std::string to_section;  ///< empty: ours has nothing like it
    std::string to_key;
    std::string note;  ///< what Cordon does otherwise; for a key without counterpart: the warning
    /// The value in our words; empty: as it is. For a key without counterpart: `is_left_out` where its value
    /// asks for nothing, so that there is nothing to warn of.
    std::function<Translated(const std::string& text)> convert = {};
};

/// A key of ours that another program had built in, or its default.
struct ImpliedKey {
    std::string section;
    std::string key;
    std::string value;
    std::string note;
    /// Whether it goes with what the file says; empty: always.
    std::function<bool(const std::vector<struct TranslatedKey>& keys)> applies = {};
};

/// Another program's settings file, as a table.
struct Dialect {
    std::string program;  ///< "the Intel Bridge"
    std::string file;     ///< what it calls its file: "config.ini"
    std::vector<TranslationRule> rules;
    std::vector<ImpliedKey> implied;
};

/// A key in our words.
struct TranslatedKey {
    std::string section;
    std::string key;
    std::string value;
    std::size_t line = 0;  ///< in the other program's file; 0: implied
    std::string from;      ///< "[CROWDSTRIKE] client"; empty: implied
    std::string note;
};

struct Translation {
    std::vector<TranslatedKey> keys;       ///< as the table has them: rules, then what is implied
    std::vector<IniSection> own_sections;  ///< sections of ours that stand in the same file
    std::vector<Problem> problems;         ///< by line; unknown sections and keys are warnings
};

/// Puts a file of another program into our words. Sections for which `is_ours` holds are kept as they are.
[[nodiscard]] Translation translate(const IniDocument& document, const Dialect& dialect,
                                    const std::function<bool(std::string_view section)>& is_ours);

/// The translation as a file of ours, for load_settings(): what stands in `own_sections` wins over the same key
/// of the translation. Lines are those of the other program's file.
[[nodiscard]] IniDocument to_document(const Translation& translation, const std::string& file);

/// Adds to each problem with a key of ours how the other program's file calls it.
void name_in_dialect(std::vector<Problem>& problems, const Dialect& dialect);

/// The translation as the text of a file of ours, for a person: above each line what changes. A value for which
/// `secret_advice` has a sentence is left empty and gets that sentence.
[[nodiscard]] std::string to_ini_text(const Translation& translation,
                                      const std::function<std::string(const TranslatedKey& key)>& secret_advice);

}  // namespace cordon::config
