#pragma once

namespace cordon::cli {

/// The whole program: reads arguments, wires the modules, runs one command. Gives the exit status
/// (0 done, 1 failed, 2 usage or settings, 3 changes pending, 4 stopped by the guard, 5 another run,
/// 70 bug, 130 interrupted).
int main(int argc, char** argv);

}  // namespace cordon::cli
