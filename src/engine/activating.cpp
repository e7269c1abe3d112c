#include "engine/activating.hpp"

#include "base/log.hpp"

namespace cordon::engine {
namespace {

using core::ActivationState;
using core::Outcome;

}  // namespace

Result<void> Activation::begin(ActivationState status) {
    status_ = status;
    ActivationFacts facts;
    facts.status = status;
    facts.publishes_on_leave = ports_.gateway.publishes_on_leave();
    CORDON_TRY_ASSIGN(facts.is_owed, ports_.store.is_activation_owed());
    // Nothing is pending in the whole tenant: somebody activated what we owe as well.
    const bool is_paid = facts.is_owed && status == ActivationState::active;
    if (is_paid) facts.is_owed = false;
    is_owed_ = facts.is_owed;
    decision_ = decide_activation(options_.activation, facts, ports_.clock.now());
    if (const auto note = note_on_pending(facts, decision_); !note.empty()) report_.warnings.push_back(note);
    if (options_.mode == Mode::plan_only) {
        report_.held_back = forecast_of(decision_);
        return {};
    }
    if (is_paid) {
        log_debug("what an earlier run saved has been activated");
        CORDON_TRY(ports_.store.set_activation_owed(false));
    }
    return is_payment_due() ? attempt() : Result<void>{};
}

bool Activation::is_all_active() const noexcept {
    if (report_.activation == ActivationState::active) return true;
    return report_.activation == ActivationState::not_needed && status_ == ActivationState::active;
}

Result<void> Activation::attempt() {
    if (ports_.progress) ports_.progress("activating");
    log_debug("activating");
    has_tried_ = true;
    failure_.reset();
    const auto state = ports_.gateway.activate({});  // owed even when a stop was requested
    if (!state) {
        report_.activation = ActivationState::failed;
        failure_ = state.error();
        return {};
    }
    report_.activation = *state;
    if (*state != ActivationState::active) return {};
    return ports_.store.set_activation_owed(false);
}

/// What the last attempt means for the run.
Result<void> Activation::conclude_attempt() {
    if (failure_) return fail(*failure_);
    if (report_.activation == ActivationState::active) return {};
    report_.outcome = core::worse(report_.outcome, Outcome::partial);
    report_.warnings.emplace_back(report_.activation == ActivationState::pending
                                      ? "the changes are saved and wait: another administrator has changes that are "
                                        "not activated yet; the next run tries again"
                                      : "the activation is still in progress; the next run makes sure of it");
    return {};
}

Result<void> Activation::end(const Changes& saved, const Changes& unwritten, bool has_written) {
    if (!permits_writing()) report_.held_back = sentence_on_unwritten(decision_, unwritten);
    CORDON_TRY_ASSIGN(const bool is_owed, ports_.store.is_activation_owed());
    if (!is_owed) return {};
    if (decision_.permission == Permission::activate) {
        if (has_written || !has_tried_) CORDON_TRY(attempt());
        return conclude_attempt();
    }
    report_.activation = ActivationState::withheld;
    // Who asked for something at once did not get it.
    if (!decision_.is_intended || options_.is_made_up_for) {
        report_.outcome = core::worse(report_.outcome, Outcome::partial);
    }
    if (report_.held_back.empty()) report_.held_back = sentence_on_unactivated(decision_, saved);
    return {};
}

}  // namespace cordon::engine
