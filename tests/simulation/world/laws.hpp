#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "tests/simulation/world/scarcity.hpp"
#include "tests/simulation/world/world.hpp"

namespace cordon::simulation {

/// The names of the laws.
namespace law {
inline constexpr const char* k_foreign = "no foreign entry is touched";
inline constexpr const char* k_unsafe = "nothing unsafe is on any list";
inline constexpr const char* k_emptied = "no list is emptied";
inline constexpr const char* k_kept = "what its publisher still lists is not removed";
inline constexpr const char* k_riskiest = "where room is scarce the riskiest stay";
inline constexpr const char* k_unplanned = "nothing is live that was not planned";
inline constexpr const char* k_rates = "rates and the rules of the clouds are kept";
inline constexpr const char* k_plan = "a plan writes nothing";
inline constexpr const char* k_accidents = "the guard stops accidents alone";
inline constexpr const char* k_opens = "the store opens";
inline constexpr const char* k_audit = "the audit log is whole";
inline constexpr const char* k_report = "every run leaves a report";
inline constexpr const char* k_numbers = "the numbers of a report add up";
inline constexpr const char* k_colleagues = "what a colleague took out stays out";
inline constexpr const char* k_off = "a list that is switched off is left alone";
inline constexpr const char* k_twice = "what got no answer is looked at before it is sent again";
inline constexpr const char* k_good_days = "after good runs all is as it should be";
inline constexpr std::array k_all{k_foreign, k_unsafe,     k_emptied,   k_kept,  k_riskiest, k_unplanned,
                                  k_rates,   k_plan,       k_accidents, k_opens, k_audit,    k_report,
                                  k_numbers, k_colleagues, k_off,       k_twice, k_good_days};
}  // namespace law

/// A law that was broken.
struct Breach {
    std::string law;   ///< its name
    std::string what;  ///< what was found
};

/// What must hold whatever happens. They know what the world did, and look at the gateway and the report alone.
class Laws {
public:
    explicit Laws(World& world) : world_(world) {}

    /// Before a start of the program.
    void remember();
    /// What was on the lists then.
    [[nodiscard]] const std::map<std::string, Entries>& before() const noexcept { return before_; }
    /// After each request of it: what must hold at any moment.
    [[nodiscard]] std::optional<Breach> judge_moment();
    /// Each time that something went over the wire.
    void note_exchange(const net::Request& request, bool has_answer);
    /// After it.
    [[nodiscard]] std::optional<Breach> judge(const Ending& ending, bool was_plan);
    /// At the end of good days: all is as it should be.
    [[nodiscard]] std::optional<Breach> judge_good_days(const Ending& last);

private:
    [[nodiscard]] std::optional<Breach> foreign_stays() const;
    [[nodiscard]] std::optional<Breach> nothing_unsafe() const;
    [[nodiscard]] std::optional<Breach> nothing_emptied();
    [[nodiscard]] std::optional<Breach> failure_removes_nothing();
    [[nodiscard]] std::optional<Breach> the_riskiest_stay(const Ending& ending);
    [[nodiscard]] std::optional<Breach> taken_out_stays_out();
    [[nodiscard]] std::optional<Breach> what_is_off_is_left_alone();
    [[nodiscard]] std::optional<Breach> nothing_unplanned() const;
    [[nodiscard]] std::optional<Breach> rates_are_kept(const Ending& ending);
    [[nodiscard]] static std::optional<Breach> plan_writes_nothing(const Ending& ending, bool was_plan);
    [[nodiscard]] std::optional<Breach> report_adds_up(const Ending& ending, bool was_plan) const;
    [[nodiscard]] std::optional<Breach> guard_stops_accidents_alone(const Ending& ending);
    [[nodiscard]] std::size_t lost_by_a_publisher_of(const std::string& list) const;
    [[nodiscard]] std::optional<Breach> store_opens(const Ending& ending, bool was_plan);

    [[nodiscard]] std::optional<Breach> judge_list(const std::string& list, const core::ListLedger& ledger);

    [[nodiscard]] ScarceList look_at(const std::string& list);
    [[nodiscard]] std::size_t coming_to_the_quota();
    [[nodiscard]] Entries excused(const std::string& list, const core::ListLedger& ledger) const;

    World& world_;
    std::map<std::string, std::string> lost_;  ///< URL -> its last change that got no answer, until it is read
    std::string repeated_;                     ///< what was sent again though
    std::size_t room_before_ = 0;              ///< of the tenant's quota
    std::map<std::string, Entries> before_;
    std::size_t violations_ = 0;
    std::uint64_t records_ = 0;  ///< of the audit log
    bool may_be_torn_ = false;   ///< its last one
};

}  // namespace cordon::simulation
