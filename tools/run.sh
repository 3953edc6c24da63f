#!/usr/bin/env bash
# What `make run` does after `make setup`: bring the home up to date, fill a new one with the demo world, serve.
set -euo pipefail
cd "$(dirname "$0")/.."
home="${ASSAYMARK_HOME:-$PWD/var}"
assaymark=".venv/bin/assaymark"
unfinished="$home/demo-unfinished"
sign_in="$home/sign-in.txt"

# A home without a database is new. The mark makes an interrupted first load be taken up again by the next run.
# A database named by DATABASE_URL may be anybody's: nothing is put into it unasked.
if [ -z "${DATABASE_URL:-}" ] && [ ! -e "$home/assaymark.sqlite3" ]; then
    mkdir -p "$home"
    touch "$unfinished"
fi
"$assaymark" init
if [ -e "$unfinished" ]; then
    "$assaymark" demo load | tee "$sign_in.part"
    mv "$sign_in.part" "$sign_in"
    rm -f "$unfinished"
elif [ -e "$sign_in" ]; then
    cat "$sign_in"
fi
exec "$assaymark" serve --port "${PORT:-8000}"
