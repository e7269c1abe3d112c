#include "gateways/zia/ip_groups.hpp"

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "core/canonical.hpp"
#include "gateways/zia/batches.hpp"
#include "gateways/zia/comparison.hpp"
#include "gateways/zia/description.hpp"

namespace cordon::gateways::zia {
namespace {

using nlohmann::json;

/// How often a full PUT is prepared anew: locks and limits, each after its wait.
constexpr int k_most_rewrites = 8;

std::string canonical_of(const std::string& spelling) {
    return core::canonical_entry(core::TargetKind::ipv4_group, spelling);
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

Rewrite rewritten(const IpGroup& group, Batch additions, Batch removals) {
    std::unordered_set<std::string_view> leaving;
    for (const auto& change : removals) leaving.insert(change.canonical);
    std::unordered_set<std::string> present;
    Rewrite result;
    for (const auto& spelling : group.addresses) {
        auto canonical = canonical_of(spelling);
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
    GroupWriter(Api& api, const Target& target, IpGroup& group, Time now, std::size_t batch_size,
                const std::stop_token& stop)
        : api_(api),
          target_(target),
          group_(group),
          description_(dated_description(target.description, now, k_group_description)),
          now_(now),
          batch_size_(batch_size),
          stop_(stop) {}

    Applied apply(const core::ListPlan& plan, const core::ListState& state) {
        const auto additions = additions_of(plan);
        const auto removals = removals_of(plan);
        const auto kept = kept_count(state.entries, removals);
        const auto writes_before = writes();
        if (auto fault = unfit(kept, additions.size())) {
            applied_.failure = std::move(fault);
        } else if (removals.empty()) {
            append(additions);
        } else {
            replace(additions, removals, plan.removals_first && kept > 0);
        }
        applied_.object_id = group_.id;
        applied_.wrote = writes() > writes_before;
        if (applied_.wrote) settle(applied_, state.entries, accepted_, shown_now(state));
        return std::move(applied_);
    }

private:
    [[nodiscard]] std::uint64_t writes() const {
        return api_.wire().sent(Endpoint::create_group) + api_.wire().sent(Endpoint::change_group);
    }

    /// Why nothing of this plan may be sent.
    [[nodiscard]] std::optional<Error> unfit(std::size_t kept, std::size_t added) const {
        const auto name = printable(target_.list);
        if (!group_.id.empty() && group_.type != k_address_group) {
            return Error{Code::refused, fmt::format("IP group '{}' is of type {}, and addresses need {}: rename it "
                                                    "or change category_name",
                                                    name, printable(group_.type), k_address_group)};
        }
        if (kept + added == 0) return would_be_emptied();
        if (kept + added > k_most_group_addresses) {
            return Error{Code::refused, fmt::format("IP group '{}' would hold {} entries, and ZIA allows {}: lower "
                                                    "max_ips",
                                                    name, with_thousands(kept + added),
                                                    with_thousands(k_most_group_addresses))};
        }
        return std::nullopt;
    }

    [[nodiscard]] Error would_be_emptied() const {
        return {Code::invalid, fmt::format("the plan would empty IP group '{}', and a list is never emptied; "
                                           "nothing was removed",
                                           printable(target_.list))};
    }

    bool append(const std::vector<Change>& additions) {
        auto outcome =
            send_in_batches(additions, batch_size_, [this](Batch batch) { return send_addition(batch); });
        accepted_.additions = std::move(outcome.accepted);
        for (auto& refused : outcome.refused) {
            applied_.refused.push_back({std::string(refused.change.canonical), now_, std::move(refused.because)});
        }
        if (outcome.failure) applied_.failure = explained(*outcome.failure);
        return !outcome.failure;
    }

    /// Removals, with the additions in the same PUT. Where an address is refused, the two go apart, so that
    /// the bad one is found among the additions alone.
    void replace(const std::vector<Change>& additions, const std::vector<Change>& removals, bool is_removals_first) {
        const auto answer = rewrite(additions, removals);
        if (answer) {
            accepted_.additions = additions;
            accepted_.removals = removals;
            return;
        }
        const auto cause = answer.error().cause;
        const bool is_about_entries = cause == Cause::bad_entries || cause == Cause::unclear;
        if (additions.empty() || !is_about_entries) {
            applied_.failure = explained(answer.error());
            return;
        }
        const bool is_complete = is_removals_first ? remove(removals) && append(additions)
                                                   : append(additions) && remove(removals);
        static_cast<void>(is_complete);  // applied_.failure says the same
    }

    bool remove(const std::vector<Change>& removals) {
        const auto answer = rewrite({}, removals);
        if (answer) {
            accepted_.removals = removals;
        } else {
            applied_.failure = explained(answer.error());
        }
        return answer.has_value();
    }

    /// One full PUT of what a GET just before showed. Every repeat looks again first, also after an edit
    /// lock: whoever held it may have changed this very group.
    Answered<void> rewrite(Batch additions, Batch removals) {
        for (int attempt = 1;; ++attempt) {
            auto current = api_.group(group_.id, stop_);
            if (!current) return tl::unexpected(std::move(current).error());
            auto wanted = rewritten(*current, additions, removals);
            if (!wanted.is_change) {  // a lost answer that was applied, or somebody else's doing
                seen_ = entries_of(*current);
                return {};
            }
            if (wanted.addresses.empty()) {
                return tl::unexpected(ApiError{Cause::emptied, would_be_emptied()});
            }
            auto answer = put(*current, wanted.addresses, "?override=true", Repeat::never);
            if (answer || !may_look_again(answer.error()) || attempt == k_most_rewrites) return answer;
            if (!api_.wire().wait_to_repeat(answer.error(), attempt, stop_)) return answer;
        }
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
        auto answer = group_.id.empty() ? create(addresses)
                                        : put(group_, addresses, "?override=false", Repeat::when_not_applied);
        if (!answer && answer.error().cause == Cause::lost) return read_back(batch, answer.error());
        return answer;
    }

    Answered<void> create(const std::vector<std::string>& addresses) {
        Call call{Endpoint::create_group};
        call.body = dumped({{"name", target_.list},
                            {"type", k_address_group},
                            {"addresses", addresses},
                            {"description", description_}});
        auto answer = api_.call(call, stop_);
        if (!answer) return tl::unexpected(std::move(answer).error());
        auto created = read_group(std::move(answer->body));
        if (!created) return tl::unexpected(unreadable(created.error(), call.endpoint));
        note(*created);
        return {};
    }

    /// Sends the object as it stands with other addresses; `addresses` are all of them, or those to append.
    Answered<void> put(const IpGroup& group, const std::vector<std::string>& addresses, const char* query,
                       Repeat repeat) {
        Call call{Endpoint::change_group, group_.id, query};
        call.repeat = repeat;
        json body{{"name", group.name},
                  {"type", group.type},
                  {"addresses", addresses},
                  {"description", description_}};
        if (!group.ip_categories.empty()) body["ipCategories"] = group.ip_categories;
        if (!group.countries.empty()) body["countries"] = group.countries;
        call.body = dumped(body);
        auto answer = api_.call(call, stop_);
        if (!answer) return tl::unexpected(std::move(answer).error());
        seen_.reset();
        if (auto changed = read_group(std::move(answer->body))) seen_ = entries_of(*changed);
        return {};
    }

    static std::string dumped(const json& body) {
        return body.dump(-1, ' ', false, json::error_handler_t::replace);
    }

    /// The answer to an addition was lost (design rule 7).
    Answered<void> read_back(Batch batch, const ApiError& lost) {
        auto seen = group_.id.empty() ? find_by_name() : api_.group(group_.id, stop_);
        if (!seen) {
            auto error = lost;
            error.cause = seen.error().cause == Cause::not_found ? Cause::not_found : Cause::other;
            error.error.code = Code::unknown;
            error.error.message += "; reading back failed too: " + seen.error().error.message;
            return tl::unexpected(std::move(error));
        }
        if (seen->id.empty()) return tl::unexpected(lost);  // not created
        note(*seen);
        if (shows(*seen_, batch, Direction::adding)) return {};
        return tl::unexpected(lost);
    }

    Answered<IpGroup> find_by_name() {
        auto found = api_.groups({target_.list}, stop_);
        if (!found) return tl::unexpected(std::move(found).error());
        return found->wanted.empty() ? IpGroup{} : std::move(found->wanted.front());
    }

    void note(const IpGroup& seen) {
        if (group_.id.empty()) applied_.created = true;
        seen_ = entries_of(seen);
        group_ = seen;
        group_.addresses.clear();
        if (group_.name.empty()) group_.name = target_.list;
        if (group_.type.empty()) group_.type = k_address_group;
    }

    [[nodiscard]] Error explained(const ApiError& failure) const {
        auto error = failure.error;
        const auto name = printable(target_.list);
        const auto plain = underscored(target_.list);
        const bool may_be_name = failure.cause == Cause::name ||
                                 (failure.cause == Cause::unclear && group_.id.empty() && plain != target_.list);
        if (may_be_name) {
            error.message += fmt::format("; Zscaler's help allows letters, digits and _ - . in the name of an IP "
                                         "group: try category_name = {}",
                                         printable(plain));
        } else if (failure.cause == Cause::duplicate) {
            error.message += fmt::format("; an IP group '{}' exists that the API does not list as an IPv4 group: "
                                         "rename it or change category_name",
                                         name);
        } else if (failure.cause == Cause::not_found) {
            error.message += fmt::format("; IP group '{}' has gone since it was read: run again", name);
        } else if (failure.cause == Cause::lost) {
            error.code = Code::unknown;
        }
        return error;
    }

    /// What the group shows after the last write. Whether the answer to an append is the whole group was
    /// never recorded, so one that lacks something is not believed but read again.
    std::optional<std::vector<core::PresentEntry>> shown_now(const core::ListState& state) {
        if (seen_ && is_as_expected(*seen_, state)) return std::move(seen_);
        if (group_.id.empty()) return std::nullopt;
        const auto group = api_.group(group_.id, stop_);
        if (!group) return std::nullopt;
        return entries_of(*group);
    }

    [[nodiscard]] bool is_as_expected(const std::vector<core::PresentEntry>& seen,
                                      const core::ListState& state) const {
        Applied trial;
        settle(trial, state.entries, accepted_, seen);
        return trial.warnings.empty() && !trial.failure;
    }

    Api& api_;
    const Target& target_;
    IpGroup& group_;
    const std::string description_;
    const Time now_;
    const std::size_t batch_size_;
    const std::stop_token& stop_;
    Accepted accepted_;
    Applied applied_;
    std::optional<std::vector<core::PresentEntry>> seen_;  // by the last answer
};

}  // namespace

Applied apply_to_group(Api& api, const Target& target, const core::ListPlan& plan, const core::ListState& state,
                       IpGroup& group, std::size_t batch_size, Time now, const std::stop_token& stop) {
    return GroupWriter(api, target, group, now, batch_size, stop).apply(plan, state);
}

}  // namespace cordon::gateways::zia
