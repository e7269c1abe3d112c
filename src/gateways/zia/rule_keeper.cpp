// Making and keeping the one rule of ours that blocks a list (zia-api.md 6.5, 7).

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/text.hpp"
#include "gateways/zia/enforcement.hpp"
#include "gateways/zia/policy_api.hpp"

namespace cordon::gateways::zia {
namespace {

using WireJson = nlohmann::json;

/// Somebody changed the rule in between (zia-api.md 2.6).
constexpr std::string_view k_stale = "STALE_CONFIGURATION_ERROR";

const char* block_action(Policy policy) {
    return policy == Policy::firewall ? "BLOCK_DROP" : "BLOCK";
}

const char* state_text(const core::RuleWish& wish) {
    return wish.is_enabled ? "ENABLED" : "DISABLED";
}

/// The ids as the policy's rules hold them: categories as texts, groups as objects with a number.
WireJson objects_json(Policy policy, const std::vector<std::string>& ids) {
    auto objects = WireJson::array();
    for (const auto& id : ids) {
        if (policy == Policy::url_filtering) {
            objects.push_back(id);
        } else if (const auto number = parse_whole_number(id)) {
            objects.push_back({{"id", *number}});
        } else {
            objects.push_back({{"id", id}});
        }
    }
    return objects;
}

const char* objects_key(Policy policy) {
    return policy == Policy::firewall ? "destIpGroups" : "urlCategories";
}

std::string rule_text(const WireJson& json) {
    return json.dump(-1, ' ', false, WireJson::error_handler_t::replace);
}

class Keeper {
public:
    Keeper(Api& api, PolicyBook& book, const core::EnforcedList& list, const std::stop_token& stop)
        : api_(api),
          book_(book),
          list_(list),
          wish_(list.wish.value()),
          stop_(stop),
          policy_(policy_of(list.kind)),
          endpoints_(rule_endpoints(policy_)) {}

    core::KeptRule look(const std::string& known_id) {
        const auto read = book_.rules_so_far(api_, policy_, stop_);
        if (!read) return refused(read.error());
        rules_.assign(read->begin(), read->end());
        const auto* ours = find_ours(known_id);
        if (is_name_taken(ours)) return left_alone();
        if (ours == nullptr) {
            kept_.deed = core::RuleDeed::make;
            kept_.said = fmt::format("the rule '{}' is to be made, {}", printable(wish_.name), state_sentence());
            return kept_;
        }
        kept_.id = ours->id;
        differing_ = join(differences(*ours), ", ");
        if (differing_.empty()) return kept_;
        kept_.deed = core::RuleDeed::put_right;
        kept_.said = fmt::format("the rule '{}' is to be put right ({}), {}", printable(wish_.name), differing_,
                                 state_sentence());
        return kept_;
    }

    core::KeptRule keep(const std::string& known_id) {
        static_cast<void>(look(known_id));
        if (kept_.failure) return kept_;
        kept_.said.clear();
        switch (kept_.deed) {
            case core::RuleDeed::none: break;
            case core::RuleDeed::make: return create();
            case core::RuleDeed::put_right: return change();
        }
        return kept_;
    }

private:
    /// By another rule than ours.
    [[nodiscard]] bool is_name_taken(const PolicyRule* ours) const {
        return std::any_of(rules_.begin(), rules_.end(), [&](const PolicyRule& rule) {
            return &rule != ours && equals_ignoring_case(rule.name, wish_.name);
        });
    }

    [[nodiscard]] const PolicyRule* find_ours(const std::string& known_id) const {
        for (const auto& rule : rules_) {
            if (!known_id.empty() && rule.id == known_id && rule.is_ours()) return &rule;
        }
        for (const auto& rule : rules_) {
            if (!rule.id.empty() && rule.name == wish_.name && rule.is_ours()) return &rule;
        }
        return nullptr;
    }

    /// Orders are contiguous (zia-api.md 7): none beyond the last rule's; with `places`, that many more.
    [[nodiscard]] std::int64_t order_within(std::int64_t places) const {
        std::int64_t last = 0;
        for (const auto& rule : rules_) {
            if (!rule.is_default) last = std::max(last, rule.order);
        }
        return std::min(static_cast<std::int64_t>(wish_.order), std::max<std::int64_t>(last + places, 1));
    }

    /// Ours may stand further down than wished by as many rules of ours as stand before it.
    [[nodiscard]] bool stands_as_wished(const PolicyRule& ours) const {
        const auto wished = order_within(0);
        const auto before = std::count_if(rules_.begin(), rules_.end(), [&](const PolicyRule& rule) {
            return rule.is_ours() && rule.id != ours.id && rule.order < ours.order && rule.order >= wished;
        });
        return wished <= ours.order && ours.order - before <= wished;
    }

    [[nodiscard]] std::vector<std::string> differences(const PolicyRule& ours) const {
        std::vector<std::string> differing;
        const auto look = [&](bool differs, const char* what) {
            if (differs) differing.emplace_back(what);
        };
        auto there = ours.objects;
        auto wanted = list_.object_ids;
        std::sort(there.begin(), there.end());
        std::sort(wanted.begin(), wanted.end());
        look(ours.name != wish_.name, "name");
        look(!stands_as_wished(ours), "order");
        look(ours.rank != static_cast<std::int64_t>(wish_.rank), "rank");
        look(wish_.is_enabled ? !ours.is_enabled : !ours.is_disabled, "state");
        look(!ours.blocks, "action");
        look(there != wanted, policy_ == Policy::firewall ? "groups" : "categories");
        return differing;
    }

    core::KeptRule create() {
        WireJson body{{"name", wish_.name},
                      {"description", fmt::format("{}: blocks the list '{}' of its settings (ensure_rule)", k_rule_mark,
                                                  printable(list_.list))},
                      {"order", order_within(1)},
                      {"rank", wish_.rank},
                      {"action", block_action(policy_)},
                      {"state", state_text(wish_)},
                      {objects_key(policy_), objects_json(policy_, list_.object_ids)}};
        if (policy_ == Policy::firewall) {
            body["enableFullLogging"] = false;
        } else {
            body["protocols"] = WireJson::array({"ANY_RULE"});
        }
        const auto answer = api_.call({endpoints_.create, {}, {}, rule_text(body)}, stop_);
        note_in_book(answer);
        kept_.wrote = answer || may_be_applied(answer.error().cause);
        if (!answer && !kept_.wrote) return refused(answer.error());
        if (answer) kept_.id = id_of(answer->body);
        // A lost answer, or one without an id: the rules themselves say whether it is there.
        if (kept_.id.empty()) kept_.id = find_created();
        if (kept_.id.empty()) {
            return answer ? refused({Cause::other, {Code::corrupt, "ZIA took the rule, but does not show it"}})
                          : refused(answer.error());
        }
        kept_.said = fmt::format("the rule '{}' was made, {}", printable(wish_.name), state_sentence());
        return kept_;
    }

    [[nodiscard]] static std::string id_of(const std::string& body) {
        const auto rule = read_policy_rules(Policy::url_filtering, "[" + body + "]");
        return rule && rule->size() == 1 ? rule->front().id : std::string{};
    }

    /// Where ZIA shows the rule whole, the others need not be read again before the next one is written; nor where only
    /// the permission is missing.
    void note_in_book(const Answered<net::Response>& answer) {
        if (!answer) {
            if (answer.error().cause != Cause::denied) book_.forget(policy_);
            return;
        }
        auto written = read_policy_rules(policy_, "[" + answer->body + "]");
        if (written && written->size() == 1 && is_whole(written->front())) {
            book_.put(policy_, std::move(written->front()));
        } else {
            book_.forget(policy_);
        }
    }

    [[nodiscard]] bool is_whole(const PolicyRule& rule) const {
        return !rule.id.empty() && rule.order != PolicyRule::k_no_order && rule.name == wish_.name && rule.is_ours() &&
               rule.objects.size() == list_.object_ids.size();
    }

    std::string find_created() {
        const auto read = book_.rules(api_, policy_, stop_);
        if (!read) return {};
        rules_.assign(read->begin(), read->end());
        const auto* found = find_ours({});
        return found == nullptr ? std::string{} : found->id;
    }

    /// One PUT of the rule as it is now; once more where somebody changed it in between (zia-api.md 2.6).
    core::KeptRule change() {
        for (bool is_second = false;; is_second = true) {
            auto whole = read_whole();
            if (!whole) return refused(whole.error());
            const auto answer = api_.call({endpoints_.change, kept_.id, {}, rule_text(corrected(*whole))}, stop_);
            note_in_book(answer);
            kept_.wrote = kept_.wrote || answer || may_be_applied(answer.error().cause);
            if (answer) break;
            if (is_second || answer.error().server_code != k_stale) return refused(answer.error());
        }
        kept_.said = fmt::format("the rule '{}' was put right ({}); it is {}", printable(wish_.name), differing_,
                                 state_sentence());
        return kept_;
    }

    Answered<WireJson> read_whole() {
        for (bool is_second = false;; is_second = true) {
            const auto answer = api_.call({endpoints_.read, kept_.id}, stop_);
            if (!answer) return tl::unexpected(answer.error());
            auto rule = parse_json<WireJson>(answer->body);
            if (rule.is_object() && id_of(answer->body) == kept_.id) return rule;
            if (is_second) {
                return tl::unexpected(unreadable({Code::corrupt, "ZIA's answer is not the rule"}, endpoints_.read));
            }
        }
    }

    [[nodiscard]] WireJson corrected(WireJson rule) const {
        for (const auto* key : {"lastModifiedTime", "lastModifiedBy", "accessControl", "defaultRule", "predefined"}) {
            rule.erase(key);  // stale or read-only: ZIA refuses them (zia-api.md 7)
        }
        const auto now =
            std::find_if(rules_.begin(), rules_.end(), [&](const PolicyRule& one) { return one.id == kept_.id; });
        if (now == rules_.end() || !stands_as_wished(*now)) rule["order"] = order_within(0);
        if (now == rules_.end() || !now->blocks) rule["action"] = block_action(policy_);
        rule["name"] = wish_.name;
        rule["rank"] = wish_.rank;
        rule["state"] = state_text(wish_);
        rule[objects_key(policy_)] = objects_json(policy_, list_.object_ids);
        return rule;
    }

    [[nodiscard]] std::string state_sentence() const {
        return wish_.is_enabled ? "switched on"
                                : "switched off: look at it in the portal, then set rule_state = enabled";
    }

    core::KeptRule left_alone() {
        kept_.failure = Error{
            Code::refused,
            fmt::format(
                "a rule '{}' exists that Cordon did not make, so it is left alone: set rule_name to another name, "
                "or write \"{}\" into its description to hand it over",
                printable(wish_.name), k_rule_mark)};
        return kept_;
    }

    core::KeptRule refused(const ApiError& failure) {
        auto error = failure.error;
        if (failure.cause == Cause::lost && kept_.wrote) error.code = Code::unknown;
        if (failure.cause == Cause::denied) {
            error.message += fmt::format(
                "; or let an administrator who may add it: {}; then activate, and set "
                "ensure_rule = off",
                clicks_to_block(list_));
        }
        if (failure.cause == Cause::duplicate) {
            error.message += fmt::format(
                "; a rule '{}' exists, though the API does not list it: set rule_name to another "
                "name",
                printable(wish_.name));
        }
        kept_.failure = std::move(error);
        return kept_;
    }

    Api& api_;
    PolicyBook& book_;
    const core::EnforcedList& list_;
    const core::RuleWish& wish_;
    const std::stop_token& stop_;
    Policy policy_;
    RuleEndpoints endpoints_;
    std::vector<PolicyRule> rules_;
    std::string differing_;
    core::KeptRule kept_;
};

}  // namespace

RuleEndpoints rule_endpoints(Policy policy) noexcept {
    if (policy == Policy::firewall) {
        return {Endpoint::create_firewall_rule, Endpoint::read_firewall_rule, Endpoint::change_firewall_rule};
    }
    return {Endpoint::create_url_rule, Endpoint::read_url_rule, Endpoint::change_url_rule};
}

core::KeptRule keep_block_rule(Api& api, PolicyBook& book, const core::EnforcedList& list, const std::string& known_id,
                               const std::stop_token& stop) {
    return Keeper(api, book, list, stop).keep(known_id);
}

core::KeptRule look_at_block_rule(Api& api, PolicyBook& book, const core::EnforcedList& list,
                                  const std::string& known_id, const std::stop_token& stop) {
    return Keeper(api, book, list, stop).look(known_id);
}

}  // namespace cordon::gateways::zia
