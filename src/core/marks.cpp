#include "core/marks.hpp"

#include <algorithm>

namespace cordon::core {
namespace {

constexpr std::uint64_t k_few = 25;           // issue 2, section 5: at most max(25, 1 %) of ours
constexpr std::uint64_t k_few_of_ours = 100;  // one in a hundred
constexpr std::uint32_t k_most_tries = 2;     // issue 2, section 5: two tries, then quarantine

/// What lies there of the entry of that number of ours, or null.
const Holding* there_of(const Sighting& sighting, std::size_t ours) {
    const auto at = sighting.holdings.of_ours[ours];
    return at == Holdings::k_not_there ? nullptr : &sighting.holdings.there[at];
}

/// Those of ours that are not there, ascending.
std::vector<const LedgerEntry*> absent_ones(const Sighting& sighting) {
    std::vector<const LedgerEntry*> absent;
    for (std::size_t i = 0; i < sighting.ledger.ours.size(); ++i) {
        const LedgerEntry& entry = sighting.ledger.ours[i];
        if (there_of(sighting, i) == nullptr && entry.canonical != sighting.policy.placeholder)
            absent.push_back(&entry);
    }
    return absent;
}

bool is_replaced(const ListState& state, const ListLedger& ledger) {
    return !ledger.object_id.empty() && (!state.exists || state.object_id != ledger.object_id);
}

void note_drift(const Sighting& sighting, std::span<const LedgerEntry* const> absent, ListPlan& plan) {
    const auto& ours = sighting.ledger.ours;
    std::uint64_t vanished = 0, unkept = 0;
    for (const LedgerEntry* entry : absent) {
        const bool is_seen = entry->mark == LedgerMark::seen;
        const bool was_written = is_seen || entry->mark == LedgerMark::sent || entry->tries > 0;
        if (was_written) ++(is_seen ? vanished : unkept);
    }
    const std::uint64_t few = std::max<std::uint64_t>(k_few, ours.size() / k_few_of_ours);
    plan.drifted = !ours.empty() && (is_replaced(sighting.state, sighting.ledger) || vanished > few);
    plan.vanished = vanished + unkept;
}

/// The writes that a read did not show, this read of an absent entry included. One write is counted once:
/// what counted becomes intended (note_absent_mark, outcome_of). Where drift took it, it had no try.
std::uint32_t tries_with(const LedgerEntry& entry, const ListPlan& plan) {
    return entry.tries + (entry.mark == LedgerMark::sent && !plan.drifted ? 1 : 0);
}

void note_manual_removals(const Sighting& sighting, std::span<const LedgerEntry* const> absent,
                          const AskText& is_wanted, ListPlan& plan) {
    if (plan.drifted || sighting.policy.respect_manual_removals.count() == 0) return;
    for (const LedgerEntry* entry : absent) {
        if (entry->mark == LedgerMark::seen && is_wanted(entry->canonical)) {
            plan.new_exceptions.push_back({entry->canonical, sighting.now, "taken out by hand on the gateway"});
        }
    }
}

void note_unkept(const Sighting& sighting, std::span<const LedgerEntry* const> absent, ListPlan& plan) {
    for (const LedgerEntry* entry : absent) {
        if (tries_with(*entry, plan) >= k_most_tries) {
            plan.new_quarantine.push_back({entry->canonical, sighting.now, "not kept by the gateway"});
        }
    }
}

/// What lies on the list again needs no exclusion: an admin put it back, or the gateway took it after all.
std::vector<std::string> lapsed(const Sighting& sighting, const std::vector<Exclusion>& exclusions,
                                std::chrono::seconds length) {
    std::vector<std::string> texts;
    for (const Exclusion& exclusion : exclusions) {
        if (sighting.now - exclusion.since >= length ||
            find_holding(sighting.holdings.there, exclusion.canonical) != nullptr) {
            texts.push_back(exclusion.canonical);
        }
    }
    return texts;
}

/// The new mark of an entry that is there and ours. What lies on both sides stays intended, since no other mark is ours
/// on both.
LedgerMark mark_present(const LedgerEntry& entry, const Holding& holding, const AskText& is_planned) {
    if (holding.is_ours_on_both) return LedgerMark::intended;
    const bool stays_leaving = entry.mark == LedgerMark::leaving && (!is_planned || !is_planned(entry.canonical));
    return stays_leaving ? LedgerMark::leaving : LedgerMark::seen;
}

void note_present_mark(const LedgerEntry& entry, const Holding& holding, const AskText& is_planned, ListPlan& plan) {
    const LedgerMark mark = mark_present(entry, holding, is_planned);
    if (mark == LedgerMark::leaving) return;
    if (mark == entry.mark && holding.side == entry.side && entry.tries == 0) return;
    plan.sightings.push_back({entry.canonical, mark, holding.side, 0});
}

void note_absent_mark(const LedgerEntry& entry, const AskText& is_planned, ListPlan& plan) {
    const bool stays = is_planned ? is_planned(entry.canonical) : entry.mark != LedgerMark::leaving;
    if (!stays) {
        plan.forgotten.push_back(entry.canonical);
    } else if (tries_with(entry, plan) != entry.tries) {
        // Back to intended, so that the same write is not counted by the next read as well.
        plan.sightings.push_back({entry.canonical, LedgerMark::intended, entry.side, tries_with(entry, plan)});
    }
}

}  // namespace

void note_absences(const Sighting& sighting, const AskText& is_wanted, ListPlan& plan) {
    const auto absent = absent_ones(sighting);
    note_drift(sighting, absent, plan);
    if (is_wanted) {
        note_manual_removals(sighting, absent, is_wanted, plan);
        note_unkept(sighting, absent, plan);
    }
    plan.lapsed_exceptions = lapsed(sighting, sighting.ledger.exceptions, sighting.policy.respect_manual_removals);
    plan.lapsed_quarantine = lapsed(sighting, sighting.ledger.quarantine, k_quarantine_length);
}

void note_marks(const Sighting& sighting, const AskText& is_planned, ListPlan& plan) {
    for (std::size_t i = 0; i < sighting.ledger.ours.size(); ++i) {
        const LedgerEntry& entry = sighting.ledger.ours[i];
        const Holding* const holding = there_of(sighting, i);
        if (holding == nullptr) {
            if (entry.canonical != sighting.policy.placeholder) note_absent_mark(entry, is_planned, plan);
        } else if (!holding->is_ours) {
            plan.forgotten.push_back(entry.canonical);  // a stranger moved it to the other side
        } else {
            note_present_mark(entry, *holding, is_planned, plan);
        }
    }
}

}  // namespace cordon::core
