#pragma once

// A small world around the engine: feeds and a gateway in memory, the real store in a temporary folder.

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "engine/run.hpp"
#include "store/sql_store.hpp"

namespace cordon::engine {

using Strings = std::vector<std::string>;
using namespace std::chrono_literals;

/// A feed that gives what it is told to.
class FakeFeed final : public feeds::Feed {
public:
    FakeFeed(std::string name, core::EntityType entity) : name_(std::move(name)), entity_(entity) {}

    Strings content;
    std::string version = "1";  ///< unchanged for as long as this stays
    std::optional<Error> failure;
    bool is_partial = false;  ///< more is to come
    std::string file = "a file";
    std::size_t downloads = 0;

    [[nodiscard]] const std::string& name() const noexcept override { return name_; }
    [[nodiscard]] std::string source() const override { return name_ + " of " + file; }
    [[nodiscard]] core::EntityType entity() const noexcept override { return entity_; }
    [[nodiscard]] int default_risk() const noexcept override { return 65; }
    [[nodiscard]] Result<feeds::Fetched> fetch(const std::optional<feeds::FeedVersion>& last,
                                               const std::stop_token& stop) override;
    [[nodiscard]] Result<bool> has_changed(const feeds::FeedVersion& last, const std::stop_token&) override {
        if (failure) return fail(failure->code, failure->message);
        return last.etag != version;
    }
    [[nodiscard]] std::vector<feeds::CheckFinding> check(const std::stop_token&) override { return {}; }
    [[nodiscard]] std::map<std::string, std::uint64_t> calls() const override { return {{"GET /fake", downloads}}; }
    [[nodiscard]] std::string cloud() const override { return "fake_feed"; }

private:
    std::string name_;
    core::EntityType entity_;
};

/// A tenant whose lists are plain texts in memory.
class FakeGateway final : public gateways::Gateway {
public:
    std::map<std::string, std::set<std::string>> lists;  ///< canonical entries by list
    std::optional<Error> inventory_failure;
    std::optional<Error> apply_failure;   ///< every apply ends with it
    bool applies_before_failing = false;  ///< the write arrived, its answer did not
    std::set<std::string> swallowed;      ///< answered with success, never shown
    std::set<std::string> refused;        ///< named by the gateway as bad
    std::optional<Error> activation_failure;
    bool publishes = true;                                         ///< on leave
    core::ActivationState status = core::ActivationState::active;  ///< as the inventory tells it
    core::ActivationState status_after_activation = core::ActivationState::active;
    std::function<void(const core::ListPlan&)> on_apply;
    std::size_t applies = 0;
    std::size_t activations = 0;
    std::vector<bool> left_keeping;  ///< keep_unpublished of every leave

    [[nodiscard]] Result<gateways::Inventory> inventory(std::span<const gateways::Target> targets,
                                                        const std::stop_token& stop) override;
    [[nodiscard]] gateways::Applied apply(const gateways::Target& target, const core::ListPlan& plan,
                                          const core::ListState& state, Time now, const std::stop_token& stop) override;
    [[nodiscard]] Result<core::ActivationState> activate(const std::stop_token& stop) override;
    [[nodiscard]] bool publishes_on_leave() const override { return publishes; }
    [[nodiscard]] Result<std::string> leave(bool keep_unpublished, const std::stop_token& stop) override;
    [[nodiscard]] std::vector<gateways::Finding> check(std::span<const gateways::Target>,
                                                       const std::stop_token&) override {
        return {};
    }
    std::map<std::string, core::Classification> database;  ///< others are uncategorised and not flagged
    std::size_t lookups_left = 1000;                       ///< calls of this hour, two values each
    std::optional<Error> lookup_failure;
    std::set<std::string> unnamed;  ///< answers leave them out
    Strings asked;
    std::string advice;  ///< of unblocked_alerts()
    [[nodiscard]] gateways::LookupAnswers classify(std::span<const std::string> values, std::chrono::seconds patience,
                                                   const std::stop_token& stop) override;
    [[nodiscard]] std::size_t values_per_lookup() const override { return 2; }
    std::map<std::string, core::Enforcement> enforced;  ///< by list
    bool has_rules = true;                              ///< that block all other lists
    std::optional<Error> rules_failure;
    core::KeptRule kept{"rule 1", true, "the rule was made", {}};  ///< next answer; then nothing is to do
    std::size_t rule_reads = 0;
    Strings asked_lists;  ///< of the last reading
    std::vector<core::EnforcedList> asked_lists_whole;
    struct AskedRule {
        core::EnforcedList list;
        std::string known_id;
    };
    std::vector<AskedRule> asked_rules;
    [[nodiscard]] Result<std::vector<core::Enforcement>> enforcement(std::span<const core::EnforcedList> asked,
                                                                     const std::stop_token& stop) override;
    [[nodiscard]] core::KeptRule keep_rule(const core::EnforcedList& list, const std::string& known_id,
                                           const std::stop_token& stop) override;
    [[nodiscard]] core::KeptRule look_at_rule(const core::EnforcedList& list, const std::string& known_id,
                                              const std::stop_token& stop) override;
    std::optional<core::KeptRule> looked;  ///< what look_at_rule() finds; else what keep_rule() would do
    std::vector<AskedRule> looked_rules;
    std::function<void()> on_keep_rule;
    std::function<void()> on_look_at_rule;
    std::function<void()> on_enforcement;
    Time rules_as_of{};  ///< of what enforcement() gives
    [[nodiscard]] Result<std::string> unblocked_alerts(const std::stop_token&) override { return advice; }
    [[nodiscard]] gateways::Cost cost_of(const gateways::Work& work) override;
    [[nodiscard]] std::string placeholder(core::TargetKind kind) const override;
    [[nodiscard]] std::map<std::string, std::uint64_t> calls() const override { return {{"PUT /fake", applies}}; }
    [[nodiscard]] std::string cloud() const override { return "fake_gateway"; }

private:
    [[nodiscard]] std::vector<core::PresentEntry> shown(const std::string& list) const;
};

/// Keeps what it is told.
class ToldValues final : public RejectedValues {
public:
    struct Value {
        std::string list, value;
        core::Reason reason;
    };
    std::vector<Value> values;
    void begin_list(const std::string& list) override { list_ = list; }
    void take(std::string_view value, core::Reason reason, std::string_view, std::string_view) override {
        values.push_back({list_, std::string(value), reason});
    }

private:
    std::string list_;
};

/// Keeps "list +entry" and "list -entry".
class ToldChanges final : public ChangeSink {
public:
    Strings changes;
    void take(const std::string& list, std::span<const std::string> added,
              std::span<const std::string> removed) override {
        for (const auto& entry : added) changes.push_back(list + " +" + entry);
        for (const auto& entry : removed) changes.push_back(list + " -" + entry);
    }
};

/// One machine: store, clock and everything that a run needs.
class World {
public:
    World();
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    /// A section that feeds the list; its feed lives as long as the world.
    FakeFeed& add(const std::string& section, const std::string& list, Strings content,
                  core::EntityType entity = core::EntityType::domain);
    RunResult run(RunOptions options = {}, const std::stop_token& stop = {});
    [[nodiscard]] Ports ports();
    [[nodiscard]] std::vector<ListJob> jobs() const;
    [[nodiscard]] core::ListLedger ledger(const std::string& list) { return store->ledger(list).value(); }
    /// Makes every kept content unreadable.
    void damage_contents();

    ManualClock clock;
    std::filesystem::path folder;
    std::unique_ptr<store::Store> store;
    FakeGateway gateway;
    std::vector<FeedSection> sections;
    GuardOptions guard;
    KeepOptions keep;
    ActivationOptions activation;
    core::Assertions assertions;
    core::Protection protection;
    ToldValues rejected;
    ToldChanges changes;
};

/// "h001.example" ...
[[nodiscard]] Strings hosts(std::size_t count, std::size_t first = 1);
[[nodiscard]] std::set<std::string> set_of(const Strings& strings);
/// The marks of the ledger as "h001.example seen".
[[nodiscard]] Strings marks_of(const core::ListLedger& ledger);

}  // namespace cordon::engine
