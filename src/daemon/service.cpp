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

constexpr std::chrono::milliseconds k_held_up = 10s;  ///< after which a wish is tried again

// How long a step of the loop may take, beyond what any good one does.
constexpr std::chrono::minutes k_longest_rest = 2min;
constexpr std::chrono::minutes k_longest_reading = 10min;  ///< the store may be brought to this version
constexpr std::chrono::minutes k_longest_poll = 1h;        ///< seconds a feed
constexpr std::chrono::minutes k_longest_run = 3h;         ///< an hour's look-ups and the budgets of ZIA come first

/// The feeds, of `all`, for which the run left something to be made good for soon. What the guard stopped waits for a
/// person, and what a run only warns of for its mending.
std::set<std::string> feeds_to_ask_again(const RunEnd& end, const std::set<std::string>& all) {
    using core::ActivationState;
    using core::Outcome;
    if (!end.report) return all;
    const auto& report = *end.report;
    const bool ended_early = report.outcome == Outcome::failed || report.outcome == Outcome::interrupted ||
                             report.outcome == Outcome::unfinished;
    const bool is_in_effect = report.activation == ActivationState::not_needed ||
                              report.activation == ActivationState::active ||
                              report.activation == ActivationState::withheld;
    if (ended_early || !is_in_effect) return all;
    std::set<std::string> again;
    const auto has_failed = [](Outcome outcome) {
        return outcome != Outcome::stopped && core::exit_status_of(outcome) != 0;
    };
    for (const auto& feed : report.feeds) {
        if (has_failed(feed.outcome)) again.insert(feed.feed);
    }
    for (const auto& list : report.lists) {
        if (has_failed(list.outcome)) again.insert(list.feeds.begin(), list.feeds.end());
    }
    return again;
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
      pace_(std::move(pace)) {
    status_.started = clock.now();
    status_.step_may_take = k_longest_rest;
    look_around();
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
        timetable_.meet(clock_.now());
        next_poll_ = std::min<Time>(next_poll_, clock_.now() + pace_.poll);
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
    show("ends");
}

void Service::take_settings() {
    bool is_asked = false;
    {
        const std::scoped_lock lock(mutex_);
        is_asked = std::exchange(wants_reload_, false);
    }
    std::optional<Result<Pace>> pace;
    const auto bug = try_step(k_longest_reading, [&] {
        if (is_asked || work_.has_new_settings()) pace = work_.read_settings();
    });
    if (!bug.empty()) return refuse_settings(bug);
    if (!pace) return;
    if (!*pace) return refuse_settings(pace->error().message);
    work_.say("the settings were read again");
    timetable_.replace((*pace)->turns, (*pace)->zone, clock_.now());
    note([&](ServiceStatus& status) {
        pace_ = std::move(**pace);
        status.settings_problem.clear();
    });
}

void Service::refuse_settings(const std::string& problem) {
    work_.say("the settings are not taken, those before stay in force: " + problem);
    note([&](ServiceStatus& status) { status.settings_problem = problem; });
}

void Service::run(const std::optional<RunWish>& wish, const std::stop_token& stop) {
    const auto began = clock_.now();
    // Who asks for a run wants it of all feeds.
    const auto resting = wish ? std::set<std::string>{} : timetable_.resting(began);
    note([&](ServiceStatus& status) {
        status.running_since = began;
        status.next_start.reset();
    });
    show(wish ? "a run is under way, as " + wish->who + " asked" : "a run is under way");
    RunEnd end;
    if (const auto bug = try_step(k_longest_run, [&] { end = work_.run(wish, resting, stop); }); !bug.empty())
        end.problem = bug;
    const auto ended = clock_.now();
    work_.say(sentence_on(end));
    if (end.report) note_failing(end.report->feeds, resting);
    timetable_.ran(began, ended, feeds_to_ask_again(end, timetable_.sections()), random_);
    note([&](ServiceStatus& status) {
        if (end.report) core::note_freshness(*end.report, freshness_, ended);
        status.running_since.reset();
        status.last_ended = ended;
        status.last_run = end.report ? end.report->id : std::string{};
        status.last_outcome = end.report ? std::optional(end.report->outcome) : std::nullopt;
        status.last_problem = problem_of(end);
        if (!end.is_held_up || !wish) return;
        wishes_.push_front(*wish);  // nobody's "run now" or approval is lost
        wishes_from_ = ended + k_held_up;
        status.asked_by = wish->who;
    });
}

void Service::plan(const RunWish& wish, const std::stop_token& stop) {
    show("a plan is made, as " + wish.who + " asked");
    const auto bug = try_step(k_longest_run, [&] { work_.plan(wish, stop); });
    if (!bug.empty()) work_.say(bug);
}

void Service::step(std::chrono::minutes may_take) {
    note([&](ServiceStatus& status) {
        ++status.steps;
        status.step_may_take = may_take;
    });
}

std::string Service::try_step(std::chrono::minutes may_take, const std::function<void()>& work) {
    step(may_take);
    std::string problem;
    try {
        work();
    } catch (const std::exception& bug) {
        problem = std::string("this is a bug in cordon: ") + bug.what();
    }
    step(k_longest_rest);
    return problem;
}

void Service::show(const std::string& status) {
    const auto bug = try_step(k_longest_rest, [&] { work_.show(status); });
    if (!bug.empty()) work_.say(bug);
}

void Service::look_around() {
    std::vector<core::RunReport> reports;
    const auto bug = try_step(k_longest_rest, [&] { reports = work_.finished_runs(); });
    if (!bug.empty()) work_.say(bug);
    for (auto& report : reports) {
        note([&](ServiceStatus& status) {
            core::note_freshness(report, freshness_, clock_.now());
            if (report.command != "run") return;
            status.last_ended = report.finished;
            status.last_run = report.id;
            status.last_outcome = report.outcome;
            status.last_problem = problem_of({std::move(report)});
        });
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
    const auto bug = try_step(k_longest_poll, [&] {
        for (const auto& section : work_.poll(asked, stop)) timetable_.hurry(section, clock_.now());
    });
    if (!bug.empty()) work_.say(bug);
}

void Service::rest(const std::stop_token& stop) {
    look_around();
    const auto now = clock_.now();
    const auto next = timetable_.next(now);
    std::stop_token until_woken;
    {
        const std::scoped_lock lock(mutex_);
        status_.next_start = next;
        if ((!wishes_.empty() && wishes_from_ <= now) || wants_reload_ || stop.stop_requested()) return;
        pause_ = std::stop_source();
        until_woken = pause_.get_token();
    }
    show(sentence_on_waiting());
    auto end = std::min<Time>(next, now + k_most_rest);
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
        if (!wishes_.empty()) {
            return fail(Code::blocked, fmt::format("{} has asked for a run already; it begins as soon as the one under "
                                                   "way has ended",
                                                   wishes_.front().who));
        }
        status_.asked_by = wish.who;
        wishes_.push_back(std::move(wish));
        wishes_from_ = {};
    }
    wake();
    return {};
}

std::optional<RunWish> Service::next_wish() {
    const std::scoped_lock lock(mutex_);
    const auto now = clock_.now();
    wishes_from_ = std::min<Time>(wishes_from_, now + k_held_up);  // the clock may have been set back
    if (wishes_.empty() || wishes_from_ > now) return std::nullopt;
    auto wish = std::move(wishes_.front());
    wishes_.pop_front();
    status_.asked_by = wishes_.empty() ? std::nullopt : std::optional(wishes_.front().who);
    return wish;
}

ServiceStatus Service::status() const {
    const std::scoped_lock lock(mutex_);
    auto status = status_;
    status.readiness = core::readiness_of(pace_.lists, freshness_, clock_.now(), pace_.max_staleness);
    return status;
}

}  // namespace cordon::daemon
