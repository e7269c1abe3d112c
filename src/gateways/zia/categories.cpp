#include "gateways/zia/categories.hpp"

#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "gateways/zia/batches.hpp"
#include "gateways/zia/comparison.hpp"
#include "gateways/zia/description.hpp"

namespace cordon::gateways::zia {
namespace {

using nlohmann::json;

/// The super category of what we create, and of what has lost its own (zia-api.md 4.2, 4.7).
constexpr const char* k_user_defined = "USER_DEFINED";

std::string dumped(const json& body) {
    return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Puts the raw JSON of the scopes into an object, just as ZIA gave it.
std::string with_scopes(std::string object, const std::string& scopes) {
    if (scopes.empty()) return object;
    object.pop_back();
    return object + ",\"scopes\":" + scopes + "}";
}

class CategoryWriter {
public:
    CategoryWriter(Api& api, const Target& target, UrlCategory& category, Time now, std::size_t batch_size,
                   const std::stop_token& stop)
        : api_(api),
          target_(target),
          category_(category),
          description_(dated_description(target.description, now, k_category_description)),
          now_(now),
          batch_size_(batch_size),
          stop_(stop) {}

    Applied apply(const core::ListPlan& plan, const core::ListState& state) {
        const auto additions = additions_of(plan);
        auto removals = removals_of(plan);
        kept_ = kept_count(state.entries, removals);
        before_ = state.entries;
        to_remove_ = removals;
        if (kept_ == 0 && additions.empty()) {
            applied_.failure = would_be_emptied();
        } else {
            carry_out(additions, removals, plan.removals_first);
        }
        applied_.object_id = category_.id;
        if (applied_.wrote) verify();
        return std::move(applied_);
    }

private:

    /// Each step leaves a category that is fit to be live (design rule 13).
    void carry_out(const std::vector<Change>& additions, std::vector<Change>& removals, bool is_removals_first) {
        const bool is_complete = is_removals_first ? remove(removals) && add(additions)
                                                   : add(additions) && remove(removals);
        if (is_complete) remove_held_back();
    }

    [[nodiscard]] Error would_be_emptied() const {
        return {Code::invalid, fmt::format("the plan would empty category '{}', and a list is never emptied; "
                                           "nothing was removed",
                                           printable(target_.list))};
    }

    bool add(const std::vector<Change>& additions) {
        auto outcome =
            send_in_batches(additions, batch_size_, [this](Batch batch) { return send(batch, Direction::adding); });
        kept_ += outcome.accepted.size();
        accepted_.additions = std::move(outcome.accepted);
        for (auto& refused : outcome.refused) {
            applied_.refused.push_back({std::string(refused.change.canonical), now_, std::move(refused.because)});
        }
        return !note(outcome.failure);
    }

    /// Removes; holds the last one back while nothing else would be left (design rule 4).
    bool remove(std::vector<Change>& removals) {
        if (kept_ == 0 && !removals.empty()) {
            held_back_.push_back(removals.back());
            removals.pop_back();
        }
        return send_removals(removals);
    }

    void remove_held_back() {
        if (held_back_.empty()) return;
        if (kept_ > 0) {
            send_removals(held_back_);
        } else {
            applied_.failure = would_be_emptied();
        }
    }

    bool send_removals(const std::vector<Change>& removals) {
        auto outcome =
            send_in_batches(removals, batch_size_, [this](Batch batch) { return send(batch, Direction::removing); });
        accepted_.removals.insert(accepted_.removals.end(), outcome.accepted.begin(), outcome.accepted.end());
        for (const auto& refused : outcome.refused) {
            applied_.warnings.push_back(fmt::format("ZIA does not let go of {}: {}", printable(refused.change.text),
                                                    refused.because));
        }
        return !note(outcome.failure);
    }

    bool note(const std::optional<ApiError>& failure) {
        if (failure) applied_.failure = explained(*failure);
        return failure.has_value();
    }

    /// What only this kind of object can say about a failure.
    [[nodiscard]] Error explained(const ApiError& failure) const {
        auto error = failure.error;
        const auto name = printable(target_.list);
        if (failure.cause == Cause::duplicate) {
            error.message += fmt::format("; a category '{}' exists that the API does not list, probably a TLD "
                                         "category: rename it or change category_name",
                                         name);
        } else if (failure.cause == Cause::not_found) {
            error.message += fmt::format("; category '{}' has gone since it was read: run again", name);
        } else if (failure.cause == Cause::name) {
            error.message += fmt::format("; '{}' may hold letters, digits, space and _ - . ( ) only", name);
        } else if (failure.cause == Cause::lost) {
            error.code = Code::unknown;
        }
        return error;
    }

    Answered<void> send(Batch batch, Direction direction) {
        auto answer = api_.call(category_.id.empty() ? creation(batch) : change(batch, direction), stop_);
        applied_.wrote = applied_.wrote || answer || may_be_applied(answer.error().cause);
        if (answer) return accept(std::move(answer->body), batch, direction);
        const auto& error = answer.error();
        if (error.cause == Cause::lost) return read_back(batch, direction, error);
        const bool is_elsewhere = error.cause == Cause::duplicate || error.cause == Cause::not_found;
        if (is_elsewhere && find_again()) return send(batch, direction);
        return tl::unexpected(error);
    }

    /// The answer to a change is the full object (zia-api.md 4.8). One that cannot be read is no failure of
    /// a change, since the last one is verified anyway; of a creation it leaves the id open.
    Answered<void> accept(std::string body, Batch batch, Direction direction) {
        auto shown = read_category(std::move(body));
        const bool is_ours = shown && (category_.id.empty() || shown->id == category_.id);
        is_seen_now_ = is_ours;
        if (is_ours) {
            if (category_.id.empty()) adopt(*shown);
            seen_ = std::move(*shown);
        } else if (category_.id.empty()) {
            const auto why = shown ? Error{Code::corrupt, "another object"} : shown.error();
            return read_back(batch, direction, unreadable(why, Endpoint::create_category));
        }
        return {};
    }

    /// "The name exists", or "no such id": looked up by name once (zia-api.md 4.6, 4.10), as the id may have
    /// changed and a creation whose answer was lost may have shown up late. An object that lacks what must stay
    /// is another one, which this plan was not made for.
    bool find_again() {
        if (std::exchange(was_found_again_, true)) return false;
        const auto found = find_by_name();
        if (!found || found->id.empty() || found->id == category_.id) return false;
        if (missing_count(before_, to_remove_, entries_of(*found)) > 0) return false;
        const bool is_ours = lost_ > 0 && category_.id.empty();
        adopt(*found);
        applied_.created = is_ours;
        return true;
    }

    [[nodiscard]] json lists(Batch batch) const {
        json urls = json::array();
        json retaining = json::array();
        for (const auto& change : batch) {
            (change.side == core::Side::plain ? urls : retaining).push_back(std::string(change.text));
        }
        return {{"urls", std::move(urls)}, {"dbCategorizedUrls", std::move(retaining)}};
    }

    [[nodiscard]] Call creation(Batch batch) const {
        auto body = lists(batch);
        body["configuredName"] = target_.list;
        body["superCategory"] = k_user_defined;
        body["type"] = "URL_CATEGORY";
        body["description"] = description_;
        Call call{Endpoint::create_category};
        call.body = dumped(body);
        return call;
    }

    /// Name, super category, keywords and scopes are echoed, since leaving them out may clear them, and the
    /// name as it stands, since another would rename (zia-api.md 4.2, 4.8).
    [[nodiscard]] Call change(Batch batch, Direction direction) const {
        auto body = lists(batch);
        body["configuredName"] = category_.name;
        body["superCategory"] = category_.super_category.empty() ? k_user_defined : category_.super_category;
        body["description"] = description_;
        if (category_.has_keywords) {
            body["keywords"] = category_.keywords;
            body["keywordsRetainingParentCategory"] = category_.retaining_keywords;
        }
        Call call{Endpoint::change_category, category_.id};
        call.query = direction == Direction::adding ? "?action=ADD_TO_LIST" : "?action=REMOVE_FROM_LIST";
        call.body = with_scopes(dumped(body), category_.scopes);
        return call;
    }

    /// The answer to a write was lost (design rule 7).
    Answered<void> read_back(Batch batch, Direction direction, const ApiError& lost) {
        is_seen_now_ = false;
        ++lost_;
        auto seen = look();
        if (!seen) return tl::unexpected(not_readable_back(lost, seen.error()));
        if (!seen->id.empty()) {
            adopt(*seen);
            seen_ = std::move(*seen);
            is_seen_now_ = true;
            if (shows(entries_of(*seen_), batch, direction)) return {};
        }
        auto error = lost;  // not applied
        if (!api_.wire().wait_to_repeat(error, lost_, waited_, stop_) && error.cause == Cause::lost) {
            error.cause = Cause::other;
            error.error.code = Code::unknown;
        }
        return tl::unexpected(std::move(error));
    }

    /// The category as it stands; without an id where there is none. A read by id that ZIA answers with "no
    /// such id", under either status, is asked again by name (zia-api.md 4.10).
    Answered<UrlCategory> look() {
        if (category_.id.empty()) return find_by_name();
        auto seen = api_.category(category_.id, stop_);
        if (seen) return seen;
        const bool is_unknown_id =
            seen.error().cause == Cause::not_found || seen.error().server_code == "UNEXPECTED_ERROR";
        if (!is_unknown_id) return seen;
        auto named = find_by_name();
        return named && named->id == category_.id ? std::move(named) : std::move(seen);
    }

    Answered<UrlCategory> find_by_name() {
        auto found = api_.categories({target_.list}, stop_);
        if (!found) return tl::unexpected(std::move(found).error());
        const auto* named = find_named(found->wanted, target_.list);
        return named == nullptr ? UrlCategory{} : *named;
    }

    void adopt(const UrlCategory& seen) {
        if (category_.id.empty()) applied_.created = true;
        category_.id = seen.id;
        category_.name = seen.name.empty() ? target_.list : seen.name;
        category_.super_category = seen.super_category;
        category_.keywords = seen.keywords;
        category_.retaining_keywords = seen.retaining_keywords;
        category_.has_keywords = seen.has_keywords;
        category_.scopes = seen.scopes;
    }

    /// Compares what the category shows after the last write, by its answer or else by a read, with what it
    /// should show.
    void verify() {
        if (!is_seen_now_ && !category_.id.empty()) {
            auto read = look();
            if (read && !read->id.empty()) {
                seen_ = std::move(*read);
                is_seen_now_ = true;
            } else if (!read) {
                unverified_because_ = read.error().error.message;
            }
        }
        const auto shown = seen_ ? entries_of(*seen_) : std::vector<core::PresentEntry>{};
        if (is_seen_now_) return settle(applied_, before_, accepted_, shown);
        settle_unverified(applied_, accepted_, shown, unverified_because_);
    }

    Api& api_;
    const Target& target_;
    UrlCategory& category_;
    const std::string description_;
    const Time now_;
    const std::size_t batch_size_;
    const std::stop_token& stop_;
    std::size_t kept_ = 0;             // entries that stay whatever is removed
    std::span<const core::PresentEntry> before_;
    std::vector<Change> to_remove_;
    std::vector<Change> held_back_;
    Accepted accepted_;
    Applied applied_;
    std::optional<UrlCategory> seen_;  // by the last answer or read that could be understood
    bool is_seen_now_ = false;         // seen_ is of after the last write
    std::string unverified_because_ = "nothing shows the category";
    bool was_found_again_ = false;
    int lost_ = 0;
    Wire::Waited waited_{0};
};

}  // namespace

Applied apply_to_category(Api& api, const Target& target, const core::ListPlan& plan,
                          const core::ListState& state, UrlCategory& category, std::size_t batch_size, Time now,
                          const std::stop_token& stop) {
    return CategoryWriter(api, target, category, now, batch_size, stop).apply(plan, state);
}

}  // namespace cordon::gateways::zia
