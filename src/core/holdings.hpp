#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/list_state.hpp"

namespace cordon::core {

/// One canonical entry that lies on a list, in all its spellings, and whose it is. Views live as long as
/// the ListState.
struct Holding {
    std::string_view canonical;
    std::span<const PresentEntry> spellings;  ///< never empty; ascending by side
    bool is_ours = false;
    bool is_ours_on_both = false;  ///< it lies on both sides, and all of it is ours
    Side side = Side::plain;       ///< where is_ours, but not on both: the other side's spellings are foreign

    [[nodiscard]] bool is_on(Side asked) const noexcept;
    [[nodiscard]] bool owns(const PresentEntry& spelling) const noexcept {
        return is_ours && (is_ours_on_both || spelling.side == side);
    }
    /// A spelling that is not ours would stay if ours were removed.
    [[nodiscard]] bool has_foreign_spelling() const noexcept {
        return !std::all_of(spellings.begin(), spellings.end(), [this](const auto& entry) { return owns(entry); });
    }
};

/// A list beside what we remember of it. Both must outlive it.
struct Holdings {
    std::vector<Holding> there;          ///< ascending by canonical form, without the placeholder
    std::vector<std::uint32_t> of_ours;  ///< parallel to ListLedger::ours: its place in `there`, or k_not_there
    static constexpr std::uint32_t k_not_there = UINT32_MAX;
};

/// What lies on the list. Ours is what the ledger names, on the side that it names: what is found only on the other
/// side was put there by somebody else. An exception is an entry that is only intended: how far a move (cordon move)
/// got is not known, so it is ours wherever it is found, on both sides too.
[[nodiscard]] Holdings compare_holdings(const ListState& state, const ListLedger& ledger, std::string_view placeholder);

/// compare_holdings().there.
[[nodiscard]] std::vector<Holding> holdings_of(const ListState& state, const ListLedger& ledger,
                                               std::string_view placeholder);

/// For walks over items with a member `canonical`, whose texts lie anywhere in memory: asks for one of the next ones in
/// time.
template <class Items>
void prefetch_text(const Items& items, std::size_t at) noexcept {
    constexpr std::size_t k_ahead = 8;
    if (at + k_ahead < items.size()) __builtin_prefetch(items[at + k_ahead].canonical.data());
}

/// Null where nothing of that text lies there. `holdings`: as holdings_of gives them. O(log n).
[[nodiscard]] const Holding* find_holding(std::span<const Holding> holdings, std::string_view canonical) noexcept;

/// find_holding() for texts that are asked for in ascending order: one walk over `holdings`.
class HoldingsInOrder {
public:
    explicit HoldingsInOrder(std::span<const Holding> holdings) noexcept : rest_(holdings) {}
    [[nodiscard]] const Holding* find(std::string_view canonical) noexcept;

private:
    std::span<const Holding> rest_;
};

/// Makes all spellings of a holding ours; its side is the preferred one where it lies there.
void adopt(Holding& holding, Side preferred) noexcept;

}  // namespace cordon::core
