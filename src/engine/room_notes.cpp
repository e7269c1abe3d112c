#include "engine/room_notes.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::engine {
namespace {

std::string quoted(const std::vector<std::string>& lists) {
    std::vector<std::string> names;
    for (const auto& list : lists) names.push_back(fmt::format("'{}'", printable(list, 80)));
    return join(names, ", ");
}

}  // namespace

std::string holders_of(const core::PoolShares& pool, const std::string& list) {
    std::vector<std::string> holders;
    if (pool.headroom > 0) {
        holders.push_back(fmt::format("quota_headroom leaves {} to people", with_thousands(pool.headroom)));
    }
    if (pool.held_back > 0) {
        std::vector<std::string> lists;
        for (const auto& share : pool.lists) {
            if (share.reserve > share.wanted && share.list != list) lists.push_back(share.list);
        }
        if (!lists.empty()) {
            holders.push_back(fmt::format("reserve keeps {} for {}", with_thousands(pool.held_back), quoted(lists)));
        }
    }
    return join(holders, ", and ");
}

const core::PoolShares* pool_of(std::span<const core::PoolShares> pools, const ListJob& job) {
    for (const auto* name : {&job.target.list, &job.first_list}) {
        for (const auto& pool : pools) {
            const auto is_it = [&](const core::PoolShares::Share& share) { return share.list == *name; };
            if (std::any_of(pool.lists.begin(), pool.lists.end(), is_it)) return &pool;
        }
    }
    return nullptr;
}

void name_holders(core::Division& division, std::span<const ListJob> jobs) {
    for (std::size_t i = 0; i < division.admissions.size(); ++i) {
        auto& because = division.admissions[i].no_room_because;
        const auto* pool = because.empty() ? nullptr : pool_of(division.pools, jobs[i]);
        const auto holders = pool == nullptr ? std::string{} : holders_of(*pool, jobs[i].first_list);
        if (!holders.empty()) because += fmt::format(" ({})", holders);
    }
}

std::string note_on_reserves(const core::PoolShares& pool) {
    std::size_t reserved = 0;
    std::size_t unused = 0;
    bool is_short = false;
    std::vector<std::string> lists;
    for (const auto& share : pool.lists) {
        if (share.reserve == 0 || share.wanted == 0) continue;  // of a list that stands still nothing is known
        reserved += share.reserve;
        unused += share.reserve - std::min(share.reserve, share.wanted);
        is_short = is_short || share.given < std::min(share.reserve, share.wanted);
        lists.push_back(share.list);
    }
    // What is held back is cut to the room there is.
    is_short = is_short || (pool.room && pool.held_back == *pool.room && unused > pool.held_back);
    if (!is_short) return {};
    const auto headroom = with_thousands(pool.headroom);
    return fmt::format(
        "reserve keeps {} {} for {}, and the tenant has not so much room{}: reserve less, remove entries there, or ask "
        "Zscaler for more",
        with_thousands(reserved), pool.what, quoted(lists),
        pool.headroom > 0 ? fmt::format(" (quota_headroom leaves {} to people)", headroom) : "");
}

}  // namespace cordon::engine
