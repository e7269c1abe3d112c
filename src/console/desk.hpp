#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "config/load.hpp"
#include "core/freshness.hpp"
#include "core/protection.hpp"
#include "engine/lists.hpp"
#include "store/store.hpp"

namespace cordon::console {

/// The settings as they are in force, wired. Reloading them makes another one; who holds this one may go on with it.
struct Wiring {
    std::vector<engine::FeedSection> sections;
    std::vector<engine::ListJob> jobs;
    const core::Protection& protection;              ///< outlives the wiring
    std::vector<config::EffectiveSetting> settings;  ///< secrets only "set" or "missing"
    std::filesystem::path rejected_csv;              ///< of the last run
};

/// What the daemon is about.
struct Pace {
    std::optional<Time> running_since;    ///< a run is under way
    std::optional<Time> next_start;       ///< nullopt: none is planned
    std::optional<std::string> asked_by;  ///< who asked for a run that has not begun yet
    core::Readiness readiness;            ///< as /readyz has it
    std::string last_problem;             ///< why the last run never began; "" where it did
    std::string settings_problem;         ///< why a newer file was not taken; "" where there is none
};

/// One list of a plan that was made to be looked at.
struct PlannedList {
    std::string list;
    std::uint64_t to_add = 0;
    std::uint64_t to_remove = 0;
    std::vector<std::string> additions;  ///< the first of them, with why where that is known
    std::vector<std::string> removals;
    std::string digest;
};
struct KeptPlan {
    Time made;
    std::vector<PlannedList> lists;
    std::string problem;  ///< why there is none; "" where there is one
};

/// What a signed-in operator asks for.
enum class WishKind : std::uint8_t {
    run,      ///< now, not only at the next start
    plan,     ///< show what a run would do
    approve,  ///< a run that lets exactly one stopped plan through, once
};
struct Wish {
    WishKind kind = WishKind::run;
    std::string user;
    std::string list = {};                             ///< approve
    std::string digest = {};                           ///< approve: of the stopped plan, 64 hex
    core::GuardRule rule = core::GuardRule::removals;  ///< approve: the rule that is waived
    std::string because = {};                          ///< approve: never empty
};

/// Through which the console sees the world; `cordon serve` implements it. Called from several threads at once.
class Desk {
public:
    virtual ~Desk() = default;

    /// Opened with OpenMode::looking; lives as long as the desk.
    [[nodiscard]] virtual store::Store& store() = 0;
    /// Never null.
    [[nodiscard]] virtual std::shared_ptr<const Wiring> wiring() = 0;
    [[nodiscard]] virtual Pace pace() = 0;
    /// The last plan that was made for looking at; nullopt where none was.
    [[nodiscard]] virtual std::optional<KeptPlan> kept_plan() = 0;

    /// Takes the wish and returns at once; what comes of it stands in the runs. It was recorded in the audit log
    /// before. `blocked` where one like it waits already.
    [[nodiscard]] virtual Result<void> take(const Wish& wish) = 0;
    /// Appends to the audit log (the store above may write nothing).
    [[nodiscard]] virtual Result<void> record(const store::AuditRecord& record) = 0;
};

}  // namespace cordon::console
