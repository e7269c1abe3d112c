#include "core/plan.hpp"

#include <algorithm>

#include "core/holdings.hpp"
#include "core/marks.hpp"
#include "core/places.hpp"
#include "core/plan_parts.hpp"
#include "core/select.hpp"
#include "core/text_index.hpp"

namespace cordon::core {
namespace {

/// Where an accepted entry stands before the selection.
enum class Standing : std::uint8_t {
    newcomer,     ///< not there; wants a place
    ours,         ///< there and ours; wants to stay
    foreign,      ///< there, also or only somebody else's: satisfied, and stays theirs
    excepted,
    quarantined,
    reserved,     ///< it is the placeholder itself
};

struct Wish {
    Standing standing = Standing::newcomer;
    bool is_chosen = false;
    const Exclusion* because = nullptr;  ///< where excepted or quarantined
};

/// Makes the plan of one list, step by step. `desired` is never null here.
class Planner {
public:
    Planner(const DesiredSet& desired, const ListState& state, const ListLedger& ledger,
            const ListPolicy& policy, Room& room, Time now, RejectSink& sink, ListPlan plan)
        : desired_(desired),
          state_(state),
          ledger_(ledger),
          policy_(policy),
          room_(room),
          sink_(sink),
          new_side_(plan.target == TargetKind::ipv4_group ? Side::plain : policy.new_entries),
          holdings_(holdings_of(state, ledger, policy.placeholder)),
          sighting_{state, ledger, holdings_, policy, now},
          plan_(std::move(plan)) {
        wishes_.resize(desired.size());
        ranks_.reserve(desired.size());
        for (std::uint32_t i = 0; i < desired.size(); ++i) ranks_.emplace(desired[i].text, i);
    }

    ListPlan make() {
        decide_ownership();
        note_absences(sighting_, [this](std::string_view text) { return ranks_.contains(text); }, plan_);
        place_wishes();
        choose();
        plan_additions();
        plan_removals();
        note_marks(sighting_, [this](std::string_view text) { return is_chosen(text); }, plan_);
        count_and_tell();
        plan_.creates = !state_.exists && !plan_.additions.empty();
        plan_.removals_first = must_remove_first(plan_, occupancy_of(holdings_), policy_, room_);
        finish_plan(holdings_, goes_, state_, new_side_, plan_);
        order_by_importance();
        take_room(plan_, room_);
        return std::move(plan_);
    }

private:
    /// Once, when the list is first seen (design rule 3).
    void decide_ownership() {
        if (ledger_.is_known || policy_.adopt == AdoptRule::none) return;
        for (Holding& holding : holdings_) {
            if (!holding.has_foreign_spelling()) continue;
            if (policy_.adopt == AdoptRule::matching && !ranks_.contains(holding.canonical)) continue;
            adopt(holding, new_side_);
            const auto mark = holding.is_ours_on_both ? LedgerMark::intended : LedgerMark::seen;
            plan_.became_ours.push_back({std::string(holding.canonical), mark, holding.side, 0});
        }
    }

    void place_wishes() {
        exclude(ledger_.quarantine, plan_.lapsed_quarantine, Standing::quarantined);
        exclude(plan_.new_quarantine, {}, Standing::quarantined);
        exclude(ledger_.exceptions, plan_.lapsed_exceptions, Standing::excepted);
        exclude(plan_.new_exceptions, {}, Standing::excepted);
        for (const Holding& holding : holdings_) {
            Wish* const wish = wish_of(holding.canonical);
            if (wish == nullptr) continue;
            // What is ours beside a foreign spelling of it takes no place of its own, so it may stay.
            *wish = holding.has_foreign_spelling() ? Wish{Standing::foreign, true} : Wish{Standing::ours};
        }
        if (Wish* const wish = wish_of(policy_.placeholder)) *wish = {Standing::reserved};
    }

    /// `lapsed` is in the order of `exclusions`.
    void exclude(const std::vector<Exclusion>& exclusions, const std::vector<std::string>& lapsed,
                 Standing standing) {
        auto over = lapsed.begin();
        for (const Exclusion& exclusion : exclusions) {
            if (over != lapsed.end() && *over == exclusion.canonical) {
                ++over;
            } else if (Wish* const wish = wish_of(exclusion.canonical)) {
                *wish = {standing, false, &exclusion};
            }
        }
    }

    void choose() {
        places_ = places_for(plan_.target, state_.exists, occupancy_of(holdings_), policy_, room_);
        std::vector<Candidate> candidates;
        std::vector<std::uint32_t> at;
        for (std::uint32_t i = 0; i < wishes_.size(); ++i) {
            const Standing standing = wishes_[i].standing;
            if (standing != Standing::newcomer && standing != Standing::ours) continue;
            const DesiredEntry entry = desired_[i];
            const bool is_present = standing == Standing::ours;
            candidates.push_back(
                {{entry.risk, entry.last_seen, entry.text}, is_present, is_present && entry.is_pinned});
            at.push_back(i);
        }
        const auto chosen = select_entries(candidates, places_.count, policy_.hysteresis);
        for (std::size_t i = 0; i < chosen.size(); ++i) wishes_[at[i]].is_chosen = chosen[i];
    }

    void plan_additions() {
        for (std::size_t i = 0; i < wishes_.size(); ++i) {
            if (wishes_[i].standing != Standing::newcomer || !wishes_[i].is_chosen) continue;
            plan_.additions.push_back({std::string(desired_[i].text), new_side_});
        }
        plan_.counts.to_add = plan_.additions.size();
    }

    /// The wishes are in selection order; the additions are sorted by now.
    void order_by_importance() {
        plan_.by_importance.reserve(plan_.additions.size());
        for (std::size_t i = 0; i < wishes_.size(); ++i) {
            if (wishes_[i].standing != Standing::newcomer || !wishes_[i].is_chosen) continue;
            const auto at = std::lower_bound(plan_.additions.begin(), plan_.additions.end(), desired_[i].text,
                                             [](const PlannedEntry& entry, std::string_view text) { return entry.text < text; });
            plan_.by_importance.push_back(static_cast<std::uint32_t>(at - plan_.additions.begin()));
        }
    }

    void plan_removals() {
        goes_.assign(holdings_.size(), false);
        for (std::size_t i = 0; i < holdings_.size(); ++i) {
            goes_[i] = holdings_[i].is_ours && !is_chosen(holdings_[i].canonical);
            if (!goes_[i]) continue;
            plan_removal(holdings_[i], plan_);
            ++plan_.counts.to_remove;
        }
    }

    void count_and_tell() {
        ListCounts& counts = plan_.counts;
        counts.fetched = desired_.fetched();
        counts.reasons = desired_.counts();
        counts.accepted = desired_.size();
        for (std::size_t i = 0; i < wishes_.size(); ++i) {
            const Wish& wish = wishes_[i];
            switch (wish.standing) {
                case Standing::foreign: ++counts.on_gateway; break;
                case Standing::excepted:
                    ++counts.excepted;
                    tell(i, Reason::excepted, wish.because->because);
                    break;
                case Standing::quarantined:
                    ++counts.quarantined;
                    tell(i, Reason::quarantined, wish.because->because);
                    break;
                case Standing::reserved:
                    ++counts.quarantined;
                    tell(i, Reason::quarantined, "reserved: keeps the list from being empty");
                    break;
                case Standing::newcomer:
                case Standing::ours:
                    if (!wish.is_chosen) {
                        ++counts.over_capacity;
                        tell(i, Reason::over_capacity, places_.because);
                    } else {
                        ++(wish.standing == Standing::ours ? counts.on_gateway : counts.pending);
                    }
                    break;
            }
        }
    }

    void tell(std::size_t rank, Reason reason, std::string_view detail) {
        const DesiredEntry entry = desired_[rank];
        sink_.take(entry.raw, reason, desired_.feed_name(entry.feed), detail);
    }

    [[nodiscard]] Wish* wish_of(std::string_view text) {
        const auto found = ranks_.find(text);
        return found == ranks_.end() ? nullptr : &wishes_[found->second];
    }

    [[nodiscard]] bool is_chosen(std::string_view text) {
        const Wish* const wish = wish_of(text);
        return wish != nullptr && wish->is_chosen;
    }

    const DesiredSet& desired_;
    const ListState& state_;
    const ListLedger& ledger_;
    const ListPolicy& policy_;
    Room& room_;
    RejectSink& sink_;
    Side new_side_;
    std::vector<Holding> holdings_;
    Sighting sighting_;
    ListPlan plan_;
    TextIndex ranks_;           // accepted entries: text -> rank
    std::vector<Wish> wishes_;  // by rank
    Places places_;
    std::vector<bool> goes_;    // parallel to holdings_
};

/// A list that contributes nothing new: what is there stays, and only the reading is noted.
ListPlan plan_frozen(ListPlan plan, const ListState& state, const ListLedger& ledger, const ListPolicy& policy,
                     Time now) {
    const auto holdings = holdings_of(state, ledger, policy.placeholder);
    const Sighting sighting{state, ledger, holdings, policy, now};
    note_absences(sighting, {}, plan);
    note_marks(sighting, {}, plan);
    count_present(holdings, plan.counts);
    for (const PresentEntry& entry : state.entries) {
        if (plan.keeps.empty() || plan.keeps.back() != entry.canonical) plan.keeps.push_back(entry.canonical);
    }
    seal_plan(plan);
    return plan;
}

}  // namespace

ListPlan plan_list(const std::string& list, TargetKind target, const DesiredSet* desired,
                   const ListState& state, const ListLedger& ledger, const ListPolicy& policy, Room& room,
                   Time now, RejectSink& sink) {
    ListPlan plan = blank_plan(list, target, policy);
    if (desired == nullptr) return plan_frozen(std::move(plan), state, ledger, policy, now);
    return Planner(*desired, state, ledger, policy, room, now, sink, std::move(plan)).make();
}

}  // namespace cordon::core
