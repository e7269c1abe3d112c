#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "config/translation.hpp"

namespace cordon::cli {

/// A settings file of a program that Cordon replaces, in our words.
struct PredecessorFile {
    const config::Dialect* dialect = nullptr;
    config::Translation translation;
};

/// Reads `text` as a file of a predecessor, whatever it is called: the Intel Bridge's config.ini (it has a section
/// [CROWDSTRIKE] or [ZSCALER]) or its first version's config.py (it sets cs_clientID or zs_username, outside of any
/// section). nullopt where it is neither. `is_ours`: see config::translate.
[[nodiscard]] std::optional<PredecessorFile> read_predecessor(
    std::string_view text, const std::string& file, const std::function<bool(std::string_view section)>& is_ours);

}  // namespace cordon::cli
