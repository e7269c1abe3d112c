#pragma once

#include <memory>
#include <utility>

#include "feeds/feed.hpp"
#include "gateways/gateway.hpp"

namespace cordon::simulation {

/// Ports that pass everything on; a planted bug changes one method.
class PassingFeed : public feeds::Feed {
public:
    explicit PassingFeed(std::unique_ptr<feeds::Feed> real) : real_(std::move(real)) {}
    [[nodiscard]] const std::string& name() const noexcept override { return real_->name(); }
    [[nodiscard]] std::string source() const override { return real_->source(); }
    [[nodiscard]] core::EntityType entity() const noexcept override { return real_->entity(); }
    [[nodiscard]] int default_risk() const noexcept override { return real_->default_risk(); }
    [[nodiscard]] Result<feeds::Fetched> fetch(const std::optional<feeds::FeedVersion>& last,
                                               const std::stop_token& stop) override {
        return real_->fetch(last, stop);
    }
    [[nodiscard]] Result<bool> has_changed(const feeds::FeedVersion& last, const std::stop_token& stop) override {
        return real_->has_changed(last, stop);
    }
    [[nodiscard]] std::vector<feeds::CheckFinding> check(const std::stop_token& stop) override {
        return real_->check(stop);
    }
    [[nodiscard]] std::map<std::string, std::uint64_t> calls() const override { return real_->calls(); }
    [[nodiscard]] std::string cloud() const override { return real_->cloud(); }

protected:
    std::unique_ptr<feeds::Feed> real_;  // NOLINT
};

class PassingGateway : public gateways::Gateway {
public:
    explicit PassingGateway(std::unique_ptr<gateways::Gateway> real) : real_(std::move(real)) {}
    [[nodiscard]] Result<gateways::Inventory> inventory(std::span<const gateways::Target> targets,
                                                        const std::stop_token& stop) override {
        return real_->inventory(targets, stop);
    }
    void expect(std::span<const core::ListPlan* const> plans) override { real_->expect(plans); }
    [[nodiscard]] gateways::Applied apply(const gateways::Target& target, const core::ListPlan& plan,
                                          const core::ListState& state, Time now,
                                          const std::stop_token& stop) override {
        return real_->apply(target, plan, state, now, stop);
    }
    [[nodiscard]] Result<core::ActivationState> activate(const std::stop_token& stop) override {
        return real_->activate(stop);
    }
    [[nodiscard]] bool publishes_on_leave() const override { return real_->publishes_on_leave(); }
    [[nodiscard]] Result<std::string> leave(bool keep_unpublished, const std::stop_token& stop) override {
        return real_->leave(keep_unpublished, stop);
    }
    [[nodiscard]] std::vector<gateways::Finding> check(std::span<const gateways::Target> targets,
                                                       const std::stop_token& stop) override {
        return real_->check(targets, stop);
    }
    [[nodiscard]] gateways::LookupAnswers classify(std::span<const std::string> values, std::chrono::seconds patience,
                                                   const std::stop_token& stop) override {
        return real_->classify(values, patience, stop);
    }
    [[nodiscard]] std::size_t values_per_lookup() const override { return real_->values_per_lookup(); }
    [[nodiscard]] Result<std::string> unblocked_alerts(const std::stop_token& stop) override {
        return real_->unblocked_alerts(stop);
    }
    [[nodiscard]] Result<std::vector<core::Enforcement>> enforcement(std::span<const core::EnforcedList> lists,
                                                                     const std::stop_token& stop) override {
        return real_->enforcement(lists, stop);
    }
    [[nodiscard]] core::KeptRule keep_rule(const core::EnforcedList& list, const std::string& known_id,
                                           const std::stop_token& stop) override {
        return real_->keep_rule(list, known_id, stop);
    }
    [[nodiscard]] core::KeptRule look_at_rule(const core::EnforcedList& list, const std::string& known_id,
                                              const std::stop_token& stop) override {
        return real_->look_at_rule(list, known_id, stop);
    }
    [[nodiscard]] gateways::Cost cost_of(const gateways::Work& work) override { return real_->cost_of(work); }
    [[nodiscard]] std::string placeholder(core::TargetKind kind) const override { return real_->placeholder(kind); }
    [[nodiscard]] std::map<std::string, std::uint64_t> calls() const override { return real_->calls(); }
    [[nodiscard]] std::string cloud() const override { return real_->cloud(); }

protected:
    std::unique_ptr<gateways::Gateway> real_;  // NOLINT
};

}  // namespace cordon::simulation
