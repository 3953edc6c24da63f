"""What `assaymark check` objects to (reliability and security settings of docs/reference/settings.md)."""

from __future__ import annotations

from django.conf import settings
from django.core import checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from assaymark.adapters import timestamping
from assaymark.records import row_security
from assaymark.records.identifiers import queries as identifiers
from assaymark.records.journal import recovery, triggers


def pending_migrations() -> bool:
    """Whether the database is older than the code."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def problems() -> list[str]:
    """Every objection, one sentence each with what to do; empty when there is none."""
    found: list[str] = []
    if pending_migrations():
        found.append("The database is older than this version. Run: assaymark init")
    else:
        found += _guard_problems()
        found += recovery.problems()
        found += identifiers.problems()
    found += timestamping.problems()
    if connection.vendor == "sqlite":
        found += _sqlite_problems()
    if settings.PRODUCTION:
        found += _production_problems()
    return found


def _guard_problems() -> list[str]:
    """What the database itself must refuse: changing the journal; on PostgreSQL also another organisation's rows."""
    found = [
        f"{table} is not append-only: its triggers are missing. Run: assaymark init"
        for table in sorted(set(triggers.guarded_tables()) - set(triggers.installed_on()))
    ]
    found += [
        f"{table} is not protected by row-level security. Run: assaymark init" for table in row_security.unprotected()
    ]
    if role := row_security.exempt_role():
        found.append(
            f"The database role {role} is exempt from row-level security. "
            "Use one that is neither superuser nor BYPASSRLS."
        )
    return found


def _sqlite_problems() -> list[str]:
    expected = {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"}
    found = []
    with connection.cursor() as cursor:
        for name, value in expected.items():
            cursor.execute(f"PRAGMA {name}")
            actual = str(cursor.fetchone()[0]).lower()
            if actual != value:
                found.append(f"SQLite runs with {name}={actual}; acknowledged work needs {name}={value}.")
    return found


def _production_problems() -> list[str]:
    found = [
        f"{message.id}: {message.msg}"
        for message in checks.run_checks(include_deployment_checks=True)
        if message.level >= checks.WARNING and not message.is_silenced()
    ]
    if settings.DEBUG:
        found.append("ASSAYMARK_DEBUG is on. Unset it.")
    if not settings.PUBLIC_URL.startswith("https://"):
        found.append("ASSAYMARK_PUBLIC_URL does not begin with https://. Certificates would point to it for years.")
    if set(settings.ALLOWED_HOSTS) & {"*", "127.0.0.1", "localhost"}:
        found.append("ASSAYMARK_HOSTS names every host or a local one. Name the public host names only.")
    if settings.EMAIL_BACKEND != "django.core.mail.backends.smtp.EmailBackend":
        found.append("ASSAYMARK_MAIL is not smtp: invitations would reach nobody.")
    return found
