#include "tests/simulation/world/scarcity.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

namespace cordon::simulation {
namespace {

constexpr int k_edge = 5;  // docs/user-guide.md 16

/// The risks that what came may take the place of, highest first.
void add_reach(const ScarceList& list, std::vector<int>& reach) {
    for (const auto& [entry, risk] : list.came) reach.push_back(list.has_dates ? risk : risk - k_edge);
}

/// The risks of what is gone though its list's cap had a place for it: of the riskiest.
void add_displaced(const ScarceList& list, std::vector<int>& displaced) {
    std::vector<int> risks;
    for (const auto& [entry, risk] : list.gone) risks.push_back(risk);
    std::sort(risks.begin(), risks.end());
    const auto over = std::min(over_cap(list), risks.size());
    displaced.insert(displaced.end(), risks.begin() + static_cast<std::ptrdiff_t>(over), risks.end());
}

std::optional<std::string> compare(const ScarceList& named, std::vector<int> displaced, std::vector<int> reach) {
    std::sort(displaced.begin(), displaced.end(), std::greater<>());
    std::sort(reach.begin(), reach.end(), std::greater<>());
    for (std::size_t i = 0; i < displaced.size(); ++i) {
        if (i < reach.size() && displaced[i] <= reach[i]) continue;
        Entries gone;
        for (const auto& [entry, risk] : named.gone) gone.insert(fmt::format("{} ({})", entry, risk));
        Entries came;
        for (const auto& [entry, risk] : named.came) came.insert(fmt::format("{} ({})", entry, risk));
        return fmt::format("{} lost {}; cap {}, {} came; {}", named.name, only_in(gone, {}), named.cap, reach.size(),
                           only_in(came, {}));
    }
    return std::nullopt;
}

}  // namespace

std::size_t over_cap(const ScarceList& list) {
    return list.cap == 0 ? 0 : list.before - std::min(list.before, list.cap);
}

bool is_cap_short(const ScarceList& list) {
    return list.cap > 0 && list.before + list.came.size() > list.cap;
}

std::optional<std::string> unexplained(const std::vector<ScarceList>& sharing, std::optional<std::size_t> room) {
    std::size_t coming = 0;
    for (const auto& list : sharing) coming += list.came.size();
    if (room && coming > *room) {
        std::vector<int> displaced;
        std::vector<int> reach;
        for (const auto& list : sharing) {
            add_reach(list, reach);
            add_displaced(list, displaced);
        }
        const auto most_gone = std::max_element(
            sharing.begin(), sharing.end(), [](const auto& a, const auto& b) { return a.gone.size() < b.gone.size(); });
        return compare(*most_gone, std::move(displaced), std::move(reach));
    }
    for (const auto& list : sharing) {
        std::vector<int> displaced;
        std::vector<int> reach;
        add_displaced(list, displaced);
        if (is_cap_short(list)) add_reach(list, reach);
        if (auto found = compare(list, std::move(displaced), std::move(reach))) return found;
    }
    return std::nullopt;
}

}  // namespace cordon::simulation
