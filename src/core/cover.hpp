#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/entry.hpp"

namespace cordon::core {

/// A canonical entry as find_covers sees it.
struct Coverable {
    std::string_view text;
    EntryKind kind = EntryKind::host;
};

/// "Up to 5 levels" in its stricter reading (zia-api.md 5.2, conflict 16).
inline constexpr int k_most_labels_above = 4;

inline constexpr std::uint32_t k_not_covered = UINT32_MAX;

/// For each of `entries` (unique, any order) the index of the entry that blocks everything it would
/// block, or k_not_covered. The covering entry is never covered itself, so all covered ones can be left
/// out at once. In a category (zia-api.md 5.2) a dotted entry at most four labels above covers dotted
/// entries, hosts and URLs, and an exact host or address covers the URLs on it, with and without port; a
/// URL covers nothing. In a group a network covers the addresses and networks in it.
[[nodiscard]] std::vector<std::uint32_t> find_covers(TargetKind target, std::span<const Coverable> entries);

}  // namespace cordon::core
