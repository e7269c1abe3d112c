#include "core/holdings.hpp"

#include <algorithm>

namespace cordon::core {

bool Holding::is_on(Side asked) const noexcept {
    return std::any_of(spellings.begin(), spellings.end(),
                       [asked](const PresentEntry& entry) { return entry.side == asked; });
}

bool Holding::has_foreign_spelling() const noexcept {
    return !is_ours || std::any_of(spellings.begin(), spellings.end(),
                                   [this](const PresentEntry& entry) { return entry.side != side; });
}

void adopt(Holding& holding, Side preferred) noexcept {
    holding.is_ours = true;
    holding.side = holding.is_on(preferred) ? preferred : holding.spellings.front().side;
}

std::vector<Holding> holdings_of(const ListState& state, const ListLedger& ledger,
                                 std::string_view placeholder) {
    std::vector<Holding> holdings;
    const std::span<const PresentEntry> entries(state.entries);
    auto ours = ledger.ours.begin();
    for (std::size_t first = 0, next = 0; first < entries.size(); first = next) {
        const std::string_view canonical = entries[first].canonical;
        next = first + 1;
        while (next < entries.size() && entries[next].canonical == canonical) ++next;
        if (canonical == placeholder) continue;

        Holding holding{canonical, entries.subspan(first, next - first)};
        while (ours != ledger.ours.end() && ours->canonical < canonical) ++ours;
        if (ours != ledger.ours.end() && ours->canonical == canonical &&
            (holding.is_on(ours->side) || ours->mark == LedgerMark::intended)) {
            adopt(holding, ours->side);
        }
        holdings.push_back(holding);
    }
    return holdings;
}

}  // namespace cordon::core
