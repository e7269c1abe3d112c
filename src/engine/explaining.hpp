#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/entry_table.hpp"

namespace cordon::engine {

/// Why a value is blocked or not, as far as the store and the settings know; nobody is asked.
struct Explanation {
    bool is_blocked = false;         ///< something of ours on a list blocks it, as the last write or read showed
    bool is_in_effect = false;       ///< and a rule blocks that list, as far as is known
    std::string verdict;             ///< "blocked by Cordon", or how far it is not in effect
    std::vector<std::string> lines;  ///< for people; what is about one list is indented under its name
};

/// `value`: canonical (core::canonical_question). Looks through the kept snapshots of every list's feeds for rows that
/// name it, and through the tables of every list.
[[nodiscard]] Result<Explanation> explain(const std::string& value, const EntrySources& sources,
                                          const EntryTables& tables);
/// The same with fresh tables.
[[nodiscard]] Result<Explanation> explain(const std::string& value, const EntrySources& sources);

}  // namespace cordon::engine
