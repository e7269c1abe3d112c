#include "core/pool.hpp"

#include <algorithm>
#include <numeric>

#include "core/text_index.hpp"

namespace cordon::core {
namespace {

/// What counts as one: a claim, or all claims of one text.
struct Unit {
    std::uint32_t first = 0;  // the claim that stands for it
    bool is_present = false;
    bool is_pinned = false;
    bool waits = true;  // all its claims do
    bool is_free = false;
    bool is_chosen = false;
};

bool has(std::span<const std::string_view> sorted, std::string_view text) {
    return std::binary_search(sorted.begin(), sorted.end(), text);
}

class PoolSelector {
public:
    PoolSelector(std::span<const PoolClaim> claims, const Pool& pool)
        : claims_(claims), pool_(pool), unit_of_(claims.size()) {}

    PoolSelection select() {
        order_claims();
        make_units();
        choose();
        PoolSelection selection;
        selection.chosen.resize(claims_.size());
        selection.costs_nothing.resize(claims_.size());
        for (std::size_t i = 0; i < claims_.size(); ++i) {
            const Unit& unit = units_[unit_of_[i]];
            selection.chosen[i] = unit.is_chosen;
            selection.costs_nothing[i] = unit.is_chosen && (unit.is_free || unit.first != i);
        }
        return selection;
    }

private:
    [[nodiscard]] bool comes_before(std::uint32_t a, std::uint32_t b) const {
        const PoolClaim& x = claims_[a];
        const PoolClaim& y = claims_[b];
        if (x.is_reserved != y.is_reserved) return x.is_reserved;
        if (x.priority != y.priority) return x.priority > y.priority;
        if (ranks_before(x.rank, y.rank)) return true;
        return !ranks_before(y.rank, x.rank) && a < b;
    }

    void order_claims() {
        order_.resize(claims_.size());
        std::iota(order_.begin(), order_.end(), 0U);
        std::sort(order_.begin(), order_.end(),
                  [this](std::uint32_t a, std::uint32_t b) { return comes_before(a, b); });
    }

    /// In the claims' order, so that the best claim of a text decides where its unit stands.
    void make_units() {
        TextIndex known;
        units_.reserve(claims_.size());
        for (const std::uint32_t i : order_) {
            const PoolClaim& claim = claims_[i];
            auto number = static_cast<std::uint32_t>(units_.size());
            const bool is_new = !pool_.counts_once || known.try_emplace(claim.rank.text, number).second;
            if (is_new) {
                Unit unit;
                unit.first = i;
                unit.is_free = pool_.counts_once && has(pool_.foreign, claim.rank.text);
                unit.is_present = pool_.counts_once && has(pool_.ours, claim.rank.text);
                units_.push_back(unit);
            } else {
                number = known.find(claim.rank.text)->second;
            }
            Unit& unit = units_[number];
            unit.is_present = unit.is_present || claim.is_present;
            unit.is_pinned = unit.is_pinned || claim.is_pinned;
            unit.waits = unit.waits && claim.waits;
            unit_of_[i] = number;
        }
    }

    [[nodiscard]] const Rank& rank_of(const Unit& unit) const { return claims_[unit.first].rank; }

    [[nodiscard]] bool takes_place_of(const Unit& newcomer, const Unit& present) const {
        return pool_.hysteresis ? displaces(rank_of(newcomer), rank_of(present))
                                : ranks_before(rank_of(newcomer), rank_of(present));
    }

    void choose() {
        std::size_t present = 0;
        std::vector<std::uint32_t> kept;  // present ones that may have to go, the last one first to go
        for (std::uint32_t i = 0; i < units_.size(); ++i) {
            Unit& unit = units_[i];
            unit.is_chosen = unit.is_free || unit.is_present;
            if (unit.is_free || !unit.is_present) continue;
            ++present;
            if (!unit.is_pinned) kept.push_back(i);
        }
        // What is ours there and nobody claims any more makes room as it goes.
        std::size_t room = pool_.room + (pool_.ours.size() - std::min(present, pool_.ours.size()));
        for (Unit& unit : units_) {
            if (unit.is_chosen) continue;
            if (room > 0) {
                --room;
                unit.is_chosen = true;
            } else if (!unit.waits && !kept.empty() && takes_place_of(unit, units_[kept.back()])) {
                units_[kept.back()].is_chosen = false;
                kept.pop_back();
                unit.is_chosen = true;
            }
        }
    }

    std::span<const PoolClaim> claims_;
    const Pool& pool_;
    std::vector<std::uint32_t> order_;
    std::vector<Unit> units_;
    std::vector<std::uint32_t> unit_of_;
};

}  // namespace

PoolSelection select_from_pool(std::span<const PoolClaim> claims, const Pool& pool) {
    return PoolSelector(claims, pool).select();
}

}  // namespace cordon::core
