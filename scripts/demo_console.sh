#!/usr/bin/env bash
# Shows Cordon's web console against its own sandbox, after some runs, until Ctrl-C; then nothing is left behind.
# Usage: scripts/demo_console.sh PATH_OF_CORDON [PORT]
# Reaches nothing but 127.0.0.1: the program sees no environment of yours, only the settings written here.
set -euo pipefail

program=$(realpath "${1:?usage: scripts/demo_console.sh PATH_OF_CORDON [PORT]}")
port=${2:-8470}
sandbox=
console=

end_processes() {
  for process in $console $sandbox; do
    kill "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
}
source "$(dirname "$0")/demo_common.sh"
trap 'echo; exit 0' INT TERM

settings=$folder/config/settings.ini
cordon() { "${alone[@]}" "$program" "$@" -s "$settings" >"$folder/output" 2>&1 || give_up "'cordon $*' failed" "$folder/output"; }
tick() { "${alone[@]}" curl -q -sS --fail --noproxy '*' --max-time 10 -X POST "$url/_sandbox/tick" >/dev/null; }

# wait_for FILE PATTERN PROCESS WHAT: until FILE has such a line; prints the first part in parentheses.
wait_for() {
  local found
  for _ in $(seq 600); do
    found=$(sed -n "s|$2|\\1|p" "$1")
    [ -n "$found" ] && echo "$found" && return 0
    kill -0 "$3" 2>/dev/null || break
    sleep 0.05
  done
  give_up "$4 did not start" "$1"
}

heading "A sandbox stands in for Recorded Future, for CrowdStrike and for a ZIA tenant"
mkdir "$folder/config"
# Beside the settings of its own: nobody hears of a Ctrl-C but this script, which ends both.
setsid "${alone[@]}" "$program" sandbox --write-settings "$settings" --tick 30s >"$folder/sandbox" 2>&1 &
sandbox=$!
url=$(wait_for "$folder/sandbox" '^The sandbox listens on \(http://127\.0\.0\.1:[0-9]*\) .*' "$sandbox" "the sandbox")
sed -i 's/^\[\(risklist_\|falcon_\).*\]$/&\nensure_rule = block\nrule_state = enabled/' "$settings"
echo "    at $url; its lists move on by an hour every 30 seconds"

heading "Two runs, so that there is something to see"
for _ in 1 2; do
  cordon run
  sed -n 's/^run /    run /p' "$folder/output"
  tick
done

heading "cordon serve"
password=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
cordon user add demo --role admin <<<"$password"
setsid "${alone[@]}" "$program" serve --listen "127.0.0.1:$port" -s "$settings" >"$folder/console" 2>&1 &
console=$!
address=$(wait_for "$folder/console" '^listening on \(.*\)$' "$console" "the console")
cat <<TEXT
    $address      sign in as demo with the password $password

    Overview   are we protected, how fresh is it, what changed, is anything stuck
    Lists      a list's name leads to its entries: search, sort, the source of each
    Explain    https://github.com/, or an entry of a list: why it is blocked or not
    Plan       Run now: the lists have moved on; the open pages follow by themselves
    Stop it    curl -X POST -d '{"path":"/public/prevent/weaponized_domains.json","keep":0.4}' $url/_sandbox/feed
               then Run now: the guard stops the list; let it through on Plan, with a reason

    Ctrl-C ends it; nothing is kept.
TEXT
wait "$console" || give_up "the console ended" "$folder/console"
