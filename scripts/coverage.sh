#!/usr/bin/env bash
# coverage.sh [JOBS]: builds the tests with g++ --coverage, runs them but for the long replays, and prints what they reach.
set -euo pipefail
jobs=${1:-$(nproc)}
cmake --preset coverage >/dev/null
cmake --build build/coverage -j "$jobs"
find build/coverage -name '*.gcda' -delete
export RC_PARAMS=${RC_PARAMS:-seed=20261121}
ctest --test-dir build/coverage --output-on-failure -j "$jobs" --no-tests=error -LE big
python3 scripts/coverage.py build/coverage 90 core feeds gateways engine store
