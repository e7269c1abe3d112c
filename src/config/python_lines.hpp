#pragma once

#include <string>
#include <string_view>

#include "config/ini.hpp"

namespace cordon::config {

/// Reads a settings file that is Python source: lines of the form NAME = literal (a string in single or double
/// quotes with Python's escapes, a whole or decimal number, True, False or None) and comments. Nothing is
/// executed. The result is one section with this name, empty where no line could be read; names are in lower
/// case (ASCII), True, False are "true", "false", None is empty, the last of several lines for one name counts.
/// Every other line is a warning that gives its number and never its text, which may hold a secret.
[[nodiscard]] IniDocument parse_python_lines(std::string_view text, std::string file);

inline constexpr std::string_view k_python_section = "config.py";

}  // namespace cordon::config
