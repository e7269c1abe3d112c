#include "gateways/zia/activation.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace cordon::gateways::zia {
namespace {

using namespace std::chrono_literals;
using core::ActivationState;

/// Recorded activations took 0.7 s (zia-api.md 1). The pauses double, so that a long one costs few looks.
constexpr auto k_first_pause = 1s;
constexpr auto k_longest_pause = 15s;

}  // namespace

Result<ActivationState> activate_saved(Api& api, std::chrono::seconds longest, const std::stop_token& stop) {
    Call call{Endpoint::activate};
    auto answer = api.call(call, stop);
    if (!answer) return fail(std::move(answer).error().error);
    auto state = read_status(std::move(answer->body));
    // A success without a readable body (204 has been met elsewhere) is settled by looking.
    if (!state || *state == ActivationState::in_progress) return await_activation(api, longest, stop);
    return state;
}

Result<ActivationState> await_activation(Api& api, std::chrono::seconds longest, const std::stop_token& stop) {
    std::chrono::seconds waited{0};
    for (auto pause = k_first_pause;; pause = std::min(pause * 2, k_longest_pause)) {
        const auto seen = api.status(stop);
        if (!seen) return fail(seen.error().error);
        const auto next = std::min(pause, longest - waited);
        if (*seen != ActivationState::in_progress || next <= std::chrono::seconds{0}) return *seen;
        if (!api.wire().clock().wait_for(next, stop)) return *seen;
        waited += next;
    }
}

Result<std::string> end_session(Api& api, bool keep_unpublished, const std::stop_token& stop) {
    auto& session = api.session();
    if (!session.is_open()) return std::string{};
    if (keep_unpublished && session.publishes_on_leave()) {
        const auto state = api.status(stop);
        if (!state || *state == ActivationState::pending) {
            session.forget();
            return std::string(
                state ? "ZIA has saved changes that are not active. Signing out would publish them, so the session "
                        "was left to expire; ZIA may activate them then."
                      : "ZIA did not say whether saved changes are waiting. Signing out would publish them, so the "
                        "session was left to expire.");
        }
    }
    // Also when the run was stopped: the session is ours to end.
    if (auto closed = session.close(api.wire(), {}); !closed) return fail(std::move(closed).error().error);
    return std::string{};
}

}  // namespace cordon::gateways::zia
