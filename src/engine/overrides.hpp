#pragma once

#include <deque>
#include <span>
#include <string>
#include <vector>

#include "core/override.hpp"
#include "engine/run.hpp"

namespace cordon::engine {

/// What operators said of single values, for one run or command. What is over holds no
/// longer, and is forgotten long after by whoever may write.
class Overrides {
public:
    /// Reads them; `ports` and what they name must outlive this.
    Overrides(const Ports& ports, Mode mode);

    /// Why they could not be read; then nothing may be planned.
    [[nodiscard]] const Result<void>& state() const noexcept { return state_; }
    /// The caller's, which protect what is unblocked and hold what is in force.
    [[nodiscard]] Ports ports() const;
    [[nodiscard]] const core::Protection& protection() const noexcept { return protection_; }
    [[nodiscard]] std::span<const core::Override> in_force() const noexcept { return in_force_; }

private:
    const Ports& ports_;
    Result<void> state_;
    std::vector<core::Override> in_force_;
    core::Protection protection_;
};

/// What operators said that holds now.
[[nodiscard]] Result<std::vector<core::Override>> overrides_in_force(store::Store& store, Time now);

/// A list that an operator paused, or rolled back and so pinned.
struct HeldList {
    std::string list;
    Pause pause;
    core::TargetKind target = core::TargetKind::url_category;  ///< as the last run kept it
};
/// Those of the lists whose pause or pin is in force.
[[nodiscard]] Result<std::vector<HeldList>> held_lists(std::span<const std::string> lists, store::Store& store,
                                                       Time now);

/// Adds what operators block on the list to the parts that its feeds give; `kept` owns the values.
void add_operator_parts(const std::string& list, std::span<const core::Override> overrides,
                        std::deque<core::IndicatorSet>& kept, std::vector<core::FeedPart>& parts);

/// Lifts what keeps a value out (taken out by hand, refused) that an operator blocked on the list since.
void lift_exclusions(const ListJob& job, const Ports& ports, core::ListLedger& ledger);

/// What the feeds of the list gave last (those rows that `takes` wants, all where it is empty), and what operators
/// block on it, as far as the store knows.
struct LastKnown {
    std::deque<core::IndicatorSet> kept;
    std::vector<core::FeedPart> parts;  ///< views `kept`
};
[[nodiscard]] Result<LastKnown> last_known(const ListJob& job, std::span<const FeedSection> sections,
                                           std::span<const core::Override> overrides, store::Store& store,
                                           const store::RowFilter& takes = {});

}  // namespace cordon::engine
