#!/usr/bin/env bash
# Puts what tests/browser needs from npm into its node_modules, as its lock file names it. Does nothing when it is there.
set -euo pipefail
cd "$(dirname "$0")/../tests/browser"
cmp -s package-lock.json node_modules/.lock-in-place && exit 0
npm ci --no-progress --prefer-offline
cp package-lock.json node_modules/.lock-in-place
