#!/usr/bin/env bash
# tsan.sh [JOBS]: the threads of the compiler, the engine and of the simulation under the thread sanitizer. Points of death and planted
# bugs, which have no more threads than the lives, are left to the other builds.
set -euo pipefail
jobs=${1:-$(nproc)}
cmake --preset tsan >/dev/null
cmake --build build/tsan -j "$jobs" --target unit_compile unit_engine simulation
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1

in_shards() {
  local status=0 shard pids=()
  for ((shard = 0; shard < jobs; ++shard)); do
    GTEST_TOTAL_SHARDS=$jobs GTEST_SHARD_INDEX=$shard "$@" --gtest_brief=1 &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid" || status=1; done
  return $status
}

in_shards build/tsan/tests/unit_compile
in_shards build/tsan/tests/unit_engine
in_shards build/tsan/tests/simulation --gtest_filter='-of/*:each/*'
