#include "engine/rule_settings.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace cordon::engine {
namespace {

/// No limit of a rule's name is documented (zia-api.md 7); what is longer is a mistake.
constexpr std::size_t k_longest_rule_name = 255;

Setting rule_name_setting(std::string& field) {
    auto setting =
        text_setting("rule_name", field, "Name of that rule; left out, it is \"Cordon: \" and the list's name.");
    setting.assign = [&field](std::string_view text) -> Result<void> {
        const auto name = trim(text);
        const bool is_printable = std::none_of(name.begin(), name.end(), [](char c) {
            const auto byte = static_cast<unsigned char>(c);
            return byte < 0x20 || byte == 0x7f;
        });
        if (name.empty() || name.size() > k_longest_rule_name || !is_printable) {
            return fail(Code::invalid, "a name of 1 to 255 printable characters");
        }
        field = name;
        return {};
    };
    return setting;
}

}  // namespace

std::vector<Setting> settings_of(RuleOptions& options) {
    std::vector<Setting> table;
    table.push_back(choice_setting<EnsureRule>(
        "ensure_rule", options.ensure, {{"off", EnsureRule::off}, {"block", EnsureRule::block}},
        "block makes one rule that blocks this list (URL filtering for a category, firewall for a group) and keeps it "
        "as the rule_ keys say; others' rules are never touched."));
    table.push_back(rule_name_setting(options.name));
    table.push_back(number_setting("rule_order", options.order, 1, 1000,
                                   "Place of that rule; a new rule pushes those at its place and after it down."));
    table.push_back(number_setting("rule_rank", options.rank, 0, 7,
                                   "Admin rank of that rule; 7 where the tenant does not use admin rank."));
    table.push_back(choice_setting<RuleState>(
        "rule_state", options.state, {{"disabled", RuleState::disabled}, {"enabled", RuleState::enabled}},
        "Whether that rule is switched on; it is made switched off, so that you can look at it first."));
    return table;
}

std::optional<core::RuleWish> wish_of(const RuleOptions& options, const std::string& list) {
    if (options.ensure == EnsureRule::off) return std::nullopt;
    core::RuleWish wish;
    wish.name = options.name.empty() ? "Cordon: " + list : options.name;
    wish.order = options.order;
    wish.rank = options.rank;
    wish.is_enabled = options.state == RuleState::enabled;
    return wish;
}

std::vector<const char*> rule_differences(const RuleOptions& a, const RuleOptions& b) {
    std::vector<const char*> keys;
    const auto look = [&](bool differs, const char* key) {
        if (differs) keys.push_back(key);
    };
    look(a.ensure != b.ensure, "ensure_rule");
    look(a.name != b.name, "rule_name");
    look(a.order != b.order, "rule_order");
    look(a.rank != b.rank, "rule_rank");
    look(a.state != b.state, "rule_state");
    return keys;
}

std::string rule_fault(const RuleOptions& options, core::TargetKind kind) {
    if (options.ensure == EnsureRule::off || kind != core::TargetKind::denylist) return {};
    return "ensure_rule: the denylist blocks by itself and can stand in no rule; remove the key or set it to off";
}

}  // namespace cordon::engine
