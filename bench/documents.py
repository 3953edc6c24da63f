"""Documents: import of the handbook that ships, and the list of 10,000, each against its limit.

Run: .venv/bin/python bench/documents.py
Baseline of the same run: hashing and inserting the same versions into a bare SQLite table.
"""

from __future__ import annotations

import os
import resource
import sqlite3
import sys
import tempfile
import time
from datetime import UTC, datetime

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LIMIT_SECONDS, LIMIT_MEGABYTES, LIMIT_QUERIES = 60, 500, 15


def baseline() -> float:
    """Seconds for the least that an import must do: read, hash, insert."""
    from assaymark.catalogue.handbook import HANDBOOK
    from assaymark.formats import handbook

    start = time.perf_counter()
    with HANDBOOK.open("rb") as stream, sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE version (path TEXT, day TEXT, sha256 TEXT, content BLOB)")
        rows = [(c.path, c.day.isoformat(), c.sha256, c.content) for c in handbook.read(stream)]
        database.executemany("INSERT INTO version VALUES (?, ?, ?, ?)", rows)
    return time.perf_counter() - start


def main() -> int:
    """Measure; exit status 1 when a limit is passed."""
    import django
    from django.core.management import call_command
    from django.db import connection, reset_queries

    django.setup()
    from assaymark.catalogue.handbook import HANDBOOK
    from assaymark.core.document_history import SourceChange
    from assaymark.records.documents import queries
    from assaymark.records.documents.importing import Source, import_documents, read_source
    from assaymark.records.parties.actions import add_organisation
    from assaymark.records.scope import organisation_scope, system_scope

    with system_scope():
        call_command("migrate", verbosity=0)
    floor = baseline()
    small = add_organisation(slug="small", name="Small", at=AT)
    start = time.perf_counter()
    import_documents(organisation_id=small.pk, source=read_source(HANDBOOK, at=AT), at=AT)
    took = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"handbook      {took:6.2f} s (limit {LIMIT_SECONDS}; bare table {floor:.2f} s: {took / floor:.0f} times)")
    print(f"memory        {memory:6.0f} MB (limit {LIMIT_MEGABYTES})")

    large = add_organisation(slug="large", name="Large", at=AT)
    many = tuple(
        SourceChange(f"{n}", f"{n:05}.md", "c1", AT, "Ada", "m", "A", f"# Document {n}".encode()) for n in range(10_000)
    )
    start = time.perf_counter()
    import_documents(organisation_id=large.pk, source=Source("history", "many", many), at=AT)
    print(f"10,000 files  {time.perf_counter() - start:6.2f} s")
    connection.force_debug_cursor = True
    with organisation_scope(large.pk):
        reset_queries()
        start = time.perf_counter()
        counted = queries.counts(on=AT.date())
        rows = list(queries.selected(selection="in-force", words="", order="title", on=AT.date())[5000:5050])
        listed, asked = time.perf_counter() - start, len(connection.queries)
    print(f"list          {listed * 1000:6.0f} ms, {asked} queries for {len(rows)} of {counted['all']} rows")
    return int(took > LIMIT_SECONDS or memory > LIMIT_MEGABYTES or asked > LIMIT_QUERIES)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["ASSAYMARK_HOME"] = home
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assaymark.config.settings")
        sys.exit(main())
