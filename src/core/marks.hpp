#pragma once

#include <functional>
#include <string_view>

#include "core/holdings.hpp"
#include "core/plan.hpp"

namespace cordon::core {

/// A question about a canonical text.
using AskText = std::function<bool(std::string_view canonical)>;

/// What one read of the list means for what we remember of it.
struct Sighting {
    const ListState& state;
    const ListLedger& ledger;
    const Holdings& holdings;
    const ListPolicy& policy;
    Time now;
};

/// Before the selection: which entries of ours are gone and what that means. Fills the plan's vanished,
/// drifted, lapsed exceptions and quarantine, and, unless `is_wanted` is empty (frozen list: nobody knows
/// what is wanted), new exceptions and quarantine.
/// An entry counts as taken out by hand only if a read had seen it, its list is the same object, and few
/// vanished with it: at most 25 or 1 % of ours. More is drift (design, rule 3). What was written twice and
/// not shown by the reads after it is not kept by the gateway, however many these are.
void note_absences(const Sighting& sighting, const AskText& is_wanted, ListPlan& plan);

/// After the selection: the ledger entries whose mark this read changes, and those that leave. With an
/// empty `is_planned` (frozen list) only what was on its way out is forgotten.
void note_marks(const Sighting& sighting, const AskText& is_planned, ListPlan& plan);

}  // namespace cordon::core
