#pragma once

#include <map>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/enforcement.hpp"
#include "gateways/zia/api.hpp"
#include "gateways/zia/policy_rules.hpp"

namespace cordon::gateways::zia {

/// The rules of both policies, in the order in which they are tried; read when first asked for.
class PolicyBook {
public:
    /// As ZIA lists them: read again after writes of ours. The firewall's are read page by page until a short page
    /// (zia-api.md 1); a damaged answer is asked for again once.
    [[nodiscard]] Answered<std::span<const PolicyRule>> rules(Api& api, Policy policy, const std::stop_token& stop);
    /// As they were read last, with our writes put in as ZIA answered them: enough to go on writing, and saves a read
    /// for each rule.
    [[nodiscard]] Answered<std::span<const PolicyRule>> rules_so_far(Api& api, Policy policy,
                                                                     const std::stop_token& stop);
    /// A rule that ZIA says it has made or changed.
    void put(Policy policy, PolicyRule written);
    /// After a write whose outcome is not known, or where somebody else wrote: what was read does not hold any more.
    void forget(Policy policy) { known_.erase(policy); }

private:
    struct Known {
        std::vector<PolicyRule> rules;
        bool is_as_listed = true;  // nothing was put in since
    };
    std::map<Policy, Known> known_;
};

/// What the rules make of the lists; reads the policies that they need.
[[nodiscard]] Answered<std::vector<core::Enforcement>> enforcement_of(Api& api, PolicyBook& book,
                                                                      std::span<const core::EnforcedList> lists,
                                                                      const std::stop_token& stop);

struct RuleEndpoints {
    Endpoint create;
    Endpoint read;
    Endpoint change;
};
[[nodiscard]] RuleEndpoints rule_endpoints(Policy policy) noexcept;

/// Makes a list's own rule as wished. It is known by its id, and where that is gone by its exact name with our mark in
/// the description; a rule of that name without the mark is somebody else's and is left alone. What differs in name,
/// order, rank, state, action or objects is put right with one PUT of the whole rule as a GET just before showed it.
/// An order that only other rules of ours push down is no difference.
[[nodiscard]] core::KeptRule keep_block_rule(Api& api, PolicyBook& book, const core::EnforcedList& list,
                                             const std::string& known_id, const std::stop_token& stop);
/// What that would do; writes nothing.
[[nodiscard]] core::KeptRule look_at_block_rule(Api& api, PolicyBook& book, const core::EnforcedList& list,
                                                const std::string& known_id, const std::stop_token& stop);

}  // namespace cordon::gateways::zia
