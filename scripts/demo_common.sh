# What the demos share, for `source`: a folder that is gone at the end, and the program without the caller's environment.
# Whoever takes it in defines end_processes.
folder=$(mktemp -d "${TMPDIR:-/tmp}/cordon-demo.XXXXXX")

clean_up() {
  end_processes
  rm -rf "$folder"
}
trap clean_up EXIT

# Prints what went wrong, with the output that shows it, and ends the demo.
give_up() {
  echo "the demo failed: $1" >&2
  [ $# -lt 2 ] || sed 's/^/    /' "$2" >&2
  exit 1
}

heading() { printf '\n== %s\n' "$*"; }
# Runs a command without the caller's environment: no keys, no proxies.
alone=(env -i PATH=/usr/bin:/bin HOME="$folder")
