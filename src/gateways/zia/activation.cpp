#include "gateways/zia/activation.hpp"

#include <chrono>
#include <utility>

namespace cordon::gateways::zia {
namespace {

using namespace std::chrono_literals;
using core::ActivationState;

/// Recorded activations took 0.7 s; a queue is not worth waiting for.
constexpr int k_most_looks = 5;
constexpr auto k_between_looks = 2s;

}  // namespace

Result<ActivationState> activate_saved(Api& api, const std::stop_token& stop) {
    Call call{Endpoint::activate};
    auto answer = api.call(call, stop);
    if (!answer) return fail(std::move(answer).error().error);
    auto state = read_status(std::move(answer->body));
    // A success without a readable body (204 has been met elsewhere) is settled by looking.
    for (int look = 0; look < k_most_looks && (!state || *state == ActivationState::in_progress); ++look) {
        if (look > 0 && !api.wire().clock().wait_for(k_between_looks, stop)) break;
        auto seen = api.status(stop);
        if (!seen) return fail(std::move(seen).error().error);
        state = *seen;
    }
    return state;
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
