#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

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

    bool operator==(const Enforcement&) const = default;
};

/// The JSON of reports and of what the engine keeps; one line. Reading gives nullopt where it is no such JSON.
[[nodiscard]] std::string to_json(const Enforcement& enforcement);
[[nodiscard]] std::optional<Enforcement> enforcement_from_json(const std::string& json);

}  // namespace cordon::core
