#pragma once

#include <iosfwd>
#include <span>
#include <string_view>

#include "cli/compile.hpp"
#include "core/entry.hpp"

namespace cordon::cli {

/// Writes canonical entries to `out` in large pieces; see CompileFormat.
void write_entries(std::ostream& out, std::span<const std::string_view> entries, CompileFormat format,
                   core::TargetKind target);

}  // namespace cordon::cli
