#pragma once

#include <cstddef>
#include <string>

namespace cordon::config {

/// Something in the settings that a person has to change (or, as a warning, should know).
struct Problem {
    std::string file;      ///< as given on the command line; empty where no file is at fault
    std::size_t line = 0;  ///< from 1; 0 = no line
    std::string section;   ///< empty where it concerns the whole file
    std::string key;
    std::string message;  ///< what is wrong and what is allowed; no secret, printable
    bool is_error = true;

    /// "settings.ini line 12: [zscaler] max_domains: ..."
    [[nodiscard]] std::string text() const;

    bool operator==(const Problem&) const = default;
};

}  // namespace cordon::config
