#include "core/bookkeeping.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

namespace cordon::core {
namespace {

using ByCanonical = std::map<std::string_view, LedgerEntry>;
using TextSet = std::set<std::string_view>;

/// What a plan takes away of one canonical text.
struct Departure {
    Side side = Side::plain;  ///< of its first spelling
    std::size_t spellings = 0;
    bool is_on_both_sides = false;
};
using Departures = std::map<std::string_view, Departure>;

/// Without the placeholder, which is never noted.
Departures departures_of(const ListPlan& plan) {
    Departures departures;
    for (std::size_t i = 0; i < plan.removals.size(); ++i) {
        const Side side = plan.removals[i].side;
        if (plan.removals_canonical[i] == plan.placeholder) continue;
        Departure& departure = departures.try_emplace(plan.removals_canonical[i], Departure{side}).first->second;
        ++departure.spellings;
        departure.is_on_both_sides = departure.is_on_both_sides || departure.side != side;
    }
    return departures;
}

/// The rest of an interrupted move: ours on both sides, removed from one, to stay on the other.
bool finishes_a_move(std::string_view canonical, const ListPlan& plan, const ListLedger& ledger) {
    const LedgerEntry* const entry = find_ours(ledger, canonical);
    return entry != nullptr && entry->mark == LedgerMark::intended &&
           std::binary_search(plan.keeps.begin(), plan.keeps.end(), canonical);
}

LedgerEntry intent_to_remove(std::string_view canonical, const Departure& departure, bool stays_elsewhere) {
    LedgerEntry entry{std::string(canonical), LedgerMark::leaving, departure.side, 0};
    if (stays_elsewhere) {
        entry.mark = LedgerMark::intended;
        entry.side = other_side(departure.side);
    } else if (departure.is_on_both_sides) {
        entry.mark = LedgerMark::intended;  // no other mark is ours on both sides, and one may be left
    }
    return entry;
}

/// The writes so far that no read has shown, this plan's read included.
std::uint32_t tries_of(std::string_view canonical, const ListPlan& plan, const ListLedger& ledger) {
    if (const LedgerEntry* const sighting = find_entry(plan.sightings, canonical)) return sighting->tries;
    const LedgerEntry* const entry = find_ours(ledger, canonical);
    return entry != nullptr ? entry->tries : 0;
}

std::vector<LedgerEntry> values_of(const ByCanonical& entries) {
    std::vector<LedgerEntry> values;
    values.reserve(entries.size());
    for (const auto& [canonical, entry] : entries) values.push_back(entry);
    return values;
}

/// What the gateway answered, asked entry by entry.
class Answers {
public:
    Answers(std::span<const std::string> added, std::span<const std::string> removed,
            const std::vector<PresentEntry>* now_present)
        : added_(added.begin(), added.end()),
          removed_(removed.begin(), removed.end()),
          is_read_back_(now_present != nullptr) {
        if (!is_read_back_) return;
        for (const PresentEntry& entry : *now_present) shown_.emplace(entry.canonical, entry.side);
    }

    [[nodiscard]] bool is_read_back() const noexcept { return is_read_back_; }
    [[nodiscard]] bool is_added(std::string_view canonical) const { return added_.contains(canonical); }
    [[nodiscard]] bool shows(std::string_view canonical, Side side) const { return shown_.contains({canonical, side}); }
    /// All spellings are gone. Of several the answer does not say which, so that only a read tells.
    [[nodiscard]] bool has_gone(std::string_view canonical, const Departure& departure) const {
        if (!removed_.contains(canonical)) return false;
        if (!is_read_back_) return departure.spellings == 1;
        return !shows(canonical, departure.side) &&
               !(departure.is_on_both_sides && shows(canonical, other_side(departure.side)));
    }

private:
    TextSet added_;
    TextSet removed_;
    std::set<std::pair<std::string_view, Side>> shown_;
    bool is_read_back_;
};

/// The mark of an addition that was answered with success.
LedgerEntry settled_addition(const PlannedEntry& entry, std::uint32_t tries, const Answers& answers) {
    if (!answers.is_read_back()) return {entry.text, LedgerMark::sent, entry.side, tries};
    if (answers.shows(entry.text, entry.side)) return {entry.text, LedgerMark::seen, entry.side, 0};
    // The read was this write's try. Intended, so that the next read does not count it as well.
    return {entry.text, LedgerMark::intended, entry.side, tries + 1};
}

}  // namespace

std::vector<LedgerEntry> intents_of(const ListPlan& plan, const ListLedger& ledger) {
    ByCanonical intents;
    for (const auto& [canonical, departure] : departures_of(plan)) {
        intents.emplace(canonical, intent_to_remove(canonical, departure, finishes_a_move(canonical, plan, ledger)));
    }
    // After the removals: an entry that moves is one that we want.
    for (const PlannedEntry& entry : plan.additions) {
        if (entry.text == plan.placeholder) continue;
        intents.insert_or_assign(
            entry.text, LedgerEntry{entry.text, LedgerMark::intended, entry.side, tries_of(entry.text, plan, ledger)});
    }
    return values_of(intents);
}

LedgerOutcome outcome_of(const ListPlan& plan, const ListLedger& ledger, std::span<const std::string> added,
                         std::span<const std::string> removed, std::span<const Exclusion> refused,
                         const std::vector<PresentEntry>* now_present) {
    const Answers answers(added, removed, now_present);
    const Departures departures = departures_of(plan);
    ByCanonical put;
    TextSet moving;
    for (const PlannedEntry& entry : plan.additions) {
        const auto departure = departures.find(entry.text);
        if (departure != departures.end()) moving.insert(entry.text);
        const bool has_arrived = departure == departures.end() || answers.has_gone(entry.text, departure->second);
        if (entry.text == plan.placeholder || !answers.is_added(entry.text) || !has_arrived) continue;
        put.insert_or_assign(entry.text, settled_addition(entry, tries_of(entry.text, plan, ledger), answers));
    }
    TextSet gone;
    for (const auto& [canonical, departure] : departures) {
        if (moving.contains(canonical) || !answers.has_gone(canonical, departure)) continue;
        const Side left = other_side(departure.side);
        if (!finishes_a_move(canonical, plan, ledger)) {
            gone.insert(canonical);
        } else if (!answers.is_read_back() || answers.shows(canonical, left)) {
            put.insert_or_assign(canonical, LedgerEntry{std::string(canonical), LedgerMark::seen, left, 0});
        }
    }
    for (const Exclusion& exclusion : refused) {
        if (!departures.contains(exclusion.canonical)) gone.insert(exclusion.canonical);
    }
    gone.erase(plan.placeholder);

    LedgerOutcome outcome;
    outcome.put = values_of(put);
    for (const std::string_view canonical : gone) {
        if (!put.contains(canonical)) outcome.erase.emplace_back(canonical);
    }
    return outcome;
}

}  // namespace cordon::core
