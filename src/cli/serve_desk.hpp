#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "cli/daemon_work.hpp"
#include "console/desk.hpp"
#include "daemon/service.hpp"

namespace cordon::cli {

/// What the console of `cordon serve` sees of it: a store of its own to look into, the settings in force, and the
/// service to ask. Thread-safe.
class ServeDesk final : public console::Desk {
public:
    /// After work.read_settings() went well. All arguments outlive the desk. Errors: the store's.
    [[nodiscard]] static Result<std::unique_ptr<ServeDesk>> open(DaemonWork& work, daemon::Service& service,
                                                                 Clock& clock);

    [[nodiscard]] store::Store& store() override { return *store_; }
    [[nodiscard]] std::shared_ptr<const console::Wiring> wiring() override;
    [[nodiscard]] console::Pace pace() override;
    [[nodiscard]] std::optional<console::KeptPlan> kept_plan() override { return work_.kept_plan(); }
    [[nodiscard]] Result<void> take(const console::Wish& wish) override;
    [[nodiscard]] Result<void> record(const store::AuditRecord& record) override;

private:
    ServeDesk(DaemonWork& work, daemon::Service& service, Clock& clock)
        : work_(work), service_(service), clock_(clock) {}
    [[nodiscard]] std::filesystem::path state_dir() const;

    DaemonWork& work_;
    daemon::Service& service_;
    Clock& clock_;
    std::unique_ptr<store::Store> store_;
};

}  // namespace cordon::cli
