#include "gateways/zia/categories.hpp"

#include <optional>
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
        const auto writes_before = writes();
        if (kept_ == 0 && additions.empty()) {
            applied_.failure = would_be_emptied();
        } else {
            carry_out(additions, removals, plan.removals_first);
        }
        applied_.object_id = category_.id;
        applied_.wrote = writes() > writes_before;
        if (applied_.wrote) settle(applied_, state.entries, accepted_, shown_now());
        return std::move(applied_);
    }

private:
    [[nodiscard]] std::uint64_t writes() const {
        return api_.wire().sent(Endpoint::create_category) + api_.wire().sent(Endpoint::change_category);
    }

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
        if (!answer && answer.error().cause == Cause::lost) return read_back(batch, direction, answer.error());
        if (!answer) return tl::unexpected(std::move(answer).error());
        last_answer_ = std::move(answer->body);
        seen_.reset();
        return category_.id.empty() ? learn_id(batch) : Answered<void>{};
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

    /// Name, super category and keywords are echoed, since leaving them out may clear them, and the name
    /// as it stands, since another would rename (zia-api.md 4.8).
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
        call.body = dumped(body);
        return call;
    }

    /// The answer to a write was lost (design rule 7).
    Answered<void> read_back(Batch batch, Direction direction, const ApiError& lost) {
        auto seen = category_.id.empty() ? find_by_name() : api_.category(category_.id, stop_);
        if (!seen) {
            auto error = lost;
            error.cause = seen.error().cause == Cause::not_found ? Cause::not_found : Cause::other;
            error.error.code = Code::unknown;
            error.error.message += "; reading back failed too: " + seen.error().error.message;
            return tl::unexpected(std::move(error));
        }
        if (seen->id.empty()) return tl::unexpected(lost);  // not created
        adopt(*seen);
        last_answer_.clear();
        seen_ = entries_of(*seen);
        if (shows(*seen_, batch, direction)) return {};
        return tl::unexpected(lost);
    }

    Answered<UrlCategory> find_by_name() {
        auto found = api_.categories({target_.list}, stop_);
        if (!found) return tl::unexpected(std::move(found).error());
        return found->wanted.empty() ? UrlCategory{} : std::move(found->wanted.front());
    }

    /// A creation that succeeded without a readable answer is looked up.
    Answered<void> learn_id(Batch batch) {
        auto created = read_category(last_answer_);
        if (created) {
            adopt(*created);
            applied_.created = true;
            return {};
        }
        auto found = read_back(batch, Direction::adding, unreadable(created.error(), Endpoint::create_category));
        applied_.created = applied_.created || !category_.id.empty();
        return found;
    }

    void adopt(const UrlCategory& seen) {
        if (category_.id.empty()) applied_.created = true;
        category_.id = seen.id;
        category_.name = seen.name.empty() ? target_.list : seen.name;
        category_.super_category = seen.super_category;
        category_.keywords = seen.keywords;
        category_.retaining_keywords = seen.retaining_keywords;
        category_.has_keywords = seen.has_keywords;
    }

    /// What the category shows after the last write: its answer, which is the full object, else a read.
    std::optional<std::vector<core::PresentEntry>> shown_now() {
        if (seen_) return std::move(seen_);
        if (category_.id.empty()) return std::nullopt;
        if (!last_answer_.empty()) {
            if (const auto category = read_category(std::move(last_answer_))) return entries_of(*category);
        }
        const auto category = api_.category(category_.id, stop_);
        if (!category) return std::nullopt;
        return entries_of(*category);
    }

    Api& api_;
    const Target& target_;
    UrlCategory& category_;
    const std::string description_;
    const Time now_;
    const std::size_t batch_size_;
    const std::stop_token& stop_;
    std::size_t kept_ = 0;             // entries that stay whatever is removed
    std::vector<Change> held_back_;
    Accepted accepted_;
    Applied applied_;
    std::string last_answer_;          // of the last write that was answered
    std::optional<std::vector<core::PresentEntry>> seen_;  // by a read after a lost answer
};

}  // namespace

Applied apply_to_category(Api& api, const Target& target, const core::ListPlan& plan,
                          const core::ListState& state, UrlCategory& category, std::size_t batch_size, Time now,
                          const std::stop_token& stop) {
    return CategoryWriter(api, target, category, now, batch_size, stop).apply(plan, state);
}

}  // namespace cordon::gateways::zia
