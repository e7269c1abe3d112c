#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/plan.hpp"
#include "gateways/zia/api_error.hpp"

namespace cordon::gateways::zia {

/// One entry on its way to or from a list. The views live as long as the plan.
struct Change {
    std::string_view text;  ///< as sent
    std::string_view canonical;
    core::Side side = core::Side::plain;
};
using Batch = std::span<const Change>;

/// The plan's additions, most important first, and its removals as changes; the plan must outlive the result.
[[nodiscard]] std::vector<Change> additions_of(const core::ListPlan& plan);
[[nodiscard]] std::vector<Change> removals_of(const core::ListPlan& plan);

/// How many batches so many changes make.
[[nodiscard]] std::size_t writes_for(std::size_t changes, std::size_t batch_size);

struct RefusedChange {
    Change change;
    std::string because;
};

struct BatchOutcome {
    std::vector<Change> accepted;
    std::vector<RefusedChange> refused;  ///< named by ZIA, or found by halving
    std::optional<ApiError> failure;     ///< why the rest was not sent
};

/// Sends one batch, all or nothing. An error of cause `lost` promises that the caller read back and found
/// that the batch was not applied, and waited before it said so.
using SendBatch = std::function<Answered<void>(Batch)>;

/// How far the search for bad entries may go.
struct Search {
    /// Writes what the list holds already, and so changes nothing: taken, it shows that a refusal of everything
    /// else is about those entries. Empty where nothing can be written so.
    std::function<Answered<void>()> send_unchanged{};
    std::size_t most_calls = 200;  ///< requests beyond those that a plan without bad entries costs
};

/// Sends `changes` in batches of at most `batch_size`, in order. ZIA refuses a batch for one bad entry
/// (design rule 14): the batch goes again without those that the refusal names, else it is halved until they
/// are found, in O(log n) calls each, `search.most_calls` in all; what was found until then is refused, and the
/// rest is a failure. Nobody is blamed for a refusal that is about something else: an entry is only held guilty
/// when the text names it, or when another part of the same batch or `send_unchanged` was taken. A batch that is
/// too large or was not answered in time is halved too; one that failed otherwise goes again as it is.
[[nodiscard]] BatchOutcome send_in_batches(Batch changes, std::size_t batch_size, const SendBatch& send,
                                           const Search& search = {});

}  // namespace cordon::gateways::zia
