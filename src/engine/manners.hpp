#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/setting.hpp"
#include "core/report.hpp"
#include "engine/freeze.hpp"

namespace cordon::engine {

/// When saved changes are made effective: `activate`.
enum class ActivationRule {
    always,  ///< whenever something of ours is saved
    clean,   ///< only where nobody else's saved changes were pending when the run began; else nothing is written
    never,   ///< an administrator does it
};

/// `activate`, `freeze` and `freeze_zone`; they stand in `[zscaler]` beside the gateway's own keys.
struct ActivationOptions {
    ActivationRule rule = ActivationRule::always;
    std::vector<FreezeWindow> freeze;
    FreezeZone freeze_zone = FreezeZone::utc;
};
[[nodiscard]] std::vector<Setting> settings_of(ActivationOptions& options);

/// What a run knows right after its inventory.
struct ActivationFacts {
    core::ActivationState status = core::ActivationState::active;  ///< before the run saved anything
    /// Whether leaving the gateway makes saved changes effective (Gateway::publishes_on_leave).
    bool publishes_on_leave = false;
    bool is_owed = false;  ///< an earlier run saved changes that are not known to be active
};

enum class Permission {
    activate,       ///< write, and make it effective
    save_only,      ///< write; it stays saved
    write_nothing,  ///< what is saved would take effect by itself
};

struct ActivationDecision {
    Permission permission = Permission::activate;
    /// Whether the settings alone ask for less (freeze, never): no fault. Else somebody else's changes are in the way.
    bool is_intended = true;
    std::string because = {};  ///< "freeze until Mon 2026-11-23 06:00 UTC"; "" where the run may activate
    std::string next = {};     ///< what becomes of the changes: "the first run after it writes them"; "" likewise
    std::string again = {};    ///< the same where a person asked for them and no later run makes up for it
};

/// What the run may do. `never` goes before a freeze, a freeze before `clean`. Where leaving publishes, not activating
/// means not writing. Under `clean`, too, nothing is written while others have changes pending: the gateway queues an
/// activation until all admins who have saved something have activated (zia-api.md 8.3), so that what we saved would
/// hold theirs back while we wait for them. Where an earlier run's changes are owed, what is pending counts as ours:
/// whether somebody else's came beside it ZIA does not say, and waiting would block them and us.
[[nodiscard]] ActivationDecision decide_activation(const ActivationOptions& options, const ActivationFacts& facts,
                                                   Time now);

/// What the report says of changes that were pending when the run began; "" where nothing was.
[[nodiscard]] std::string note_on_pending(const ActivationFacts& facts, const ActivationDecision& decision);

/// Of a plan: "a run now would write nothing: freeze until Mon 2026-11-23 06:00 UTC"; "" where it would activate.
[[nodiscard]] std::string forecast_of(const ActivationDecision& decision);

/// How many changes of a run are concerned.
struct Changes {
    std::uint64_t additions = 0;
    std::uint64_t removals = 0;
    std::uint64_t rules = 0;
    bool is_by_hand = false;  ///< a person asked for them: no later run makes up for it
    [[nodiscard]] bool any() const noexcept { return additions + removals + rules > 0; }
};
/// Of a run that was not allowed to write `changes`, or that saved them; "" where there is nothing to tell.
[[nodiscard]] std::string sentence_on_unwritten(const ActivationDecision& decision, const Changes& changes);
[[nodiscard]] std::string sentence_on_unactivated(const ActivationDecision& decision, const Changes& changes);

}  // namespace cordon::engine
