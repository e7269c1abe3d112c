#include "cli/loop.hpp"

#include <algorithm>
#include <deque>
#include <exception>
#include <ostream>
#include <vector>

#include <fmt/format.h>

#include "base/log.hpp"
#include "base/text.hpp"
#include "engine/schedule.hpp"

namespace cordon::cli {
namespace {

using core::Outcome;

/// Reasons that are kept and printed at the end; more would hide the last ones.
constexpr std::size_t k_most_reasons = 10;

/// Nothing came of this list's turn: it failed, or its feed did for so long that nothing new is taken from it.
bool is_at_a_loss(const core::ListReport& list) {
    return list.outcome == Outcome::failed || list.outcome == Outcome::frozen;
}

bool has_failed(const core::FeedReport& feed) {
    return feed.outcome == Outcome::failed || feed.outcome == Outcome::stale || feed.outcome == Outcome::frozen;
}

/// Old snapshots stood in for every feed, and they gave nothing to write.
bool is_without_news(const core::RunReport& report) {
    const auto is_unwritten = [](const core::ListReport& list) {
        return !list.created && list.added == 0 && list.removed == 0;
    };
    return !report.feeds.empty() && std::all_of(report.feeds.begin(), report.feeds.end(), has_failed) &&
           std::all_of(report.lists.begin(), report.lists.end(), is_unwritten);
}

std::string reason_of(const core::RunReport& report) {
    if (!report.message.empty()) return report.message;
    std::vector<std::string> reasons;
    if (is_without_news(report)) {
        for (const auto& feed : report.feeds)
            reasons.push_back(fmt::format("feed '{}': {}", printable(feed.feed), feed.message));
        return join(reasons, "; ");
    }
    for (const auto& list : report.lists) {
        if (is_at_a_loss(list)) reasons.push_back(fmt::format("list '{}': {}", printable(list.list), list.message));
    }
    return join(reasons, "; ");
}

/// Did the run as a whole fail, and not only one list of several?
bool is_failure(const core::RunReport& report) {
    if (!report.message.empty() || is_without_news(report)) return true;
    if (report.outcome != Outcome::failed && report.outcome != Outcome::frozen) return false;
    return std::all_of(report.lists.begin(), report.lists.end(), is_at_a_loss);
}

class Loop {
public:
    Loop(const LoopOptions& options, const std::function<Round()>& run_once, Clock& clock, std::mt19937_64 random,
         Streams streams, const std::stop_token& stop)
        : options_(options), run_once_(run_once), clock_(clock), random_(random), streams_(streams), stop_(stop) {}

    int run() {
        const engine::Schedule schedule{clock_.now(), options_.every};
        for (bool is_first = true;; is_first = false) {
            const auto round = guarded_round();
            streams_.out.flush();  // whoever reads a pipe or a file sees the report now, not when the loop ends
            if (round.end == RoundEnd::cut_short) return k_exit_interrupted;
            if (stop_.stop_requested()) return k_exit_done;
            if (is_first && round.status == k_exit_usage) return k_exit_usage;
            count(round);
            if (is_enough()) return give_up();
            const auto next = engine::next_start(schedule, clock_.now(), random_);
            tell_next(next);
            if (!clock_.wait_until(next, stop_)) return k_exit_done;
        }
    }

private:
    struct Failure {
        Time at;
        std::string reason;
    };

    Round guarded_round() {
        try {
            return run_once_();
        } catch (const std::exception& bug) {
            auto problem = fmt::format("this is a bug in cordon: {}", printable(bug.what(), 400));
            streams_.err << "cordon: " << problem << "\n";
            log_error(problem);
            return round_without_run(k_exit_bug, std::move(problem));
        }
    }

    void count(const Round& round) {
        if (round.end == RoundEnd::no_turn) return;
        if (round.end == RoundEnd::worked) {
            failures_ = 0;
            reasons_.clear();
            return;
        }
        ++failures_;
        reasons_.push_back({clock_.now(), round.reason});
        if (reasons_.size() > k_most_reasons) reasons_.pop_front();
    }

    [[nodiscard]] bool is_enough() const {
        return options_.max_consecutive_failures > 0 && failures_ >= options_.max_consecutive_failures;
    }

    int give_up() const {
        const auto verdict = fmt::format("{} in a row, so the loop ends ([cordon] max_consecutive_failures)",
                                         failures_ == 1 ? "1 failed run" : fmt::format("{} failed runs", failures_));
        streams_.err << "cordon: " << verdict << "; the last reasons:\n";
        log_error(verdict);
        for (const auto& failure : reasons_) {
            streams_.err << fmt::format("cordon:   {}: {}\n", to_readable_utc(failure.at),
                                        join(split_lines(failure.reason), "; "));
        }
        return k_exit_failed;
    }

    static std::vector<std::string> split_lines(const std::string& text) {
        std::vector<std::string> lines;
        for (const auto line : split(text, '\n')) lines.emplace_back(line);
        return lines;
    }

    void tell_next(Time next) const {
        auto line = fmt::format("the next run starts at {}", to_readable_utc(next));
        if (failures_ > 0) {
            line += fmt::format("; {} failed in a row", failures_);
            if (options_.max_consecutive_failures > 0)
                line += fmt::format(", at {} the loop ends", options_.max_consecutive_failures);
        }
        streams_.err << "cordon: " << line << std::endl;
        log_info(line);
    }

    const LoopOptions& options_;
    const std::function<Round()>& run_once_;
    Clock& clock_;
    std::mt19937_64 random_;
    Streams streams_;
    const std::stop_token& stop_;
    std::size_t failures_ = 0;
    std::deque<Failure> reasons_;
};

}  // namespace

Round round_of(const core::RunReport& report) {
    Round round{report.exit_status};
    if (report.outcome == Outcome::interrupted) {
        round.end = RoundEnd::cut_short;
    } else if (is_failure(report)) {
        round.end = RoundEnd::failed;
        round.reason = reason_of(report);
    }
    return round;
}

Round round_without_run(int status, std::string problem) {
    const auto end = status == k_exit_other_run     ? RoundEnd::no_turn
                     : status == k_exit_interrupted ? RoundEnd::cut_short
                                                    : RoundEnd::failed;
    return {status, end, std::move(problem)};
}

int run_loop(const LoopOptions& options, const std::function<Round()>& run_once, Clock& clock, std::mt19937_64 random,
             Streams streams, const std::stop_token& stop) {
    return Loop(options, run_once, clock, random, streams, stop).run();
}

}  // namespace cordon::cli
