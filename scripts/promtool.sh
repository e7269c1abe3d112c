#!/usr/bin/env bash
# promtool.sh FOLDER: prints the path of promtool. Takes it out of Debian's package prometheus into FOLDER, once; the package
# is never installed, so that no service starts. Where it cannot be had, it says why and ends with 77.
set -euo pipefail
folder=$1
tool=$folder/usr/bin/promtool

if [[ ! -x $tool ]]; then
  mkdir -p "$folder/download"
  cd "$folder/download"
  if ! apt-get download prometheus >apt.log 2>&1; then
    echo "SKIPPED: promtool cannot be had: apt-get download prometheus: $(tail -n 1 apt.log)" >&2
    exit 77
  fi
  dpkg-deb -x prometheus_*.deb "$folder/unpacked.$$"
  # Only the tool: the rest is a server.
  mkdir -p "$folder/usr/bin"
  mv "$folder/unpacked.$$/usr/bin/promtool" "$tool"
  rm -rf "$folder/unpacked.$$" "$folder/download"
fi
echo "$tool"
