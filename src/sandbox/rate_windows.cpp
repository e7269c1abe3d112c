#include "sandbox/rate_windows.hpp"

#include <algorithm>

namespace cordon::sandbox {
namespace {

constexpr std::chrono::hours k_longest_window{1};

}  // namespace

std::optional<RateBreach> RateWindows::admit(const std::string& key, const std::vector<RateLimit>& limits,
                                             Time now) {
    auto& times = admitted_[key];
    while (!times.empty() && times.front() + k_longest_window <= now) times.pop_front();
    std::optional<RateBreach> breach;
    for (const auto& limit : limits) {
        if (times.size() < limit.most) continue;
        // The request that must have left the window before one more fits.
        const Time frees = times[times.size() - limit.most] + limit.length;
        if (frees - tolerance_ <= now) continue;
        const auto wait =
            std::max(std::chrono::ceil<std::chrono::seconds>(frees - now), std::chrono::seconds{1});
        if (!breach || wait > breach->wait) breach = RateBreach{limit, wait};
    }
    if (!breach) times.push_back(now);
    return breach;
}

}  // namespace cordon::sandbox
