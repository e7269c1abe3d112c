#!/usr/bin/env bash
# Shows Cordon's main job against its own sandbox: Recorded Future lists and CrowdStrike indicators arrive in a ZIA
# tenant, stay in step, and survive a broken download. Usage: scripts/demo.sh PATH_OF_CORDON
# Reaches nothing but 127.0.0.1: the program sees no environment of yours, only the settings written here.
set -euo pipefail

program=$(realpath "${1:?usage: scripts/demo.sh PATH_OF_CORDON}")
sandbox=
domains='Recorded Future SCF - Prevent Domains'
addresses='Recorded Future SCF - Prevent C2C IPs'
urls='CrowdStrike Malicious URLs - High'
withdrawn='http://tail.example/ends-with-dash-'

end_processes() {
  [ -z "$sandbox" ] && return 0
  kill "$sandbox" 2>/dev/null || true
  wait "$sandbox" 2>/dev/null || true
  sandbox=
}
source "$(dirname "$0")/demo_common.sh"
trap 'exit 130' INT TERM
show() { sed 's/^\(.\)/    \1/'; }
ask() { "${alone[@]}" curl -q -sS --fail --noproxy '*' --max-time 10 "$@"; }

# cordon STATUS ARGUMENT...: runs the program; its output goes to $output and its exit status must be STATUS.
output=$folder/output
cordon() {
  local expected=$1 status=0
  shift
  "${alone[@]}" "$program" "$@" -s "$folder/config/settings.ini" >"$output" 2>"$folder/notes" || status=$?
  [ "$status" -eq "$expected" ] && return 0
  cat "$folder/notes" >>"$output"
  give_up "'cordon $*' ended with $status, not with $expected" "$output"
}
# has WHAT PATTERN: the last output must have a line like PATTERN.
has() { grep -Eq -- "$2" "$output" || give_up "the output does not say that $1" "$output"; }

# number LIST SIDE: how many entries the tenant has in LIST, SIDE being "saved" or "active".
number() {
  ask "$url/_sandbox/state" | grep -F -A 3 "\"name\": \"$1\"" | sed -n "s/.*\"$2\": \([0-9]*\).*/\1/p"
}
# expect_active LIST NUMBER [REMARK]
expect_active() {
  local found
  found=$(number "$1" active) || found=
  [ "$found" = "$2" ] || give_up "'$1' has ${found:-no} active entries in the tenant, not $2"
  echo "    $1: $found entries active${3:+ ($3)}"
}
# expect_blocked URL true|false
expect_blocked() {
  ask -G --data-urlencode "url=$1" "$url/_sandbox/blocked" >"$output"
  has "blocked is $2 for $1" "\"blocked\": $2"
  if [ "$2" = true ]; then echo "    blocked:     $1"; else echo "    not blocked: $1"; fi
}

start_sandbox() {
  mkdir "$folder/config"
  : >"$folder/sandbox"
  "${alone[@]}" "$program" sandbox --port 0 --write-settings "$folder/config/settings.ini" \
    >"$folder/sandbox" 2>"$folder/violations" &
  sandbox=$!
  for _ in $(seq 200); do
    url=$(sed -n 's|^The sandbox listens on \(http://127\.0\.0\.1:[0-9]*\) .*|\1|p' "$folder/sandbox")
    [ -n "$url" ] && return 0
    kill -0 "$sandbox" 2>/dev/null || break
    sleep 0.05
  done
  give_up "the sandbox did not start" "$folder/violations"
}

heading "A sandbox stands in for Recorded Future, for CrowdStrike and for a ZIA tenant"
start_sandbox
echo "    all at $url; the lists hold reserved names only"

heading "cordon check: are the settings good?"
cordon 0 check
has "the settings are good" ' is good'
sed "s|$folder/||" "$output" | show

heading "cordon plan: what would change? (nothing is written)"
cordon 0 plan
has "the lists would be created" 'does not exist yet and would be created'
has "1,200 domains would be added" '1,200 to add'
grep -Ev '^    \+ ' "$output" | show
echo "    for instance:"
sed -n '/^    + /{p;q;}' "$output" | show
domain=$(sed -n 's/^    + \([^ ]*\) .*/\1/p' "$output" | sed -n 1p)
[ "$(number "$domains" saved)" = "" ] || give_up "plan wrote to the tenant"

heading "cordon run: fetch, plan, apply, activate"
cordon 0 run
has "the changes are in effect" '^activation: done'
show <"$output"

heading "What the tenant has now"
ask "$url/_sandbox/state" >"$output"
has "nothing is left to activate" '"status": "ACTIVE"'
expect_active "$domains" 1200
expect_active "$addresses" 800
has "the sure URLs are there" "\"name\": \"$urls\""
expect_active "$urls" "$(number "$urls" saved)"
expect_active "Finance Allowed Sites" 3 "somebody else's, untouched"
expect_blocked "https://$domain/login?next=/" true
expect_blocked "$withdrawn" true
expect_blocked "https://github.com/" false

heading "cordon run again: nothing changed, so nothing is downloaded, written or activated"
cordon 0 run
has "nothing was changed" '^activation: not needed'
grep -E '^(run|list  |Recorded|CrowdStrike|activation|calls)' "$output" | show
! grep -Eq 'PUT|GET /v2' "$output" || give_up "an unchanged run wrote or downloaded" "$output"

heading "An hour later the lists have moved on: only the difference is sent"
ask -X POST "$url/_sandbox/tick" >/dev/null
cordon 0 run
has "20 domains came and 20 went" 'Prevent Domains .* 20 +20 +1,180$'
grep -E '^(run|list  |Recorded|CrowdStrike|activation)' "$output" | show
expect_active "$domains" 1200

heading "CrowdStrike withdraws an indicator: it leaves the gateway with the next run"
ask -X POST -d "{\"id\":\"url_$withdrawn\",\"change\":\"delete\"}" "$url/_sandbox/indicators" >/dev/null
cordon 0 run
grep -E '^(run|list  |CrowdStrike|activation)' "$output" | show
expect_blocked "$withdrawn" false

heading "A torn download removes nothing; the other list goes on; exit status 1 says so"
ask -X POST "$url/_sandbox/tick" >/dev/null
ask -X POST -d '{"path":"/public/prevent/weaponized_domains.json","torn":true}' "$url/_sandbox/feed" >/dev/null
cordon 1 run
has "the file is torn" 'the file is torn'
has "the other list was updated" 'Prevent C2C IPs .* 20 +20 +780$'
grep -E '^(run|list  |Recorded|CrowdStrike|activation)' "$output" | show
grep -Eo 'the file is torn: [^;]*' "$output" | sed -n 1p | show
expect_active "$domains" 1200

heading "Done"
[ ! -s "$folder/violations" ] || give_up "the sandbox saw a client break a limit" "$folder/violations"
echo "    The sandbox saw no broken rate limit."
