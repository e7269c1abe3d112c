#include "daemon/timetable.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace cordon::daemon {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::chrono::minutes, 5> k_again{1min, 2min, 5min, 10min, 15min};
constexpr std::chrono::milliseconds k_glance = 1min;

}  // namespace

Timetable::Timetable(std::vector<Turn> turns, engine::FreezeZone zone, Time now) : zone_(zone) {
    for (auto& turn : turns) entries_.push_back({std::move(turn), now, now});
}

void Timetable::replace(std::vector<Turn> turns, engine::FreezeZone zone, Time now) {
    const auto before = std::exchange(entries_, {});
    zone_ = zone;
    put_off_ = {};
    for (auto& turn : turns) {
        const auto same =
            std::find_if(before.begin(), before.end(), [&](const Entry& entry) { return entry.turn == turn; });
        if (same != before.end()) {
            entries_.push_back(*same);
        } else {
            entries_.push_back({std::move(turn), now, now});
        }
    }
}

bool Timetable::is_quiet(const Entry& entry, Time now) const {
    return engine::freeze_at(entry.turn.quiet, engine::wall_time(now, zone_)).has_value();
}

/// Where the clock on the wall is put forward or back meanwhile, it is asked again then.
Time Timetable::end_of_quiet(const Entry& entry, Time now) const {
    const auto wall = engine::wall_time(now, zone_);
    const auto quiet = engine::freeze_at(entry.turn.quiet, wall);
    if (!quiet) return now;
    if (!quiet->until) return now + entry.turn.every;
    return std::chrono::floor<std::chrono::minutes>(now) + (*quiet->until - wall);
}

void Timetable::meet(Time now) {
    for (auto& entry : entries_) entry.due = std::min<Time>(entry.due, now + entry.turn.every);
}

std::set<std::string> Timetable::sections() const {
    std::set<std::string> sections;
    for (const auto& entry : entries_) sections.insert(entry.turn.section);
    return sections;
}

bool Timetable::has_come(const Entry& entry, Time now) const {
    return entry.due <= now && !is_quiet(entry, now);
}

bool Timetable::is_due(Time now) const {
    return std::any_of(entries_.begin(), entries_.end(),
                       [&](const Entry& entry) { return entry.due + put_off_ <= now && !is_quiet(entry, now); });
}

Time Timetable::next(Time now) const {
    if (entries_.empty()) return now + k_glance;
    Time soonest = Time::max();
    for (const auto& entry : entries_) {
        const auto start = entry.due + put_off_;
        soonest = std::min(soonest, start <= now ? end_of_quiet(entry, now) : start);
    }
    return soonest;
}

std::set<std::string> Timetable::resting(Time now) const {
    std::set<std::string> sections;
    for (const auto& entry : entries_) {
        if (!has_come(entry, now)) sections.insert(entry.turn.section);
    }
    return sections;
}

std::set<std::string> Timetable::awake(Time now) const {
    std::set<std::string> sections;
    for (const auto& entry : entries_) {
        if (!is_quiet(entry, now)) sections.insert(entry.turn.section);
    }
    return sections;
}

void Timetable::hurry(const std::string& section, Time now) {
    for (auto& entry : entries_) {
        if (entry.turn.section == section) entry.due = std::min(entry.due, now);
    }
    put_off_ = {};
}

void Timetable::ran(Time began, Time ended, const std::set<std::string>& again, std::mt19937_64& random) {
    const auto soon = ended + k_again.at(std::min(failures_, k_again.size() - 1));
    failures_ = again.empty() ? 0 : failures_ + 1;
    auto most_put_off = std::chrono::milliseconds::max();
    for (auto& entry : entries_) {
        const engine::Schedule schedule{entry.first, entry.turn.every};
        most_put_off = std::min(most_put_off, engine::most_jitter(schedule));
        if (!has_come(entry, began)) continue;
        entry.due = engine::steady_start_after(schedule, ended);
        if (again.contains(entry.turn.section)) entry.due = std::min(entry.due, soon);
    }
    put_off_ = {};
    if (again.empty() && !entries_.empty())
        put_off_ =
            std::chrono::milliseconds(std::uniform_int_distribution<std::int64_t>(0, most_put_off.count())(random));
}

}  // namespace cordon::daemon
