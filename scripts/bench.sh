#!/usr/bin/env bash
# Runs every benchmark of a build with the preset "bench": scripts/bench.sh build/bench
# The parts first (google-benchmark), then `cordon compile` and whole runs against the sandbox as processes.
set -euo pipefail
build=$1
echo "machine: $(nproc) processors, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), load $(cut -d' ' -f1-3 /proc/loadavg)"
for program in "$build"/bench/*_bench; do
  echo "== $(basename "$program")"
  "$program" --benchmark_counters_tabular=true
done
echo "== coverage_report"
"$build/bench/coverage_report" ../shared/data
echo "== compile_against.py"
bench/compile_against.py "$build/cordon" "$build/bench/compile_floor" --big
echo "== run_bench.py"
bench/run_bench.py "$build/cordon"
echo "== falcon_bench.py"
bench/falcon_bench.py "$build/cordon"
echo "== console_bench.py"
bench/console_bench.py "$build/cordon"
