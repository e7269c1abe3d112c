#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "cli/daemon_work.hpp"
#include "console/desk.hpp"
#include "daemon/service.hpp"

namespace cordon::cli {

/// What the console of `cordon serve` sees of it: a store of its own to look into, a wiring of its own of the settings
/// in force, and the service to ask. Thread-safe.
class ServeDesk final : public console::Desk {
public:
    /// Makes the store where there is none. All arguments outlive the desk. Errors: the store's.
    [[nodiscard]] static Result<std::unique_ptr<ServeDesk>> open(const CommonArguments& common, DaemonWork& work,
                                                                 daemon::Service& service, Clock& clock);

    [[nodiscard]] store::Store& store() override { return *store_; }
    [[nodiscard]] std::shared_ptr<const console::Wiring> wiring() override;
    [[nodiscard]] console::Pace pace() override;
    [[nodiscard]] std::optional<console::KeptPlan> kept_plan() override { return work_.kept_plan(); }
    [[nodiscard]] Result<engine::Explanation> explain(const std::string& value) override;
    [[nodiscard]] Result<void> take(const console::Wish& wish) override;
    [[nodiscard]] Result<void> record(const store::AuditRecord& record) override;

private:
    struct Wired {
        std::unique_ptr<Session> session;  // what the feeds were made from
        console::Wiring wiring;
    };
    ServeDesk(CommonArguments common, DaemonWork& work, daemon::Service& service, Clock& clock)
        : common_(std::move(common)), work_(work), service_(service), clock_(clock) {}
    [[nodiscard]] Result<std::shared_ptr<Wired>> wire() const;
    [[nodiscard]] std::filesystem::path state_dir() const;

    CommonArguments common_;
    DaemonWork& work_;
    daemon::Service& service_;
    Clock& clock_;
    std::unique_ptr<store::Store> store_;
    std::mutex mutex_;                            // what follows
    std::shared_ptr<const Settings> wired_from_;  ///< the daemon's, of which `wired_` is another copy
    std::shared_ptr<Wired> wired_;                ///< never null once opened
};

}  // namespace cordon::cli
