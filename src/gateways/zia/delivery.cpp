#include "gateways/zia/delivery.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::gateways::zia {
namespace {

Search search_of(const Delivery& delivery, const Steps& steps) {
    Search search;
    search.most_calls = std::min(search.most_calls, delivery.wire.left_of_hour(steps.endpoint) / 2);
    const auto lasting = lasting_entry(delivery.before, delivery.to_remove);
    if (steps.send_unchanged && lasting) {
        search.send_unchanged = [&steps, lasting = *lasting] { return steps.send_unchanged(lasting); };
    }
    return search;
}

void keep(std::vector<Change>& accepted, const std::vector<Change>& more) {
    accepted.insert(accepted.end(), more.begin(), more.end());
}

}  // namespace

std::optional<ApiError> deliver(Delivery& delivery, const Steps& steps, Batch changes, Direction direction) {
    const auto send = [&](Batch batch) { return steps.send(batch, direction); };
    auto outcome = send_in_batches(changes, delivery.batch_size, send, search_of(delivery, steps));
    const bool is_adding = direction == Direction::adding;
    keep(is_adding ? delivery.accepted.additions : delivery.accepted.removals, outcome.accepted);
    for (auto& refused : outcome.refused) {
        if (is_adding) {
            delivery.applied.refused.push_back(
                {std::string(refused.change.canonical), delivery.now, std::move(refused.because)});
        } else {
            delivery.applied.warnings.push_back(
                fmt::format("ZIA does not let go of {}: {}", printable(refused.change.text), refused.because));
        }
    }
    return std::move(outcome.failure);
}

bool ends_all_writes(const ApiError& failure) noexcept {
    if (failure.error.code == Code::unknown) return true;
    switch (failure.cause) {
        case Cause::cancelled:
        case Cause::offline:
        case Cause::lost:
        case Cause::session_gone:
        case Cause::denied:
        case Cause::read_only:
        case Cause::not_found: return true;
        default: return false;
    }
}

void note_write(Delivery& delivery, const Answered<net::Response>& answer) {
    delivery.applied.wrote = delivery.applied.wrote || answer || may_be_applied(answer.error().cause);
}

ApiError not_applied(Delivery& delivery, ApiError lost) {
    if (!delivery.wire.wait_to_repeat(lost, delivery.lost, delivery.waited, delivery.stop) &&
        lost.cause == Cause::lost) {
        lost.cause = Cause::other;
        lost.error.code = Code::unknown;
    }
    return lost;
}

Error explained(const ApiError& failure, std::string_view kind, std::string_view name, std::string_view unlisted,
                std::string_view name_advice) {
    auto error = failure.error;
    const auto shown = printable(name);
    switch (failure.cause) {
        case Cause::duplicate:
            error.message += fmt::format(
                "; {} '{}' exists, though the API does not list it{}: rename it or change "
                "category_name",
                kind, shown, unlisted);
            break;
        case Cause::not_found:
            error.message += fmt::format("; {} '{}' has gone since it was read: run again", kind, shown);
            break;
        case Cause::name: error.message += fmt::format("; {}", name_advice); break;
        case Cause::lost: error.code = Code::unknown; break;
        default: break;
    }
    return error;
}

Error would_be_emptied(std::string_view kind, std::string_view name) {
    return {Code::invalid, fmt::format("the plan would empty {} '{}', and a list is never emptied; nothing was removed",
                                       kind, printable(name))};
}

}  // namespace cordon::gateways::zia
