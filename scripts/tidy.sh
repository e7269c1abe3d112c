#!/usr/bin/env bash
# tidy.sh BUILD JOBS changed|all: clang-tidy over the sources of a unity build with clang, a unit at a time, since the
# sources of a unit share what they include. "changed": the units with a source that differs from where this branch left the
# main one (on the main one: that changed in its last ten commits), or that is not committed; a header stands for the source
# of its name.
set -euo pipefail
build=$1 jobs=$2 which=$3
root=$PWD

units() {
  python3 - "$build" "$root/src/" <<'PYTHON'
import json, pathlib, re, sys
build, source_folder = sys.argv[1:]
for command in json.loads((pathlib.Path(build) / "compile_commands.json").read_text()):
    unit = command["file"]
    if "/Unity/" in unit:
        members = re.findall(r'#include "(.*)"', pathlib.Path(unit).read_text())
    else:
        members = [unit]
    members = [member for member in members if member.startswith(source_folder)]
    if members:
        print(unit, *members)
PYTHON
}

changed() {
  local head base='' main
  head=$(git rev-parse HEAD)
  for main in origin/HEAD origin/main main; do
    base=$(git merge-base HEAD "$main" 2>/dev/null || true)
    [ -z "$base" ] || break
  done
  [ -n "$base" ] && [ "$base" != "$head" ] || base=$(git log --format=%H -n 11 --first-parent | tail -n 1)
  {
    git diff --name-only --diff-filter=d "$base" -- src
    git ls-files --others --exclude-standard -- src
  } | sed -n 's/\.[ch]pp$/.cpp/p' | sort -u
}

tidy() {
  # The sources of a unit are included by CMake, not by us.
  clang-tidy --quiet --checks=-bugprone-suspicious-include -p "$build" "$1" 2>/dev/null || { echo "clang-tidy: see above, $1" >&2; return 1; }
}
export -f tidy
export build

case $which in
  all) mapfile -t chosen < <(units | cut -d ' ' -f 1) ;;
  changed)
    git rev-parse HEAD >/dev/null 2>&1 || { echo "no history: skipped"; exit 0; }
    mapfile -t chosen < <(units | grep -F -f <(changed | sed "s|^|$root/|") | cut -d ' ' -f 1) ;;
  *) echo "changed or all, not '$which'" >&2; exit 2 ;;
esac
echo "${#chosen[@]} units"
[ ${#chosen[@]} -gt 0 ] || exit 0
printf '%s\n' "${chosen[@]}" | xargs -P "$jobs" -I{} bash -c 'tidy "$1"' tidy {}
