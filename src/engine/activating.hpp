#pragma once

#include <optional>

#include "base/result.hpp"
#include "engine/manners.hpp"
#include "engine/run.hpp"

namespace cordon::engine {

/// The activation of one run: what the settings allow, what earlier runs left to be done, and what this run saves.
/// At most one attempt at the start and one at the end.
class Activation {
public:
    /// All of it must outlive this.
    Activation(const Ports& ports, const RunOptions& options, core::RunReport& report)
        : ports_(ports), options_(options), report_(report) {}

    /// After the inventory, which told `status`, and before anything is planned: decides, names what others have
    /// pending, and tries first what an earlier run could not get. Fails only when the store does; an attempt that
    /// failed is in the report.
    Result<void> begin(core::ActivationState status);

    [[nodiscard]] const ActivationDecision& decision() const noexcept { return decision_; }
    /// Whether nothing that anybody saved waits, as far as the run knows.
    [[nodiscard]] bool is_all_active() const noexcept;
    /// Whether a run begins by activating what an earlier one saved.
    [[nodiscard]] bool is_payment_due() const noexcept {
        return is_owed_ && decision_.permission == Permission::activate;
    }
    [[nodiscard]] bool permits_writing() const noexcept { return decision_.permission != Permission::write_nothing; }

    /// After the writes: makes `saved` effective, or says why it is not. `unwritten`: what begin() did not permit.
    Result<void> end(const Changes& saved, const Changes& unwritten, bool has_written);

private:
    Result<void> attempt();
    Result<void> conclude_attempt();

    const Ports& ports_;
    const RunOptions& options_;
    core::RunReport& report_;
    core::ActivationState status_ = core::ActivationState::unknown;  ///< when the run began
    ActivationDecision decision_;
    bool is_owed_ = false;  ///< when the run began, and not active yet
    bool has_tried_ = false;
    std::optional<Error> failure_;  ///< of the last attempt
};

}  // namespace cordon::engine
