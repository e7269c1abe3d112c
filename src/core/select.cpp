#include "core/select.hpp"

#include <algorithm>
#include <cstdint>

namespace cordon::core {
namespace {

constexpr int k_risk_step = 5;              // design rule 15
constexpr std::chrono::days k_later_by{1};  // 24 hours, compared by day

/// Gives places to those that `is_asked` names, in order, while there are any; the last one comes last.
template <class IsAsked>
std::vector<std::size_t> choose(std::span<const Candidate> ranked, std::size_t& places, std::vector<bool>& chosen,
                                const IsAsked& is_asked) {
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < ranked.size() && places > 0; ++i) {
        if (chosen[i] || !is_asked(ranked[i])) continue;
        chosen[i] = true;
        --places;
        kept.push_back(i);
    }
    return kept;
}

}  // namespace

bool ranks_before(const Rank& a, const Rank& b) noexcept {
    if (a.risk != b.risk) return a.risk > b.risk;
    if (a.last_seen != b.last_seen) return a.last_seen > b.last_seen;
    return a.text < b.text;
}

bool displaces(const Rank& newcomer, const Rank& present) noexcept {
    if (newcomer.risk >= present.risk + k_risk_step) return true;
    return newcomer.risk >= present.risk && newcomer.last_seen >= present.last_seen + k_later_by;
}

std::vector<bool> select_entries(std::span<const Candidate> ranked, std::size_t places, bool hysteresis) {
    std::vector<bool> chosen(ranked.size(), false);
    choose(ranked, places, chosen, [](const Candidate& candidate) { return candidate.is_pinned; });
    if (!hysteresis) {
        choose(ranked, places, chosen, [](const Candidate&) { return true; });
        return chosen;
    }
    auto kept = choose(ranked, places, chosen, [](const Candidate& candidate) { return candidate.is_present; });
    for (std::size_t i = 0; i < ranked.size(); ++i) {
        if (ranked[i].is_present) continue;
        if (places > 0) {
            --places;
        } else {
            if (kept.empty() || !displaces(ranked[i].rank, ranked[kept.back()].rank)) break;
            chosen[kept.back()] = false;
            kept.pop_back();
        }
        chosen[i] = true;
    }
    return chosen;
}

void spare_present(std::span<const Candidate> ranked, const std::vector<bool>& waits, std::vector<bool>& chosen) {
    auto waiting = ranked.size();
    for (std::size_t i = 0; i < ranked.size(); ++i) {
        if (chosen[i] || !ranked[i].is_present) continue;
        do {
            if (waiting == 0) return;
            --waiting;
        } while (!chosen[waiting] || !waits[waiting]);
        chosen[waiting] = false;
        chosen[i] = true;
    }
}

}  // namespace cordon::core
