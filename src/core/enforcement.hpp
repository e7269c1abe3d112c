#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "core/entry.hpp"

namespace cordon::core {

/// Whether the gateway's rules block what a list holds; from best to worst.
enum class EnforcementState : std::uint8_t {
    by_itself,     ///< the list needs no rule
    blocked,       ///< an enabled rule blocks it, for everybody
    limited,       ///< only a part of the traffic: the rule, or one before it, is about some users, places, times ...
    overridden,    ///< a rule that stands before lets all of it through
    switched_off,  ///< its rule is disabled
    no_rule,       ///< no rule blocks it
};
inline constexpr std::size_t k_enforcement_state_count = 6;

[[nodiscard]] const char* name_of(EnforcementState state) noexcept;
/// nullopt where no state has this name.
[[nodiscard]] std::optional<EnforcementState> enforcement_state_of(std::string_view name) noexcept;

/// Nothing at all is blocked.
[[nodiscard]] constexpr bool blocks_nothing(EnforcementState state) noexcept {
    return state >= EnforcementState::overridden;
}

/// What becomes of the traffic to one list's entries.
struct Enforcement {
    EnforcementState state = EnforcementState::no_rule;
    std::string rule;           ///< the rule that blocks, or would; "" where there is none
    std::string overridden_by;  ///< the rule before it that lets traffic through; "" where there is none
    std::string sentence;       ///< one, for people, with what to do where something is to be done
    Time as_of{};               ///< when the rules were read
    /// False where saved changes of somebody were not active when the run ended: what was read is what will be.
    bool is_active = true;

    bool operator==(const Enforcement&) const = default;
};

/// The one rule of ours that blocks a list, as the settings want it.
struct RuleWish {
    std::string name;
    std::size_t order = 1;
    std::size_t rank = 7;
    bool is_enabled = false;
    bool operator==(const RuleWish&) const = default;
};

/// A list whose rules are asked for.
struct EnforcedList {
    std::string list;
    TargetKind kind = TargetKind::url_category;
    /// Of the objects that hold it; empty: it does not exist yet.
    std::vector<std::string> object_ids = {};
    std::size_t path_entries = 0;                 ///< entries that are URLs with a path
    std::optional<RuleWish> wish = std::nullopt;  ///< of a rule of ours (ensure_rule = block)
    bool is_wish_refused = false;                 ///< it cannot be had now; why is told beside
};

/// What there is to do about a wished rule.
enum class RuleDeed : std::uint8_t { none, make, put_right };

/// What became of it, or would.
struct KeptRule {
    std::string id;                ///< "" where there is none
    bool wrote = false;            ///< something may be saved: a success, or a lost answer
    std::string said;              ///< what was done, or is to be done, one sentence; "" where all is as wished
    std::optional<Error> failure;  ///< why it is not as wished, with what an administrator should do
    RuleDeed deed = RuleDeed::none;
};

/// What a run does about the rules of one list.
struct RuleWork {
    TargetKind kind = TargetKind::url_category;
    RuleDeed deed = RuleDeed::none;  ///< none: they are read alone
};

/// The sentence, with what makes it less than certain now: that it is older than `started`, or about saved changes.
[[nodiscard]] std::string text_of(const Enforcement& enforcement, Time started);

/// The JSON of reports and of what the engine keeps; one line. Reading gives nullopt where it is no such JSON.
[[nodiscard]] std::string to_json(const Enforcement& enforcement);
[[nodiscard]] std::optional<Enforcement> enforcement_from_json(const std::string& json);

}  // namespace cordon::core
