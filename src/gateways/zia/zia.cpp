#include "gateways/zia/zia.hpp"

#include <chrono>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "gateways/zia/activation.hpp"
#include "gateways/zia/api.hpp"
#include "gateways/zia/batches.hpp"
#include "gateways/zia/categories.hpp"
#include "gateways/zia/check.hpp"
#include "gateways/zia/cost.hpp"
#include "gateways/zia/denylist.hpp"
#include "gateways/zia/groups.hpp"
#include "gateways/zia/inventory.hpp"
#include "gateways/zia/lookup.hpp"
#include "gateways/zia/policy_api.hpp"
#include "gateways/zia/session.hpp"
#include "gateways/zia/url_rules.hpp"

namespace cordon::gateways::zia {
namespace {

class ZiaGateway final : public Gateway {
public:
    ZiaGateway(const ZiaOptions& options, Api api)
        : batch_size_(options.batch_size),
          activation_wait_(options.activation_wait),
          limits_{options.max_categories, options.max_ip_entries, options.max_fqdn_entries},
          api_(std::move(api)) {}

    Result<Inventory> inventory(std::span<const Target> targets, const std::stop_token& stop) override {
        auto taken = take_inventory(api_, targets, limits_, objects_, stop);
        if (!taken) return fail(std::move(taken).error().error);
        // Who may write or activate is decided by the status: one that is about to change says nothing.
        if (taken->status == core::ActivationState::in_progress) {
            CORDON_TRY_ASSIGN(taken->status, await_activation(api_, activation_wait_, stop));
        }
        if (is_old_host(api_.wire().host())) {
            taken->warnings.push_back("base_uri: Zscaler withdraws admin.<cloud> for API traffic; use zsapi.<cloud>");
        }
        return std::move(*taken);
    }

    void expect(std::span<const core::ListPlan* const> plans) override {
        expected_removals_.clear();
        for (const auto* plan : plans) {
            // A group's removal is one write, and the denylist's budget is its own.
            if (plan->target != core::TargetKind::url_category) continue;
            expected_removals_[plan->list] = writes_for(plan->removals.size(), batch_size_);
        }
    }

    Applied apply(const Target& target, const core::ListPlan& plan, const core::ListState& state, Time now,
                  const std::stop_token& stop) override {
        Applied untouched;
        untouched.object_id = state.object_id;
        expected_removals_.erase(plan.list);
        if (!plan.writes()) return untouched;
        if (auto known = look_up(target, stop); !known) {
            untouched.failure = known.error();
            return untouched;
        }
        if (target.kind == core::TargetKind::denylist) {
            return apply_to_denylist(api_, plan, state, batch_size_, now, stop);
        }
        if (target.kind == core::TargetKind::url_category) {
            auto& category = objects_.categories[target.list];
            return apply_to_category(api_, target, plan, state, category, batch_size_, now, stop, writes_expected());
        }
        auto& group = objects_.groups[target.list];
        return apply_to_group(api_, target, plan, state, group, batch_size_, now, stop);
    }

    Result<core::ActivationState> activate(const std::stop_token& stop) override {
        return activate_saved(api_, activation_wait_, stop);
    }

    [[nodiscard]] bool publishes_on_leave() const override { return api_.session().publishes_on_leave(); }

    Result<std::string> leave(bool keep_unpublished, const std::stop_token& stop) override {
        return end_session(api_, keep_unpublished, stop);
    }

    std::vector<Finding> check(std::span<const Target> targets, const std::stop_token& stop) override {
        return check_tenant(api_, targets, limits_, stop);
    }

    LookupAnswers classify(std::span<const std::string> values, std::chrono::seconds patience,
                           const std::stop_token& stop) override {
        return look_up_values(api_, values, patience, stop);
    }

    [[nodiscard]] std::size_t values_per_lookup() const override { return k_values_per_lookup; }

    Result<std::string> unblocked_alerts(const std::stop_token& stop) override {
        const auto unblocked = api_.unblocked_alerts(stop);
        if (!unblocked) return fail(unblocked.error().error);
        return sentence_on_unblocked(*unblocked);
    }

    Result<std::vector<core::Enforcement>> enforcement(std::span<const core::EnforcedList> lists,
                                                       const std::stop_token& stop) override {
        auto judged = enforcement_of(api_, policies_, lists, stop);
        if (!judged) return fail(std::move(judged).error().error);
        return std::move(*judged);
    }

    core::KeptRule keep_rule(const core::EnforcedList& list, const std::string& known_id,
                             const std::stop_token& stop) override {
        return keep_block_rule(api_, policies_, list, known_id, stop);
    }
    core::KeptRule look_at_rule(const core::EnforcedList& list, const std::string& known_id,
                                const std::stop_token& stop) override {
        return look_at_block_rule(api_, policies_, list, known_id, stop);
    }

    Cost cost_of(const Work& work) override {
        return cost_of_work(work, batch_size_, api_.session().own_calls(), api_.session().publishes_on_leave(),
                            [this](Endpoint endpoint) { return api_.wire().left_of_hour(endpoint); });
    }

    [[nodiscard]] std::string placeholder(core::TargetKind kind) const override {
        switch (kind) {
            case core::TargetKind::ipv4_group: return k_placeholder_address;
            case core::TargetKind::denylist: return {};  // it may be empty (zia-api.md 8.1)
            case core::TargetKind::url_category:
            case core::TargetKind::fqdn_group: break;
        }
        return k_placeholder_host;
    }

    [[nodiscard]] std::map<std::string, std::uint64_t> calls() const override { return api_.wire().calls(); }
    [[nodiscard]] core::TroublesByEndpoint troubles() const override { return api_.wire().troubles(); }
    [[nodiscard]] std::string cloud() const override { return "zia"; }

private:
    /// Writes to categories that removals of the lists to come need.
    [[nodiscard]] std::size_t writes_expected() const {
        std::size_t writes = 0;
        for (const auto& [list, removals] : expected_removals_) writes += removals;
        return writes;
    }

    /// Name, super category and the like come from the inventory; a target that it did not hold is read now.
    Result<void> look_up(const Target& target, const std::stop_token& stop) {
        const bool is_known = target.kind == core::TargetKind::denylist || objects_.categories.contains(target.list) ||
                              objects_.groups.contains(target.list);
        if (is_known) return {};
        Objects found;
        const auto read = take_inventory(api_, std::span(&target, 1), limits_, found, stop);
        if (!read) return fail(read.error().error);
        objects_.categories.merge(found.categories);
        objects_.groups.merge(found.groups);
        return {};
    }

    std::size_t batch_size_;
    std::chrono::seconds activation_wait_;
    Limits limits_;
    Api api_;
    Objects objects_;
    PolicyBook policies_;
    std::map<std::string, std::size_t> expected_removals_;  ///< writes, by list
};

}  // namespace

std::unique_ptr<Gateway> make_zia(const ZiaOptions& options, std::unique_ptr<net::HttpClient> client, Clock& clock,
                                  net::RateBudget& budget, std::mt19937_64 random) {
    Wire wire(options, std::move(client), clock, budget, random);
    Api api(std::move(wire), make_session(options));
    return std::make_unique<ZiaGateway>(options, std::move(api));
}

}  // namespace cordon::gateways::zia
