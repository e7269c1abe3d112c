#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/run.hpp"

namespace cordon::engine {

/// Why a value is blocked or not, as far as the store and the settings know; nobody is asked.
struct Explanation {
    bool is_blocked = false;         ///< something of ours on a list blocks it, as the last write or read showed
    std::string verdict;             ///< "blocked by Cordon", or how far it is not in effect
    std::vector<std::string> lines;  ///< for people; what is about one list is indented under its name
};

/// `value`: canonical (core::canonical_question). Reads the kept snapshots of every list whose feeds name it.
[[nodiscard]] Result<Explanation> explain(const std::string& value, std::span<const FeedSection> sections,
                                          std::span<const ListJob> jobs, const Ports& ports);

}  // namespace cordon::engine
