#include "core/report.hpp"

#include <algorithm>

namespace cordon::core {
namespace {

int severity_of(Outcome outcome) noexcept {
    switch (outcome) {
        case Outcome::unchanged: return 0;
        case Outcome::done: return 1;
        case Outcome::stale: return 2;
        case Outcome::partial: return 3;
        case Outcome::frozen: return 4;
        case Outcome::failed: return 5;
        case Outcome::stopped: return 6;
        case Outcome::interrupted: return 7;
        case Outcome::unfinished: return 8;
    }
    return 5;
}

}  // namespace

const char* name_of(Outcome outcome) noexcept {
    switch (outcome) {
        case Outcome::done: return "done";
        case Outcome::unchanged: return "unchanged";
        case Outcome::partial: return "partial";
        case Outcome::stale: return "stale";
        case Outcome::frozen: return "frozen";
        case Outcome::stopped: return "stopped";
        case Outcome::failed: return "failed";
        case Outcome::interrupted: return "interrupted";
        case Outcome::unfinished: return "unfinished";
    }
    return "failed";
}

const char* name_of(ActivationState state) noexcept {
    switch (state) {
        case ActivationState::not_needed: return "not_needed";
        case ActivationState::unknown: return "unknown";
        case ActivationState::active: return "active";
        case ActivationState::pending: return "pending";
        case ActivationState::in_progress: return "in_progress";
        case ActivationState::failed: return "failed";
        case ActivationState::withheld: return "withheld";
    }
    return "failed";
}

Outcome worse(Outcome a, Outcome b) noexcept {
    return severity_of(a) >= severity_of(b) ? a : b;
}

int exit_status_of(Outcome outcome) noexcept {
    switch (outcome) {
        case Outcome::done:
        case Outcome::unchanged: return 0;
        case Outcome::partial:
        case Outcome::stale:
        case Outcome::frozen:
        case Outcome::failed:
        case Outcome::unfinished: return 1;
        case Outcome::stopped: return 4;
        case Outcome::interrupted: return 130;
    }
    return 1;
}

bool plans_from_feeds(std::string_view command) noexcept {
    return command == "run" || command == "adopt";
}

std::optional<Time> confirmed_as_of(const ListReport& list, const std::vector<FeedReport>& feeds, Time ended) {
    Time oldest = ended;
    for (const auto& feed : feeds) {
        const bool is_its = std::find(list.feeds.begin(), list.feeds.end(), feed.feed) != list.feeds.end();
        if (!is_its || !feed.confirmed_at) continue;
        if (*feed.confirmed_at > ended) return std::nullopt;
        oldest = std::min(oldest, *feed.confirmed_at);
    }
    return oldest;
}

void note_as_partial(RunReport& report) noexcept {
    report.outcome = worse(report.outcome, Outcome::partial);
    report.exit_status = exit_status_of(report.outcome);
}

}  // namespace cordon::core
