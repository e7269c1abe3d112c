#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/override.hpp"
#include "engine/run.hpp"

namespace cordon::engine {

/// An entry and the list that it lies on.
struct Lying {
    std::string entry;
    std::string list;
};

/// What has come of what an operator said of a value, as far as the store knows.
struct OverrideState {
    std::vector<Lying> ours;         ///< Cordon's entries that block the value
    std::vector<Lying> unknown;      ///< Cordon's that may lie there or not: the next run sees
    std::vector<Lying> theirs;       ///< others' that do, as the last reading of the lists showed
    bool is_owed = false;            ///< something is saved and not in effect
    std::vector<core::Override> by;  ///< of a block: what of `in_force` unblocks its value, so that it comes to nothing

    /// An unblock: all of Cordon's is off; a block: something on its list blocks it.
    [[nodiscard]] bool is_carried_out(core::OverrideKind kind) const noexcept;
};

/// By override of `in_force`; `lists` those that are configured: what nothing of Cordon's ever
/// lay on, the store does not name. Cost: a reading of all ledgers, where anything is in force.
[[nodiscard]] Result<std::vector<OverrideState>> states_of(std::span<const core::Override> in_force,
                                                           std::set<std::string> lists, store::Store& store);
[[nodiscard]] std::set<std::string> names_of_objects(std::span<const ListJob> jobs);

/// "x is unblocked until ... by alice (why)", and what is less than that: that it is not carried out yet, not in effect
/// yet, or comes to nothing.
[[nodiscard]] std::string sentence_on(const core::Override& one, const OverrideState& state);

/// How the command that ends it is typed.
[[nodiscard]] std::string ending_of(const core::Override& one);

/// What happened when it was tried.
struct Attempt {
    bool has_looked = false;     ///< the lists were read
    bool has_removed = false;    ///< something went off one
    bool was_published = false;  ///< see RunResult
};
/// What who unblocked the value wants to know first: whether users can reach it. `state`: once that was tried.
[[nodiscard]] std::string first_words_on(const core::Override& one, const OverrideState& state, const Attempt& attempt);

/// Notes in the store which entries of others block what operators unblocked or blocked, as the lists were just read.
Result<void> remember_theirs(std::span<const ListJob> jobs, std::span<const core::ListState> states,
                             const Ports& ports);

/// What is in force, in the report's warnings, and what has come of it.
Result<void> tell_overrides(std::span<const ListJob> jobs, const Ports& ports, core::RunReport& report);

}  // namespace cordon::engine
