#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "tests/simulation/world/scarcity.hpp"
#include "tests/simulation/world/world.hpp"

namespace cordon::simulation {

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
    [[nodiscard]] std::optional<Breach> store_opens(const Ending& ending, bool was_plan);

    [[nodiscard]] std::optional<Breach> judge_list(const std::string& list, const core::ListLedger& ledger);

    [[nodiscard]] ScarceList look_at(const std::string& list);
    [[nodiscard]] std::size_t coming_to_the_quota();
    [[nodiscard]] Entries excused(const std::string& list, const core::ListLedger& ledger) const;

    World& world_;
    std::string lost_;             ///< the last change of a list that got no answer, until a list is read
    std::string repeated_;         ///< what was sent again though
    std::size_t room_before_ = 0;  ///< of the tenant's quota
    std::map<std::string, Entries> before_;
    std::size_t violations_ = 0;
    std::uint64_t records_ = 0;  ///< of the audit log
    bool may_be_torn_ = false;   ///< its last one
};

}  // namespace cordon::simulation
