#include "core/restore.hpp"

#include <algorithm>

#include "core/holdings.hpp"
#include "core/marks.hpp"
#include "core/places.hpp"
#include "core/plan_parts.hpp"

namespace cordon::core {
namespace {

bool holds(const std::vector<std::string>& sorted, std::string_view text) {
    return std::binary_search(sorted.begin(), sorted.end(), text);
}

/// The reason why an exclusion still stands; nullptr where none does.
const std::string* standing_reason(const std::vector<Exclusion>& known, const std::vector<std::string>& lapsed,
                                   const std::vector<Exclusion>& found, std::string_view canonical) {
    const auto is_it = [&](const Exclusion& exclusion) { return exclusion.canonical == canonical; };
    const auto old =
        std::lower_bound(known.begin(), known.end(), canonical,
                         [](const Exclusion& exclusion, std::string_view text) { return exclusion.canonical < text; });
    const bool is_old = old != known.end() && old->canonical == canonical &&
                        std::find(lapsed.begin(), lapsed.end(), canonical) == lapsed.end();
    if (is_old) return &old->because;
    const auto fresh = std::find_if(found.begin(), found.end(), is_it);
    return fresh == found.end() ? nullptr : &fresh->because;
}

class Restoration {
public:
    Restoration(const std::string& run, const ListState& state, const ListLedger& ledger, const ListPolicy& policy,
                Room& room, Time now, RejectSink& sink, ListPlan plan)
        : run_(run),
          state_(state),
          ledger_(ledger),
          policy_(policy),
          room_(room),
          sink_(sink),
          side_(has_sides(plan.target) ? policy.new_entries : Side::plain),
          compared_(compare_holdings(state, ledger, policy.placeholder)),
          holdings_(compared_.there),
          sighting_{state, ledger, compared_, policy, now},
          plan_(std::move(plan)) {}

    ListPlan make(const std::vector<std::string>& past, const Forbids& forbids) {
        judge_all(past, forbids);
        note_absences(
            sighting_, [this](std::string_view text) { return holds(wanted_, text); }, plan_);
        plan_removals();
        place_wanted();
        note_marks(
            sighting_, [this](std::string_view text) { return holds(planned_, text); }, plan_);
        plan_.counts.to_add = plan_.additions.size();
        plan_.creates = !state_.exists && !plan_.additions.empty();
        plan_.removals_first = must_remove_first(plan_, occupancy_of(holdings_), policy_, room_);
        finish_plan(holdings_, goes_, state_, side_, plan_);
        take_room(plan_, room_);
        return std::move(plan_);
    }

private:
    void judge_all(const std::vector<std::string>& past, const Forbids& forbids) {
        for (const auto& entry : past) {
            if (entry == policy_.placeholder) continue;
            ++plan_.counts.fetched;
            if (const auto verdict = forbids(entry)) {
                plan_.counts.reasons.add(verdict->reason);
                sink_.take(entry, verdict->reason, run_, verdict->detail);
                continue;
            }
            ++plan_.counts.accepted;
            wanted_.push_back(entry);
        }
    }

    void plan_removals() {
        goes_.assign(holdings_.size(), false);
        for (std::size_t i = 0; i < holdings_.size(); ++i) {
            goes_[i] = holdings_[i].is_ours && !holds(wanted_, holdings_[i].canonical);
            if (!goes_[i]) continue;
            plan_removal(holdings_[i], plan_);
            ++plan_.counts.to_remove;
        }
    }

    void place_wanted() {
        const auto places = places_for(plan_.target, state_.exists, occupancy_of(holdings_), policy_, room_);
        std::size_t taken = 0;
        for (std::size_t i = 0; i < holdings_.size(); ++i) {
            taken += goes_[i] || holdings_[i].has_foreign_spelling() ? 0U : 1U;
        }
        auto& counts = plan_.counts;
        HoldingsInOrder there(holdings_);
        for (const auto& entry : wanted_) {
            if (there.find(entry) != nullptr) {
                ++counts.on_gateway;
                planned_.push_back(entry);
            } else if (const auto* excepted =
                           standing_reason(ledger_.exceptions, plan_.lapsed_exceptions, plan_.new_exceptions, entry)) {
                ++counts.excepted;
                sink_.take(entry, Reason::excepted, run_, *excepted);
            } else if (const auto* refused =
                           standing_reason(ledger_.quarantine, plan_.lapsed_quarantine, plan_.new_quarantine, entry)) {
                ++counts.quarantined;
                sink_.take(entry, Reason::quarantined, run_, *refused);
            } else if (taken >= places.count) {
                ++counts.over_capacity;
                sink_.take(entry, Reason::over_capacity, run_, places.because);
            } else {
                ++taken;
                ++counts.pending;
                plan_.additions.push_back({entry, side_});
                planned_.push_back(entry);
            }
        }
    }

    const std::string& run_;
    const ListState& state_;
    const ListLedger& ledger_;
    const ListPolicy& policy_;
    Room& room_;
    RejectSink& sink_;
    Side side_;
    Holdings compared_;
    std::span<const Holding> holdings_;
    Sighting sighting_;
    ListPlan plan_;
    std::vector<std::string> wanted_;   // may be there, ascending
    std::vector<std::string> planned_;  // of these, what will be there
    std::vector<bool> goes_;            // parallel to holdings_
};

}  // namespace

void PastList::take(When when, std::uint64_t record, Change change, std::string entry) {
    auto& fate = fates_[std::move(entry)];
    const bool has_moved = fate.record == record && change == Change::removed;
    if (when == When::before) {
        fate.last_before = has_moved ? Change::added : change;
    } else if (!fate.first_after || (has_moved && fate.is_first_record)) {
        fate.first_after = change;  // of a move the removal, since what moved was there
        fate.is_first_record = true;
    } else if (fate.record != record) {
        fate.is_first_record = false;
    }
    fate.record = record;
}

bool PastList::was_there(const Fate& fate) {
    if (fate.last_before) return *fate.last_before == Change::added;
    return fate.first_after == Change::removed;
}

std::vector<std::string> PastList::entries(const std::vector<std::string>& ours_now) const {
    std::vector<std::string> entries;
    for (const auto& [entry, fate] : fates_) {
        if (was_there(fate)) entries.push_back(entry);
    }
    for (const auto& entry : ours_now) {
        if (!fates_.contains(entry)) entries.push_back(entry);  // it came before the log began, or was adopted
    }
    std::sort(entries.begin(), entries.end());
    return entries;
}

ListPlan plan_restoration(const std::string& list, TargetKind target, const std::vector<std::string>& past,
                          const std::string& run, const Forbids& forbids, const ListState& state,
                          const ListLedger& ledger, const ListPolicy& policy, Room& room, Time now, RejectSink& sink) {
    return Restoration(run, state, ledger, policy, room, now, sink, blank_plan(list, target, policy))
        .make(past, forbids);
}

std::vector<std::string> surely_ours(const ListState& state, const ListLedger& ledger) {
    const auto holdings = holdings_of(state, ledger, {});
    HoldingsInOrder there(holdings);
    std::vector<std::string> texts;
    for (const LedgerEntry& entry : ledger.ours) {
        const Holding* const holding = there.find(entry.canonical);
        const bool is_on_both = holding != nullptr && holding->is_ours_on_both;  // adopted so, or an interrupted move
        if (entry.mark != LedgerMark::intended || is_on_both) texts.push_back(entry.canonical);
    }
    return texts;
}

}  // namespace cordon::core
