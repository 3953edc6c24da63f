#!/usr/bin/env bash
# Puts into .venv what a lock file names, by hash, and makes the checkout itself importable.
#   tools/setup.sh run   what it takes to run Assaymark
#   tools/setup.sh dev   the same, and what it takes to test it
# Does nothing when the lock, the checkout's path and the interpreter are those of the last time.
set -euo pipefail
cd "$(dirname "$0")/.."

kind="${1:-run}"
lock="requirements/$kind.lock"
venv=".venv"
python="${PYTHON:-python3}"
stamp="$venv/.assaymark-$kind"
export UV_PYTHON_DOWNLOADS=never PIP_DISABLE_PIP_VERSION_CHECK=1

say() { printf '%s\n' "$*" >&2; }

if [ ! -f "$lock" ]; then
    say "There is no $lock. Use: tools/setup.sh run|dev"
    exit 2
fi

wanted="$(cat "$lock" requirements/uv.lock.txt tools/setup.sh tools/link_project.py | sha256sum | cut -c1-64) $PWD"
if [ -x "$venv/bin/assaymark" ] && [ -x "$venv/bin/python" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi

# Scripts in an environment hold its absolute path: a checkout that was moved or copied needs a new one.
if [ -f "$venv/.assaymark-path" ] && [ "$(cat "$venv/.assaymark-path")" != "$PWD" ]; then
    say "The checkout was moved; the environment is made anew."
    rm -rf "$venv"
fi

if [ ! -x "$venv/bin/python" ]; then
    if ! command -v "$python" >/dev/null; then
        say "$python was not found. Install Python 3.11 or later (Debian: apt-get install python3-venv)."
        exit 1
    fi
    if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        say "$("$python" --version) is too old: Assaymark needs Python 3.11 or later. Name one: make setup PYTHON=python3.11"
        exit 1
    fi
    say "Making the environment in $venv"
    if ! "$python" -m venv "$venv"; then
        rm -rf "$venv"
        say "The environment could not be made. On Debian and Ubuntu: apt-get install python3-venv"
        exit 1
    fi
fi
printf '%s' "$PWD" > "$venv/.assaymark-path"

uv_wanted="$(sed -n 's/^uv==\([^ ]*\).*/\1/p' requirements/uv.lock.txt)"
if [ "$("$venv/bin/uv" --version 2>/dev/null | cut -d' ' -f2)" != "$uv_wanted" ]; then
    "$venv/bin/python" -m pip install -q --require-hashes -r requirements/uv.lock.txt
fi
say "Installing what $lock names"
"$venv/bin/uv" pip install -q --python "$venv/bin/python" --require-hashes -r "$lock"
"$venv/bin/python" tools/link_project.py
printf '%s' "$wanted" > "$stamp"
