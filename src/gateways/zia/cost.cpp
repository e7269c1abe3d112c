#include "gateways/zia/cost.hpp"

#include <algorithm>
#include <array>

#include "gateways/zia/lookup.hpp"
#include "gateways/zia/policy_api.hpp"

namespace cordon::gateways::zia {
namespace {

using Counts = std::array<std::uint64_t, k_endpoint_count>;

std::uint64_t batches_of(std::size_t entries, std::size_t batch_size) {
    return (entries + batch_size - 1) / std::max<std::size_t>(batch_size, 1);
}

class Tally {
public:
    void add(Endpoint endpoint, std::uint64_t count = 1) { counts_[static_cast<std::size_t>(endpoint)] += count; }

    void add_category(const core::ListPlan& plan, std::size_t batch_size) {
        auto writes = batches_of(plan.additions.size(), batch_size) + batches_of(plan.removals.size(), batch_size);
        if (plan.creates && writes > 0) {
            add(Endpoint::create_category);
            --writes;
        }
        add(Endpoint::change_category, writes);
    }

    void add_group(const core::ListPlan& plan, std::size_t batch_size) {
        if (!plan.removals.empty()) {  // one full PUT after a look (design rule 17)
            add(Endpoint::read_group);
            add(Endpoint::change_group);
            return;
        }
        auto writes = batches_of(plan.additions.size(), batch_size);
        if (plan.creates && writes > 0) {
            add(Endpoint::create_group);
            --writes;
        }
        add(Endpoint::change_group, writes);
    }

    void add_denylist(const core::ListPlan& plan, std::size_t batch_size) {
        add(Endpoint::read_denylist);
        if (!plan.writes()) return;
        add(Endpoint::change_denylist,
            batches_of(plan.additions.size(), batch_size) + batches_of(plan.removals.size(), batch_size));
        add(Endpoint::read_denylist);  // its answers do not show the list
    }

    void add_rule(const RuleEndpoints& endpoints, core::RuleDeed deed) {
        if (deed == core::RuleDeed::make) add(endpoints.create);
        if (deed != core::RuleDeed::put_right) return;
        add(endpoints.read);
        add(endpoints.change);
    }

    [[nodiscard]] Cost cost(const std::function<std::size_t(Endpoint)>& left_of_hour) const {
        Cost result;
        double least_room = -1;  // as the calls per call that is left, so the larger the tighter
        for (std::size_t i = 0; i < k_endpoint_count; ++i) {
            if (counts_[i] == 0) continue;
            const auto endpoint = static_cast<Endpoint>(i);
            result.calls[name_of(endpoint)] = counts_[i];
            result.expected_time += time_of(facts_of(endpoint), counts_[i]);
            const auto count = static_cast<double>(counts_[i]);
            const auto left = left_of_hour(endpoint);
            // Where nothing is left, half a call is taken to be, so that this is tighter than a last call.
            const double used = count / (left == 0 ? 0.5 : static_cast<double>(left));
            if (used <= least_room) continue;
            least_room = used;
            result.tightest = name_of(endpoint);
            result.hour_limit = facts_of(endpoint).windows.back().most;
            result.share_of_hour = count / static_cast<double>(result.hour_limit);
            result.left_of_hour = left;
        }
        return result;
    }

private:
    /// The answers one after another, or the rate window where that is slower.
    static std::chrono::milliseconds time_of(const EndpointFacts& facts, std::uint64_t count) {
        auto time = facts.latency * count;
        for (const auto& window : facts.windows) {
            const auto full_windows = (count - 1) / window.most;
            time = std::max(time, std::chrono::milliseconds(window.window) * full_windows);
        }
        return time;
    }

    Counts counts_{};
};

/// How often the rules of one policy are read.
struct RuleReads {
    bool is_looked_at = false;
    bool is_written = false;  ///< then what was read holds no more, and the lists are judged by another read
    [[nodiscard]] std::uint64_t count() const { return (is_looked_at ? 1U : 0U) + (is_written ? 1U : 0U); }
};

}  // namespace

Cost cost_of_work(const Work& work, std::size_t batch_size, std::span<const Endpoint> session_calls,
                  bool looks_before_leaving, const std::function<std::size_t(Endpoint)>& left_of_hour) {
    Tally tally;
    bool has_category = false;
    bool has_group = false;
    bool needs_quota = false;
    bool writes = false;
    RuleReads url_rules;
    RuleReads firewall_rules;
    for (const auto& plan : work.plans) {
        writes = writes || plan.writes();
        has_category = has_category || plan.target == core::TargetKind::url_category;
        has_group = has_group || core::is_group(plan.target);
        needs_quota = needs_quota || core::shares_url_quota(plan.target);
        url_rules.is_looked_at = url_rules.is_looked_at || plan.lookup.skips_known;
        tally.add(Endpoint::look_up, batches_of(plan.lookups, k_values_per_lookup));
        switch (plan.target) {
            case core::TargetKind::url_category: tally.add_category(plan, batch_size); break;
            case core::TargetKind::ipv4_group:
            case core::TargetKind::fqdn_group: tally.add_group(plan, batch_size); break;
            case core::TargetKind::denylist: tally.add_denylist(plan, batch_size); break;
        }
    }
    for (const auto& rule : work.rules) {
        const auto policy = policy_of(rule.kind);
        auto& reads = policy == Policy::firewall ? firewall_rules : url_rules;
        reads.is_looked_at = true;
        reads.is_written = reads.is_written || rule.deed != core::RuleDeed::none;
        writes = writes || reads.is_written;
        tally.add_rule(rule_endpoints(policy), rule.deed);
    }
    for (const auto endpoint : session_calls) tally.add(endpoint);
    tally.add(Endpoint::read_status);
    if (has_category) tally.add(Endpoint::list_categories);
    if (needs_quota) tally.add(Endpoint::read_quota);
    if (has_group) tally.add(Endpoint::list_groups);
    if (work.is_activation_owed) tally.add(Endpoint::activate);
    if (writes && work.activates) {
        tally.add(Endpoint::activate);
    } else if (looks_before_leaving && !work.is_activation_owed) {
        tally.add(Endpoint::read_status);
    }
    tally.add(Endpoint::list_url_rules, url_rules.count());
    tally.add(Endpoint::list_firewall_rules, firewall_rules.count());
    return tally.cost(left_of_hour);
}

}  // namespace cordon::gateways::zia
