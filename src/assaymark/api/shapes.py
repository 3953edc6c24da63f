"""Shapes that several parts of the interface share."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from assaymark.core.refusal import Refusal

PageNumber = Annotated[int, Field(ge=1, le=100_000)]


class RefusalShape(Schema):
    """One reason why something cannot be done now."""

    rule: str
    clause: str
    message: str
    next_step: str


class Refusals(Schema):
    """Every reason at once (409)."""

    refusals: list[RefusalShape]


class Problem(Schema):
    """What is wrong with a request, in words."""

    detail: str


def refusals_of(refusals: tuple[Refusal, ...]) -> dict[str, Any]:
    """The body of a 409."""
    return {
        "refusals": [
            {"rule": r.rule, "clause": r.clause, "message": r.message, "next_step": r.next_step} for r in refusals
        ]
    }


ERRORS: dict[int, Any] = {401: Problem, 403: Problem, 404: Problem, 409: Refusals, 429: Problem}


def page_of(rows: Any, *, page: int, size: int) -> tuple[int, list[Any]]:
    """How many there are, and the rows of one page."""
    count = rows.count() if not isinstance(rows, list) else len(rows)
    start = (page - 1) * size
    return count, list(rows[start : start + size])
