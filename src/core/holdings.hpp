#pragma once

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
    Side side = Side::plain;  ///< where is_ours: the side that is ours; spellings on the other are foreign

    [[nodiscard]] bool is_on(Side asked) const noexcept;
    /// A spelling that is not ours would stay if ours were removed.
    [[nodiscard]] bool has_foreign_spelling() const noexcept;
};

/// What lies on the list, ascending by canonical form, without the placeholder. Ours is what the ledger
/// names, on the side that it names: what is found only on the other side was put there by somebody else.
/// An exception is an entry that is only intended: whether a move (cordon move) got that far is not known,
/// so it is ours where it is found.
[[nodiscard]] std::vector<Holding> holdings_of(const ListState& state, const ListLedger& ledger,
                                               std::string_view placeholder);

/// Makes a foreign holding ours: on the preferred side where it lies there.
void adopt(Holding& holding, Side preferred) noexcept;

}  // namespace cordon::core
