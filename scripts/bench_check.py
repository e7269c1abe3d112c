#!/usr/bin/env python3
"""bench_check.py PROGRAM [--record]: counts the instructions of the hot stages (callgrind) and compares them with the
budgets in bench/budgets.json.

PROGRAM is bench/hot_stages of a build with the preset "bench". A stage that takes over 5 % more than its budget fails.
Budgets hold for the compiler and libraries that they were recorded with; elsewhere all is skipped, aloud. --record writes
what was counted; do so with a change that is meant to cost more or less, and say why.
"""
import json
import pathlib
import re
import subprocess
import sys

ALLOWED = 1.05
BUDGETS = pathlib.Path(__file__).parent.parent / "bench" / "budgets.json"


def output_of(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"bench_check.py: {' '.join(command)} ended with {done.returncode}: {done.stderr[-500:]}")
    return done


def instructions_of(program, stage):
    done = output_of("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=counted",
                     program, stage)
    found = re.search(r"Collected\s*:\s*(\d+)", done.stderr)
    if not found or int(found[1]) == 0:
        sys.exit(f"bench_check.py: nothing was counted for {stage}")
    return int(found[1])


def main():
    if len(sys.argv) < 2:
        sys.exit("bench_check.py PROGRAM [--record]")
    program, records = sys.argv[1], "--record" in sys.argv[2:]
    built_with = output_of(program, "--built-with").stdout.strip()
    known = json.loads(BUDGETS.read_text(encoding="utf-8")) if BUDGETS.exists() else {}
    if built_with not in known and not records:
        print(f"bench-check: SKIPPED, there are no budgets for {built_with};\n"
              "  'make bench-record' records them on a state that is known to be good")
        return
    budgets = known.get(built_with, {})
    counted, over = {}, []
    for stage in output_of(program).stdout.split():
        counted[stage] = instructions_of(program, stage)
        budget = budgets.get(stage)
        against = f"{counted[stage] / budget - 1:+7.1%} of the budget" if budget else "no budget"
        print(f"  {stage:<24}{counted[stage]:>14,} instructions  {against}", flush=True)
        if budget and counted[stage] > budget * ALLOWED:
            over.append(stage)
    if records:
        known[built_with] = counted
        BUDGETS.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
        return
    missing = sorted(counted.keys() - budgets.keys())
    if over or missing:
        sys.exit("bench-check: " + "; ".join([f"{stage} is over its budget by more than 5 %" for stage in over] +
                                             [f"{stage} has no budget" for stage in missing]))


if __name__ == "__main__":
    main()
