#include "gateways/zia/denylist.hpp"

#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "gateways/zia/delivery.hpp"

namespace cordon::gateways::zia {
namespace {

class DenylistWriter {
public:
    DenylistWriter(Api& api, Time now, std::size_t batch_size, const std::stop_token& stop)
        : api_(api), stop_(stop), delivery_{api.wire(), batch_size, now, stop} {}

    Applied apply(const core::ListPlan& plan, const core::ListState& state) {
        const auto additions = additions_of(plan);
        const auto removals = removals_of(plan);
        delivery_.before = state.entries;
        delivery_.to_remove = removals;
        delivery_.applied.object_id = k_denylist_id;
        if (plan.removals_first) {
            if (send_all(removals, Direction::removing)) send_all(additions, Direction::adding);
        } else {
            kept_for_removals_ = writes_for(removals.size(), delivery_.batch_size);
            if (send_all(additions, Direction::adding) || !is_over_) send_all(removals, Direction::removing);
        }
        if (delivery_.applied.wrote) verify();
        return std::move(delivery_.applied);
    }

private:
    bool send_all(const std::vector<Change>& changes, Direction direction) {
        const Steps steps{Endpoint::change_denylist, [this](Batch batch, Direction way) { return send(batch, way); },
                          [this](const Change& held) { return send(Batch(&held, 1), Direction::adding); }};
        const auto failure = deliver(delivery_, steps, changes, direction);
        if (failure) note(*failure);
        return !failure;
    }

    void note(const ApiError& failure) {
        is_over_ = ends_all_writes(failure);
        auto error = failure.error;
        if (failure.cause == Cause::lost) error.code = Code::unknown;
        if (delivery_.applied.failure) error.message.insert(0, delivery_.applied.failure->message + "; ");
        delivery_.applied.failure = std::move(error);
    }

    /// The answer is an echo of what was sent, or 204, and shows nothing of the list.
    Answered<void> send(Batch batch, Direction direction) {
        auto answer = api_.call(change(batch, direction), stop_);
        is_seen_now_ = false;
        note_write(delivery_, answer);
        if (answer) return {};
        if (answer.error().cause == Cause::lost) return read_back(batch, direction, answer.error());
        return tl::unexpected(std::move(answer).error());
    }

    [[nodiscard]] Call change(Batch batch, Direction direction) const {
        auto entries = nlohmann::json::array();
        for (const auto& one : batch) entries.push_back(std::string(one.text));
        Call call{Endpoint::change_denylist};
        call.query = direction == Direction::adding ? "?action=ADD_TO_LIST" : "?action=REMOVE_FROM_LIST";
        if (direction == Direction::adding) call.keeps_free = kept_for_removals_;
        call.body = nlohmann::json{{"blacklistUrls", std::move(entries)}}.dump(
            -1, ' ', false, nlohmann::json::error_handler_t::replace);
        return call;
    }

    /// The answer to a write was lost (design rule 7).
    Answered<void> read_back(Batch batch, Direction direction, const ApiError& lost) {
        ++delivery_.lost;
        const auto now = api_.denylist(stop_);
        if (!now) return tl::unexpected(not_readable_back(lost, now.error()));
        see(*now);
        if (shows(seen_, batch, direction)) return {};
        return tl::unexpected(not_applied(delivery_, lost));
    }

    void see(const std::vector<std::string>& spellings) {
        seen_ = entries_of_denylist(spellings);
        is_seen_now_ = true;
    }

    void verify() {
        std::string because;
        if (!is_seen_now_) {
            const auto now = api_.denylist(stop_);
            now ? see(*now) : static_cast<void>(because = now.error().error.message);
        }
        if (is_seen_now_) return settle(delivery_.applied, delivery_.before, delivery_.accepted, std::move(seen_));
        settle_unverified(delivery_.applied, delivery_.accepted, seen_, because);
    }

    Api& api_;
    const std::stop_token& stop_;
    Delivery delivery_;
    std::vector<core::PresentEntry> seen_;  // by the last read
    bool is_seen_now_ = false;              // seen_ is of after the last write
    std::size_t kept_for_removals_ = 0;     // writes of the hour that additions leave
    bool is_over_ = false;                  // by applied.failure, whatever were to be written
};

}  // namespace

Applied apply_to_denylist(Api& api, const core::ListPlan& plan, const core::ListState& state, std::size_t batch_size,
                          Time now, const std::stop_token& stop) {
    return DenylistWriter(api, now, batch_size, stop).apply(plan, state);
}

}  // namespace cordon::gateways::zia
