"""The clause matrix on live records."""

from __future__ import annotations

from typing import Any

from assaymark.core.readiness import Outcome
from assaymark.records.readiness import queries
from tests.register_cast import NOW, Company


def clause(number: str) -> Any:
    """A row of the matrix as the records stand."""
    return next(c for c in queries.matrix(at=NOW).clauses if c.number == number)


class TestAnEmptySystem:
    def test_says_what_is_missing_and_what_nothing_records(self, halden: Company) -> None:
        assert clause("4.2").state is Outcome.MISSING
        assert clause("8.5").state is Outcome.UNRECORDED
        assert clause("8.5").shown_by == "No register records this yet"
