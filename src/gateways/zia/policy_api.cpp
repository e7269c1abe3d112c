#include "gateways/zia/policy_api.hpp"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "gateways/zia/enforcement.hpp"

namespace cordon::gateways::zia {
namespace {

/// An organisation holds 1,000 rules (zia-api.md 7): one page.
constexpr std::size_t k_rules_a_page = 1000;
/// Where a server passes over the page number, it gives the same page for ever.
constexpr std::size_t k_most_rule_pages = 20;

Answered<std::vector<PolicyRule>> read_page(Api& api, Policy policy, std::size_t page, const std::stop_token& stop) {
    const bool is_paged = policy == Policy::firewall;
    Call call{is_paged ? Endpoint::list_firewall_rules : Endpoint::list_url_rules};
    for (bool is_second = false;; is_second = true) {
        const auto moment = api.wire().clock().now().time_since_epoch().count();  // past every cache (zia-api.md 1)
        call.query = is_paged ? fmt::format("?page={}&pageSize={}&_={}", page, k_rules_a_page, moment)
                              : fmt::format("?_={}", moment);
        const auto answer = api.call(call, stop);
        if (!answer) return tl::unexpected(answer.error());
        auto rules = read_policy_rules(policy, answer->body);
        if (rules) return std::move(*rules);
        if (is_second) return tl::unexpected(unreadable(rules.error(), call.endpoint));
    }
}

Answered<std::vector<PolicyRule>> read_policy(Api& api, Policy policy, const std::stop_token& stop) {
    std::vector<PolicyRule> rules;
    std::set<std::string> known;
    for (std::size_t page = 1; page <= k_most_rule_pages; ++page) {
        auto more = read_page(api, policy, page, stop);
        if (!more) return more;
        bool is_news = false;
        for (auto& rule : *more) {
            if (!rule.id.empty() && !known.insert(rule.id).second) continue;
            is_news = true;
            rules.push_back(std::move(rule));
        }
        if (policy == Policy::url_filtering || more->size() < k_rules_a_page || !is_news) break;
    }
    return in_order(std::move(rules));
}

}  // namespace

Answered<std::span<const PolicyRule>> PolicyBook::rules(Api& api, Policy policy, const std::stop_token& stop) {
    const auto found = known_.find(policy);
    if (found != known_.end() && !found->second.is_as_listed) known_.erase(found);
    return rules_so_far(api, policy, stop);
}

Answered<std::span<const PolicyRule>> PolicyBook::rules_so_far(Api& api, Policy policy, const std::stop_token& stop) {
    auto found = known_.find(policy);
    if (found == known_.end()) {
        auto read = read_policy(api, policy, stop);
        if (!read) return tl::unexpected(std::move(read).error());
        found = known_.emplace(policy, Known{std::move(*read)}).first;
    }
    return std::span<const PolicyRule>(found->second.rules);
}

void PolicyBook::put(Policy policy, PolicyRule written) {
    const auto found = known_.find(policy);
    if (found == known_.end()) return;
    found->second.rules = with_written(std::move(found->second.rules), std::move(written));
    found->second.is_as_listed = false;
}

Answered<std::vector<core::Enforcement>> enforcement_of(Api& api, PolicyBook& book,
                                                        std::span<const core::EnforcedList> lists,
                                                        const std::stop_token& stop) {
    std::vector<core::Enforcement> judged;
    for (const auto& list : lists) {
        std::span<const PolicyRule> rules;
        if (list.kind != core::TargetKind::denylist && !list.object_ids.empty()) {
            const auto read = book.rules(api, policy_of(list.kind), stop);
            if (!read) return tl::unexpected(read.error());
            rules = *read;
        }
        judged.push_back(judge_enforcement(rules, list));
        judged.back().as_of = api.wire().clock().now();
    }
    return judged;
}

}  // namespace cordon::gateways::zia
