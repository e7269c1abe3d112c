#!/bin/sh
# Times the whole program on a generated list: compile_process.sh PROGRAM [LINES]
# Prints wall seconds and peak memory for each type. The lists are the same on every machine.
set -eu
program=$1
lines=${2:-1000000}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

awk -v n="$lines" -v folder="$folder" 'BEGIN {
    split("com net org info xyz top co.uk com.br", tops, " ")
    x = 20261121
    for (i = 0; i < n; i++) {
        x = (x * 16807) % 2147483647                 # Park-Miller: exact in doubles
        name = sprintf("h%x-load.%s", x, tops[1 + x % 8])
        if (x % 3 == 0) name = "cdn" x % 9 "." name
        print name > (folder "/domain")
        print "http://" name "/dl/Setup_" x % 100 ".exe?id=" x > (folder "/url")
        print 1 + x % 223 "." int(x / 223) % 256 "." int(x / 57088) % 256 "." x % 251 > (folder "/ip")
    }
}'

for type in domain url ip; do
    python3 - "$program" "$type" "$folder/$type" <<'PYTHON'
import resource, subprocess, sys, time
program, kind, path = sys.argv[1:]
start = time.monotonic()
subprocess.run([program, "compile", "--type", kind, path], check=True,
               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
seconds = time.monotonic() - start
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(f"compile {kind:<6} {seconds:8.2f} s {peak:8.0f} MiB")
PYTHON
done
