#pragma once

#include <iosfwd>

#include "base/workers.hpp"
#include "cli/compile.hpp"
#include "compile/compile.hpp"
#include "core/entry.hpp"

namespace cordon::cli {

/// Writes the entries to `out` in large pieces, which the workers make side by side; see CompileFormat.
void write_entries(std::ostream& out, const compile::CompiledList& list, CompileFormat format, core::TargetKind target,
                   const Workers& workers);

}  // namespace cordon::cli
