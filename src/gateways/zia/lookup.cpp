#include "gateways/zia/lookup.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace cordon::gateways::zia {
namespace {

using Values = std::span<const std::string>;

/// The wait for the window of a second, not for that of the hour: after the first call of a run the hour's places
/// free themselves 9 s apart on average (400 in 3,600 s, zia-api.md 9.2), and waiting for each would never end.
constexpr std::chrono::seconds k_patience_between{5};
/// Refusals before anything was answered, after which it is about something else than values. A hundred are halved
/// seven times until one stands alone.
constexpr int k_most_refusals_unanswered = 20;
/// Refused calls in one go; the hour holds 400 calls.
constexpr int k_most_refusals = 200;

class Asker {
public:
    Asker(Api& api, std::chrono::seconds patience, const std::stop_token& stop)
        : api_(api), patience_(patience), stop_(stop) {}

    LookupAnswers ask_all(Values values) {
        while (!values.empty()) {
            const auto batch = values.first(std::min(values.size(), k_values_per_lookup));
            if (!ask(batch)) break;
            values = values.subspan(batch.size());
        }
        if (has_answers_ || !result_.failure) {
            for (auto& offender : offenders_) result_.answers.push_back(std::move(offender));
        }
        return std::move(result_);
    }

private:
    enum class Sent { answered, refused, over };

    /// False: it is over, result_ says why.
    bool ask(Values batch) {
        switch (send(batch)) {
            case Sent::answered: return true;
            case Sent::refused: return search(batch);
            case Sent::over: return false;
        }
        return false;
    }

    Sent send(Values batch) {
        if (batch.empty()) return Sent::answered;
        auto answer = api_.look_up(batch, std::exchange(patience_, std::min(patience_, k_patience_between)), stop_);
        if (answer) return take(batch, *answer) ? Sent::answered : Sent::over;
        const auto& error = answer.error();
        const bool is_about_values = error.cause == Cause::unclear || error.cause == Cause::bad_entries;
        ++refusals_;
        const int most = has_answers_ ? k_most_refusals : k_most_refusals_unanswered;
        if (is_about_values && refusals_ <= most) {
            refusal_ = error;
            return Sent::refused;
        }
        result_.is_budget_spent = error.error.code == Code::throttled;
        if (!result_.is_budget_spent) result_.failure = error.error;
        return Sent::over;
    }

    /// Finds the offenders of a batch that was refused with refusal_.
    bool search(Values batch) {
        if (const auto rest = without_named(batch)) return ask(*rest);
        if (batch.size() == 1) {
            refuse(batch.front());
            return true;
        }
        const auto left = batch.first(batch.size() / 2);
        const auto right = batch.subspan(left.size());
        const auto whole_refusal = refusal_;
        switch (send(left)) {
            case Sent::over: return false;
            case Sent::refused: return search(left) && ask(right);
            case Sent::answered: break;
        }
        refusal_ = whole_refusal;  // with the left half answered, an offender is in the right one, or ZIA erred
        return right.size() == 1 ? ask(right) : search(right);
    }

    /// What is left of the batch without the values that the refusal names; nullopt where it names none.
    std::optional<std::vector<std::string>> without_named(Values batch) {
        const std::vector<std::string_view> texts(batch.begin(), batch.end());
        const auto named = named_entries(refusal_.server_message, texts);
        if (named.empty()) return std::nullopt;
        std::vector<std::string> rest;
        auto next = named.begin();
        for (std::size_t i = 0; i < batch.size(); ++i) {
            if (next != named.end() && *next == i) {
                ++next;
                refuse(batch[i]);
            } else {
                rest.push_back(batch[i]);
            }
        }
        return rest;
    }

    void refuse(const std::string& value) {
        const auto& words = refusal_.server_message.empty() ? refusal_.error.message : refusal_.server_message;
        core::Classification nothing;
        nothing.refused = printable(words, 300);
        offenders_.push_back({value, std::move(nothing)});
    }

    /// False where the answer is about other values altogether.
    bool take(Values batch, std::vector<core::LookedUp>& rows) {
        std::map<std::string_view, core::Classification*> by_value;
        for (auto& row : rows) by_value.emplace(row.value, &row.classification);
        const auto is_in = [&](const std::string& value) { return by_value.contains(value); };
        if (std::none_of(batch.begin(), batch.end(), is_in)) {
            result_.failure = Error{Code::corrupt, name_of(Endpoint::look_up) +
                                                       ": ZIA's answer names none of the values that were asked about"};
            return false;
        }
        has_answers_ = true;
        for (const auto& value : batch) {
            const auto found = by_value.find(value);
            if (found != by_value.end()) result_.answers.push_back({value, *found->second});
        }
        return true;
    }

    Api& api_;
    std::chrono::seconds patience_;
    const std::stop_token& stop_;
    LookupAnswers result_;
    std::vector<core::LookedUp> offenders_;  ///< believed at the end
    ApiError refusal_;                       ///< the last one
    int refusals_ = 0;
    bool has_answers_ = false;
};

}  // namespace

LookupAnswers look_up_values(Api& api, Values values, std::chrono::seconds patience, const std::stop_token& stop) {
    return Asker(api, patience, stop).ask_all(values);
}

}  // namespace cordon::gateways::zia
