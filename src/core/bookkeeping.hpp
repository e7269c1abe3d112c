#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/plan.hpp"

namespace cordon::core {

/// What to write down before a plan is sent (design rule 8): additions as intended (their tries go on),
/// removals as leaving; what is removed from both sides, or from one to stay ours on the other, as intended,
/// since only such an entry is ours wherever it is found. Replaces by canonical text; ascending, unique. The
/// placeholder is never noted. To be stored together with, and after, what the plan itself found
/// (became_ours, sightings, forgotten).
[[nodiscard]] std::vector<LedgerEntry> intents_of(const ListPlan& plan, const ListLedger& ledger);

/// What the ledger learns from applying.
struct LedgerOutcome {
    std::vector<LedgerEntry> put;    ///< ascending by canonical, unique
    std::vector<std::string> erase;  ///< ascending, unique, disjoint from put
};

/// `ledger`: as the plan was made with it. `added`, `removed`, `refused`: what the gateway answered
/// (canonical, any order; `added` also where it shows nothing of it). `now_present`: what the list holds now,
/// null where it is not known. Added entries become seen where they are shown, intended with one try more
/// where they are not, and sent where nothing is known; removed and refused ones leave. What is in none of
/// them keeps its intent for the next read to settle, and so does what moves until it has left its old side.
[[nodiscard]] LedgerOutcome outcome_of(const ListPlan& plan, const ListLedger& ledger,
                                       std::span<const std::string> added, std::span<const std::string> removed,
                                       std::span<const Exclusion> refused,
                                       const std::vector<PresentEntry>* now_present);

}  // namespace cordon::core
