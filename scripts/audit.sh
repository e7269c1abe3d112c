#!/usr/bin/env bash
# The slow analysis: layout, clang-tidy and cppcheck over everything, and what the tests reach.
set -euo pipefail
jobs=${1:-$(nproc)}
git ls-files 'src/*.[ch]pp' 'tests/*.cpp' 'tests/*.hpp' 'bench/*.cpp' | xargs clang-format --dry-run -Werror
cmake --preset dev >/dev/null
git ls-files 'src/*.cpp' | xargs -P "$jobs" -n 1 clang-tidy --quiet -p build/dev
cppcheck --std=c++20 --language=c++ --enable=warning,performance,portability --inline-suppr --quiet \
  --error-exitcode=1 -I src $(git ls-files 'src/*.cpp')
scripts/coverage.sh "$jobs"
