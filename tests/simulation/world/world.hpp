#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "sandbox/sandbox.hpp"
#include "tests/simulation/world/machine.hpp"
#include "tests/simulation/world/schedule.hpp"

namespace cordon::simulation {

using Entries = std::set<std::string>;

/// One published risk list, and what its publisher means it to hold.
struct Publisher {
    std::string section;  ///< of the settings
    std::string file;
    std::string list;
    bool is_of_addresses = false;
    std::map<std::string, int> good;  ///< value -> risk
    std::string fault;                ///< how it is published badly now; "" where it is not
    bool has_wave = false;            ///< what must never be blocked stands in it, too
};

/// A list on the gateway, as this world knows it from its own deeds, never from Cordon.
struct ListTruth {
    Entries foreign;       ///< others put them there
    Entries foreign_ever;  ///< those too that they took away again
    Entries ever;          ///< what any publisher ever meant to be blocked
    Entries refused;       ///< in a request that a fault refused: Cordon may take them for the culprits, for long
    Entries taken_out;     ///< by another admin: Cordon may leave them out for a while
    Entries at_peace;      ///< what was meant to be on it at the end of the last good days
    bool was_odd = false;  ///< since then a publisher made a mistake, or a wave came or went
    bool is_room_scarce = false;  ///< a cap or quota was below what is wanted since the last good days
    bool was_filled = false;
};

struct Figures {
    std::size_t starts = 0, deaths = 0, faults = 0, requests = 0, good_days = 0;
};

/// Clouds, machine, publishers and people, and what they did.
class World {
public:
    static constexpr const char* k_domains = "Sim Domains";
    static constexpr const char* k_addresses = "Sim Addresses";
    static constexpr const char* k_falcon = "Sim Falcon";

    explicit World(std::uint64_t seed);

    /// Does a step that does not start the program; says what was done.
    std::string perform(const Step& step);
    /// Mends everything that is not Cordon's to mend.
    void mend_all();
    /// The good days are over: what is now is what changes are measured by.
    void keep_peace();
    /// A request of this body was answered with 400.
    void note_refusal(const std::string& body);
    /// A colleague who comes in the middle of a start.
    void move_on_at_request();
    /// Makes what is armed for the next start known to wire and disk.
    void arm();

    [[nodiscard]] Entries on(const std::string& list, sandbox::Side side);
    /// Everything that must be on the list when all is well.
    [[nodiscard]] Entries wanted(const std::string& list);
    /// What its publishers mean to be blocked, those that Cordon was told to leave out aside.
    [[nodiscard]] Entries meant(const std::string& list);
    [[nodiscard]] std::vector<std::string> lists() const { return {k_domains, k_addresses, k_falcon}; }
    [[nodiscard]] bool is_falcon(const std::string& list) const { return list == k_falcon; }

    ManualClock time;
    sandbox::Sandbox clouds;
    Machine machine;
    std::vector<Publisher> publishers;
    std::map<std::string, ListTruth> truth;
    Figures figures;
    bool had_company = false;        ///< a colleague changed something in the middle of this start
    bool had_clock_trouble = false;  ///< since the last good days

private:
    struct Armed {
        std::optional<std::pair<std::size_t, Fate>> request;
        std::optional<std::pair<std::size_t, DiskFate>> write;
        std::size_t dice = 0;
        std::size_t colleague_at = 0;  ///< request; 0 = none
        std::size_t seen = 0;          ///< requests
    };
    std::string churn(Dice& dice);
    std::string publish_badly(Dice& dice);
    std::string wave(Dice& dice);
    std::string falcon_moves(Dice& dice);
    std::string fault(Dice& dice);
    std::string colleague(Dice& dice);
    std::string colleague_on(const std::string& list, Dice& dice);
    std::string colleague_waits(Dice& dice);
    std::string delete_list(Dice& dice);
    std::string quota(Dice& dice);
    std::string settings(Dice& dice);
    std::string arm_death(Dice& dice, Deed deed);
    void publish(Publisher& publisher);
    void publish_falcon(std::size_t count);
    void drop_falcon(const std::string& entry, const char* how);
    std::string new_value(const Publisher& publisher);
    Publisher& any_publisher(Dice& dice);

    Armed armed_;
    Armed now_;       ///< of the start that is under way
    Entries theirs_;  ///< domains that a colleague put on a list and a publisher may name later
    std::set<std::string> never_;
    std::size_t made_ = 0;
    Entries falcon_;  ///< entries of the account's indicators that are to be blocked
};

/// What must be reachable whatever a feed says: URLs, and the entries that would block them.
[[nodiscard]] const std::vector<std::string>& crown_jewels();
[[nodiscard]] const Entries& forbidden_entries();
/// What Cordon keeps a list from being empty with.
[[nodiscard]] bool is_placeholder(const std::string& entry);

}  // namespace cordon::simulation
