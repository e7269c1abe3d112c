#!/usr/bin/env bash
# Builds and runs every test: once with g++ (warnings are errors), once with clang under the address and
# undefined-behaviour sanitizers, which also fuzzes each parser for a short while, and the parts with threads once more
# under the thread sanitizer; counts the instructions of the hot stages against their budgets; clang-tidy over what has
# changed. Prints the time by stage.
set -euo pipefail
jobs=${1:-$(nproc)}
stages=()

stage() {
  local name=$1 started=$SECONDS
  shift
  echo "== $name"
  "$@"
  stages+=("$(printf '%5d s  %s' $((SECONDS - started)) "$name")")
}

run_tests() {
  local folder=$1
  shift
  ctest --test-dir "$folder" --output-on-failure -j "$jobs" --no-tests=error "$@"
}

# The gate is repeatable: property tests draw from a fixed seed here. Others: RC_PARAMS='seed=N max_success=2000'.
export RC_PARAMS=${RC_PARAMS:-seed=20261121}
export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:allocator_may_return_null=1
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1

stage "configure g++"             cmake --preset dev
stage "build g++"                 cmake --build build/dev -j "$jobs"
stage "tests"                     run_tests build/dev
stage "configure optimised"       cmake --preset bench
stage "build optimised"           cmake --build build/bench -j "$jobs" --target hot_stages
stage "instruction budgets"       scripts/bench_check.py build/bench/bench/hot_stages
stage "configure clang sanitized" cmake --preset asan
stage "build clang sanitized"     cmake --build build/asan -j "$jobs"
# The scenarios over the big replays run once, above; here everything else and the fuzzers.
stage "tests sanitized, fuzzing"  run_tests build/asan -LE big
stage "clang-tidy over changes"   scripts/tidy.sh build/asan "$jobs" changed
stage "threads sanitized"         scripts/tsan.sh "$jobs"

echo "== time by stage"
printf '%s\n' "${stages[@]}"
