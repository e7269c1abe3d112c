#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/override.hpp"
#include "engine/run.hpp"

namespace cordon::engine {

/// The objects of every list that may hold something of ours: those that are configured, and those that the ledger
/// knows from before.
[[nodiscard]] Result<std::vector<ListJob>> jobs_of_all_lists(std::span<const ListJob> jobs, store::Store& store);

/// Takes all of ours that blocks the value off all lists, and has runs keep it so until its time: what was said is in
/// the audit log and in the store before the first request, so that whatever goes wrong is made good by the next run.
/// What is not ours and blocks it is named and makes the run `partial`; so is what is ours on an object that its list's
/// name no longer stands for. No guard and no pause stops it; the manners of activation do. With Mode::plan_only
/// nothing is noted. Fails where the store does.
[[nodiscard]] Result<RunResult> unblock(const core::Override& wish, std::span<const ListJob> jobs, const Ports& ports,
                                        const RunOptions& options, const std::stop_token& stop);

/// The entry that blocks the value on the list of `job`, made as from a feed. `invalid`: why it may not be there, with
/// the key that would permit it.
[[nodiscard]] Result<core::PlannedEntry> entry_of_block(const core::Override& wish, const ListJob& job,
                                                        const Ports& ports);

/// Puts the value on its list at once and has runs keep it there until its time; otherwise as unblock(). Where the list
/// is full, what ranks last on it by the last snapshots makes room. `invalid` as entry_of_block(), where `jobs` has
/// no such list, and where what is ours of it lies on another object.
[[nodiscard]] Result<RunResult> block(const core::Override& wish, std::span<const FeedSection> sections,
                                      std::span<const ListJob> jobs, const Ports& ports, const RunOptions& options,
                                      const std::stop_token& stop);

struct EndedOverride {
    bool was_in_force = false;
    std::string lacks;  ///< why the audit log lacks the record of it; "" where it does not
};
/// Forgets what was said, with a record in the audit log; the next run acts on it.
[[nodiscard]] Result<EndedOverride> end_override(core::OverrideKind kind, const std::string& value,
                                                 const std::string& list, const std::string& who, store::Store& store,
                                                 Time now);

}  // namespace cordon::engine
