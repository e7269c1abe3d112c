#include "core/pool.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "core/select.hpp"

namespace cordon::core {
namespace {

/// An entry on its way into the order. Most comparisons end at the two numbers.
struct Sorted {
    std::uint64_t standing = 0;   // of its list's priority, its risk and its day, the best first
    std::uint64_t beginning = 0;  // of its text
    std::uint32_t list = 0;
    std::uint32_t at = 0;
};

/// The first eight bytes, so that numbers compare as the texts do.
std::uint64_t beginning_of(std::string_view text) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < sizeof number; ++i) {
        number = number << 8U | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0U);
    }
    return number;
}

/// `place_of_priority`: 0 for the lists that are served first.
std::uint64_t standing_of(std::uint64_t place_of_priority, const DesiredEntry& entry) {
    constexpr std::uint64_t k_most_risk = 255;
    const auto day = static_cast<std::uint32_t>(entry.last_seen.time_since_epoch().count()) ^ 0x8000'0000U;
    return place_of_priority << 40U | (k_most_risk - static_cast<std::uint64_t>(entry.risk)) << 32U | ~day;
}

/// Merges neighbours until one run is left. `ends`: where the runs end; equal ones keep the order of their runs.
template <class Before>
void merge_runs(std::vector<Sorted>& entries, std::vector<std::size_t> ends, const Before& before) {
    std::vector<Sorted> merged(entries.size());
    ends.insert(ends.begin(), 0);
    while (ends.size() > 2) {
        std::vector<std::size_t> longer{0};
        for (std::size_t i = 0; i + 1 < ends.size(); i += 2) {
            const auto end = ends[std::min(i + 2, ends.size() - 1)];
            std::merge(entries.data() + ends[i], entries.data() + ends[i + 1], entries.data() + ends[i + 1],
                       entries.data() + end, merged.data() + ends[i], before);
            longer.push_back(end);
        }
        entries.swap(merged);
        ends = std::move(longer);
    }
}

/// What counts as one: a claim, or all claims of one text.
struct Unit {
    std::uint32_t first = 0;  // of the turns: the claim that stands for it
    bool is_reserved : 1 = false;
    bool is_present : 1 = false;
    bool is_pinned : 1 = false;
    bool waits : 1 = true;  // all its claims do
    bool is_free : 1 = false;
    bool is_chosen : 1 = false;
};

class PoolSelector {
public:
    PoolSelector(const Pool& pool, std::span<PoolList> lists)
        : pool_(pool),
          lists_(lists),
          unit_of_(pool.places.empty() ? pool.turns.size() : pool.places.size(), k_no_unit) {}

    void select() {
        make_units();
        choose();
        for (std::uint32_t i = 0; i < pool_.turns.size(); ++i) {
            PoolClaim* const claim = claim_of(pool_.turns[i]);
            if (claim == nullptr) continue;
            const Unit& unit = units_[unit_of_[pool_.turns[i].number]];
            claim->is_chosen = unit.is_chosen;
            claim->costs_nothing = unit.is_chosen && (unit.is_free || unit.first != i);
        }
    }

private:
    /// Null where it asks nothing.
    [[nodiscard]] PoolClaim* claim_of(const PoolTurn& turn) const {
        auto& claims = lists_[turn.list].claims;
        return claims.empty() || !claims[turn.at].is_made ? nullptr : &claims[turn.at];
    }
    [[nodiscard]] bool is_reserved(const PoolTurn& turn) const { return turn.at < lists_[turn.list].reserved_until; }

    /// In the order in which they are served, so that the best claim of a text decides where its unit stands.
    void make_units() {
        units_.reserve(pool_.turns.size());
        for (const bool reserved_ones : {true, false}) {
            for (std::uint32_t i = 0; i < pool_.turns.size(); ++i) {
                if (is_reserved(pool_.turns[i]) != reserved_ones) continue;
                if (const PoolClaim* const claim = claim_of(pool_.turns[i])) add(i, *claim);
            }
        }
    }

    void add(std::uint32_t turn, const PoolClaim& claim) {
        const auto text = pool_.turns[turn].number;
        auto& number = unit_of_[text];
        if (number == k_no_unit) {
            number = static_cast<std::uint32_t>(units_.size());
            Unit unit;
            unit.first = turn;
            unit.is_reserved = is_reserved(pool_.turns[turn]);
            unit.is_free = !pool_.places.empty() && pool_.places[text].is_foreign;
            unit.is_present = claim.is_present || (!pool_.places.empty() && pool_.places[text].is_ours);
            unit.is_pinned = claim.is_pinned;
            unit.waits = claim.waits;
            units_.push_back(unit);
            return;
        }
        Unit& unit = units_[number];
        unit.is_present = unit.is_present || claim.is_present;
        unit.is_pinned = unit.is_pinned || claim.is_pinned;
        unit.waits = unit.waits && claim.waits;
    }

    [[nodiscard]] Rank rank_of(const Unit& unit) const {
        const PoolTurn& turn = pool_.turns[unit.first];
        const DesiredEntry entry = (*pool_.contenders[turn.list].desired)[turn.at];
        return {entry.risk, entry.last_seen, entry.text};
    }

    [[nodiscard]] bool takes_place_of(const Unit& newcomer, const Rank& present) const {
        return pool_.hysteresis ? displaces(rank_of(newcomer), present) : ranks_before(rank_of(newcomer), present);
    }

    void choose() {
        std::size_t present = 0;
        std::vector<std::uint32_t> kept;  // present ones that may have to go, the last one first to go
        for (std::uint32_t i = 0; i < units_.size(); ++i) {
            Unit& unit = units_[i];
            unit.is_chosen = unit.is_free || unit.is_present;
            if (unit.is_free || !unit.is_present) continue;
            ++present;
            if (!unit.is_pinned && !unit.is_reserved) kept.push_back(i);
        }
        // What is ours there and nobody claims any more makes room as it goes.
        std::size_t room = pool_.room + (pool_.ours - std::min(present, pool_.ours));
        Rank last = kept.empty() ? Rank{} : rank_of(units_[kept.back()]);
        for (Unit& unit : units_) {
            if (unit.is_chosen) continue;
            if (room > (unit.is_reserved ? 0 : pool_.kept_back)) {
                --room;
                unit.is_chosen = true;
            } else if (!unit.waits && !kept.empty() && takes_place_of(unit, last)) {
                units_[kept.back()].is_chosen = false;
                kept.pop_back();
                if (!kept.empty()) last = rank_of(units_[kept.back()]);
                unit.is_chosen = true;
            }
        }
    }

    static constexpr std::uint32_t k_no_unit = UINT32_MAX;
    const Pool& pool_;
    std::span<PoolList> lists_;
    std::vector<std::uint32_t> unit_of_;  // by number
    std::vector<Unit> units_;
};

}  // namespace

std::vector<PoolTurn> turns_of(std::span<const Contender> contenders, std::span<const std::uint32_t> lists,
                               TextNumbers* numbers) {
    std::vector<std::size_t> priorities;
    std::size_t size = 0;
    for (const std::uint32_t list : lists) {
        priorities.push_back(contenders[list].priority);
        size += contenders[list].desired->size();
    }
    std::sort(priorities.begin(), priorities.end(), std::greater<>());
    priorities.erase(std::unique(priorities.begin(), priorities.end()), priorities.end());

    std::vector<Sorted> entries;
    entries.reserve(size);
    std::vector<std::size_t> ends;
    for (const std::uint32_t list : lists) {
        const Contender& contender = contenders[list];
        const auto place = std::find(priorities.begin(), priorities.end(), contender.priority) - priorities.begin();
        for (std::uint32_t at = 0; at < contender.desired->size(); ++at) {
            const DesiredEntry entry = (*contender.desired)[at];
            entries.push_back(
                {standing_of(static_cast<std::uint64_t>(place), entry), beginning_of(entry.text), list, at});
        }
        ends.push_back(entries.size());
    }
    const auto text_of = [&](const Sorted& entry) { return (*contenders[entry.list].desired)[entry.at].text; };
    merge_runs(entries, ends, [&](const Sorted& a, const Sorted& b) {
        if (a.standing != b.standing) return a.standing < b.standing;
        if (a.beginning != b.beginning) return a.beginning < b.beginning;
        return text_of(a) < text_of(b);
    });
    std::vector<PoolTurn> turns;
    turns.reserve(entries.size());
    for (const Sorted& entry : entries) {
        const auto number =
            numbers == nullptr ? static_cast<std::uint32_t>(turns.size()) : numbers->of(entry.list)[entry.at];
        turns.push_back({entry.list, entry.at, number});
    }
    return turns;
}

void select_from_pool(const Pool& pool, std::span<PoolList> lists) {
    PoolSelector(pool, lists).select();
}

}  // namespace cordon::core
