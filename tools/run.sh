#!/usr/bin/env bash
# What `make run` does after `make setup`: bring the home up to date, fill a new one with the demo world, serve.
set -euo pipefail
cd "$(dirname "$0")/.."
home="${ASSAYMARK_HOME:-$PWD/var}"
assaymark=".venv/bin/assaymark"
unfinished="$home/demo-unfinished"

# A home without a database is new. The mark makes an interrupted first load be taken up again by the next run.
if [ ! -d "$home" ] || [ -z "$(ls -A "$home")" ]; then
    mkdir -p "$home"
    touch "$unfinished"
fi
"$assaymark" init
if [ -e "$unfinished" ]; then
    "$assaymark" demo load
    rm -f "$unfinished"
fi
exec "$assaymark" serve --port "${PORT:-8000}"
