#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "core/entry.hpp"

namespace cordon::gateways {

/// A list whose rules are asked for.
struct EnforcedList {
    std::string list;
    core::TargetKind kind = core::TargetKind::url_category;
    /// Of the objects that hold it; empty: it does not exist yet.
    std::vector<std::string> object_ids = {};
    std::size_t path_entries = 0;  ///< entries that are URLs with a path
    bool is_ensured = false;       ///< a rule of ours is wished (ensure_rule = block)
};

/// The one rule of ours that blocks a list, as the settings want it.
struct RuleWish {
    std::string name;
    std::size_t order = 1;
    std::size_t rank = 7;
    bool is_enabled = false;
    bool operator==(const RuleWish&) const = default;
};

/// What became of it.
struct KeptRule {
    std::string id;                ///< "" where there is none
    bool wrote = false;            ///< something may be saved: a success, or a lost answer
    std::string said;              ///< what was done, one sentence; "" where all was as wished
    std::optional<Error> failure;  ///< why it is not as wished, with what an administrator should do
};

}  // namespace cordon::gateways
