#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/list_state.hpp"
#include "gateways/gateway.hpp"
#include "gateways/zia/answers.hpp"
#include "gateways/zia/batches.hpp"

namespace cordon::gateways::zia {

/// The entries of a category, of a group that is to hold what `kind` does, and of the denylist, ascending by
/// (canonical, side, spelling).
[[nodiscard]] std::vector<core::PresentEntry> entries_of(const UrlCategory& category);
[[nodiscard]] std::vector<core::PresentEntry> entries_of(const Group& group, core::TargetKind kind);
[[nodiscard]] std::vector<core::PresentEntry> entries_of_denylist(const std::vector<std::string>& spellings);

/// Whether each change of `batch` shows in `now`: there after an addition, not there after a removal.
enum class Direction : std::uint8_t { adding, removing };
[[nodiscard]] bool shows(std::span<const core::PresentEntry> now, Batch batch, Direction direction);

/// How many entries of `before` none of `removals` takes away.
[[nodiscard]] std::size_t kept_count(std::span<const core::PresentEntry> before, Batch removals);

/// How many entries of `before` that none of `removals` takes away are not in `now`.
[[nodiscard]] std::size_t missing_count(std::span<const core::PresentEntry> before, Batch removals,
                                        std::span<const core::PresentEntry> now);

/// An entry of `before` that none of `removals` takes away, as it is spelled there: the placeholder if it is one,
/// else the first in its canonical spelling, else any; nullopt where all go.
[[nodiscard]] std::optional<Change> lasting_entry(std::span<const core::PresentEntry> before, Batch removals);

/// What was answered with success, phase by phase.
struct Accepted {
    std::vector<Change> additions;
    std::vector<Change> removals;
};

/// Fills `added`, `removed`, `now_present`, warnings and, where entries vanished that nobody asked to
/// remove, the failure: what ZIA shows now against what it should show. An accepted change that does not
/// show is in neither list.
void settle(Applied& applied, std::span<const core::PresentEntry> before, const Accepted& accepted,
            std::vector<core::PresentEntry> now);

/// Likewise where the last write could not be verified: only what `proof`, an older answer, shows is in
/// `added` and `removed`; `now_present` stays empty, and the failure is `unknown` unless there is one already.
void settle_unverified(Applied& applied, const Accepted& accepted, std::span<const core::PresentEntry> proof,
                       std::string_view because);

/// The judgement on a write whose answer was lost and that could not be read back either.
[[nodiscard]] ApiError not_readable_back(ApiError lost, const ApiError& reading);

}  // namespace cordon::gateways::zia
