#include "core/plan.hpp"

#include <algorithm>
#include <unordered_set>

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
    newcomer,  ///< not there; wants a place
    awaiting,  ///< a newcomer whose look-up has no answer yet: holds a place, is not added
    known,     ///< a newcomer that the gateway flags already
    ours,      ///< there and ours; wants to stay
    foreign,   ///< there, also or only somebody else's: satisfied, and stays theirs
    excepted,
    quarantined,
    reserved,  ///< it is the placeholder itself
};

struct Wish {
    Standing standing = Standing::newcomer;
    bool is_chosen = false;
    std::string_view because{};  ///< where excepted, quarantined or known
    Side side = Side::plain;     ///< of a newcomer
};

/// Makes the plan of one list, step by step. `desired` is never null here.
class Planner {
public:
    Planner(const DesiredSet& desired, const ListState& state, const ListLedger& ledger, const ListPolicy& policy,
            Room& room, Time now, const Classifications& answers, RejectSink& sink, ListPlan plan)
        : desired_(desired),
          state_(state),
          ledger_(ledger),
          policy_(policy),
          room_(room),
          answers_(answers),
          sink_(sink),
          new_side_(has_sides(plan.target) ? policy.new_entries : Side::plain),
          holdings_(holdings_of(state, ledger, policy.placeholder)),
          sighting_{state, ledger, holdings_, policy, now},
          plan_(std::move(plan)) {
        wishes_.resize(desired.size());
        ranks_.reserve(desired.size());
        for (std::uint32_t i = 0; i < desired.size(); ++i) ranks_.emplace(desired[i].text, i);
    }

    ListPlan make() {
        weigh();
        choose(Waiting::spares_present);
        plan_additions();
        plan_removals();
        note_marks(
            sighting_, [this](std::string_view text) { return is_chosen(text); }, plan_);
        count_and_tell();
        plan_.creates = !state_.exists && !plan_.additions.empty();
        plan_.removals_first = must_remove_first(plan_, occupancy_of(holdings_), policy_, room_);
        finish_plan(holdings_, goes_, state_, new_side_, plan_);
        order_by_importance();
        take_room(plan_, room_);
        return std::move(plan_);
    }

    /// What has to be looked up: of those chosen as if every answer were good.
    LookupNeed needs(std::size_t per_call) {
        weigh();
        choose(Waiting::displaces_present);
        LookupNeed need;
        std::unordered_set<std::string> taken;
        const auto take = [&](bool is_chosen, std::vector<std::string>& into, std::size_t most) {
            for (std::size_t i = 0; i < wishes_.size() && into.size() < most; ++i) {
                if (wishes_[i].standing != Standing::awaiting || wishes_[i].is_chosen != is_chosen) continue;
                auto value = lookup_value(desired_[i].text);
                if (taken.insert(value).second) into.push_back(std::move(value));
            }
        };
        take(true, need.needed, SIZE_MAX);
        const auto in_last_call = need.needed.size() % std::max<std::size_t>(per_call, 1);
        if (in_last_call != 0) take(false, need.ahead, per_call - in_last_call);
        return need;
    }

private:
    /// What newcomers that wait for their look-up do in the selection.
    enum class Waiting : std::uint8_t { displaces_present, spares_present };

    /// Everything that stands before the selection.
    void weigh() {
        decide_ownership();
        note_absences(
            sighting_, [this](std::string_view text) { return ranks_.contains(text); }, plan_);
        place_wishes();
        if (plan_.lookup.is_on()) take_answers();
    }

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
        for (Wish& wish : wishes_) wish.side = new_side_;
    }

    /// What we put there before and is gone (drift, a write that was lost) was let through then: back it goes,
    /// unasked.
    void take_answers() {
        for (std::size_t i = 0; i < wishes_.size(); ++i) {
            Wish& wish = wishes_[i];
            if (wish.standing != Standing::newcomer) continue;
            const auto text = desired_[i].text;
            const LedgerEntry* const before = find_ours(ledger_, text);
            if (before != nullptr && before->mark != LedgerMark::leaving) {
                if (plan_.lookup.classifies) wish.side = before->side;
                continue;
            }
            const auto found = answers_.find(lookup_value(text));
            const Classification* const answer = found == answers_.end() ? nullptr : &found->second;
            const auto decision = decide(plan_.lookup, answer, new_side_);
            wish.side = decision.side;
            if (decision.fate == LookupDecision::Fate::wait) wish.standing = Standing::awaiting;
            if (decision.fate == LookupDecision::Fate::leave_out) {
                wish.standing = Standing::known;
                wish.because = answer->alerts;
            }
        }
    }

    /// `lapsed` is in the order of `exclusions`.
    void exclude(const std::vector<Exclusion>& exclusions, const std::vector<std::string>& lapsed, Standing standing) {
        auto over = lapsed.begin();
        for (const Exclusion& exclusion : exclusions) {
            if (over != lapsed.end() && *over == exclusion.canonical) {
                ++over;
            } else if (Wish* const wish = wish_of(exclusion.canonical)) {
                *wish = {standing, false, exclusion.because};
            }
        }
    }

    void choose(Waiting waiting) {
        places_ = places_for(plan_.target, state_.exists, occupancy_of(holdings_), policy_, room_);
        std::vector<Candidate> candidates;
        std::vector<std::uint32_t> at;
        std::vector<bool> waits;
        for (std::uint32_t i = 0; i < wishes_.size(); ++i) {
            const Standing standing = wishes_[i].standing;
            const bool is_awaiting = standing == Standing::awaiting;
            if (standing != Standing::newcomer && standing != Standing::ours && !is_awaiting) continue;
            const DesiredEntry entry = desired_[i];
            const bool is_present = standing == Standing::ours;
            candidates.push_back(
                {{entry.risk, entry.last_seen, entry.text}, is_present, is_present && entry.is_pinned});
            at.push_back(i);
            waits.push_back(is_awaiting);
        }
        auto chosen = select_entries(candidates, places_.count, policy_.hysteresis);
        for (std::size_t i = 0; i < chosen.size(); ++i) wishes_[at[i]].is_chosen = chosen[i];
        if (waiting == Waiting::displaces_present) return;
        spare_present(candidates, waits, chosen);
        for (std::size_t i = 0; i < chosen.size(); ++i) {
            if (!waits[i]) wishes_[at[i]].is_chosen = chosen[i];
        }
    }

    void plan_additions() {
        for (std::size_t i = 0; i < wishes_.size(); ++i) {
            if (wishes_[i].standing != Standing::newcomer || !wishes_[i].is_chosen) continue;
            plan_.additions.push_back({std::string(desired_[i].text), wishes_[i].side});
        }
        plan_.counts.to_add = plan_.additions.size();
    }

    /// The wishes are in selection order; the additions are sorted by now.
    void order_by_importance() {
        plan_.by_importance.reserve(plan_.additions.size());
        for (std::size_t i = 0; i < wishes_.size(); ++i) {
            if (wishes_[i].standing != Standing::newcomer || !wishes_[i].is_chosen) continue;
            const auto at =
                std::lower_bound(plan_.additions.begin(), plan_.additions.end(), desired_[i].text,
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
                    tell(i, Reason::excepted, wish.because);
                    break;
                case Standing::quarantined:
                    ++counts.quarantined;
                    tell(i, Reason::quarantined, wish.because);
                    break;
                case Standing::reserved:
                    ++counts.quarantined;
                    tell(i, Reason::quarantined, "reserved: keeps the list from being empty");
                    break;
                case Standing::known:
                    ++counts.known_to_gateway;
                    tell(i, Reason::known_to_gateway, wish.because);
                    break;
                case Standing::awaiting:
                case Standing::newcomer:
                case Standing::ours:
                    if (!wish.is_chosen) {
                        ++counts.over_capacity;
                        tell(i, Reason::over_capacity, places_.because);
                    } else if (wish.standing == Standing::awaiting) {
                        ++counts.awaiting_lookup;
                        tell(i, Reason::awaiting_lookup, {});
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
        return wish != nullptr && wish->is_chosen && wish->standing != Standing::awaiting;
    }

    const DesiredSet& desired_;
    const ListState& state_;
    const ListLedger& ledger_;
    const ListPolicy& policy_;
    Room& room_;
    const Classifications& answers_;
    RejectSink& sink_;
    Side new_side_;
    std::vector<Holding> holdings_;
    Sighting sighting_;
    ListPlan plan_;
    TextIndex ranks_;           // accepted entries: text -> rank
    std::vector<Wish> wishes_;  // by rank
    Places places_;
    std::vector<bool> goes_;  // parallel to holdings_
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

ListPlan plan_list(const std::string& list, TargetKind target, const DesiredSet* desired, const ListState& state,
                   const ListLedger& ledger, const ListPolicy& policy, Room& room, Time now, RejectSink& sink,
                   const Classifications& answers) {
    ListPlan plan = blank_plan(list, target, policy);
    if (desired == nullptr) return plan_frozen(std::move(plan), state, ledger, policy, now);
    return Planner(*desired, state, ledger, policy, room, now, answers, sink, std::move(plan)).make();
}

LookupNeed lookups_needed(const std::string& list, TargetKind target, const DesiredSet& desired, const ListState& state,
                          const ListLedger& ledger, const ListPolicy& policy, const Room& room, Time now,
                          const Classifications& answers, std::size_t per_call) {
    ListPlan plan = blank_plan(list, target, policy);
    if (!plan.lookup.is_on()) return {};
    Room left = room;
    NoRejectSink nobody;
    return Planner(desired, state, ledger, policy, left, now, answers, nobody, std::move(plan)).needs(per_call);
}

}  // namespace cordon::core
