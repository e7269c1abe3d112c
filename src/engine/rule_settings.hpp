#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/setting.hpp"
#include "core/enforcement.hpp"
#include "core/entry.hpp"

namespace cordon::engine {

/// `ensure_rule`: whether Cordon makes and keeps the rule that blocks a list.
enum class EnsureRule { off, block };
/// `rule_state`.
enum class RuleState { disabled, enabled };

/// The rule's part of a section: the one rule of ours that blocks its list.
struct RuleOptions {
    EnsureRule ensure = EnsureRule::off;
    std::string name;  ///< "" takes "Cordon: LIST"
    std::size_t order = 1;
    std::size_t rank = 7;  ///< 7 where the tenant does not use admin rank (zia-api.md 7)
    RuleState state = RuleState::disabled;

    bool operator==(const RuleOptions&) const = default;
};
[[nodiscard]] std::vector<Setting> settings_of(RuleOptions& options);

/// The rule that a list with this name shall have; nullopt where none is wished.
[[nodiscard]] std::optional<core::RuleWish> wish_of(const RuleOptions& options, const std::string& list);

/// The keys on which two sections of one list disagree.
[[nodiscard]] std::vector<const char*> rule_differences(const RuleOptions& a, const RuleOptions& b);

/// What keeps these options from being met for a list of this kind; "" where nothing does. Without the section's name.
[[nodiscard]] std::string rule_fault(const RuleOptions& options, core::TargetKind kind);

}  // namespace cordon::engine
