// What a run may write and activate: the decision, and its sentences.

#include "engine/manners.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::engine {
namespace {

using core::ActivationState;

ActivationDecision writing_nothing(std::string because, const char* next, const char* again) {
    ActivationDecision decision;
    decision.permission = Permission::write_nothing;
    decision.because = std::move(because);
    decision.next = next;
    decision.again = again;
    return decision;
}

ActivationDecision saving_only(std::string because, const char* next) {
    ActivationDecision decision;
    decision.permission = Permission::save_only;
    decision.because = std::move(because);
    decision.next = decision.again = next;
    return decision;
}

std::string sentence_on(const Freeze& freeze, FreezeZone zone) {
    if (!freeze.until) return "freeze, and its windows leave no gap";
    return "freeze until " + text_of(*freeze.until, zone);
}

std::string text_of(const Changes& changes) {
    const auto plural = [](std::uint64_t count, const char* one, const char* many) {
        return fmt::format("{} {}", with_thousands(count), count == 1 ? one : many);
    };
    const auto additions = plural(changes.additions, "addition", "additions");
    const auto removals = plural(changes.removals, "removal", "removals");
    if (changes.rules == 0) return fmt::format("{} and {}", additions, removals);
    return fmt::format("{}, {} and {}", additions, removals,
                       plural(changes.rules, "change of a rule", "changes of rules"));
}

}  // namespace

ActivationDecision decide_activation(const ActivationOptions& options, const ActivationFacts& facts, Time now) {
    const bool others_go_first =
        options.rule == ActivationRule::clean && facts.status != ActivationState::active && !facts.is_owed;
    const bool may_save = !facts.publishes_on_leave && !others_go_first;
    if (options.rule == ActivationRule::never) {
        constexpr auto k_because = "activate = never";
        constexpr auto k_next =
            "what is saved here takes effect by itself when Cordon leaves, so never means that lists stay as they are";
        return may_save ? saving_only(k_because, "an administrator activates them")
                        : writing_nothing(k_because, k_next, k_next);
    }
    if (const auto freeze = freeze_at(options.freeze, wall_time(now, options.freeze_zone))) {
        auto because = sentence_on(*freeze, options.freeze_zone);
        return may_save ? saving_only(std::move(because), "the first run after it activates them")
                        : writing_nothing(std::move(because), "the first run after it writes them",
                                          "give the command again after it");
    }
    if (others_go_first) {
        auto decision = writing_nothing(facts.status == ActivationState::in_progress
                                            ? "another activation is in progress (activate = clean)"
                                            : "somebody else has saved changes that are not active (activate = clean)",
                                        "the next run tries again", "give the command again once that is active");
        decision.is_intended = false;
        return decision;
    }
    return {};
}

std::string note_on_pending(const ActivationFacts& facts, const ActivationDecision& decision) {
    if (facts.status == ActivationState::active) return {};
    if (facts.status == ActivationState::in_progress) return "an activation was in progress when the run began";
    const bool may_activate = decision.permission == Permission::activate;
    if (facts.is_owed) {
        return may_activate
                   ? "what an earlier run saved was not active yet: it is activated first, and with it whatever "
                     "others have saved by now"
                   : "what an earlier run saved is not active yet";
    }
    const auto* what_of_them = may_activate ? "; an activation by this run publishes them too or queues behind them"
                               : !decision.is_intended ? "; they hold back what is Cordon's"
                                                       : "";
    return fmt::format("somebody else had saved changes that were not active yet when the run began{}", what_of_them);
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
    return changes.is_by_hand
               ? fmt::format("nothing was written: {}. {} are still to be made: {}", decision.because, text_of(changes),
                             decision.again)
               : fmt::format("nothing was written: {}. {} wait; {}", decision.because, text_of(changes), decision.next);
}

std::string sentence_on_unactivated(const ActivationDecision& decision, const Changes& changes) {
    const auto what = changes.any() ? text_of(changes) : std::string("changes of an earlier run");
    return fmt::format("{} are saved and not active: {}; {}", what, decision.because, decision.next);
}

}  // namespace cordon::engine
