#include "gateways/zia/categories.hpp"

#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "gateways/zia/delivery.hpp"
#include "gateways/zia/description.hpp"

namespace cordon::gateways::zia {
namespace {

using nlohmann::json;

/// The super category of what we create, and of what has lost its own (zia-api.md 4.2, 4.7).
constexpr const char* k_user_defined = "USER_DEFINED";
constexpr const char* k_category = "category";

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
                   const std::stop_token& stop, std::size_t kept_for_others)
        : api_(api),
          target_(target),
          category_(category),
          description_(dated_description(target.description, now, k_category_description)),
          stop_(stop),
          kept_for_removals_(kept_for_others),
          delivery_{api.wire(), batch_size, now, stop} {}

    Applied apply(const core::ListPlan& plan, const core::ListState& state) {
        const auto additions = additions_of(plan);
        auto removals = removals_of(plan);
        kept_ = kept_count(state.entries, removals);
        delivery_.before = state.entries;
        delivery_.to_remove = removals;
        if (kept_ == 0 && additions.empty()) {
            delivery_.applied.failure = would_be_emptied(k_category, target_.list);
        } else {
            carry_out(additions, removals, plan.removals_first);
        }
        delivery_.applied.object_id = category_.id;
        if (delivery_.applied.wrote) verify();
        return std::move(delivery_.applied);
    }

private:
    /// Each step leaves a category that is fit to be live (design rule 13). Additions leave the hour's calls that
    /// removals need, and where they failed, the removals still go.
    void carry_out(const std::vector<Change>& additions, std::vector<Change>& removals, bool is_removals_first) {
        if (is_removals_first) {
            if (!remove(removals)) return;
            kept_for_removals_ += held_back_.size();
            add(additions);
        } else {
            kept_for_removals_ += writes_for(removals.size(), delivery_.batch_size);
            if (!add(additions) && !may_still_remove()) return;
            if (!remove(removals)) return;
        }
        if (may_still_remove()) remove_held_back();
    }

    [[nodiscard]] bool may_still_remove() const {
        return !delivery_.applied.failure || (!is_over_ && !category_.id.empty());
    }

    bool add(const std::vector<Change>& additions) {
        const auto failure = deliver(delivery_, steps(), additions, Direction::adding);
        kept_ += delivery_.accepted.additions.size();
        return !note(failure);
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
        } else if (!delivery_.applied.failure) {
            delivery_.applied.failure = would_be_emptied(k_category, target_.list);
        }
    }

    bool send_removals(const std::vector<Change>& removals) {
        return !note(deliver(delivery_, steps(), removals, Direction::removing));
    }

    [[nodiscard]] Steps steps() {
        return {category_.id.empty() ? Endpoint::create_category : Endpoint::change_category,
                [this](Batch batch, Direction direction) { return send(batch, direction); },
                [this](const Change& held) { return send_unchanged(held); }};
    }

    bool note(const std::optional<ApiError>& failure) {
        if (failure) {
            const auto before = delivery_.applied.failure ? delivery_.applied.failure->message + "; " : std::string();
            is_over_ = ends_all_writes(*failure);
            delivery_.applied.failure = explained(*failure, k_category, target_.list, " (it may be a TLD category)",
                                                  "a category's name may hold letters, digits, space and _ - . ( ) "
                                                  "only");
            delivery_.applied.failure->message.insert(0, before);
        }
        return failure.has_value();
    }

    Answered<void> send(Batch batch, Direction direction) {
        auto answer = api_.call(category_.id.empty() ? creation(batch) : change(batch, direction, description_), stop_);
        note_write(delivery_, answer);
        if (answer) return accept(std::move(answer->body), batch, direction);
        const auto& error = answer.error();
        if (error.cause == Cause::lost) return read_back(batch, direction, error);
        const bool is_elsewhere = error.cause == Cause::duplicate || error.cause == Cause::not_found;
        if (is_elsewhere && find_again()) return send(batch, direction);
        return tl::unexpected(error);
    }

    /// Adds what is there already, under the description that is there.
    Answered<void> send_unchanged(const Change& held) {
        auto answer = api_.call(change(Batch(&held, 1), Direction::adding, category_.description), stop_);
        note_write(delivery_, answer);
        if (!answer) return tl::unexpected(std::move(answer).error());
        return accept(std::move(answer->body), Batch(&held, 1), Direction::adding);
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
        if (missing_count(delivery_.before, delivery_.to_remove, entries_of(*found)) > 0) return false;
        const bool is_ours = delivery_.lost > 0 && category_.id.empty();
        adopt(*found);
        delivery_.applied.created = is_ours;
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
    [[nodiscard]] Call change(Batch batch, Direction direction, const std::string& description) const {
        auto body = lists(batch);
        body["configuredName"] = category_.name;
        body["superCategory"] = category_.super_category.empty() ? k_user_defined : category_.super_category;
        if (!description.empty()) body["description"] = description;
        if (category_.has_keywords) {
            body["keywords"] = category_.keywords;
            body["keywordsRetainingParentCategory"] = category_.retaining_keywords;
        }
        Call call{Endpoint::change_category, category_.id};
        if (direction == Direction::adding) call.keeps_free = kept_for_removals_;
        call.query = direction == Direction::adding ? "?action=ADD_TO_LIST" : "?action=REMOVE_FROM_LIST";
        call.body = with_scopes(dumped(body), category_.scopes);
        return call;
    }

    /// The answer to a write was lost (design rule 7).
    Answered<void> read_back(Batch batch, Direction direction, const ApiError& lost) {
        is_seen_now_ = false;
        ++delivery_.lost;
        auto seen = look();
        if (!seen) return tl::unexpected(not_readable_back(lost, seen.error()));
        if (!seen->id.empty()) {
            adopt(*seen);
            seen_ = std::move(*seen);
            is_seen_now_ = true;
            if (shows(entries_of(*seen_), batch, direction)) return {};
        }
        return tl::unexpected(not_applied(delivery_, lost));
    }

    /// The category as it stands; without an id where there is none. A read by id that ZIA answers with "no
    /// such id", under either status, is asked again by name (zia-api.md 4.10).
    Answered<UrlCategory> look() {
        if (category_.id.empty()) return find_by_name();
        auto seen = api_.category(category_.id, stop_);
        if (seen || !may_be_unknown_category(seen.error())) return seen;
        auto named = find_by_name();
        return named && named->id == category_.id ? std::move(named) : std::move(seen);
    }

    Answered<UrlCategory> find_by_name() {
        return named_one<UrlCategory>(api_.categories({target_.list}, stop_), target_.list);
    }

    void adopt(const UrlCategory& seen) {
        if (category_.id.empty()) delivery_.applied.created = true;
        category_.id = seen.id;
        category_.name = seen.name.empty() ? target_.list : seen.name;
        category_.super_category = seen.super_category;
        category_.description = seen.description;
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
        if (is_seen_now_) return settle(delivery_.applied, delivery_.before, delivery_.accepted, shown);
        settle_unverified(delivery_.applied, delivery_.accepted, shown, unverified_because_);
    }

    Api& api_;
    const Target& target_;
    UrlCategory& category_;
    const std::string description_;
    const std::stop_token& stop_;
    std::size_t kept_for_removals_;  // writes of the hour that additions leave
    std::size_t kept_ = 0;           // entries that stay whatever is removed
    std::vector<Change> held_back_;  // at most one
    bool is_over_ = false;           // by applied.failure, whatever were to be written
    Delivery delivery_;
    std::optional<UrlCategory> seen_;  // by the last answer or read that could be understood
    bool is_seen_now_ = false;         // seen_ is of after the last write
    std::string unverified_because_ = "nothing shows the category";
    bool was_found_again_ = false;
};

}  // namespace

Applied apply_to_category(Api& api, const Target& target, const core::ListPlan& plan, const core::ListState& state,
                          UrlCategory& category, std::size_t batch_size, Time now, const std::stop_token& stop,
                          std::size_t kept_for_others) {
    return CategoryWriter(api, target, category, now, batch_size, stop, kept_for_others).apply(plan, state);
}

}  // namespace cordon::gateways::zia
