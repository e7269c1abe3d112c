#include "sandbox/rate_windows.hpp"

#include <algorithm>

namespace cordon::sandbox {
namespace {

constexpr std::chrono::hours k_longest_window{1};

}  // namespace

std::optional<RateBreach> RateWindows::admit(const std::string& key, const std::vector<RateLimit>& limits, Time now) {
    auto& times = admitted_[key];
    while (!times.empty() && times.front() + k_longest_window <= now) times.pop_front();
    std::optional<RateBreach> breach;
    for (const auto& limit : limits) {
        if (times.size() < limit.most) continue;
        // The request that must have left the window before one more fits.
        const Time frees = times[times.size() - limit.most] + limit.length;
        if (frees - tolerance_ <= now) continue;
        const auto wait = std::max(std::chrono::ceil<std::chrono::seconds>(frees - now), std::chrono::seconds{1});
        if (!breach || wait > breach->wait) breach = RateBreach{limit, wait};
    }
    if (!breach) times.push_back(now);
    return breach;
}

std::size_t RateWindows::room(const std::string& key, const RateLimit& limit, Time now) const {
    const auto found = admitted_.find(key);
    if (found == admitted_.end()) return limit.most;
    const auto& times = found->second;
    const auto first = std::upper_bound(times.begin(), times.end(), now - limit.length);
    const auto used = static_cast<std::size_t>(times.end() - first);
    return limit.most - std::min(used, limit.most);
}

}  // namespace cordon::sandbox
