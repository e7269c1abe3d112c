#include "core/plan.hpp"

#include <algorithm>
#include <span>
#include <unordered_set>

#include "core/holdings.hpp"
#include "core/lookup.hpp"
#include "core/marks.hpp"
#include "core/places.hpp"
#include "core/plan_frozen.hpp"
#include "core/plan_parts.hpp"
#include "core/select.hpp"
#include "core/standing.hpp"

namespace cordon::core {
namespace {

struct Wish {
    Standing standing = Standing::newcomer;
    bool is_chosen = false;
    std::string_view because{};  ///< where excepted, quarantined or known
    Side side = Side::plain;     ///< of a newcomer
};

/// The entries that want a place, in selection order.
struct Wanting {
    std::vector<Candidate> candidates;
    std::vector<std::uint32_t> at;  ///< parallel: rank
    std::vector<bool> waits;        ///< parallel: for a look-up
};

Wanting candidates_of(const DesiredSet& desired, const std::vector<Standing>& standings) {
    Wanting wanting;
    wanting.candidates.reserve(standings.size());
    wanting.at.reserve(standings.size());
    for (std::uint32_t i = 0; i < standings.size(); ++i) {
        if (!wants_place(standings[i])) continue;
        const DesiredEntry entry = desired[i];
        const bool is_there = standings[i] == Standing::ours;
        wanting.candidates.push_back(
            {{entry.risk, entry.last_seen, entry.text}, is_there, is_there && entry.is_pinned});
        wanting.at.push_back(i);
        wanting.waits.push_back(standings[i] == Standing::awaiting);
    }
    return wanting;
}

void name_holdings(std::span<const Holding> holdings, Weighed& weighed) {
    for (const Holding& holding : holdings) {
        (holding.has_foreign_spelling() ? weighed.foreign : weighed.ours).push_back(holding.canonical);
    }
}

/// Makes the plan of one list, step by step. `desired` is never null here.
class Planner {
public:
    Planner(const DesiredSet& desired, const ListState& state, const ListLedger& ledger, const ListPolicy& policy,
            Room& room, Time now, const Classifications& answers, RejectSink& sink, ListPlan plan,
            const Admissions* admissions = nullptr)
        : desired_(desired),
          state_(state),
          ledger_(ledger),
          policy_(policy),
          room_(room),
          answers_(answers),
          sink_(sink),
          admissions_(admissions),
          new_side_(has_sides(plan.target) ? policy.new_entries : Side::plain),
          compared_(compare_holdings(state, ledger, policy.placeholder)),
          holdings_(compared_.there),
          sighting_{state, ledger, compared_, policy, now},
          plan_(std::move(plan)) {
        wishes_.resize(desired.size());
        find_held_wishes();
    }

    ListPlan make() {
        weigh();
        if (admissions_ == nullptr) {
            choose();
        } else {
            admit();
        }
        plan_additions();
        plan_removals();
        note_marks(
            sighting_, [this](std::string_view text) { return is_chosen(wish_of(text)); }, plan_);
        count_and_tell();
        plan_.creates = !state_.exists && !plan_.additions.empty();
        plan_.removals_first = must_remove_first(plan_, occupancy_of(holdings_), policy_, room_);
        finish_plan(holdings_, goes_, state_, new_side_, plan_);
        order_by_importance();
        take_room(plan_, room_);
        return std::move(plan_);
    }

    Weighed weighed() {
        weigh();
        Weighed result;
        result.standings.reserve(wishes_.size());
        for (const Wish& wish : wishes_) result.standings.push_back(wish.standing);
        result.taken = occupancy_of(holdings_);
        name_holdings(holdings_, result);
        return result;
    }

private:
    /// Both are in the order of their texts: one walk.
    void find_held_wishes() {
        const auto by_text = desired_.by_text();
        held_wishes_.assign(holdings_.size(), nullptr);
        std::size_t next = 0;
        for (std::size_t i = 0; i < holdings_.size(); ++i) {
            prefetch_text(holdings_, i);
            for (; next < by_text.size(); ++next) {
                const int compared = desired_.text(by_text[next]).compare(holdings_[i].canonical);
                if (compared == 0) held_wishes_[i] = &wishes_[by_text[next]];
                if (compared >= 0) break;
            }
        }
    }

    /// Everything that stands before the selection.
    void weigh() {
        decide_ownership();
        note_absences(
            sighting_, [this](std::string_view text) { return wish_of(text) != nullptr; }, plan_);
        place_wishes();
        if (plan_.lookup.is_on()) take_answers();
    }

    /// Once, when the list is first seen (design rule 3).
    void decide_ownership() {
        if (ledger_.is_known || policy_.adopt == AdoptRule::none) return;
        for (std::size_t i = 0; i < holdings_.size(); ++i) {
            Holding& holding = holdings_[i];
            if (!holding.has_foreign_spelling()) continue;
            if (policy_.adopt == AdoptRule::matching && held_wishes_[i] == nullptr) continue;
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
        for (std::size_t i = 0; i < holdings_.size(); ++i) {
            if (held_wishes_[i] == nullptr) continue;
            // What is ours beside a foreign spelling of it takes no place of its own, so it may stay.
            *held_wishes_[i] =
                holdings_[i].has_foreign_spelling() ? Wish{Standing::foreign, true} : Wish{Standing::ours};
        }
        if (Wish* const wish = wish_of(policy_.placeholder)) *wish = {Standing::reserved};
        for (Wish& wish : wishes_) wish.side = new_side_;
    }

    /// What we put there before and is gone (drift, a write that was lost) was let through then: back it goes,
    /// unasked.
    void take_answers() {
        for (std::size_t i = 0; i < wishes_.size(); ++i) {
            Wish& wish = wishes_[i];
            if (wish.standing != Standing::newcomer || !can_be_looked_up(desired_[i].kind)) continue;
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

    void choose() {
        places_ = places_for(plan_.target, state_.exists, occupancy_of(holdings_), policy_, room_);
        std::vector<Standing> standings;
        for (const Wish& wish : wishes_) standings.push_back(wish.standing);
        const auto wanting = candidates_of(desired_, standings);
        const auto chosen = select_entries(wanting.candidates, places_.count, policy_.hysteresis);
        auto spared = chosen;
        spare_present(wanting.candidates, wanting.waits, spared);
        for (std::size_t i = 0; i < chosen.size(); ++i) {
            wishes_[wanting.at[i]].is_chosen = wanting.waits[i] ? chosen[i] : spared[i];
        }
    }

    /// The places were divided over all lists.
    void admit() {
        for (std::size_t i = 0; i < wishes_.size(); ++i) {
            Wish& wish = wishes_[i];
            const Admission verdict = admissions_->of[i];
            if (verdict == Admission::elsewhere && wish.standing != Standing::foreign) {
                wish = {Standing::elsewhere};
            } else if (verdict == Admission::covered && wish.standing != Standing::foreign) {
                wish = {Standing::covered, false, admissions_->covered_by.at(static_cast<std::uint32_t>(i))};
            } else if (wants_place(wish.standing)) {
                wish.is_chosen = verdict == Admission::admitted;
                if (verdict == Admission::over_cap) wish.because = admissions_->over_cap_because;
                if (verdict == Admission::no_room) wish.because = admissions_->no_room_because;
            }
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
            goes_[i] = holdings_[i].is_ours && !is_chosen(held_wishes_[i]);
            if (!goes_[i]) continue;
            plan_removal(holdings_[i], plan_);
            ++plan_.counts.to_remove;
        }
    }

    void count_and_tell() {
        ListCounts& counts = plan_.counts;
        const bool is_whole = admissions_ == nullptr || !admissions_->is_continuation;
        if (is_whole) counts.reasons = desired_.counts();
        for (const Wish& wish : wishes_) {
            const bool is_mine = is_whole || wish.standing != Standing::elsewhere;
            if (is_mine && wish.standing != Standing::covered) ++counts.accepted;
        }
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
                case Standing::elsewhere: counts.passed_on += is_whole ? 1 : 0; break;
                case Standing::covered:
                    counts.reasons.add(Reason::covered_by_list);
                    tell(i, Reason::covered_by_list, wish.because);
                    break;
                case Standing::awaiting:
                case Standing::newcomer:
                case Standing::ours:
                    if (!wish.is_chosen) {
                        ++counts.over_capacity;
                        tell(i, Reason::over_capacity, admissions_ == nullptr ? places_.because : wish.because);
                    } else if (wish.standing == Standing::awaiting) {
                        ++counts.awaiting_lookup;
                        tell(i, Reason::awaiting_lookup, {});
                    } else {
                        ++(wish.standing == Standing::ours ? counts.on_gateway : counts.pending);
                    }
                    break;
            }
        }
        counts.fetched = is_whole ? desired_.fetched() : counts.accepted + counts.reasons.of(ReasonClass::merged);
    }

    void tell(std::size_t rank, Reason reason, std::string_view detail) {
        sink_.take(desired_.indicator(rank).value, reason, desired_.feed_name(desired_[rank].feed), detail);
    }

    [[nodiscard]] Wish* wish_of(std::string_view text) {
        const auto by_text = desired_.by_text();
        const auto found = std::lower_bound(
            by_text.begin(), by_text.end(), text,
            [this](std::uint32_t rank, std::string_view wanted) { return desired_.text(rank) < wanted; });
        return found != by_text.end() && desired_.text(*found) == text ? &wishes_[*found] : nullptr;
    }

    [[nodiscard]] static bool is_chosen(const Wish* wish) noexcept {
        return wish != nullptr && wish->is_chosen && wish->standing != Standing::awaiting;
    }

    const DesiredSet& desired_;
    const ListState& state_;
    const ListLedger& ledger_;
    const ListPolicy& policy_;
    Room& room_;
    const Classifications& answers_;
    RejectSink& sink_;
    const Admissions* admissions_;
    Side new_side_;
    Holdings compared_;
    std::span<Holding> holdings_;
    Sighting sighting_;
    ListPlan plan_;
    std::vector<Wish> wishes_;        // by rank
    std::vector<Wish*> held_wishes_;  // parallel to holdings_; null where nobody wants it
    Places places_;
    std::vector<bool> goes_;  // parallel to holdings_
};

}  // namespace

ListPlan plan_list(const std::string& list, TargetKind target, const DesiredSet* desired, const ListState& state,
                   const ListLedger& ledger, const ListPolicy& policy, Room& room, Time now, RejectSink& sink,
                   const Classifications& answers) {
    if (desired == nullptr) return plan_frozen(list, target, state, ledger, policy, now);
    return Planner(*desired, state, ledger, policy, room, now, answers, sink, blank_plan(list, target, policy)).make();
}

ListPlan plan_list(const std::string& list, TargetKind target, const DesiredSet& desired, const ListState& state,
                   const ListLedger& ledger, const ListPolicy& policy, Room& room, Time now, RejectSink& sink,
                   const Classifications& answers, const Admissions& admissions) {
    return Planner(desired, state, ledger, policy, room, now, answers, sink, blank_plan(list, target, policy),
                   &admissions)
        .make();
}

Weighed weigh_list(TargetKind target, const DesiredSet* desired, const ListState& state, const ListLedger& ledger,
                   const ListPolicy& policy, Time now, const Classifications& answers) {
    NoRejectSink nobody;
    Room unlimited;
    if (desired != nullptr) {
        return Planner(*desired, state, ledger, policy, unlimited, now, answers, nobody,
                       blank_plan(state.name, target, policy))
            .weighed();
    }
    const auto holdings = holdings_of(state, ledger, policy.placeholder);
    Weighed result;
    result.taken = occupancy_of(holdings);
    name_holdings(holdings, result);
    return result;
}

Together stand_together(std::span<const Weighed* const> objects) {
    Together together;
    together.standings = objects.front()->standings;
    together.holder.assign(together.standings.size(), Together::k_nobody);
    const auto take = [&](const auto& is_it) {
        for (std::uint32_t object = 0; object < objects.size(); ++object) {
            const auto& standings = objects[object]->standings;
            for (std::size_t at = 0; at < standings.size(); ++at) {
                if (together.holder[at] != Together::k_nobody || !is_it(standings[at])) continue;
                together.holder[at] = object;
                together.standings[at] = standings[at];
            }
        }
    };
    take([](Standing standing) { return is_present(standing); });
    take([](Standing standing) { return !wants_place(standing); });
    return together;
}

LookupNeed lookups_needed(const DesiredSet& desired, const Weighed& weighed, std::size_t places, bool hysteresis,
                          std::size_t per_call) {
    // As if every answer were good: those who wait displace what is there.
    const auto wanting = candidates_of(desired, weighed.standings);
    const auto chosen = select_entries(wanting.candidates, places, hysteresis);
    LookupNeed need;
    std::unordered_set<std::string> taken;
    const auto take = [&](bool is_chosen, std::vector<std::string>& into, std::size_t most) {
        for (std::size_t i = 0; i < chosen.size() && into.size() < most; ++i) {
            if (!wanting.waits[i] || chosen[i] != is_chosen) continue;
            auto value = lookup_value(wanting.candidates[i].rank.text);
            if (taken.insert(value).second) into.push_back(std::move(value));
        }
    };
    take(true, need.needed, SIZE_MAX);
    const auto in_last_call = need.needed.size() % std::max<std::size_t>(per_call, 1);
    if (in_last_call != 0) take(false, need.ahead, per_call - in_last_call);
    return need;
}

LookupNeed lookups_needed(const std::string& list, TargetKind target, const DesiredSet& desired, const ListState& state,
                          const ListLedger& ledger, const ListPolicy& policy, const Room& room, Time now,
                          const Classifications& answers, std::size_t per_call) {
    if (!blank_plan(list, target, policy).lookup.is_on()) return {};
    const auto weighed = weigh_list(target, &desired, state, ledger, policy, now, answers);
    const auto places = places_for(target, state.exists, weighed.taken, policy, room);
    return lookups_needed(desired, weighed, places.count, policy.hysteresis, per_call);
}

}  // namespace cordon::core
