#!/usr/bin/env bash
# The slow analysis: layout, clang-tidy and cppcheck over everything, and what the tests reach.
set -euo pipefail
jobs=${1:-$(nproc)}
git ls-files 'src/*.[ch]pp' 'tests/*.cpp' 'tests/*.hpp' 'bench/*.cpp' | xargs clang-format --dry-run -Werror
cmake --preset asan >/dev/null
scripts/tidy.sh build/asan "$jobs" all
cppcheck --std=c++20 --language=c++ --enable=warning,performance,portability --quiet \
  --suppressions-list=scripts/cppcheck_suppressions.txt --error-exitcode=1 -I src $(git ls-files 'src/*.cpp')
scripts/coverage.sh "$jobs"
