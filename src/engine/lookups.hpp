#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/lookup.hpp"
#include "core/plan.hpp"
#include "engine/run.hpp"

namespace cordon::engine {

/// What one list learned from look-ups.
struct ListLookups {
    core::Classifications answers;
    std::vector<core::LookedUp> refused;  ///< by the gateway, in this run
    std::uint64_t open = 0;               ///< values that are still to be asked
    std::string why_open;                 ///< a sentence where there are any
    bool is_cut_short = false;            ///< values were not asked about: no budget, a failure, or only a plan
    bool has_failed = false;              ///< not asked because look-ups failed, not for lack of budget
};

/// The look-ups of one run over all its lists: what the store kept first, then the gateway while its hour lasts.
/// After the first failure or the end of the budget nobody is asked any more. A run that only plans, or applies a
/// reviewed plan, asks nothing. Everything that it is given outlives it.
class Lookups {
public:
    Lookups(const Ports& ports, const RunOptions& options, const std::stop_token& stop);

    /// What the list still has to ask, given the answers so far; see core::lookups_needed().
    using AskNeed = std::function<core::LookupNeed(const core::Classifications& answers)>;
    /// Asks until nothing is needed or nothing may be asked. Fails with the store, and with `cancelled`.
    [[nodiscard]] Result<ListLookups> answers_for(const AskNeed& need_of, std::chrono::seconds ttl);

    /// What to check of the tenant's rules where a list leaves out what the gateway flags; "" where all is well.
    /// Read once a run.
    [[nodiscard]] const std::string& advice_on_rules();

private:
    [[nodiscard]] bool may_ask() const noexcept { return why_not_.empty(); }
    Result<bool> take_kept(core::LookupNeed& need, Time since, core::Classifications& answers);
    Result<void> ask(const core::LookupNeed& need, Time since, ListLookups& found);
    Result<std::size_t> ask_some(std::span<const std::string> values, ListLookups& found);

    const Ports& ports_;
    const std::stop_token& stop_;
    std::set<std::string> passed_over_;  ///< asked in this run, and the answer did not name them
    std::string why_not_;                ///< why nothing is asked (any more)
    bool has_failed_ = false;
    bool has_asked_ = false;
    std::optional<std::string> advice_;
};

/// Tells in the list's report what waits and why, what could not be looked up, and what to check. With has_failed
/// the list is partial.
void report_lookups(const ListLookups& found, const core::ListPlan& plan, Lookups& lookups, core::ListReport& report);

}  // namespace cordon::engine
