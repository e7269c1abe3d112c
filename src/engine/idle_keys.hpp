#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "engine/lists.hpp"
#include "engine/manners.hpp"
#include "engine/settings.hpp"

namespace cordon::engine {

/// A key that changes nothing, or with which nothing would ever happen. No fault: whoever wrote it should know.
struct IdleKey {
    std::string section;  ///< "" for the gateway's, where KeepOptions and ActivationOptions stand
    std::string key;
    std::string message;  ///< one sentence, with what to do; without the section
};

/// What becomes of saved changes when Cordon leaves the gateway (Gateway::publishes_on_leave).
enum class OnLeave { published, kept };

/// In the claims' order. `claims` as for list_faults(), which has found nothing in them.
[[nodiscard]] std::vector<IdleKey> idle_list_keys(std::span<const ListClaim> claims, const KeepOptions& keep);

/// Those of the gateway's section.
[[nodiscard]] std::vector<IdleKey> idle_gateway_keys(std::span<const ListClaim> claims, const KeepOptions& keep,
                                                     const ActivationOptions& activation, OnLeave on_leave, Time now);

}  // namespace cordon::engine
