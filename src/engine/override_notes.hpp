#pragma once

#include <span>
#include <string>

#include "core/override.hpp"
#include "engine/run.hpp"

namespace cordon::engine {

/// Notes what is said now, where it is to be done (options.mode), and ends what it is the contrary of; what it ends or
/// replaces goes into the warnings of `options`. Gives why the audit log lacks that, "" where it does not.
[[nodiscard]] Result<std::string> take_note(const core::Override& wish, const Ports& ports, RunOptions& options);
/// Undoes that, of a wish that was refused. `before`: the store's overrides as they were.
Result<void> take_note_back(const core::Override& wish, std::span<const core::Override> before, const Ports& ports);

}  // namespace cordon::engine
