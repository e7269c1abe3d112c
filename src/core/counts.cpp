#include <algorithm>

#include <fmt/format.h>

#include "core/plan.hpp"

namespace cordon::core {

std::string ListCounts::imbalance() const {
    const std::uint64_t rejected = reasons.of(ReasonClass::rejected);
    const std::uint64_t merged = reasons.of(ReasonClass::merged);
    if (fetched != rejected + merged + accepted) {
        return fmt::format("fetched {} is not rejected {} + merged {} + accepted {}", fetched, rejected, merged,
                           accepted);
    }
    if (accepted != on_gateway + pending + over_capacity + quarantined + excepted + known_to_gateway + awaiting_lookup +
                        passed_on) {
        return fmt::format(
            "accepted {} is not on gateway {} + pending {} + over capacity {} + quarantined {} + excepted {} + known "
            "to gateway {} + awaiting lookup {} + passed on {}",
            accepted, on_gateway, pending, over_capacity, quarantined, excepted, known_to_gateway, awaiting_lookup,
            passed_on);
    }
    if (present != foreign + unchanged + to_remove) {
        return fmt::format("present {} is not foreign {} + unchanged {} + to remove {}", present, foreign, unchanged,
                           to_remove);
    }
    return {};
}

ListCounts settle(const ListPlan& plan, std::span<const std::string> added, std::span<const Exclusion> refused) {
    std::vector<std::string_view> done(added.begin(), added.end());
    std::vector<std::string_view> turned_away;
    for (const Exclusion& exclusion : refused) turned_away.push_back(exclusion.canonical);
    std::sort(done.begin(), done.end());
    std::sort(turned_away.begin(), turned_away.end());

    ListCounts counts = plan.counts;
    for (const PlannedEntry& entry : plan.additions) {
        if (entry.text == plan.placeholder || counts.pending == 0) continue;
        std::uint64_t* now = nullptr;
        if (std::binary_search(done.begin(), done.end(), entry.text)) {
            now = &counts.on_gateway;
        } else if (std::binary_search(turned_away.begin(), turned_away.end(), entry.text)) {
            now = &counts.quarantined;
        }
        if (now == nullptr) continue;
        ++*now;
        --counts.pending;
    }
    return counts;
}

}  // namespace cordon::core
