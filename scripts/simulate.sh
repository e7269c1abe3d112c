#!/usr/bin/env bash
# simulate.sh PROGRAM FIRST SEEDS EPOCHS JOBS: lives the schedules of so many seeds, in JOBS processes; each tells what it
# did, and of each broken law the shortest schedule that shows it. Status 1 where a law was broken.
set -euo pipefail
program=$1 first=$2 seeds=$3 epochs=$4 jobs=$5
for number in "$first" "$seeds" "$epochs" "$jobs"; do
  [[ $number =~ ^[1-9][0-9]*$ ]] || { echo "FIRST, SEEDS, EPOCHS and JOBS are whole numbers from 1 on; not '$number'" >&2; exit 2; }
done
status=0
pids=()
told=$(mktemp -d)
trap 'rm -rf "$told"' EXIT
for ((job = 0; job < jobs; job++)); do
  from=$((first + seeds * job / jobs)) to=$((first + seeds * (job + 1) / jobs))
  [ "$to" -gt "$from" ] || continue
  "$program" "$from" $((to - from)) "$epochs" >"$told/$job" 2>&1 &
  pids+=($!)
done
for job in "${!pids[@]}"; do
  wait "${pids[job]}" || status=1
  cat "$told/$job"
done
exit $status
