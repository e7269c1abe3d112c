#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/entry.hpp"
#include "core/protection.hpp"
#include "core/verdict.hpp"
#include "engine/list_run.hpp"

namespace cordon::engine {

// What a list's report tells beside its numbers.

/// The outcome that the list inherits from its feeds, before it has a plan.
void note_feed_trouble(ListRun& run, std::span<const FeedSnapshot> snapshots);

/// Makes a predecessor's placeholder ours before the plan: marked as intended, as whoever put it there did not say on
/// which side. The plan notes it as seen where the feed wants it, and removes it elsewhere.
void take_foreign_placeholders(ListRun& run, core::AdoptRule adopt);

/// Since when and by whom nothing comes onto the list and goes off it, and what ends that.
[[nodiscard]] std::string sentence_on(const Pause& pause, const std::string& list);

/// retain_parent_category was changed: what is ours stays on the side where it was put.
void tell_of_other_side(ListRun& run, core::Side wanted);

/// Lists of the ledger that no section names any more stay as they are and are shown.
Result<void> warn_of_unconfigured_lists(std::span<const ListJob> jobs, store::Store& store, core::RunReport& report);

/// Much of what is ours vanished from the list.
void tell_of_drift(ListRun& run);

/// What the first run on an existing list found.
void describe_first_sight(ListRun& run, const core::Protection& protection, bool is_adopting);

/// Why our rules would never send the canonical entry to the list; nullopt where they would.
[[nodiscard]] std::optional<core::Verdict> verdict_on(const ListJob& job, const std::string& entry,
                                                      const core::Protection& protection);

/// The first entry that stays on the object though [assert] never_block, [allow] never or the built-in lock-out list
/// forbids to block it, with the rule: "'pay.bank.example' ('never_block bank.example' of [assert])". "" where there is
/// none.
[[nodiscard]] std::string forbidden_entry(const ListRun& run, const core::Protection& protection,
                                          const core::Assertions& assertions);

}  // namespace cordon::engine
