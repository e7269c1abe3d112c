#pragma once

// A console over a small world with real runs, and somebody who asks it.

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "console/console.hpp"
#include "tests/unit/engine/world.hpp"

namespace cordon::console {

/// What the daemon would do, written down.
class FakeDesk final : public Desk {
public:
    explicit FakeDesk(engine::World& world) : world_(world) {}

    Pace current_pace;
    std::optional<KeptPlan> plan;
    std::vector<Wish> wishes;
    std::vector<store::AuditRecord> records;
    std::optional<Error> refusal;         ///< of wishes
    std::optional<Error> record_failure;  ///< of the audit log
    std::vector<config::EffectiveSetting> settings;

    [[nodiscard]] store::Store& store() override { return *world_.store; }
    [[nodiscard]] std::shared_ptr<const Wiring> wiring() override;
    [[nodiscard]] Pace pace() override { return current_pace; }
    [[nodiscard]] std::optional<KeptPlan> kept_plan() override { return plan; }
    [[nodiscard]] Result<void> take(const Wish& wish) override;
    [[nodiscard]] Result<void> record(const store::AuditRecord& record) override;

private:
    engine::World& world_;
    core::Protection protection_ = core::ProtectionBuilder().build();
    std::shared_ptr<const Wiring> wiring_;
};

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// One browser or program that asks the console.
class Visit {
public:
    Visit();

    engine::World world;
    FakeDesk desk{world};
    AccessOptions options;
    std::unique_ptr<Console> console;  ///< made by the first request
    std::string host = "localhost:8470";
    std::string address = "127.0.0.1";
    std::map<std::string, std::string> cookies;
    Pairs more_headers;

    net::ServerResponse get(const std::string& target);
    net::ServerResponse post(const std::string& target, const Pairs& fields);
    net::ServerResponse post_json(const std::string& target, const Json& body);
    net::ServerResponse send(net::ServerRequest request);
    Json json(const std::string& target);

    /// A run of the real engine against the gateway in memory, kept in the store.
    core::RunReport run(engine::RunOptions run_options = {});
    /// Adds the account with a cheap hash.
    void add_user(const std::string& name, Role role);
    net::ServerResponse sign_in(const std::string& name, const std::string& password, const std::string& next = {});
    /// The form token of a page that this visitor sees.
    std::string form_token(const std::string& target = "/plan");
    [[nodiscard]] Accounts accounts() const { return Accounts(world.folder); }

    static constexpr const char* k_password = "correct horse battery";
};

/// The value of the first header of that name; "" where there is none.
[[nodiscard]] std::string header_of(const net::ServerResponse& response, const std::string& name);

}  // namespace cordon::console
