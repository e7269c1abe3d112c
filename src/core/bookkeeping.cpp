#include "core/bookkeeping.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

namespace cordon::core {
namespace {

using ByCanonical = std::map<std::string_view, LedgerEntry>;
using TextSet = std::set<std::string_view>;

const LedgerEntry* find_in(const std::vector<LedgerEntry>& entries, std::string_view canonical) {
    const auto found =
        std::lower_bound(entries.begin(), entries.end(), canonical,
                         [](const LedgerEntry& entry, std::string_view text) { return entry.canonical < text; });
    return found != entries.end() && found->canonical == canonical ? &*found : nullptr;
}

/// The writes so far that no read has shown, this plan's read included.
std::uint32_t tries_of(std::string_view canonical, const ListPlan& plan, const ListLedger& ledger) {
    if (const LedgerEntry* const sighting = find_in(plan.sightings, canonical)) return sighting->tries;
    const LedgerEntry* const entry = find_in(ledger.ours, canonical);
    return entry != nullptr ? entry->tries : 0;
}

std::vector<LedgerEntry> values_of(const ByCanonical& entries) {
    std::vector<LedgerEntry> values;
    values.reserve(entries.size());
    for (const auto& [canonical, entry] : entries) values.push_back(entry);
    return values;
}

}  // namespace

std::vector<LedgerEntry> intents_of(const ListPlan& plan, const ListLedger& ledger) {
    ByCanonical intents;
    for (std::size_t i = 0; i < plan.removals.size(); ++i) {
        const std::string& canonical = plan.removals_canonical[i];
        if (canonical == plan.placeholder) continue;
        intents.insert_or_assign(canonical,
                                 LedgerEntry{canonical, LedgerMark::leaving, plan.removals[i].side, 0});
    }
    // After the removals: an entry that moves is one that we want.
    for (const PlannedEntry& entry : plan.additions) {
        if (entry.text == plan.placeholder) continue;
        intents.insert_or_assign(entry.text, LedgerEntry{entry.text, LedgerMark::intended, entry.side,
                                                         tries_of(entry.text, plan, ledger)});
    }
    return values_of(intents);
}

LedgerOutcome outcome_of(const ListPlan& plan, const ListLedger& ledger, std::span<const std::string> added,
                         std::span<const std::string> removed, std::span<const Exclusion> refused,
                         const std::vector<PresentEntry>* now_present) {
    const TextSet done(added.begin(), added.end());
    std::set<std::pair<std::string_view, Side>> shown;
    if (now_present != nullptr) {
        for (const PresentEntry& entry : *now_present) shown.emplace(entry.canonical, entry.side);
    }
    ByCanonical put;
    for (const PlannedEntry& entry : plan.additions) {
        if (entry.text == plan.placeholder || !done.contains(entry.text)) continue;
        const bool is_seen = shown.contains({entry.text, entry.side});
        put.insert_or_assign(entry.text,
                             LedgerEntry{entry.text, is_seen ? LedgerMark::seen : LedgerMark::sent, entry.side,
                                         is_seen ? 0 : tries_of(entry.text, plan, ledger)});
    }
    TextSet gone(removed.begin(), removed.end());
    for (const Exclusion& exclusion : refused) gone.insert(exclusion.canonical);
    gone.erase(plan.placeholder);

    LedgerOutcome outcome;
    outcome.put = values_of(put);
    for (const std::string_view canonical : gone) {
        if (!put.contains(canonical)) outcome.erase.emplace_back(canonical);
    }
    return outcome;
}

}  // namespace cordon::core
