#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "cli/session.hpp"
#include "engine/run.hpp"
#include "sandbox/sandbox.hpp"
#include "tests/simulation/world/disk.hpp"
#include "tests/simulation/world/wire.hpp"

namespace cordon::simulation {

/// A machine's clock, which may be wrong. Time passes with the clouds'.
class MachineClock final : public Clock {
public:
    explicit MachineClock(ManualClock& truth) : truth_(truth) {}
    [[nodiscard]] Time now() const override { return truth_.now() + error_; }
    bool wait_until(Time moment, const std::stop_token& stop) override {
        if (is_dead && is_dead()) return false;  // the dead do not wait: no time passes until the next start
        return truth_.wait_until(moment - error_, stop);
    }
    std::function<bool()> is_dead;
    void jump(std::chrono::milliseconds by) { error_ += by; }
    void correct() { error_ = {}; }
    [[nodiscard]] std::chrono::milliseconds error() const noexcept { return error_; }

private:
    ManualClock& truth_;
    std::chrono::milliseconds error_{0};
};

/// How one start of the program ended.
struct Ending {
    bool died = false;
    bool had_disk_trouble = false;  ///< what was armed for the disk happened while it ran
    std::size_t zia_writes = 0;     ///< requests that changed the tenant's configuration
    std::string problem;            ///< why there was no run at all
    std::optional<engine::RunResult> result;

    [[nodiscard]] const core::RunReport* report() const { return result ? &result->report : nullptr; }
    /// Everything the report says, for a failure's message.
    [[nodiscard]] std::string said() const;
};

/// What a run is asked for beside the settings.
struct Wish {
    bool only_plans = false;
    std::set<std::string> allow_removals = {};
    std::set<std::string> allow_growth = {};
    std::optional<std::string> digest = {};  ///< of the plan that was looked at
};

/// Replaces parts of a session by ones with a fault in them.
using Plant = std::function<void(cli::Session&, Wire&)>;

/// The machine that the program runs on: settings, state folder, clock, disk and wire.
class Machine {
public:
    /// Signs in to ZIA in the legacy way with an even seed, through OneAPI with an odd one.
    Machine(sandbox::Sandbox& clouds, ManualClock& truth, std::uint64_t seed);
    ~Machine();
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    void set(const std::string& section, const std::string& key, const std::string& value);
    void unset(const std::string& section, const std::string& key);

    /// Starts the program, as `cordon run` or `cordon plan`, to its end or its death.
    Ending start(const Wish& wish = {});
    /// Opens the store between starts. A message where it does not open.
    [[nodiscard]] std::string look(const std::function<void(store::Store&)>& look);
    [[nodiscard]] std::filesystem::path folder() const { return folder_; }
    [[nodiscard]] std::filesystem::path state_dir() const { return folder_ / "state"; }

    MachineClock clock;
    Wire wire;
    std::size_t feeds_at_once = 1;         ///< more: in threads, and no two lives are the same
    Plant plant;                           ///< may be empty
    std::function<void()> before_restart;  ///< called when the program has ended, before wire and disk start anew

private:
    Result<std::unique_ptr<cli::Session>> open();
    void write_settings() const;

    sandbox::Sandbox& clouds_;
    std::mt19937_64 random_;
    std::filesystem::path folder_;
    std::map<std::string, std::map<std::string, std::string>> settings_;
    std::shared_ptr<cli::Settings> loaded_;
};

}  // namespace cordon::simulation
