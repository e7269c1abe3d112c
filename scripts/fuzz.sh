#!/usr/bin/env bash
# fuzz.sh BUILD TIME [JOBS] [TARGET...]: fuzzes every target, or those named, for TIME each ("600", "90s", "10m", "1h"),
# JOBS at once. Goes on from what earlier runs found: BUILD/grown holds the inputs (made small at the start), BUILD/found
# the finds, BUILD/totals what was run in all. Ends with a table; status 1 where there is any find.
set -euo pipefail
build=$1 jobs=${3:-1}
[[ $2 =~ ^([1-9][0-9]*)([smh]?)$ ]] || { echo "TIME is seconds, or 90s, 10m, 1h; not '$2'" >&2; exit 2; }
seconds=${BASH_REMATCH[1]}
case ${BASH_REMATCH[2]} in m) seconds=$((seconds * 60)) ;; h) seconds=$((seconds * 3600)) ;; esac
targets=("${@:4}")
[ ${#targets[@]} -gt 0 ] || for path in "$build"/tests/fuzz/*_fuzz; do targets+=("$(basename "$path")"); done

export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1:detect_stack_use_after_return=1
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
limits=(-timeout=10 -rss_limit_mb=2000)

finds_of() {
  find "$build/found/$1" -type f ! -name 'slow-unit-*' 2>/dev/null
}

# The inputs that reach something new, of what was found and what is in the tree.
make_small() {
  local name=$1 grown=$build/grown/$1
  [ -n "$(ls -A "$grown")" ] || return 0
  rm -rf "$grown.small" && mkdir "$grown.small"
  if "$build/tests/fuzz/$name" -merge=1 "${limits[@]}" "$grown.small" "tests/fuzz/corpus/$name" "$grown" \
    >"$build/log/$name.merge" 2>&1; then
    rm -rf "$grown" && mv "$grown.small" "$grown"
  fi
}

# Earlier finds that are mended become inputs like others.
try_finds_again() {
  local name=$1 find
  for find in $(finds_of "$name"); do
    if "$build/tests/fuzz/$name" "${limits[@]}" "$find" >/dev/null 2>&1; then
      mv "$find" "$build/grown/$name/"
      echo "mended: $find (keep it: cp $build/grown/$name/$(basename "$find") tests/fuzz/corpus/$name/)"
    fi
  done
}

fuzz() {
  local name=$1 log=$build/log/$1 started=$SECONDS runs coverage before
  mkdir -p "$build"/{grown,found}/"$name" "$build"/{log,totals}
  try_finds_again "$name"
  make_small "$name"
  "$build/tests/fuzz/$name" -max_total_time="$seconds" "${limits[@]}" -print_final_stats=1 \
    -artifact_prefix="$build/found/$name/" "$build/grown/$name" "tests/fuzz/corpus/$name" >"$log" 2>&1 || true
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  coverage=$(grep -o "cov: [0-9]* ft: [0-9]*" "$log" | tail -n 1 || true)
  before=$(cat "$build/totals/$name" 2>/dev/null || echo 0)
  echo $((before + ${runs:-0})) >"$build/totals/$name"
  printf '%-24s %14s %16s  %-22s %6s s  %s\n' "$name" "${runs:-?}" "$((before + ${runs:-0}))" "${coverage:-none}" \
    "$((SECONDS - started))" "$(finds_of "$name" | wc -l)" >"$build/table/$name"
  cat "$build/table/$name"
}

rm -rf "$build/table" && mkdir -p "$build/table"
echo "== ${#targets[@]} targets for $seconds s each, $jobs at once: about $(((${#targets[@]} + jobs - 1) / jobs * seconds)) s"
for name in "${targets[@]}"; do
  while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n || true; done
  fuzz "$name" &
done
wait

echo "== fuzzed"
printf '%-24s %14s %16s  %-22s %8s  %s\n' target executions "in all runs" coverage time finds
status=0
for name in "${targets[@]}"; do
  cat "$build/table/$name"
  for find in $(finds_of "$name"); do
    status=1
    echo "  $find: $(grep -m 1 -E 'SUMMARY|ERROR: |deadly signal' "$build/log/$name" || echo 'found earlier')"
  done
  # A target that did not come to its end has found something, or could not start.
  if ! grep -q '^stat::number_of_executed_units' "$build/log/$name" || ! grep -q '^Done ' "$build/log/$name"; then
    status=1
    echo "  $name ended early: see $build/log/$name"
  fi
done
exit $status
