#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "console/views.hpp"
#include "core/freshness.hpp"
#include "core/report.hpp"

namespace cordon::console {

/// How things stand, in one sentence.
struct Standing {
    const char* level = "good";  ///< "good", "note", "bad" or "empty"
    std::string sentence;
};
/// `report`: of the newest run that planned; nullptr where there is none. `is_owed`: an activation. `held`: the lists
/// that an operator paused or rolled back.
[[nodiscard]] Standing standing_of(const core::RunReport* report, bool is_owed, const std::set<std::string>& held,
                                   const core::Readiness& readiness, Time now);
/// The overview's four figures: how much, how fresh, what changed, what is in the way.
[[nodiscard]] Json glance_of(const core::RunReport& report, std::size_t stopped, Time now);
/// What somebody should look at after this run, a sentence each; what the guard stopped is shown by itself.
[[nodiscard]] Json troubles_of(const core::RunReport& report);
/// How a badge shows an outcome, by the outcome's name: "good", "note" or "bad".
[[nodiscard]] const char* level_of_outcome(std::string_view outcome);

enum class Moment : std::uint8_t {
    fetched,
    confirmed,  ///< by the provider, as its newest; where a report of an earlier version does not say: fetched
};
/// The oldest such moment of these feeds' snapshots; nullopt where none has one.
[[nodiscard]] std::optional<Time> oldest_of(const core::RunReport* report, const std::vector<std::string>& feeds,
                                            Moment moment);

/// "3 minutes", "2 hours", "5 days".
[[nodiscard]] std::string length_words(std::chrono::milliseconds length);
[[nodiscard]] Json time_or_null(const std::optional<Time>& moment);

}  // namespace cordon::console
