#include "daemon/timetable.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace cordon::daemon {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::chrono::minutes, 5> k_again{1min, 2min, 5min, 10min, 15min};
constexpr std::chrono::milliseconds k_glance = 1min;  ///< quiet hours are told by the minute

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
        const bool waits_for_noise = start <= now && is_quiet(entry, now);
        soonest = std::min(soonest, waits_for_noise ? now + k_glance : std::max(start, now));
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

void Timetable::ran(Time began, Time ended, bool was_good, std::mt19937_64& random) {
    const auto again = ended + k_again.at(std::min(failures_, k_again.size() - 1));
    failures_ = was_good ? 0 : failures_ + 1;
    auto most_put_off = std::chrono::milliseconds::max();
    for (auto& entry : entries_) {
        const engine::Schedule schedule{entry.first, entry.turn.every};
        most_put_off = std::min(most_put_off, engine::most_jitter(schedule));
        if (!has_come(entry, began)) continue;
        entry.due = engine::steady_start_after(schedule, ended);
        if (!was_good) entry.due = std::min(entry.due, again);
    }
    put_off_ = {};
    if (was_good && !entries_.empty())
        put_off_ =
            std::chrono::milliseconds(std::uniform_int_distribution<std::int64_t>(0, most_put_off.count())(random));
}

}  // namespace cordon::daemon
