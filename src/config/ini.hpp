#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "config/problem.hpp"

namespace cordon::config {

/// One key with its value, everything as Python's configparser would give it.
struct IniKey {
    std::string name;            ///< ASCII letters in lower case
    std::string value;           ///< continuation lines joined by '\n', interpolation done
    std::size_t line = 0;        ///< of the key; the value starts there too
    bool is_inherited = false;   ///< comes from [DEFAULT]
    bool is_referenced = false;  ///< some value holds "%(name)s"
    std::string fault;           ///< why its interpolation failed, `value` is the raw text then; else empty
    /// What the line would be if it was meant as the wrapped rest of what stands above: "this line continues
    /// category_description of line 33; indent it by a space"; empty below a section header.
    std::string hint;
};

struct IniSection {
    std::string name;  ///< as written, inner spaces and case kept
    std::size_t line = 0;
    std::vector<IniKey> keys;  ///< own ones in the file's order, then those inherited from [DEFAULT]

    /// nullptr where there is none.
    [[nodiscard]] const IniKey* find(std::string_view name) const noexcept;
};

/// A settings file as read.
struct IniDocument {
    std::string file;                  ///< name for messages
    std::vector<IniSection> sections;  ///< in the file's order, names unique; without [DEFAULT]
    IniSection defaults;               ///< [DEFAULT]
    std::vector<Problem> problems;     ///< everything that configparser would refuse, by line

    /// nullptr where there is none.
    [[nodiscard]] const IniSection* find(std::string_view name) const noexcept;
};

/// What a "%" in a value means that begins neither "%%" nor the name of a key.
enum class LonePercent {
    mistake,  ///< as in configparser
    itself,   ///< a percent sign: for files that were written by people who never heard of interpolation
};

/// Reads the INI dialect of Python's configparser (ConfigParser with its defaults, CPython 3.11;
/// recorded-future-api.md 2.1). It never stops at a mistake: the document holds what could be read, and
/// `problems` every mistake with its line (of inherited keys only `fault` tells: they fail where they are
/// used). Beyond configparser: bytes that are no UTF-8 and text over 1 MiB are problems, and values are
/// interpolated at once, so that a lone % is found wherever it stands. Only ASCII letters of keys are
/// folded. Interpolation is bounded.
[[nodiscard]] IniDocument parse_ini(std::string_view text, std::string file,
                                    LonePercent lone_percent = LonePercent::mistake);

}  // namespace cordon::config
