#include "gateways/zia/groups.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <span>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "core/canonical.hpp"
#include "gateways/zia/delivery.hpp"
#include "gateways/zia/description.hpp"
#include "gateways/zia/inventory.hpp"

namespace cordon::gateways::zia {
namespace {

using nlohmann::json;

/// How often a full PUT is prepared anew: locks and limits, each after its wait.
constexpr int k_most_rewrites = 8;

/// What differs between groups of addresses and groups of host names.
struct Variety {
    const char* noun;
    std::size_t most;         ///< entries
    const char* cap_setting;  ///< that keeps a plan below it
    const char* unlisted;     ///< as which a group may exist that the list of groups lacks
};
constexpr Variety k_addresses{"IP group", k_most_group_addresses, "max_ips", " as an IPv4 group"};
constexpr Variety k_names{"FQDN group", k_most_group_names, "max_fqdns", ""};

const Variety& variety_of(core::TargetKind kind) {
    return kind == core::TargetKind::fqdn_group ? k_names : k_addresses;
}

/// The two ways to write addresses (zia-api.md 6.1), and when each may be repeated (design rule 17).
struct Put {
    const char* query;
    Repeat repeat;
};
constexpr Put k_append{"?override=false", Repeat::when_not_applied};
constexpr Put k_replace{"?override=true", Repeat::never};

/// A group of host names says "*.evil.example" where a plan says ".evil.example" (zia-api.md 5.2, 6.2).
bool has_another_spelling(core::TargetKind kind, std::string_view canonical) {
    return kind == core::TargetKind::fqdn_group && canonical.starts_with('.');
}

/// `name` as Zscaler's help allows it: letters, digits, _ - . (zia-api.md 6.2).
std::string underscored(std::string_view name) {
    std::string result(name);
    for (char& c : result) {
        const bool is_allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                                c == '_' || c == '-' || c == '.';
        if (!is_allowed) c = '_';
    }
    return result;
}

/// What a full PUT is to leave in the group.
struct Rewrite {
    std::vector<std::string> addresses;
    bool is_change = false;
};

Rewrite rewritten(const Group& group, core::TargetKind kind, Batch additions, Batch removals) {
    std::unordered_set<std::string_view> leaving;
    for (const auto& change : removals) leaving.insert(change.canonical);
    std::unordered_set<std::string> present;
    Rewrite result;
    for (const auto& spelling : group.addresses) {
        auto canonical = core::canonical_entry(kind, spelling);
        if (leaving.contains(canonical)) {
            result.is_change = true;
            continue;
        }
        result.addresses.push_back(spelling);
        present.insert(std::move(canonical));
    }
    for (const auto& change : additions) {
        if (!present.insert(std::string(change.canonical)).second) continue;
        result.addresses.emplace_back(change.text);
        result.is_change = true;
    }
    return result;
}

class GroupWriter {
public:
    GroupWriter(Api& api, const Target& target, Group& group, Time now, std::size_t batch_size,
                const std::stop_token& stop)
        : api_(api),
          target_(target),
          group_(group),
          description_(dated_description(target.description, now, k_group_description)),
          stop_(stop),
          delivery_{api.wire(), batch_size, now, stop} {}

    Applied apply(const core::ListPlan& plan, const core::ListState& state) {
        auto additions = additions_of(plan);
        respell(additions);
        const auto removals = removals_of(plan);
        const auto kept = kept_count(state.entries, removals);
        delivery_.before = state.entries;
        delivery_.to_remove = removals;
        if (auto fault = unfit(kept, additions.size())) {
            delivery_.applied.failure = std::move(fault);
        } else if (removals.empty()) {
            append(additions);
        } else {
            replace(additions, removals, plan.removals_first && kept > 0);
        }
        delivery_.applied.object_id = group_.id;
        if (delivery_.applied.wrote || !delivery_.accepted.removals.empty()) verify();
        return std::move(delivery_.applied);
    }

private:
    [[nodiscard]] const Variety& variety() const { return variety_of(target_.kind); }

    void respell(std::vector<Change>& additions) {
        for (auto& change : additions) {
            if (!has_another_spelling(target_.kind, change.canonical)) continue;
            change.text = spellings_.emplace_back("*" + std::string(change.canonical));
        }
    }

    /// Why nothing of this plan may be sent.
    [[nodiscard]] std::optional<Error> unfit(std::size_t kept, std::size_t added) const {
        const auto name = printable(target_.list);
        if (!group_.id.empty()) {
            auto obstacle = obstacle_of(group_, target_);
            if (!obstacle.empty()) return Error{Code::refused, std::move(obstacle)};
        }
        if (kept + added == 0) return would_be_emptied(variety().noun, target_.list);
        if (kept + added > variety().most) {
            return Error{Code::refused, fmt::format("{} '{}' would hold {} entries, and ZIA allows {}: lower {}",
                                                    variety().noun, name, with_thousands(kept + added),
                                                    with_thousands(variety().most), variety().cap_setting)};
        }
        return std::nullopt;
    }

    bool append(const std::vector<Change>& additions) {
        const Steps steps{
            group_.id.empty() ? Endpoint::create_group : Endpoint::change_group,
            [this](Batch batch, Direction) { return send_addition(batch); },
            [this](const Change& held) { return put(group_, {std::string(held.text)}, k_append, group_.description); }};
        const auto failure = deliver(delivery_, steps, additions, Direction::adding);
        if (failure) delivery_.applied.failure = explained(*failure);
        return !failure;
    }

    /// Removals, with the additions in the same PUT. Where an address is refused, the two go apart, so that
    /// the bad one is found among the additions alone.
    void replace(const std::vector<Change>& additions, const std::vector<Change>& removals, bool is_removals_first) {
        const auto answer = rewrite(additions, removals);
        if (answer) {
            delivery_.accepted.additions = additions;
            delivery_.accepted.removals = removals;
            return;
        }
        const auto cause = answer.error().cause;
        const bool is_about_entries = cause == Cause::bad_entries || cause == Cause::unclear;
        if (additions.empty() || !is_about_entries) {
            delivery_.applied.failure = explained(answer.error());
            return;
        }
        if (is_removals_first) {
            if (remove(removals)) append(additions);
        } else if (append(additions)) {
            remove(removals);
        }
    }

    bool remove(const std::vector<Change>& removals) {
        const auto answer = rewrite({}, removals);
        if (answer) {
            delivery_.accepted.removals = removals;
        } else {
            delivery_.applied.failure = explained(answer.error());
        }
        return answer.has_value();
    }

    /// One full PUT of what a GET just before showed. Every repeat looks again first, also after an edit
    /// lock: whoever held it may have changed this very group.
    Answered<void> rewrite(Batch additions, Batch removals) {
        Wire::Waited waited{0};
        for (int attempt = 1;; ++attempt) {
            auto current = read_whole(removals);
            if (!current) return tl::unexpected(std::move(current).error());
            auto wanted = rewritten(*current, target_.kind, additions, removals);
            if (!wanted.is_change) {  // a lost answer that was applied, or somebody else's doing
                see(*current);
                return {};
            }
            if (wanted.addresses.empty()) {
                return tl::unexpected(ApiError{Cause::emptied, would_be_emptied(variety().noun, target_.list)});
            }
            auto answer = put(*current, wanted.addresses, k_replace, description_);
            if (answer || !may_look_again(answer.error()) || attempt == k_most_rewrites) return answer;
            if (!api_.wire().wait_to_repeat(answer.error(), attempt, waited, stop_)) return answer;
        }
    }

    /// What a full PUT may be built on. A read that lacks what the inventory showed and nobody removes is looked
    /// at once more, and then not believed: the PUT would wipe what is missing (design rule 1).
    Answered<Group> read_whole(Batch removals) {
        for (bool is_second = false;; is_second = true) {
            auto current = api_.group(group_.id, stop_);
            if (!current) return current;
            const auto missing = missing_count(delivery_.before, removals, entries_of(*current, target_.kind));
            const bool is_emptied = current->addresses.empty() && !delivery_.before.empty();
            if (missing == 0 && !is_emptied) return current;
            if (is_second) return tl::unexpected(lacks_entries(missing));
        }
    }

    [[nodiscard]] ApiError lacks_entries(std::size_t missing) const {
        return {Cause::other,
                {Code::corrupt,
                 fmt::format("{} '{}' now lacks {} entries that it held when the run began; "
                             "somebody changes it, or ZIA's answer is incomplete: nothing was "
                             "removed, run again",
                             variety().noun, printable(target_.list), missing == 0 ? "all" : with_thousands(missing))}};
    }

    static bool may_look_again(const ApiError& error) {
        switch (error.cause) {
            case Cause::offline:
            case Cause::throttled:
            case Cause::locked:
            case Cause::session_gone:
            case Cause::lost: return true;
            default: return false;
        }
    }

    Answered<void> send_addition(Batch batch) {
        std::vector<std::string> addresses;
        addresses.reserve(batch.size());
        for (const auto& change : batch) addresses.emplace_back(change.text);
        auto answer = group_.id.empty() ? create(addresses) : put(group_, addresses, k_append, description_);
        if (answer) return answer;
        if (answer.error().cause == Cause::lost) return read_back(batch, answer.error());
        if (answer.error().cause == Cause::duplicate && find_again()) return send_addition(batch);
        return answer;
    }

    /// "The name exists": looked up once, as a creation whose answer was lost may have shown up late.
    bool find_again() {
        if (!group_.id.empty() || std::exchange(was_found_again_, true)) return false;
        const auto found = find_by_name();
        if (!found || found->id.empty() || !obstacle_of(*found, target_).empty()) return false;
        note(*found);
        is_seen_now_ = false;
        delivery_.applied.created = delivery_.lost > 0;
        return true;
    }

    /// A write, with the mark that something may have been applied.
    Answered<net::Response> write(const Call& call) {
        auto answer = api_.call(call, stop_);
        is_seen_now_ = false;
        note_write(delivery_, answer);
        return answer;
    }

    Answered<void> create(const std::vector<std::string>& addresses) {
        Call call{Endpoint::create_group};
        call.body = dumped({{"name", target_.list},
                            {"type", type_of(target_)},
                            {"addresses", addresses},
                            {"description", description_}});
        auto answer = write(call);
        if (!answer) return tl::unexpected(std::move(answer).error());
        auto created = read_group(std::move(answer->body));
        if (!created) return tl::unexpected(unreadable(created.error(), call.endpoint));
        note(*created);
        return {};
    }

    /// Sends the object as it stands with other addresses; `addresses` are all of them, or those to append.
    Answered<void> put(const Group& group, const std::vector<std::string>& addresses, const Put& how,
                       const std::string& description) {
        Call call{Endpoint::change_group, group_.id, how.query};
        call.repeat = how.repeat;
        json body{{"name", group.name}, {"type", group.type}, {"addresses", addresses}, {"description", description}};
        if (!group.ip_categories.empty()) body["ipCategories"] = group.ip_categories;
        if (!group.countries.empty()) body["countries"] = group.countries;
        call.body = dumped(body);
        auto answer = write(call);
        if (!answer) return tl::unexpected(std::move(answer).error());
        const auto changed = read_group(std::move(answer->body));
        if (changed && changed->id == group_.id) see(*changed);
        return {};
    }

    static std::string dumped(const json& body) { return body.dump(-1, ' ', false, json::error_handler_t::replace); }

    /// The answer to an addition was lost (design rule 7).
    Answered<void> read_back(Batch batch, const ApiError& lost) {
        ++delivery_.lost;
        auto seen = group_.id.empty() ? find_by_name() : api_.group(group_.id, stop_);
        if (!seen) return tl::unexpected(not_readable_back(lost, seen.error()));
        if (!seen->id.empty()) {
            note(*seen);
            if (shows(seen_, batch, Direction::adding)) return {};
        }
        return tl::unexpected(not_applied(delivery_, lost));
    }

    Answered<Group> find_by_name() { return named_one<Group>(api_.groups({target_.list}, stop_), target_.list); }

    void see(const Group& group) {
        seen_ = entries_of(group, target_.kind);
        is_seen_now_ = true;
    }

    void note(const Group& seen) {
        if (group_.id.empty()) delivery_.applied.created = true;
        see(seen);
        group_ = seen;
        group_.addresses.clear();
        if (group_.name.empty()) group_.name = target_.list;
        if (group_.type.empty()) group_.type = type_of(target_);
    }

    [[nodiscard]] std::string advice_on_name() const {
        const bool is_further = !target_.first_list.empty();
        const auto& own = is_further ? target_.first_list : target_.list;
        std::vector<std::string> keys;
        if (const auto plain = underscored(own); plain != own) keys.push_back("category_name = " + printable(plain));
        if (is_further && target_.list.ends_with(')')) keys.emplace_back("group_numbering = underscore");
        if (keys.empty()) keys.emplace_back("another category_name");
        return "Zscaler's help allows letters, digits and _ - . in the name of a group: try " + join(keys, " and ");
    }

    [[nodiscard]] Error explained(ApiError failure) const {
        const auto plain = underscored(target_.list);
        if (failure.cause == Cause::unclear && group_.id.empty() && plain != target_.list) failure.cause = Cause::name;
        return zia::explained(failure, variety().noun, target_.list, variety().unlisted, advice_on_name());
    }

    /// Compares what the group shows after the last write with what it should show. Whether the answer to an
    /// append is the whole group was never recorded, so one that lacks something is not believed but read again.
    void verify() {
        if (is_seen_now_ && is_as_expected())
            return settle(delivery_.applied, delivery_.before, delivery_.accepted, seen_);
        std::string because = "nothing shows the group";
        if (!group_.id.empty()) {
            const auto group = api_.group(group_.id, stop_);
            if (group)
                return settle(delivery_.applied, delivery_.before, delivery_.accepted,
                              entries_of(*group, target_.kind));
            because = group.error().error.message;
        }
        settle_unverified(delivery_.applied, delivery_.accepted, seen_, because);
    }

    [[nodiscard]] bool is_as_expected() const {
        Applied trial;
        settle(trial, delivery_.before, delivery_.accepted, seen_);
        return trial.warnings.empty() && !trial.failure;
    }

    Api& api_;
    const Target& target_;
    Group& group_;
    const std::string description_;
    const std::stop_token& stop_;
    std::deque<std::string> spellings_;  // that the plan does not hold
    Delivery delivery_;
    std::vector<core::PresentEntry> seen_;  // by the last answer or read that could be understood
    bool is_seen_now_ = false;              // seen_ is of after the last write
    bool was_found_again_ = false;
};

}  // namespace

const char* type_of(const Target& target) noexcept {
    if (target.kind != core::TargetKind::fqdn_group) return k_address_group;
    return target.takes_wildcards ? k_wildcard_group : k_name_group;
}

std::string obstacle_of(const Group& group, const Target& target) {
    const auto name = printable(target.list);
    const bool wants_names = target.kind == core::TargetKind::fqdn_group;
    const bool is_of_names = group.type == k_name_group || group.type == k_wildcard_group;
    if (wants_names && target.takes_wildcards && group.type == k_name_group) {
        return fmt::format(
            "FQDN group '{}' is of type {}, which takes no subdomains, and the type of a group stays what "
            "it was made with: set include_subdomains = false, or name another group in category_name",
            name, k_name_group);
    }
    if (wants_names != is_of_names || (!wants_names && group.type != k_address_group)) {
        return fmt::format("{} '{}' is of type {}, and {} need {}: rename it or change category_name",
                           wants_names ? "destination group" : "IP group", name, printable(group.type),
                           wants_names ? "host names" : "addresses", type_of(target));
    }
    if (group.is_editable) return {};
    return fmt::format("{} '{}' is predefined and may not be edited", noun_of_group(target.kind), name);
}

const char* noun_of_group(core::TargetKind kind) noexcept {
    return variety_of(kind).noun;
}

Applied apply_to_group(Api& api, const Target& target, const core::ListPlan& plan, const core::ListState& state,
                       Group& group, std::size_t batch_size, Time now, const std::stop_token& stop) {
    return GroupWriter(api, target, group, now, batch_size, stop).apply(plan, state);
}

}  // namespace cordon::gateways::zia
