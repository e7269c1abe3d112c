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

    /// The claims come list by list, each in selection order: runs that need only be merged.
    void order_claims() {
        order_.resize(claims_.size());
        std::iota(order_.begin(), order_.end(), 0U);
        const auto before = [this](std::uint32_t a, std::uint32_t b) { return comes_before(a, b); };
        std::vector<std::size_t> ends{0};
        while (ends.back() < order_.size()) {
            const auto run = order_.begin() + static_cast<std::ptrdiff_t>(ends.back());
            ends.push_back(static_cast<std::size_t>(std::is_sorted_until(run, order_.end(), before) - order_.begin()));
        }
        std::vector<std::uint32_t> merged(order_.size());
        while (ends.size() > 2) {
            std::vector<std::size_t> longer{0};
            for (std::size_t i = 0; i + 1 < ends.size(); i += 2) {
                const auto end = ends[std::min(i + 2, ends.size() - 1)];
                std::merge(order_.data() + ends[i], order_.data() + ends[i + 1], order_.data() + ends[i + 1],
                           order_.data() + end, merged.data() + ends[i], before);
                longer.push_back(end);
            }
            order_.swap(merged);
            ends = std::move(longer);
        }
    }

    /// What is there, by text.
    struct There {
        std::uint32_t unit = k_no_unit;
        bool is_foreign = false;
        bool is_ours = false;
    };

    [[nodiscard]] There& there_of(std::string_view text) {
        const auto [found, is_new] = index_.try_emplace(text, static_cast<std::uint32_t>(there_.size()));
        if (is_new) there_.emplace_back();
        return there_[found->second];
    }

    /// In the claims' order, so that the best claim of a text decides where its unit stands.
    void make_units() {
        units_.reserve(claims_.size());
        if (pool_.counts_once) {
            const auto most = claims_.size() + pool_.ours.size() + pool_.foreign.size();
            index_.reserve(most);
            there_.reserve(most);
            for (const auto text : pool_.foreign) there_of(text).is_foreign = true;
            for (const auto text : pool_.ours) there_of(text).is_ours = true;
        }
        for (const std::uint32_t i : order_) {
            const PoolClaim& claim = claims_[i];
            There alone;
            There& there = pool_.counts_once ? there_of(claim.rank.text) : alone;
            if (there.unit == k_no_unit) {
                there.unit = static_cast<std::uint32_t>(units_.size());
                Unit unit;
                unit.first = i;
                unit.is_free = there.is_foreign;
                unit.is_present = there.is_ours;
                units_.push_back(unit);
            }
            Unit& unit = units_[there.unit];
            unit.is_present = unit.is_present || claim.is_present;
            unit.is_pinned = unit.is_pinned || claim.is_pinned;
            unit.waits = unit.waits && claim.waits;
            unit_of_[i] = there.unit;
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
            if (!unit.is_pinned && !claims_[unit.first].is_reserved) kept.push_back(i);
        }
        // What is ours there and nobody claims any more makes room as it goes.
        std::size_t room = pool_.room + (pool_.ours.size() - std::min(present, pool_.ours.size()));
        for (Unit& unit : units_) {
            if (unit.is_chosen) continue;
            const bool is_reserved = claims_[unit.first].is_reserved;
            if (room > (is_reserved ? 0 : pool_.kept_back)) {
                --room;
                unit.is_chosen = true;
            } else if (!unit.waits && !kept.empty() && takes_place_of(unit, units_[kept.back()])) {
                units_[kept.back()].is_chosen = false;
                kept.pop_back();
                unit.is_chosen = true;
            }
        }
    }

    static constexpr std::uint32_t k_no_unit = UINT32_MAX;
    std::span<const PoolClaim> claims_;
    const Pool& pool_;
    TextIndex index_;  // into there_
    std::vector<There> there_;
    std::vector<std::uint32_t> order_;
    std::vector<Unit> units_;
    std::vector<std::uint32_t> unit_of_;
};

}  // namespace

PoolSelection select_from_pool(std::span<const PoolClaim> claims, const Pool& pool) {
    return PoolSelector(claims, pool).select();
}

}  // namespace cordon::core
