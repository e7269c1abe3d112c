#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "core/freshness.hpp"
#include "core/guard.hpp"
#include "core/report.hpp"
#include "daemon/timetable.hpp"

namespace cordon::daemon {

/// What the settings say of the daemon's pace.
struct Pace {
    std::vector<Turn> turns;
    engine::FreezeZone zone = engine::FreezeZone::utc;
    std::chrono::seconds poll{300};  ///< 0: never
    std::chrono::seconds max_staleness{6 * 3600};
    std::vector<std::string> lists;  ///< that are configured
};

enum class WishKind { run, plan };

/// What a person asked for, beside what the timetable does.
struct RunWish {
    std::string who;
    WishKind kind = WishKind::run;
    std::string because = {};
    std::string list = {};    ///< approval: the list whose stopped plan is let through, once
    std::string digest = {};  ///< approval: of exactly this plan
    core::GuardRule rule = core::GuardRule::removals;
};

/// How a run ended.
struct RunEnd {
    std::optional<core::RunReport> report;  ///< nullopt: it never began
    std::string problem = {};               ///< why not
    bool is_held_up = false;                ///< because another command was at work
};

/// What a service has done for it. Called by the thread of Service::serve() alone.
class Work {
public:
    virtual ~Work() = default;
    /// Reads the settings as a whole; runs from now on go by them. Where that fails, those before stay in force.
    [[nodiscard]] virtual Result<Pace> read_settings() = 0;
    /// Whether the settings file is another one than when it was last read.
    [[nodiscard]] virtual bool has_new_settings() = 0;
    [[nodiscard]] virtual RunEnd run(const std::optional<RunWish>& wish, const std::set<std::string>& resting,
                                     const std::stop_token& stop) = 0;
    /// Finds out what a run would do now, and changes nothing.
    virtual void plan(const RunWish& wish, const std::stop_token& stop) = 0;
    /// The sections of `asked` that have something new; empty where nobody can be asked now.
    [[nodiscard]] virtual std::vector<std::string> poll(const std::set<std::string>& asked,
                                                        const std::stop_token& stop) = 0;
    /// Reports of the runs that have ended since it was last asked, whatever command they were of, oldest first; the
    /// first time, those that earlier processes left.
    [[nodiscard]] virtual std::vector<core::RunReport> finished_runs() = 0;
    /// What the service is about, for whoever started it; "ends" at last. Comes again and again.
    virtual void show(const std::string& status) = 0;
    /// Something happened that is worth a line.
    virtual void say(const std::string& line) = 0;
};

/// What is known of a service at a moment.
struct ServiceStatus {
    Time started;
    std::optional<Time> running_since;  ///< a run is under way
    std::optional<Time> next_start;
    std::optional<std::string> asked_by;  ///< of a run that has not begun yet
    std::string last_run;                 ///< its id; "" where none has ended yet
    std::optional<core::Outcome> last_outcome;
    std::optional<Time> last_ended;
    std::string last_problem;      ///< why the last one failed or never began; "" where it did not
    std::string settings_problem;  ///< why a newer file was not taken; "" where there is none
    core::Readiness readiness;
    std::uint64_t steps = 0;                ///< of the loop, so far
    std::chrono::minutes step_may_take{0};  ///< the one that it is at
};

/// Runs by the timetable, at once where a feed has changed or a person asks, until it is told to stop; takes other
/// settings between two runs. serve() is for one thread, all else for any.
class Service {
public:
    /// All outlives the service. `settings` as read_settings() gave them.
    Service(Work& work, Pace pace, Clock& clock, std::mt19937_64 random);

    /// Returns within the request in hand once `stop` is asked for.
    void serve(const std::stop_token& stop);

    /// The settings are read again as soon as no run is under way.
    void reload();
    /// A run begins as soon as none is under way. `blocked` where one that was asked for waits already.
    [[nodiscard]] Result<void> ask_for(RunWish wish);
    [[nodiscard]] ServiceStatus status() const;

private:
    void take_settings();
    void run(const std::optional<RunWish>& wish, const std::stop_token& stop);
    void plan(const RunWish& wish, const std::stop_token& stop);
    /// The loop begins something else.
    void step(std::chrono::minutes may_take);
    /// Calls `work` as a step of its own. What it throws ends in the sentence that is given; "" where nothing was.
    [[nodiscard]] std::string try_step(std::chrono::minutes may_take, const std::function<void()>& work);
    void refuse_settings(const std::string& problem);
    void show(const std::string& status);
    /// Takes in the runs of other commands, too.
    void look_around();
    void note_failing(const std::vector<core::FeedReport>& feeds, const std::set<std::string>& resting);
    void poll(const std::stop_token& stop);
    void rest(const std::stop_token& stop);
    void wake();
    [[nodiscard]] std::optional<RunWish> next_wish();
    [[nodiscard]] std::string sentence_on_waiting() const;
    template <class Change>
    void note(const Change& change);

    Work& work_;
    Clock& clock_;
    std::mt19937_64 random_;
    Timetable timetable_;
    Time next_poll_;
    /// Feeds that the last run that asked them did not get: no poll brings them forward.
    std::set<std::string> failing_;

    mutable std::mutex mutex_;   // what follows
    Pace pace_;                  // written by serve() alone
    core::Freshness freshness_;  // likewise
    ServiceStatus status_;
    std::deque<RunWish> wishes_;  ///< one, and before it one that was held up
    Time wishes_from_;            ///< none is tried before
    bool wants_reload_ = false;
    std::stop_source pause_;
};

}  // namespace cordon::daemon
