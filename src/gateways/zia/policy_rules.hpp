#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "core/entry.hpp"

namespace cordon::gateways::zia {

/// The two policies whose rules make a list block.
enum class Policy : std::uint8_t {
    url_filtering,  ///< names URL categories (zia-api.md 7)
    firewall,       ///< names destination groups (zia-api.md 6.5)
};
[[nodiscard]] constexpr Policy policy_of(core::TargetKind kind) noexcept {
    return core::is_group(kind) ? Policy::firewall : Policy::url_filtering;
}

/// Stands in the description of each rule that is ours.
inline constexpr const char* k_rule_mark = "managed by Cordon";

/// One rule, as far as a judgement needs it. Hostile until printable().
struct PolicyRule {
    static constexpr std::int64_t k_no_order = std::numeric_limits<std::int64_t>::min();

    std::string id{};
    std::string name{};
    std::string description{};
    std::int64_t order = k_no_order;
    std::int64_t rank = 0;
    std::string action{};
    std::vector<std::string> objects{};  ///< ids of the categories or groups that it names
    /// Names no destination, so that it is about all.
    bool is_about_everything = false;
    bool blocks = false;      ///< its action; whether it is in force is another matter
    bool is_enabled = false;  ///< both false where the rule does not say
    bool is_disabled = false;
    bool is_default = false;  ///< the last one, whatever its order says
    /// The fields that keep it from holding for everybody, always: users, places, times, methods, protocols, overrides,
    /// or what we do not know.
    std::vector<std::string> limits{};

    [[nodiscard]] bool is_about(std::string_view object) const noexcept;
    [[nodiscard]] bool is_ours() const noexcept { return description.find(k_rule_mark) != std::string::npos; }
    /// In force for everybody.
    [[nodiscard]] bool blocks_everybody() const noexcept { return blocks && is_enabled && limits.empty(); }
    /// May let something through before a later rule sees it.
    [[nodiscard]] bool may_let_through() const noexcept { return !blocks && !is_disabled; }
};

/// Reads the answer of `GET /urlFilteringRules` or of a page of `GET /firewallFilteringRules`, in ZIA's order. Pure;
/// `corrupt` for what is no list of rules, and where a field that a judgement needs has another type than documented.
[[nodiscard]] Result<std::vector<PolicyRule>> read_policy_rules(Policy policy, const std::string& body);

/// In the order in which they are tried: the first rule that matches decides. A rule that does not say its order stands
/// where it does the least good.
[[nodiscard]] std::vector<PolicyRule> in_order(std::vector<PolicyRule> rules);

/// The rules once ZIA has taken `written`, whose id and order are known: orders stay contiguous, so that those behind
/// its old place move up and those from its new one on move down (zia-api.md 7). `rules`: in_order().
[[nodiscard]] std::vector<PolicyRule> with_written(std::vector<PolicyRule> rules, PolicyRule written);

}  // namespace cordon::gateways::zia
