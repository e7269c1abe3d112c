#include "core/list_state.hpp"

#include <algorithm>
#include <set>

namespace cordon::core {

std::uint64_t distinct_entries(std::span<const PresentEntry> entries, std::string_view placeholder) {
    std::set<std::string_view> texts;
    for (const PresentEntry& entry : entries) {
        if (entry.canonical != placeholder) texts.insert(entry.canonical);
    }
    return texts.size();
}

const LedgerEntry* find_entry(std::span<const LedgerEntry> entries, std::string_view canonical) noexcept {
    const auto found =
        std::lower_bound(entries.begin(), entries.end(), canonical,
                         [](const LedgerEntry& entry, std::string_view text) { return entry.canonical < text; });
    return found != entries.end() && found->canonical == canonical ? &*found : nullptr;
}

const LedgerEntry* find_ours(const ListLedger& ledger, std::string_view canonical) noexcept {
    return find_entry(ledger.ours, canonical);
}

}  // namespace cordon::core
