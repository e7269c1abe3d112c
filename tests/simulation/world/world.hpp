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
#include "tests/simulation/world/contents.hpp"
#include "tests/simulation/world/facts.hpp"
#include "tests/simulation/world/jewels.hpp"
#include "tests/simulation/world/machine.hpp"
#include "tests/simulation/world/schedule.hpp"

namespace cordon::simulation {

struct Figures {
    std::size_t starts = 0, deaths = 0, faults = 0, requests = 0, good_days = 0;
};

/// Clouds, machine, publishers and people, and what they did.
class World {
public:
    static constexpr const char* k_domains = "Sim Domains";
    static constexpr const char* k_addresses = "Sim Addresses";
    static constexpr const char* k_falcon = "Sim Falcon";
    static constexpr int k_falcon_risk = 85;  ///< of what CrowdStrike is sure of (docs/feeds/crowdstrike.md)
    static constexpr std::chrono::hours k_respected{24 * 30};    ///< docs/settings.md, respect_manual_removals
    static constexpr std::chrono::hours k_quarantined{24 * 30};  ///< docs/user-guide.md, 15

    explicit World(std::uint64_t seed);

    /// Does a step that does not start the program; says what was done.
    std::string perform(const Step& step);
    /// Mends everything that is not Cordon's to mend.
    void mend_all();
    /// The good days are over: what is now is what changes are measured by.
    void keep_peace();
    /// A request was answered.
    void note_answer(const net::Request& request, int status);
    /// What comes in the middle of a start: a colleague, changes of CrowdStrike's account, a refusal.
    void move_on_at_request(const net::Request& request);
    /// Makes what is armed for the next start known to wire and disk.
    void arm();
    /// A start of the program is over. `before`: what was on the lists when it began.
    void note_ending(const Ending& ending, const std::map<std::string, Entries>& before);

    [[nodiscard]] Entries on(const std::string& list, sandbox::Side side);
    /// Everything that must be on the list when all is well.
    [[nodiscard]] Entries wanted(const std::string& list);
    /// What its publishers mean to be blocked, those that Cordon was told to leave out aside.
    [[nodiscard]] Entries meant(const std::string& list);
    /// The same, without what publishers mean whose list never arrived: Cordon cannot know of it.
    [[nodiscard]] Entries told(const std::string& list);
    [[nodiscard]] std::vector<std::string> lists() const { return {k_domains, k_addresses, k_falcon}; }
    [[nodiscard]] bool is_falcon(const std::string& list) const { return list == k_falcon; }
    /// All its sections are switched off.
    [[nodiscard]] bool is_off(const std::string& list) const;
    /// One of its sections is.
    [[nodiscard]] bool is_partly_off(const std::string& list) const;
    /// The risk that its publishers give a value, the same for life.
    [[nodiscard]] int risk_of(const std::string& list, const std::string& value) const;

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
        std::size_t falcon_at = 0;     ///< request to CrowdStrike; 0 = none
        std::size_t falcon_seen = 0;   ///< requests to it
        bool names_bad = false;        ///< ZIA refuses the next entries that are added and names some of them
    };
    void note_refusal(const std::string& body);
    std::string churn(Dice& dice);
    std::string publish_badly(Dice& dice);
    std::string wave(Dice& dice);
    std::string falcon_moves(Dice& dice);
    std::string falcon_wave();
    void name_bad(const net::Request& request);
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
    void publish_falcon(const std::string& url);
    void drop_falcon(const std::string& entry, const char* how);
    void begin_publishing(Dice& dice);
    const std::string& name_of_real(Publisher& publisher, std::size_t number);
    std::string move_on_as_real(Publisher& publisher, Dice& dice);
    std::string new_value(const Publisher& publisher);
    std::string value_for(const Publisher& publisher, Dice& dice);
    void add_value(Publisher& publisher, const std::string& value, Dice& dice);
    Publisher& any_publisher(Dice& dice);

    Armed armed_;
    Armed now_;       ///< of the start that is under way
    Entries theirs_;  ///< domains that a colleague put on a list and a publisher may name later
    std::set<std::string> never_;
    std::map<std::string, int> risks_;
    std::size_t made_ = 0;
    bool has_falcon_wave_ = false;
    Entries named_bad_;  ///< in the refusal that comes
    Entries falcon_;     ///< entries of the account's indicators that are to be blocked
};

/// What Cordon keeps a list from being empty with.
[[nodiscard]] bool is_placeholder(const std::string& entry);

}  // namespace cordon::simulation
