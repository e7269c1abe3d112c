#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/entry.hpp"

namespace cordon::core {

/// Does a category entry block `url` by the gateway's own matching rules (zia-api.md 5.2)? `url` is a
/// canonical entry of kind host, url or ipv4/ipv6. A dotted parent covers at most four labels above
/// (the stricter reading of "5 levels", conflict 16).
[[nodiscard]] bool category_entry_blocks(std::string_view entry, std::string_view url);

/// Does a group entry (address, network, range) contain the address or network?
[[nodiscard]] bool group_entry_blocks(std::string_view entry, std::string_view address);

/// `[assert]`: what must or must not be blocked whatever the feeds say.
struct Assertions {
    std::vector<std::string> never_block;
    std::vector<std::string> must_block;
};

struct AssertionFailure {
    std::string assertion;  ///< "never_block github.com"
    std::string entry;      ///< the entry that breaks it; empty for must_block
};

/// Checks the entries that a list would hold after the plan. `entries` are canonical texts.
/// `must_block` holds when any list of the run blocks it, so the caller asks over all lists at once.
[[nodiscard]] std::vector<AssertionFailure> broken_never_block(const Assertions& assertions, TargetKind target,
                                                               const std::vector<std::string>& entries);
/// Gives "must_block " and the pattern as written.
[[nodiscard]] std::vector<std::string> unmet_must_block(
    const Assertions& assertions, const std::vector<const std::vector<std::string>*>& category_entries,
    const std::vector<const std::vector<std::string>*>& group_entries);

/// Those of `entries` (canonical) that alone meet the must_block pattern `written`, in their order; none where it
/// cannot be read.
[[nodiscard]] std::vector<std::string> entries_that_meet(std::string_view written, TargetKind target,
                                                         const std::vector<std::string>& entries);

struct UnreadablePattern {
    std::string key;      ///< "never_block" or "must_block"
    std::string message;  ///< names the pattern
};

/// The patterns of `[assert]` that are no host, URL, address or network; in the settings' order, empty where all is
/// well.
[[nodiscard]] std::vector<UnreadablePattern> unreadable_patterns(const Assertions& assertions);

}  // namespace cordon::core
