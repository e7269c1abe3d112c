#pragma once

#include "cli/compile.hpp"
#include "cli/sandbox.hpp"

namespace CLI {
class App;
}

namespace cordon::cli {

// The options of commands that need no settings.

void add_sandbox_options(CLI::App& app, SandboxArguments& sandbox);
void add_compile_options(CLI::App& app, CompileArguments& compile);

}  // namespace cordon::cli
