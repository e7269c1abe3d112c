// What a run may write and activate: the decision, and its sentences.

#include "engine/manners.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::engine {
namespace {

using core::ActivationState;

/// A reason to hold back, and what becomes of changes that are not written or not activated because of it.
ActivationDecision held_back(const ActivationFacts& facts, std::string because, const char* next_of_unwritten,
                             const char* next_of_saved) {
    ActivationDecision decision;
    decision.permission = facts.publishes_on_leave ? Permission::write_nothing : Permission::save_only;
    decision.because = std::move(because);
    decision.next = facts.publishes_on_leave ? next_of_unwritten : next_of_saved;
    return decision;
}

std::string sentence_on(const Freeze& freeze, FreezeZone zone) {
    if (!freeze.until) return "freeze, and its windows leave no gap";
    return "freeze until " + text_of(*freeze.until, zone);
}

/// Is what is pending ours alone, as far as it can be known, or ours for so long that somebody has to go first?
bool is_ours_to_activate(const ActivationFacts& facts, Time now) {
    if (!facts.is_owed) return false;
    return !facts.foreign_since || now - *facts.foreign_since >= k_longest_wait_for_others;
}

std::string text_of(const Changes& changes) {
    const auto plural = [](std::uint64_t count, const char* one, const char* many) {
        return fmt::format("{} {}", with_thousands(count), count == 1 ? one : many);
    };
    return fmt::format("{} and {}", plural(changes.additions, "addition", "additions"),
                       plural(changes.removals, "removal", "removals"));
}

}  // namespace

ActivationDecision decide_activation(const ActivationOptions& options, const ActivationFacts& facts, Time now) {
    if (options.rule == ActivationRule::never) {
        return held_back(facts, "activate = never",
                         "what is saved here takes effect by itself when Cordon leaves, so never means that lists stay "
                         "as they are",
                         "an administrator activates them");
    }
    if (const auto freeze = freeze_at(options.freeze, wall_time(now, options.freeze_zone))) {
        return held_back(facts, sentence_on(*freeze, options.freeze_zone), "the first run after it writes them",
                         "the first run after it activates them");
    }
    const bool is_clean = facts.status == ActivationState::active || is_ours_to_activate(facts, now);
    if (options.rule == ActivationRule::clean && !is_clean) {
        auto decision = held_back(facts,
                                  facts.status == ActivationState::in_progress
                                      ? "another activation is in progress (activate = clean)"
                                      : "somebody else has saved changes that are not active (activate = clean)",
                                  "the next run tries again", "the next run sees whether those are active");
        decision.is_intended = false;
        return decision;
    }
    return {};
}

std::string note_on_pending(const ActivationFacts& facts, const ActivationDecision& decision) {
    if (facts.status == ActivationState::active) return {};
    if (facts.status == ActivationState::in_progress) return "an activation was in progress when the run began";
    const bool may_activate = decision.permission == Permission::activate;
    if (facts.is_owed && !facts.foreign_since) {
        return may_activate ? "what an earlier run saved was not active yet: it is activated first"
                            : "what an earlier run saved is not active yet";
    }
    const auto* who = facts.is_owed ? "somebody else, and an earlier run, had" : "somebody else had";
    const auto* what_of_them = may_activate ? "; an activation by this run publishes them too or queues behind them"
                               : !decision.is_intended ? "; they hold back what is Cordon's"
                                                       : "";
    return fmt::format("{} saved changes that were not active yet when the run began{}", who, what_of_them);
}

std::string forecast_of(const ActivationDecision& decision) {
    switch (decision.permission) {
        case Permission::activate: return {};
        case Permission::save_only:
            return fmt::format("a run now would save changes and not activate them: {}; {}", decision.because,
                               decision.next);
        case Permission::write_nothing: return "a run now would write nothing: " + decision.because;
    }
    return {};
}

std::string sentence_on_unwritten(const ActivationDecision& decision, const Changes& changes) {
    if (!changes.any()) return {};
    return fmt::format("nothing was written: {}. {} wait; {}", decision.because, text_of(changes), decision.next);
}

std::string sentence_on_unactivated(const ActivationDecision& decision, const Changes& changes) {
    const auto what = changes.any() ? text_of(changes) : std::string("changes of an earlier run");
    return fmt::format("{} are saved and not active: {}; {}", what, decision.because, decision.next);
}

}  // namespace cordon::engine
