"""What the frame of every page needs: who acts, where else they may go, which rail they see."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from assaymark.core.parties import Actor
from assaymark.records.parties import queries


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `actor` (or None) and, lazily, `workplaces`."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return {"actor": None}
    return {
        "actor": actor,
        "workplaces": lambda: queries.workplaces(person_id=actor.person_id, at=timezone.now()),
    }
