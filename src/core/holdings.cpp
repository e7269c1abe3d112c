#include "core/holdings.hpp"

#include <algorithm>

namespace cordon::core {

bool Holding::is_on(Side asked) const noexcept {
    return std::any_of(spellings.begin(), spellings.end(),
                       [asked](const PresentEntry& entry) { return entry.side == asked; });
}

const Holding* find_holding(std::span<const Holding> holdings, std::string_view canonical) noexcept {
    const auto found =
        std::lower_bound(holdings.begin(), holdings.end(), canonical,
                         [](const Holding& holding, std::string_view text) { return holding.canonical < text; });
    return found != holdings.end() && found->canonical == canonical ? &*found : nullptr;
}

const Holding* HoldingsInOrder::find(std::string_view canonical) noexcept {
    while (!rest_.empty()) {
        const int compared = rest_.front().canonical.compare(canonical);
        if (compared == 0) return &rest_.front();
        if (compared > 0) break;
        rest_ = rest_.subspan(1);
    }
    return nullptr;
}

void adopt(Holding& holding, Side preferred) noexcept {
    holding.is_ours = true;
    holding.is_ours_on_both = holding.is_on(Side::plain) && holding.is_on(Side::retain_parent);
    holding.side = holding.is_on(preferred) ? preferred : holding.spellings.front().side;
}

namespace {

void take_what_is_ours(Holding& holding, const LedgerEntry& entry) noexcept {
    if (entry.mark == LedgerMark::intended) {
        adopt(holding, entry.side);
    } else if (holding.is_on(entry.side)) {
        holding.is_ours = true;
        holding.side = entry.side;
    }
}

}  // namespace

Holdings compare_holdings(const ListState& state, const ListLedger& ledger, std::string_view placeholder) {
    Holdings holdings;
    holdings.there.reserve(state.entries.size());
    holdings.of_ours.assign(ledger.ours.size(), Holdings::k_not_there);
    const std::span<const PresentEntry> entries(state.entries);
    const std::span<const LedgerEntry> all_ours(ledger.ours);
    std::size_t ours = 0;
    for (std::size_t first = 0, next = 0; first < entries.size(); first = next) {
        prefetch_text(entries, first);
        const std::string_view canonical = entries[first].canonical;
        next = first + 1;
        while (next < entries.size() && entries[next].canonical == canonical) ++next;
        if (canonical == placeholder) continue;

        Holding holding{canonical, entries.subspan(first, next - first)};
        for (; ours < all_ours.size(); ++ours) {
            prefetch_text(all_ours, ours);
            const int compared = all_ours[ours].canonical.compare(canonical);
            if (compared == 0) {
                take_what_is_ours(holding, all_ours[ours]);
                holdings.of_ours[ours] = static_cast<std::uint32_t>(holdings.there.size());
            }
            if (compared >= 0) break;
        }
        holdings.there.push_back(holding);
    }
    return holdings;
}

std::vector<Holding> holdings_of(const ListState& state, const ListLedger& ledger, std::string_view placeholder) {
    return compare_holdings(state, ledger, placeholder).there;
}

}  // namespace cordon::core
