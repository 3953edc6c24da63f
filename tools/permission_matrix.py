#!/usr/bin/env python3
"""Proposes rows of tests/permission/matrix.toml: asks every route as everybody and writes down the answers.

    python tools/permission_matrix.py            # adds what is missing, removes what is gone, keeps the rest
    python tools/permission_matrix.py --again documents:   # asks again for routes whose name begins so

It writes what *is*; whether it *ought* to be so, the reader of the diff decides. A route with arguments needs a factory
in tests/permission/arguments/; one without is named and left out.
"""

from __future__ import annotations

import argparse
import os
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MATRIX = ROOT / "tests" / "permission" / "matrix.toml"
HEADER = """# Every route × everybody → the agreed answer to a request with an empty body.
# Checked by test_matrix.py; rows are proposed by tools/permission_matrix.py and agreed by whoever reviews the change.
# 200 shown · 302 sign in, or done · 401 no token · 403 the role lacks the permission · 404 not there for you ·
# 405 no such method · 409 refused with reasons · 422 the form says what is missing
"""


def main() -> int:
    """Write the matrix; exit status 1 when a route could not be asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--again", action="append", default=[], metavar="PREFIX", help="ask again for these routes")
    options = parser.parse_args()
    os.chdir(ROOT)
    sys.path[:0] = [str(ROOT), str(ROOT / "src")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import logging

    import django

    django.setup()
    logging.disable(logging.ERROR)

    from django.test.utils import setup_test_environment

    setup_test_environment()
    from django.db import connection

    name = connection.creation.create_test_db(verbosity=0, serialize=False)
    try:
        return propose(options.again)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def propose(again: list[str]) -> int:
    """Ask for what has no row yet."""
    from tests.permission.asking import MissingArguments, arguments_of, ask
    from tests.permission.house import COLUMNS, build_house
    from tests.permission.routes import all_routes

    known = tomllib.loads(MATRIX.read_text(encoding="utf-8"))["rows"] if MATRIX.exists() else {}
    house, stranger = build_house("halden", word="HALDEN"), build_house("brandt", word="BRANDT")
    rows: dict[str, str] = {}
    problems = 0
    for route in all_routes():
        asked_again = any(route.name.startswith(prefix) for prefix in again)
        for method in route.methods:
            key = f"{method} {route.name}"
            if key in known and not asked_again:
                rows[key] = known[key]
                continue
            try:
                arguments = arguments_of(route, house)
            except MissingArguments as missing:
                print(missing)
                problems += 1
                break
            codes = [ask(route, method, who, house=house, stranger=stranger, arguments=arguments) for who in COLUMNS]
            if any(code >= 500 for code in codes):
                print(f"{key} fails: {codes}")
                problems += 1
                continue
            rows[key] = " ".join(map(str, codes))
            print(f"{key:<50} {rows[key]}")
    width = max(map(len, rows)) + 2
    lines = [HEADER, "# " + " " * width + " ".join(COLUMNS), "[rows]"]
    lines += [
        f'{chr(34) + key + chr(34):<{width}} = "{rows[key]}"' for key in sorted(rows, key=lambda k: k.split()[::-1])
    ]
    MATRIX.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
