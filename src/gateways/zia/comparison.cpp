#include "gateways/zia/comparison.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/text_order.hpp"
#include "core/canonical.hpp"
#include "gateways/zia/zia.hpp"

namespace cordon::gateways::zia {
namespace {

/// What makes two entries the same: a canonical text on one side of a category.
using Place = std::pair<std::string_view, core::Side>;
using Places = std::vector<Place>;  // ascending, unique

Place place_of(const core::PresentEntry& entry) {
    return {entry.canonical, entry.side};
}
Place place_of(const Change& change) {
    return {change.canonical, change.side};
}

template <class Range>
Places places_of(const Range& range) {
    Places places;
    places.reserve(range.size());
    for (const auto& item : range) places.push_back(place_of(item));
    std::sort(places.begin(), places.end());
    places.erase(std::unique(places.begin(), places.end()), places.end());
    return places;
}

bool holds(const Places& places, const Place& place) {
    return std::binary_search(places.begin(), places.end(), place);
}

std::vector<std::string> texts_of(const Places& places) {
    std::vector<std::string> texts;
    texts.reserve(places.size());
    for (const auto& [canonical, side] : places) texts.emplace_back(canonical);
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    return texts;
}

void append(std::vector<core::PresentEntry>& entries, core::TargetKind kind, const std::vector<std::string>& spellings,
            core::Side side) {
    for (const auto& spelling : spellings) {
        entries.push_back({spelling, core::canonical_entry(kind, spelling), side});
    }
}

/// Moves each entry once.
void sort(std::vector<core::PresentEntry>& entries) {
    const auto order = order_by_text(
        entries.size(), [&](auto at) { return std::string_view(entries[at].canonical); },
        [&](auto a, auto b) {
            const auto &one = entries[a], &other = entries[b];
            return std::tie(one.canonical, one.side, one.spelling) <
                   std::tie(other.canonical, other.side, other.spelling);
        });
    std::vector<core::PresentEntry> sorted;
    sorted.reserve(entries.size());
    for (const std::uint32_t at : order) sorted.push_back(std::move(entries[at]));
    entries = std::move(sorted);
}

std::string sample_of(const Places& places) {
    return fmt::format("{} (such as {})", with_thousands(places.size()), printable(places.front().first));
}

/// Splits off those places for which `is_out` holds.
template <class IsOut>
Places split_off(Places& places, const IsOut& is_out) {
    const auto middle =
        std::stable_partition(places.begin(), places.end(), [&](const Place& place) { return !is_out(place); });
    Places out(middle, places.end());
    places.erase(middle, places.end());
    return out;
}

/// Entries that were there, were not to be removed, and are not there.
Places vanished(std::span<const core::PresentEntry> before, const Places& removed, const Places& now) {
    Places gone;
    for (const auto& place : places_of(before)) {
        if (!holds(removed, place) && !holds(now, place)) gone.push_back(place);
    }
    return gone;
}

}  // namespace

std::vector<core::PresentEntry> entries_of(const UrlCategory& category) {
    std::vector<core::PresentEntry> entries;
    entries.reserve(category.urls.size() + category.retaining_urls.size());
    append(entries, core::TargetKind::url_category, category.urls, core::Side::plain);
    append(entries, core::TargetKind::url_category, category.retaining_urls, core::Side::retain_parent);
    sort(entries);
    return entries;
}

std::vector<core::PresentEntry> entries_of(const Group& group, core::TargetKind kind) {
    std::vector<core::PresentEntry> entries;
    entries.reserve(group.addresses.size());
    append(entries, kind, group.addresses, core::Side::plain);
    sort(entries);
    return entries;
}

std::vector<core::PresentEntry> entries_of_denylist(const std::vector<std::string>& spellings) {
    std::vector<core::PresentEntry> entries;
    entries.reserve(spellings.size());
    append(entries, core::TargetKind::denylist, spellings, core::Side::plain);
    sort(entries);
    return entries;
}

bool shows(std::span<const core::PresentEntry> now, Batch batch, Direction direction) {
    const auto places = places_of(now);
    return std::all_of(batch.begin(), batch.end(), [&](const Change& change) {
        return holds(places, place_of(change)) == (direction == Direction::adding);
    });
}

std::size_t kept_count(std::span<const core::PresentEntry> before, Batch removals) {
    const auto removed = places_of(removals);
    const auto places = places_of(before);
    return static_cast<std::size_t>(
        std::count_if(places.begin(), places.end(), [&](const Place& place) { return !holds(removed, place); }));
}

std::size_t missing_count(std::span<const core::PresentEntry> before, Batch removals,
                          std::span<const core::PresentEntry> now) {
    return vanished(before, places_of(removals), places_of(now)).size();
}

std::optional<Change> lasting_entry(std::span<const core::PresentEntry> before, Batch removals) {
    const auto removed = places_of(removals);
    const auto rank = [](const core::PresentEntry& entry) {
        if (entry.canonical == k_placeholder_host || entry.canonical == k_placeholder_address) return 2;
        return entry.spelling == entry.canonical ? 1 : 0;
    };
    const core::PresentEntry* best = nullptr;
    for (const auto& entry : before) {
        if (!holds(removed, place_of(entry)) && (best == nullptr || rank(entry) > rank(*best))) best = &entry;
    }
    if (best == nullptr) return std::nullopt;
    return Change{best->spelling, best->canonical, best->side};
}

void settle(Applied& applied, std::span<const core::PresentEntry> before, const Accepted& accepted,
            std::vector<core::PresentEntry> now) {
    auto added = places_of(accepted.additions);
    auto removed = places_of(accepted.removals);
    const auto present = places_of(now);
    const auto gone = vanished(before, removed, present);
    const auto not_kept = split_off(added, [&](const Place& place) { return !holds(present, place); });
    const auto not_gone = split_off(removed, [&](const Place& place) { return holds(present, place); });
    if (!not_kept.empty()) {
        applied.warnings.push_back(
            fmt::format("ZIA answered success, but does not hold {} of the added entries", sample_of(not_kept)));
    }
    if (!not_gone.empty()) {
        applied.warnings.push_back(
            fmt::format("ZIA answered success, but still holds {} of the removed entries", sample_of(not_gone)));
    }
    if (!gone.empty() && !applied.failure) {
        applied.failure =
            Error{Code::unknown,
                  fmt::format("{} entries vanished from the list while it was written, and not by us; somebody "
                              "else changed it, or ZIA took more than it was told: look at the list and run again",
                              sample_of(gone))};
    }
    applied.added = texts_of(added);
    applied.removed = texts_of(removed);
    applied.now_present = std::move(now);
}

void settle_unverified(Applied& applied, const Accepted& accepted, std::span<const core::PresentEntry> proof,
                       std::string_view because) {
    const auto present = places_of(proof);
    auto added = places_of(accepted.additions);
    auto removed = places_of(accepted.removals);
    split_off(added, [&](const Place& place) { return !holds(present, place); });
    split_off(removed, [&](const Place& place) { return proof.empty() || holds(present, place); });
    applied.added = texts_of(added);
    applied.removed = texts_of(removed);
    if (applied.failure) return;
    applied.failure =
        Error{Code::unknown, fmt::format("written, but could not be read back: {}; the next run checks", because)};
}

ApiError not_readable_back(ApiError lost, const ApiError& reading) {
    lost.cause = reading.cause == Cause::not_found ? Cause::not_found : Cause::other;
    lost.error.code = Code::unknown;
    lost.error.message += "; reading back failed too: " + reading.error.message;
    return lost;
}

}  // namespace cordon::gateways::zia
