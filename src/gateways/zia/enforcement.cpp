#include "gateways/zia/enforcement.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::gateways::zia {
namespace {

using core::EnforcementState;

constexpr std::size_t k_most_limits_named = 4;

/// The rules that decide about one object, in their order.
struct Findings {
    const PolicyRule* whole = nullptr;         ///< blocks, for everybody
    const PolicyRule* part = nullptr;          ///< blocks, for some
    const PolicyRule* off = nullptr;           ///< would block, and names the object
    const PolicyRule* passing = nullptr;       ///< lets all of it through, before `whole`
    const PolicyRule* leaking = nullptr;       ///< lets some of it through, before `whole`
    const PolicyRule* part_leaking = nullptr;  ///< likewise, before `part`
    bool is_part_first = false;                ///< `part` stands before `passing`
};

Findings findings_on(std::span<const PolicyRule> rules, std::string_view object) {
    Findings found;
    for (const auto& rule : rules) {
        if (!rule.is_about(object)) continue;
        if (rule.blocks_everybody()) {
            found.whole = &rule;
            break;
        }
        if (rule.blocks && rule.is_enabled) {
            if (found.part != nullptr) continue;
            found.part = &rule;
            found.part_leaking = found.leaking;
            found.is_part_first = found.passing == nullptr;
        } else if (rule.blocks) {
            if (found.off == nullptr && !rule.is_about_everything) found.off = &rule;
        } else if (rule.may_let_through()) {
            const auto*& first = rule.limits.empty() ? found.passing : found.leaking;
            if (first == nullptr && found.passing == nullptr) first = &rule;
        }
    }
    return found;
}

std::string shown_rule(const PolicyRule& rule) {
    return fmt::format("'{}'", printable(rule.name, 80));
}

/// "users, timeWindows": ZIA's own names of the fields.
std::string limits_of(const PolicyRule& rule) {
    std::vector<std::string> named;
    for (const auto& limit : rule.limits) {
        if (named.size() == k_most_limits_named) break;
        named.push_back(printable(limit, 40));
    }
    return join(named, ", ") + (rule.limits.size() > named.size() ? " and more" : "");
}

std::string next_step(const core::EnforcedList& list) {
    if (list.wish && list.is_wish_refused) return "ensure_rule cannot make one, as said beside";
    if (list.wish) return "a run that may write makes one, tomorrow (UTC) at the latest (ensure_rule = block)";
    return fmt::format("add one and activate ({}), or set ensure_rule = block", clicks_to_block(list));
}

std::string how_to_switch_on(const PolicyRule& rule, const core::EnforcedList& list) {
    if (!list.wish || !rule.is_ours()) return fmt::format("enable it and activate ({})", page_of(policy_of(list.kind)));
    if (!list.wish->is_enabled) return "set rule_state = enabled";
    return list.is_wish_refused
               ? "ensure_rule cannot enable it, as said beside"
               : "a run that may write enables it, tomorrow (UTC) at the latest (rule_state = enabled)";
}

core::Enforcement conclusion(EnforcementState state, const PolicyRule* rule, const PolicyRule* before,
                             std::string sentence) {
    core::Enforcement result;
    result.state = state;
    if (rule != nullptr) result.rule = printable(rule->name);
    if (before != nullptr) result.overridden_by = printable(before->name);
    result.sentence = std::move(sentence);
    return result;
}

std::string order_advice(const PolicyRule& rule, Policy policy) {
    return fmt::format("move {} before it ({})", shown_rule(rule), page_of(policy));
}

/// An enabled rule blocks all or a part of the traffic.
core::Enforcement conclusion_on_blocking(const Findings& found, Policy policy) {
    const auto& rule = found.whole != nullptr ? *found.whole : *found.part;
    if (found.passing != nullptr && !found.is_part_first) {
        return conclusion(EnforcementState::overridden, &rule, found.passing,
                          fmt::format("the rule {} ({}) lets everything through before the rule {} can block it: {}",
                                      shown_rule(*found.passing), printable(found.passing->action), shown_rule(rule),
                                      order_advice(rule, policy)));
    }
    const auto* leaking = found.whole != nullptr ? found.leaking : found.part_leaking;
    if (leaking != nullptr) {
        return conclusion(
            EnforcementState::limited, &rule, leaking,
            fmt::format("the rule {} blocks it, but the rule {} ({}) before it lets a part through (what {} "
                        "match): {}, or narrow that rule",
                        shown_rule(rule), shown_rule(*leaking), printable(leaking->action), limits_of(*leaking),
                        order_advice(rule, policy)));
    }
    if (found.whole == nullptr || found.passing != nullptr) {
        const auto& limited = *found.part;
        return conclusion(
            EnforcementState::limited, &limited, found.passing,
            fmt::format("the rule {} blocks only a part of the traffic, since it is limited by {}: take the "
                        "limits away, or let a rule without any follow it ({})",
                        shown_rule(limited), limits_of(limited), page_of(policy)));
    }
    return conclusion(EnforcementState::blocked, &rule, nullptr,
                      fmt::format("the rule {} blocks it", shown_rule(rule)));
}

core::Enforcement conclusion_on(const Findings& found, const core::EnforcedList& list) {
    const auto policy = policy_of(list.kind);
    if (found.whole != nullptr || found.part != nullptr) return conclusion_on_blocking(found, policy);
    if (found.off != nullptr) {
        return conclusion(EnforcementState::switched_off, found.off, found.passing,
                          fmt::format("the rule {} would block it but is switched off: {}", shown_rule(*found.off),
                                      how_to_switch_on(*found.off, list)));
    }
    const auto* passing = found.passing != nullptr ? found.passing : found.leaking;
    if (passing != nullptr && !passing->is_about_everything) {
        return conclusion(EnforcementState::no_rule, nullptr, passing,
                          fmt::format("no rule blocks it; the rule {} names it with the action {}: {}",
                                      shown_rule(*passing), printable(passing->action), next_step(list)));
    }
    return conclusion(EnforcementState::no_rule, nullptr, passing,
                      fmt::format("no enabled rule blocks it: {}", next_step(list)));
}

std::string note_on_paths(const core::EnforcedList& list) {
    if (list.path_entries == 0) return {};
    return fmt::format(
        "; {} of its entries {} with a path, which over HTTPS match{} only where SSL inspection decrypts: see Policy > "
        "SSL Inspection, whose rules the API does not show",
        with_thousands(list.path_entries), list.path_entries == 1 ? "is a URL" : "are URLs",
        list.path_entries == 1 ? "es" : "");
}

}  // namespace

core::Enforcement judge_enforcement(std::span<const PolicyRule> rules, const core::EnforcedList& list) {
    if (list.kind == core::TargetKind::denylist) {
        return conclusion(EnforcementState::by_itself, nullptr, nullptr,
                          "the denylist blocks by itself, without a rule" + note_on_paths(list));
    }
    if (list.object_ids.empty()) {
        return conclusion(
            EnforcementState::no_rule, nullptr, nullptr,
            fmt::format("it does not exist yet, so no rule can name it; once a run has made it, {}",
                        list.wish && !list.is_wish_refused ? "that run makes the rule (ensure_rule = block)"
                                                           : next_step(list)));
    }
    core::Enforcement worst;
    for (std::size_t i = 0; i < list.object_ids.size(); ++i) {
        auto judged = conclusion_on(findings_on(rules, list.object_ids[i]), list);
        if (i == 0 || judged.state > worst.state) worst = std::move(judged);
    }
    worst.sentence += note_on_paths(list);
    return worst;
}

std::string clicks_to_block(const core::EnforcedList& list) {
    const auto name = printable(list.list);
    if (policy_of(list.kind) == Policy::firewall) {
        return fmt::format(
            "{} > Add Firewall Filtering Rule: Rule Order 1, Rule Status Enabled, Destination IP/FQDN Groups '{}', "
            "Network Traffic Block/Drop",
            page_of(Policy::firewall), name);
    }
    return fmt::format(
        "{} > Add URL Filtering Rule: Rule Order 1, Rule Status Enabled, URL Categories '{}', Action Block",
        page_of(Policy::url_filtering), name);
}

const char* page_of(Policy policy) noexcept {
    return policy == Policy::firewall ? "Policy > Firewall Control" : "Policy > URL & Cloud App Control";
}

}  // namespace cordon::gateways::zia
