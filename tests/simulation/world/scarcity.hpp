#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/world/contents.hpp"

namespace cordon::simulation {

/// One list of ours while a program runs, with the risks of its entries.
struct ScarceList {
    std::string name;
    std::map<std::string, int> gone;  ///< was there when it started, is still meant to be, and is not there now
    std::map<std::string, int> came;  ///< was not there, and is there now or meant to be
    std::size_t before = 0;           ///< entries when it started, and those that others put there since
    std::size_t cap = 0;              ///< 0: none
    bool has_dates = false;           ///< what came was seen later than what was there
};

/// How many of a list's entries must go for its cap alone.
[[nodiscard]] std::size_t over_cap(const ScarceList& list);
/// True where not all that came and stays finds a place under the cap.
[[nodiscard]] bool is_cap_short(const ScarceList& list);

/// What a cap and the tenant's quota do not explain of what is gone; nullopt where they explain it all. What is over a
/// cap goes, the least risky first. Beyond that one entry goes for one newcomer at most, and for one whose risk is at
/// least 5 higher, or not lower and seen later (docs/user-guide.md 16). Where the quota is short (`room` places for
/// what comes), the newcomer may be of another of the lists that share it.
[[nodiscard]] std::optional<std::string> unexplained(const std::vector<ScarceList>& sharing,
                                                     std::optional<std::size_t> room);

}  // namespace cordon::simulation
