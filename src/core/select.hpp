#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace cordon::core {

/// What the selection weighs (design rule 15).
struct Rank {
    int risk = 0;
    std::chrono::sys_days last_seen{};
    std::string_view text;
};

/// The selection order: risk descending, last seen (by day) descending, text ascending. Total over
/// unique texts.
[[nodiscard]] bool ranks_before(const Rank& a, const Rank& b) noexcept;

/// One entry that wants a place on a list.
struct Candidate {
    Rank rank;
    bool is_present = false;  ///< on the gateway and ours
    bool is_pinned = false;   ///< present, and stays before all others (design rule 2)
};

/// Whether the newcomer may take the place of an entry that is present: risk at least 5 higher, or not
/// lower and seen at least a day later (design rule 15).
[[nodiscard]] bool displaces(const Rank& newcomer, const Rank& present) noexcept;

/// Which of the candidates (in selection order) get one of `places`, parallel to them. O(n).
/// Pinned ones take their places before all others and are not displaced. Of the rest, without hysteresis,
/// the first ones. With it, so that the edge does not flutter: the present ones keep
/// their places (where there are too many, the first of them), newcomers take the free places in order,
/// then the best newcomer left displaces the last present one for as long as displaces() says so; the
/// first pair that does not ends it. Selecting again with the outcome as present changes nothing.
[[nodiscard]] std::vector<bool> select_entries(std::span<const Candidate> ranked, std::size_t places, bool hysteresis);

/// Takes the places back that those who wait (`waits`, parallel to `ranked`) would take from present ones: nothing is
/// taken off for what does not come yet. The lowest ranked who waits gives its place first, the highest ranked
/// present one that would go gets it. `chosen`: of select_entries().
void spare_present(std::span<const Candidate> ranked, const std::vector<bool>& waits, std::vector<bool>& chosen);

}  // namespace cordon::core
