#!/usr/bin/env bash
# Fuzzes every target for SECONDS each, going on from what earlier runs found (build/fuzz/grown).
set -euo pipefail
build=$1 seconds=$2
for target in "$build"/tests/fuzz/*_fuzz; do
  name=$(basename "$target")
  mkdir -p "$build/grown/$name" "$build/found/$name"
  echo "== $name for $seconds s"
  "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2000 -print_final_stats=1 \
    -artifact_prefix="$build/found/$name/" "$build/grown/$name" "tests/fuzz/corpus/$name" 2>&1 |
    grep -E 'stat::|ERROR|SUMMARY|artifact|DONE' || true
  [ -z "$(ls -A "$build/found/$name")" ] || { echo "found cases lie in $build/found/$name" >&2; exit 1; }
done
