#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace cordon::engine {

/// What a clock on the wall shows, to the minute, of no particular zone.
using WallTime = std::chrono::local_time<std::chrono::minutes>;

/// Whose wall clock freeze windows are meant by.
enum class FreezeZone { utc, local };

/// Every week from one minute to another; `from` > `to` spans the turn of the week.
struct WeeklyWindow {
    std::chrono::minutes from{0};  ///< since Monday 00:00, 0 to 7 days
    std::chrono::minutes to{0};
    bool operator==(const WeeklyWindow&) const = default;
};
/// Every day; `from` > `to` spans midnight.
struct DailyWindow {
    std::chrono::minutes from{0};  ///< since 00:00, 0 to 24 h
    std::chrono::minutes to{0};
    bool operator==(const DailyWindow&) const = default;
};
/// Once.
struct DatedWindow {
    WallTime from;
    WallTime to;
    bool operator==(const DatedWindow&) const = default;
};

/// When changes must not take effect. The last minute is not part of it.
using FreezeWindow = std::variant<WeeklyWindow, DailyWindow, DatedWindow>;

/// Windows separated by semicolons or line ends: "Fri 18:00 - Mon 06:00; 22:00 - 05:00; 2026-12-24 12:00 - 2027-01-02".
/// A day or date without a time counts as a whole: it begins at 00:00, and as an end it is included. "" gives none.
/// `invalid`: one sentence with the window that was not understood and the accepted forms.
[[nodiscard]] Result<std::vector<FreezeWindow>> parse_freeze(std::string_view text);

/// The clock on the wall at `moment`; local by the C library (TZ, /etc/localtime).
[[nodiscard]] WallTime wall_time(Time moment, FreezeZone zone);

/// That a moment lies in a freeze.
struct Freeze {
    /// When it ends, over windows that overlap or follow each other; nullopt where they leave no gap for a year.
    std::optional<WallTime> until;
};
/// nullopt where the moment lies in none of the windows.
[[nodiscard]] std::optional<Freeze> freeze_at(std::span<const FreezeWindow> windows, WallTime moment);

/// "Mon 2026-11-23 06:00 UTC", or "... local time".
[[nodiscard]] std::string text_of(WallTime moment, FreezeZone zone);

}  // namespace cordon::engine
