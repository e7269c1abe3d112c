#pragma once

#include "cli/compile.hpp"
#include "cli/sandbox.hpp"

namespace CLI {
class App;
}

namespace cordon::cli {

/// The flags of `cordon sandbox`, filling `sandbox`, which outlives the app.
void add_sandbox_options(CLI::App& app, SandboxArguments& sandbox);
/// The flags of `cordon compile`, likewise.
void add_compile_options(CLI::App& app, CompileArguments& compile);

}  // namespace cordon::cli
