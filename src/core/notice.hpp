#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "core/report.hpp"

namespace cordon::core {

/// What people are told of without having asked.
enum class NoticeKind : std::uint8_t {
    run_failed,         ///< a run, or one of its lists, failed; or the run before was killed
    guard_stopped,      ///< a list's plan waits for a person
    not_enforced,       ///< no rule blocks what is on a list: users reach it
    feed_stale,         ///< a feed's current list could not be had for a while
    quota_nearly_full,  ///< of the tenant's unique URLs
    foreign_appeared,   ///< others put entries on a list of ours
    recovered,          ///< one of the first five is over
    test,               ///< cordon notify test
};
inline constexpr std::size_t k_notice_kind_count = 8;
/// "run_failed": the spelling of settings and messages.
[[nodiscard]] const char* name_of(NoticeKind kind) noexcept;

struct Notice {
    NoticeKind kind = NoticeKind::test;
    NoticeKind about = NoticeKind::test;  ///< what is over, where it recovered; else the same as `kind`
    std::string subject;                  ///< the list or feed; empty where it is of the whole run
    std::string title;                    ///< one line, printable
    std::string text;                     ///< sentences, printable: what happened and what to do
    Time at;
    Time since;               ///< when the trouble was first seen
    std::string run_id;       ///< empty for a test
    std::uint64_t level = 0;  ///< foreign_appeared: how many there are now

    bool operator==(const Notice&) const = default;
};

/// What one receiver wants to be told.
struct NoticeRules {
    std::set<NoticeKind> wanted{NoticeKind::run_failed, NoticeKind::guard_stopped,     NoticeKind::not_enforced,
                                NoticeKind::feed_stale, NoticeKind::quota_nearly_full, NoticeKind::foreign_appeared,
                                NoticeKind::recovered};
    std::chrono::seconds repeat = std::chrono::hours{24};        ///< how long the same is not told again
    std::chrono::seconds feed_patience = std::chrono::hours{3};  ///< how old a feed's last success may get
    double quota_share = 0.9;                                    ///< from here on the quota is nearly full
};

/// What one receiver was told; kept between runs.
struct NoticeMemory {
    /// Kept after its end for NoticeRules::repeat, so that what comes and goes is not told each time.
    struct Trouble {
        std::optional<Time> since;  ///< nullopt: it is over
        std::optional<Time> told;   ///< last; nullopt where it never was
        bool is_known = false;      ///< the receiver takes it for lasting: it was told of it, and not of its end
        bool operator==(const Trouble&) const = default;
    };
    struct Foreign {
        std::uint64_t level = 0;  ///< entries of others that the receiver knows of
        std::optional<Time> told;
        bool operator==(const Foreign&) const = default;
    };
    std::map<std::pair<NoticeKind, std::string>, Trouble> troubles;  ///< by kind and subject
    std::map<std::string, Time> last_good;                           ///< by feed: the run that got its current list
    std::map<std::string, Foreign> foreign;                          ///< by list
    bool operator==(const NoticeMemory&) const = default;
};

/// One line of JSON.
[[nodiscard]] std::string to_json(const NoticeMemory& memory);
/// `corrupt` where it is none; an empty text is an empty memory.
[[nodiscard]] Result<NoticeMemory> notice_memory_from_json(const std::string& json);

/// In how many runs each receiver did not take what was due, by its name.
using NoticeFailures = std::map<std::string, std::uint64_t>;
/// Under this name they are kept in the store.
inline constexpr const char* k_notice_failures_memo = "notice failures";
[[nodiscard]] std::string to_json(const NoticeFailures& failures);
/// Empty where it is none: they begin anew.
[[nodiscard]] NoticeFailures notice_failures_from_json(const std::string& json);

struct NoticeDecision {
    std::vector<Notice> due;
    NoticeMemory memory;  ///< what to keep; what was delivered is to be marked in it
};

/// What follows from a run for one receiver. `before` is the report of the run before it, nullptr where there is none.
/// A run that was interrupted says nothing. Pure.
[[nodiscard]] NoticeDecision decide_notices(const RunReport& report, const RunReport* before, NoticeMemory memory,
                                            const NoticeRules& rules);

/// The receiver has it: it is not due again before NoticeRules::repeat. One that is never marked is due in the next
/// run, too.
void mark_told(const Notice& notice, NoticeMemory& memory);

[[nodiscard]] Notice test_notice(Time now);

}  // namespace cordon::core
