#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/plan.hpp"
#include "core/verdict.hpp"

namespace cordon::core {

/// Finds out what of ours was on one list at an earlier moment, from the records of what was added and removed. Nothing
/// needs to be known of the time before the first record: what came before it is told by what happened to it since.
class PastList {
public:
    enum class Change : std::uint8_t { added, removed };
    enum class When : std::uint8_t { before, after };  ///< of the moment

    /// One entry of a record; in the order of the records, all that a record added before what it removed. What one
    /// record adds and removes moved to another side, and stayed.
    void take(When when, std::uint64_t record, Change change, std::string entry);

    /// Canonical entries, ascending. `ours_now`: see surely_ours().
    [[nodiscard]] std::vector<std::string> entries(const std::vector<std::string>& ours_now) const;

private:
    struct Fate {
        std::optional<Change> last_before;
        std::optional<Change> first_after;
        std::uint64_t record = 0;      ///< the last that was taken
        bool is_first_record = false;  ///< it is the first after the moment
    };
    [[nodiscard]] static bool was_there(const Fate& fate);

    std::map<std::string, Fate, std::less<>> fates_;
};

/// Why an entry must not be put on the list now; nullopt where it may.
using Forbids = std::function<std::optional<Verdict>(const std::string& canonical)>;

/// The plan that takes what is ours of a list back to `past` (canonical, ascending; cordon rollback). What is forbidden
/// now comes back no more and goes where it is there; what was taken out by hand, what the gateway refuses and what has
/// no place stays out, and `sink` gets it. Entries of others stay. `run`: for the sink, in the place of a feed.
[[nodiscard]] ListPlan plan_restoration(const std::string& list, TargetKind target,
                                        const std::vector<std::string>& past, const std::string& run,
                                        const Forbids& forbids, const ListState& state, const ListLedger& ledger,
                                        const ListPolicy& policy, Room& room, Time now, RejectSink& sink);

/// What the ledger says is ours, ascending, but for what an interrupted run may or may not have put there.
[[nodiscard]] std::vector<std::string> surely_ours(const ListState& state, const ListLedger& ledger);

}  // namespace cordon::core
