#!/usr/bin/env bash
# tsan.sh [JOBS] [TARGETS]: the threads of the engine and of the simulation under the thread sanitizer. Builds and runs
# these targets alone; one that the tree does not have is passed over.
set -euo pipefail
jobs=${1:-$(nproc)}
targets=${2:-unit_engine simulation}
cmake --preset tsan >/dev/null
known=$(ninja -C build/tsan -t targets all | sed -n 's/^\([a-z_]*\): phony$/\1/p')
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
for target in $targets; do
  grep -qx "$target" <<<"$known" || { echo "no target $target: passed over"; continue; }
  cmake --build build/tsan -j "$jobs" --target "$target"
  "build/tsan/tests/$target" --gtest_brief=1
done
