"""Long lists: queries and time of pages with 10 and with 10,000 rows, through the whole stack of middleware and view.

Bars (docs/architecture.md): at most 15 queries, and the same number at any size. Baseline of the same run: the page of
the same list with 10 rows.
Run: .venv/bin/python bench/lists.py
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))
LIMIT_QUERIES, RUNS, MANY = 15, 15, 10_000
NOW = datetime.now(UTC)


def rows_of(model: Any, organisation_id: Any, numbers: range, **values: Any) -> None:
    """Insert plain rows below the actions: the pages are measured, not the inserts."""
    model.unscoped.bulk_create(
        (
            model(
                organisation_id=organisation_id,
                number=f"X-{n:05}",
                **{k: v(n) if callable(v) else v for k, v in values.items()},
            )
            for n in numbers
        ),
        batch_size=1000,
    )


def measure(client: Any, path: str) -> tuple[int, float]:
    """Queries of one request, and the median of its time in milliseconds after warming up."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(path)
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(path)
        queries = len(caught)  # the next request empties the log
    if queries == 0:
        sys.exit(f"{path}: no query was counted")
    if answer.status_code != 200:
        sys.exit(f"{path} answered {answer.status_code}")
    took = []
    for _ in range(RUNS):
        start = time.perf_counter()
        client.get(path)
        took.append((time.perf_counter() - start) * 1000)
    return queries, statistics.median(took)


def main() -> int:
    """Measure; exit status 1 when a bar is missed."""
    import django
    from django.core.management import call_command

    django.setup()
    from django.test import Client

    from assaymark.core.parties import Role
    from assaymark.records.findings.models import Nonconformity
    from assaymark.records.parties.actions import add_member, add_organisation
    from assaymark.records.parties.models import Person
    from assaymark.records.registers.declared.risks import Risk
    from assaymark.records.scope import system_scope

    with system_scope():
        call_command("migrate", verbosity=0)
    organisation = add_organisation(slug="long", name="Long", at=NOW)
    add_member(organisation=organisation, email="q@long.example", name="Q", roles=[Role.QUALITY_MANAGER], at=NOW)
    client = Client(SERVER_NAME="localhost")
    client.force_login(Person.objects.get(email="q@long.example"))
    kept = True
    lists: list[tuple[str, str, Any, dict[str, Any]]] = [
        (
            "nonconformities",
            "/o/long/findings/",
            Nonconformity,
            {
                "title": lambda n: f"Shaft {n} below tolerance",
                "grade": "minor",
                "raised_at": lambda n: NOW - timedelta(minutes=n),
                "raised_by": Person.objects.get(email="q@long.example"),
                "raised_by_organisation": organisation,
            },
        ),
        (
            "risks",
            "/o/long/r/risks/",
            Risk,
            {
                "title": lambda n: f"Risk {n}",
                "likelihood": 3,
                "impact": 3,
                "state": "open",
                "created_at": NOW,
                "updated_at": NOW,
            },
        ),
    ]
    for name, path, model, values in lists:
        with system_scope():
            rows_of(model, organisation.pk, range(10), **values)
        few_queries, few = measure(client, path)
        with system_scope():
            rows_of(model, organisation.pk, range(10, MANY), **values)
        many_queries, many = measure(client, path)
        good = few_queries == many_queries <= LIMIT_QUERIES
        kept = kept and good
        print(
            f"{name:<16} {MANY:>6} rows: {many_queries} queries (10 rows: {few_queries}; limit {LIMIT_QUERIES}:"
            f" {'kept' if good else 'MISSED'}), {many:.1f} ms = {many / few:.1f} × the page with 10 rows ({few:.1f} ms)"
        )
    return 0 if kept else 1


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="assaymark-bench-") as home:
        os.environ.update(ASSAYMARK_HOME=home, DJANGO_SETTINGS_MODULE="assaymark.config.settings")
        os.environ.pop("DATABASE_URL", None)
        sys.exit(main())
