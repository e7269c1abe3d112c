#include "daemon/service.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::daemon {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds k_most_rest = 5s;  ///< how often the settings file is looked at

/// Runs that left nothing to be made good soon. What the guard stopped waits for a person.
bool is_good(const RunEnd& end) {
    if (!end.report) return false;
    const auto outcome = end.report->outcome;
    return outcome == core::Outcome::done || outcome == core::Outcome::unchanged || outcome == core::Outcome::stopped;
}

/// Why it failed, in the words of whatever failed first; "" where nothing did.
std::string problem_of(const RunEnd& end) {
    if (!end.report) return end.problem;
    const auto& report = *end.report;
    if (!report.message.empty()) return report.message;
    const auto has_failed = [](core::Outcome outcome) { return core::exit_status_of(outcome) != 0; };
    for (const auto& list : report.lists) {
        if (has_failed(list.outcome)) return fmt::format("list '{}': {}", printable(list.list), list.message);
    }
    for (const auto& feed : report.feeds) {
        if (has_failed(feed.outcome)) return fmt::format("feed '{}': {}", printable(feed.feed), feed.message);
    }
    return {};
}

std::string sentence_on(const RunEnd& end) {
    const auto problem = problem_of(end);
    if (!end.report) return "no run: " + problem;
    return fmt::format("run {}: {}{}{}", end.report->id, core::name_of(end.report->outcome),
                       problem.empty() ? "" : "; ", problem);
}

}  // namespace

Service::Service(Work& work, Pace pace, Clock& clock, std::mt19937_64 random)
    : work_(work),
      clock_(clock),
      random_(random),
      timetable_(pace.turns, pace.zone, clock.now()),
      next_poll_(clock.now() + pace.poll),
      pace_(std::move(pace)),
      freshness_(work.freshness()) {
    status_.started = clock.now();
    status_.last_beat = clock.now();
}

template <class Change>
void Service::note(const Change& change) {
    const std::scoped_lock lock(mutex_);
    change(status_);
}

void Service::serve(const std::stop_token& stop) {
    const std::stop_callback on_stop(stop, [this] { wake(); });
    while (!stop.stop_requested()) {
        take_settings();
        if (const auto wish = next_wish()) {
            wish->kind == WishKind::plan ? plan(*wish, stop) : run(wish, stop);
        } else if (timetable_.is_due(clock_.now())) {
            run(std::nullopt, stop);
        } else if (pace_.poll.count() > 0 && next_poll_ <= clock_.now()) {
            poll(stop);
        } else {
            rest(stop);
        }
    }
    work_.show("ends");
}

void Service::take_settings() {
    bool is_asked = false;
    {
        const std::scoped_lock lock(mutex_);
        is_asked = std::exchange(wants_reload_, false);
    }
    if (!work_.has_new_settings() && !is_asked) return;
    auto pace = work_.read_settings();
    if (!pace) {
        work_.say("the settings are not taken, those before stay in force: " + pace.error().message);
        note([&](ServiceStatus& status) { status.settings_problem = pace.error().message; });
        return;
    }
    work_.say("the settings were read again");
    timetable_.replace(pace->turns, pace->zone, clock_.now());
    next_poll_ = std::min(next_poll_, clock_.now() + pace->poll);
    note([&](ServiceStatus& status) {
        pace_ = std::move(*pace);
        status.settings_problem.clear();
    });
}

void Service::run(const std::optional<RunWish>& wish, const std::stop_token& stop) {
    const auto began = clock_.now();
    // Who asks for a run wants it of all feeds.
    const auto resting = wish ? std::set<std::string>{} : timetable_.resting(began);
    note([&](ServiceStatus& status) {
        status.running_since = began;
        status.next_start.reset();
    });
    work_.show(wish ? "a run is under way, as " + wish->who + " asked" : "a run is under way");
    RunEnd end;
    try {
        end = work_.run(wish, resting, stop);
    } catch (const std::exception& bug) {
        end.problem = std::string("this is a bug in cordon: ") + bug.what();
    }
    const auto ended = clock_.now();
    work_.say(sentence_on(end));
    if (end.report) note_failing(end.report->feeds, resting);
    timetable_.ran(began, ended, is_good(end), random_);
    note([&](ServiceStatus& status) {
        if (end.report) core::note_freshness(*end.report, freshness_, ended);
        status.running_since.reset();
        status.last_ended = ended;
        status.last_run = end.report ? end.report->id : std::string{};
        status.last_outcome = end.report ? std::optional(end.report->outcome) : std::nullopt;
        status.last_problem = problem_of(end);
    });
}

void Service::plan(const RunWish& wish, const std::stop_token& stop) {
    work_.show("a plan is made, as " + wish.who + " asked");
    try {
        work_.plan(wish, stop);
    } catch (const std::exception& bug) {
        work_.say(std::string("this is a bug in cordon: ") + bug.what());
    }
}

void Service::note_failing(const std::vector<core::FeedReport>& feeds, const std::set<std::string>& resting) {
    for (const auto& feed : feeds) {
        if (resting.contains(feed.feed)) continue;
        if (core::exit_status_of(feed.outcome) == 0) {
            failing_.erase(feed.feed);
        } else {
            failing_.insert(feed.feed);
        }
    }
}

void Service::poll(const std::stop_token& stop) {
    next_poll_ = clock_.now() + pace_.poll;
    auto asked = timetable_.awake(clock_.now());
    for (const auto& section : failing_) asked.erase(section);
    try {
        for (const auto& section : work_.poll(asked, stop)) timetable_.hurry(section, clock_.now());
    } catch (const std::exception& bug) {
        work_.say(std::string("this is a bug in cordon: ") + bug.what());
    }
}

void Service::rest(const std::stop_token& stop) {
    const auto now = clock_.now();
    const auto next = timetable_.next(now);
    std::stop_token until_woken;
    {
        const std::scoped_lock lock(mutex_);
        status_.last_beat = now;
        status_.next_start = next;
        if (wish_ || wants_reload_ || stop.stop_requested()) return;
        pause_ = std::stop_source();
        until_woken = pause_.get_token();
    }
    work_.show(sentence_on_waiting());
    auto end = std::min(next, now + k_most_rest);
    if (pace_.poll.count() > 0) end = std::min(end, std::max(next_poll_, now));
    clock_.wait_until(end, until_woken);
}

std::string Service::sentence_on_waiting() const {
    const std::scoped_lock lock(mutex_);
    if (!status_.settings_problem.empty()) return "the settings file is not taken: " + status_.settings_problem;
    if (!status_.last_problem.empty()) return "the last run: " + status_.last_problem;
    return fmt::format("the next run starts at {}", to_readable_utc(status_.next_start.value_or(status_.started)));
}

void Service::wake() {
    const std::scoped_lock lock(mutex_);
    pause_.request_stop();
}

void Service::reload() {
    {
        const std::scoped_lock lock(mutex_);
        wants_reload_ = true;
    }
    wake();
}

Result<void> Service::ask_for(RunWish wish) {
    {
        const std::scoped_lock lock(mutex_);
        if (wish_) {
            return fail(Code::blocked, fmt::format("{} has asked for a run already; it begins as soon as the one under "
                                                   "way has ended",
                                                   wish_->who));
        }
        status_.asked_by = wish.who;
        wish_ = std::move(wish);
    }
    wake();
    return {};
}

std::optional<RunWish> Service::next_wish() {
    const std::scoped_lock lock(mutex_);
    status_.asked_by.reset();
    return std::exchange(wish_, std::nullopt);
}

ServiceStatus Service::status() const {
    const std::scoped_lock lock(mutex_);
    auto status = status_;
    status.readiness = core::readiness_of(pace_.lists, freshness_, clock_.now(), pace_.max_staleness);
    return status;
}

}  // namespace cordon::daemon
