#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "tests/simulation/world/contents.hpp"

namespace cordon::simulation {

struct RealChurn;

/// One published risk list, and what its publisher means it to hold.
struct Publisher {
    std::string section;  ///< of the settings
    std::string file;
    std::string list;
    bool is_of_addresses = false;
    bool is_of_connect = false;                ///< Recorded Future's own list, no Fusion file
    std::map<std::string, int> good = {};      ///< value -> risk
    std::map<std::string, int> at_peace = {};  ///< at the end of the last good days
    std::string fault = {};                    ///< how it is published badly now; "" where it is not
    bool has_wave = false;                     ///< what must never be blocked stands in it, too
    bool is_off = false;    ///< its section is switched off: what it put on the list stays, nothing comes
    bool was_sent = false;  ///< whole, in this start
    std::map<std::string, int> sent = {};           ///< then
    std::map<std::string, int> known = {};          ///< of the last whole list that was_read is about
    const RealChurn* real = nullptr;                ///< the list moves on as this one did; null where it does not
    std::size_t version = 0;                        ///< of it
    std::map<std::size_t, std::string> names = {};  ///< of its values
    bool was_read = false;  ///< whole, by a start that lived and whose disk worked: its entries are known
};

/// An entry that another admin took off a list.
struct TakenOut {
    Time at;
    bool is_promised = false;     ///< it was ours and a run had seen it there: it stays out for k_respected
    bool has_clock_odd = false;   ///< the machine's clock was wrong since: nobody can say for how long
    std::optional<Time> noticed;  ///< the end of the first run since then that settled its list
};

/// A list on the gateway, as this world knows it from its own deeds, never from Cordon.
struct ListTruth {
    Entries foreign;                      ///< others put them there
    Entries foreign_ever;                 ///< those too that they took away again
    Entries ever;                         ///< what any publisher ever meant to be blocked
    Entries seen;                         ///< there since before the last run that settled the list
    std::map<std::string, Time> refused;  ///< in a request that a fault refused: Cordon may take it for the culprit
    std::map<std::string, TakenOut> taken_out;  ///< by another admin, and not back since
    Entries at_peace;                           ///< what was meant to be on it at the end of the last good days
    bool was_odd = false;                       ///< since then a publisher made a mistake, or a wave came or went
    std::size_t cap = 0;                        ///< of its sections; 0 where they set none
    bool was_filled = false;
};

}  // namespace cordon::simulation
