#!/usr/bin/env bash
# tidy_changed.sh BUILD [JOBS] [SECONDS]: clang-tidy over the sources that differ from where this branch left the main one
# (on the main one: in its last ten commits), and over what is not committed, the newest first. The time to begin another file is bounded: what is left
# over is named, and `make audit` takes everything. Nothing to do is no failure: no clang-tidy, no history, no change.
set -euo pipefail
build=$1 jobs=${2:-1} seconds=${3:-240}
command -v clang-tidy >/dev/null || { echo "clang-tidy is not installed: skipped"; exit 0; }
git rev-parse HEAD >/dev/null 2>&1 || { echo "no history: skipped"; exit 0; }
[ -f "$build/compile_commands.json" ] || { echo "$build has no compile_commands.json" >&2; exit 1; }

head=$(git rev-parse HEAD) base=
for main in origin/HEAD origin/main main; do
  base=$(git merge-base HEAD "$main" 2>/dev/null || true)
  [ -z "$base" ] || break
done
[ -n "$base" ] && [ "$base" != "$head" ] || base=$(git log --format=%H -n 11 --first-parent | tail -n 1)

mapfile -t files < <({
  git diff --name-only --diff-filter=d "$base" -- 'src/*.cpp'
  git ls-files --others --exclude-standard -- 'src/*.cpp'
} | sort -u | xargs -r ls -t)
[ ${#files[@]} -gt 0 ] || { echo "no source has changed"; exit 0; }
echo "${#files[@]} sources have changed"

deadline=$(($(date +%s) + seconds))
export deadline build
tidy() {
  if [ "$(date +%s)" -ge "$deadline" ]; then
    echo "left to make audit: $1"
  else
    timeout 300 clang-tidy --quiet -p "$build" "$1" 2>/dev/null || { echo "clang-tidy: $1" >&2; return 1; }
  fi
}
export -f tidy
printf '%s\n' "${files[@]}" | xargs -P "$jobs" -I{} bash -c 'tidy {}'
