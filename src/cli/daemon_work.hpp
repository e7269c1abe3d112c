#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/guarded.hpp"
#include "cli/commands.hpp"
#include "cli/session.hpp"
#include "console/desk.hpp"
#include "daemon/service.hpp"
#include "metrics/metrics.hpp"

namespace cordon::cli {

/// What `cordon serve` does at its times: runs as `cordon run` does, each with a session of its own that holds the run
/// lock no longer than the run.
class DaemonWork final : public daemon::Work {
public:
    /// `clock` and `err` outlive it. What is worth a line goes to `err`; reports are in the store and the log.
    DaemonWork(CommonArguments common, Clock& clock, std::ostream& err, Outside outside = {});

    [[nodiscard]] Result<daemon::Pace> read_settings() override;
    [[nodiscard]] bool has_new_settings() override;
    [[nodiscard]] daemon::RunEnd run(const std::optional<daemon::RunWish>& wish, const std::set<std::string>& resting,
                                     const std::stop_token& stop) override;
    void plan(const daemon::RunWish& wish, const std::stop_token& stop) override;
    [[nodiscard]] std::vector<std::string> poll(const std::set<std::string>& asked,
                                                const std::stop_token& stop) override;
    [[nodiscard]] std::vector<core::RunReport> finished_runs() override;
    void show(const std::string& status) override;
    void say(const std::string& line) override;

    /// The numbers of all runs so far, for Prometheus. For any thread.
    [[nodiscard]] std::string metrics(const metrics::DaemonFacts& facts) const {
        return metrics_.text(clock_.now(), facts);
    }

    /// What plan() found last; nullopt before the first one. For any thread.
    [[nodiscard]] std::optional<console::KeptPlan> kept_plan() const {
        return plan_.with([](const auto& plan) { return plan; });
    }

    /// Where show() goes; may be empty.
    std::function<void(const std::string&)> on_status;
    /// The settings in force; never null after read_settings() went well. For any thread.
    [[nodiscard]] std::shared_ptr<const Settings> settings() const {
        return in_force_.with([](const InForce& now) { return now.settings; });
    }
    /// The settings in force, wired for those who look while a run uses its own. `session` is open to look; any thread
    /// may use it. Never null after read_settings() went well.
    struct Looking {
        std::unique_ptr<Session> session;
        console::Wiring wiring;
    };
    [[nodiscard]] std::shared_ptr<Looking> looking() const {
        return in_force_.with([](const InForce& now) { return now.looking; });
    }

private:
    /// By which one version of a file is told from another.
    struct FileStamp {
        std::int64_t changed_s = 0, changed_ns = 0;  ///< ctime: of its bytes, mode or owner
        std::uint64_t inode = 0;
        std::int64_t size = 0;
        bool operator==(const FileStamp&) const = default;
    };
    /// From one and the same file.
    struct InForce {
        std::shared_ptr<Settings> settings;  ///< for runs: they wire one session after another
        std::shared_ptr<Looking> looking;
    };
    [[nodiscard]] std::optional<FileStamp> stamp() const;
    [[nodiscard]] Result<std::shared_ptr<Settings>> load() const;
    [[nodiscard]] Result<std::shared_ptr<Looking>> look_into(const std::shared_ptr<Settings>& settings) const;
    [[nodiscard]] Result<std::unique_ptr<Session>> open(store::OpenMode mode, Rejects rejects = Rejects::written);
    Result<void> count_finished(store::Store& store);
    void count_runs(store::Store& store);
    [[nodiscard]] Result<std::vector<core::RunReport>> read_finished_runs(store::Store& store);

    CommonArguments common_;
    Clock& clock_;
    std::ostream& err_;
    Outside outside_;
    std::optional<FileStamp> read_;  ///< what read_settings() looked at last, taken or not
    Guarded<InForce> in_force_;
    metrics::Metrics metrics_;
    bool has_recalled_ = false;  ///< metrics_ goes on from what the store remembers
    std::string last_finished_;  ///< the newest run that finished_runs() gave; "" before it was asked
    Guarded<std::optional<console::KeptPlan>> plan_;
};

}  // namespace cordon::cli
