#!/usr/bin/env bash
# Installs what the test suite needs and no Python package brings: a Chromium, PostgreSQL's server programs,
# and git (documents are imported from its histories).
# Looks first, so that a machine that has them is left alone. No database cluster is created and no service is kept.
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }

has_chromium() {
    [ -n "${ASSAYMARK_CHROMIUM:-}" ] || command -v chromium >/dev/null || command -v chromium-browser >/dev/null \
        || command -v google-chrome >/dev/null
}
has_postgresql() {
    [ -n "${DATABASE_URL:-}" ] || command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

has_git() { command -v git >/dev/null; }

missing=()
has_chromium || missing+=(chromium)
has_postgresql || missing+=(postgresql)
has_git || missing+=(git)
[ ${#missing[@]} -eq 0 ] && exit 0

by_hand="Install by hand: ${missing[*]}. Then run \`make test\` again; \`make test-fast\` needs neither."
if ! command -v apt-get >/dev/null; then
    say "The tests need ${missing[*]}, and this system has no apt-get. $by_hand"
    exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        say "The tests need ${missing[*]}, and installing needs root. $by_hand"
        exit 1
    fi
    as_root=(sudo)
fi

say "Installing ${missing[*]} (once)"
export DEBIAN_FRONTEND=noninteractive
no_cluster=/etc/postgresql-common/createcluster.d/assaymark-tests.conf
if [[ " ${missing[*]} " == *" postgresql "* ]]; then
    # Debian's package would otherwise create and start a cluster that the tests never use.
    "${as_root[@]}" mkdir -p "$(dirname "$no_cluster")"
    echo 'create_main_cluster = false' | "${as_root[@]}" tee "$no_cluster" >/dev/null
fi
log="$(mktemp)"
status=0
{ "${as_root[@]}" apt-get update -qq \
    && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; \
} >"$log" 2>&1 || status=$?
"${as_root[@]}" rm -f "$no_cluster"
if [ "$status" -ne 0 ]; then
    tail -n 15 "$log" >&2
    say "apt-get failed (status $status; whole output in $log). $by_hand"
    exit 1
fi
rm -f "$log"
