#include "core/select.hpp"

#include <algorithm>
#include <cstdint>

namespace cordon::core {
namespace {

constexpr int k_risk_step = 5;                   // design rule 15
constexpr std::chrono::days k_later_by{1};       // 24 hours, compared by day

std::vector<bool> first_ones(std::size_t count, std::size_t places) {
    std::vector<bool> chosen(count, false);
    std::fill_n(chosen.begin(), static_cast<std::ptrdiff_t>(std::min(count, places)), true);
    return chosen;
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
    if (!hysteresis || ranked.size() <= places) return first_ones(ranked.size(), places);

    std::vector<bool> chosen(ranked.size(), false);
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < ranked.size() && kept.size() < places; ++i) {
        if (!ranked[i].is_present) continue;
        kept.push_back(i);
        chosen[i] = true;
    }
    std::size_t free = places - kept.size();
    for (std::size_t i = 0; i < ranked.size(); ++i) {
        if (ranked[i].is_present) continue;
        if (free > 0) {
            --free;
        } else {
            if (kept.empty() || !displaces(ranked[i].rank, ranked[kept.back()].rank)) break;
            chosen[kept.back()] = false;
            kept.pop_back();
        }
        chosen[i] = true;
    }
    return chosen;
}

}  // namespace cordon::core
