#pragma once

#include <chrono>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "engine/freeze.hpp"
#include "engine/schedule.hpp"

namespace cordon::daemon {

/// How one feed wants to be asked.
struct Turn {
    std::string section;
    std::chrono::seconds every = std::chrono::hours{1};  ///< more than 0
    std::vector<engine::FreezeWindow> quiet = {};        ///< it is not asked then

    bool operator==(const Turn&) const = default;
};

/// When runs start, and which feeds rest in them. A run asks every feed whose turn has come; the others give their last
/// snapshot. At first all turns have come. Turns keep their steady times, however long the runs take; a run is put off
/// by chance by at most engine::most_jitter(), so that many hosts do not strike together, and feeds whose turns come
/// together stay together. Pure: it is told the time.
class Timetable {
public:
    Timetable(std::vector<Turn> turns, engine::FreezeZone zone, Time now);

    /// Other settings: turns that stay as they were keep their times, the others have come.
    void replace(std::vector<Turn> turns, engine::FreezeZone zone, Time now);

    /// Before anything else is asked for a moment: where the clock was set back, no turn is further off than one
    /// interval.
    void meet(Time now);

    /// When the next run starts; the end of their quiet hours where those of all whose turn has come last. Not before
    /// `now`.
    [[nodiscard]] Time next(Time now) const;
    [[nodiscard]] bool is_due(Time now) const;
    /// The sections that are not asked in a run that begins now.
    [[nodiscard]] std::set<std::string> resting(Time now) const;
    /// The sections that may be asked now whether they have changed: those that are not in their quiet hours.
    [[nodiscard]] std::set<std::string> awake(Time now) const;

    /// The turn of this section has come: its provider has something new.
    void hurry(const std::string& section, Time now);
    /// A run that began at `began` asked those that were not resting then. Those of them that are in `again`, because
    /// something is to be made good for, have their turn soon: in 1, 2, 5, 10 and then every 15 minutes, but not later
    /// than their next one.
    void ran(Time began, Time ended, const std::set<std::string>& again, std::mt19937_64& random);
    [[nodiscard]] std::set<std::string> sections() const;

private:
    struct Entry {
        Turn turn;
        Time first;
        Time due;
    };
    [[nodiscard]] bool is_quiet(const Entry& entry, Time now) const;
    [[nodiscard]] Time end_of_quiet(const Entry& entry, Time now) const;
    [[nodiscard]] bool has_come(const Entry& entry, Time now) const;

    std::vector<Entry> entries_;
    engine::FreezeZone zone_;
    std::size_t failures_ = 0;              ///< runs in a row that left something to be made good for
    std::chrono::milliseconds put_off_{0};  ///< of the next run
};

}  // namespace cordon::daemon
