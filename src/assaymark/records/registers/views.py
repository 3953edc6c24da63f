"""Writes of saved views: how somebody, or everybody, likes to see a list.

A view of one's own needs no more than the right to read the list; one for everybody needs the right to write it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import QueryDict

from assaymark.core.parties import Actor
from assaymark.core.refusal import Forbidden, Refusal, refuse
from assaymark.records.actions import action
from assaymark.records.registers import declaration
from assaymark.records.registers.row import SavedView

MOST = 30
NAMES = frozenset({"view", "q", "due", "sort", "size", "columns"})


@action("registers.read")
def keep(*, register: str, name: str, query: str, for_everybody: bool, by: Actor, at: datetime) -> SavedView:
    """Keep a list's query string under a name; the same name again replaces. Unknown names are left out."""
    declared = declaration.get(register)
    if for_everybody and not by.may("registers.write"):
        raise Forbidden("registers.write")
    name = " ".join(name.split())[:80]
    asked = QueryDict(query[:2000])
    kept = QueryDict(mutable=True)
    for key in asked:
        if key in NAMES or key in declared.filters:
            kept.setlist(key, asked.getlist(key))
    person_id = None if for_everybody else by.person_id
    whose: dict[str, Any] = {"register": declared.slug, "person_id": person_id}
    there = SavedView.objects.filter(**whose)
    refusals = []
    if not name or not name.isprintable():
        refusals.append(Refusal("view-name", "", "The view has no name.", "Give it one."))
    if there.exclude(name=name).count() >= MOST:
        refusals.append(Refusal("view-many", "", f"There are {MOST} views already.", "Remove one first."))
    refuse(refusals)
    made: tuple[SavedView, bool] = SavedView.objects.update_or_create(
        organisation_id=by.organisation_id, name=name, **whose,
        defaults={"query": kept.urlencode(), "created_at": at},
    )  # fmt: skip
    return made[0]


@action("registers.read")
def drop(*, view_id: UUID, by: Actor, at: datetime) -> None:
    """Remove a view: one's own, or with the right to write one that is for everybody."""
    view = SavedView.for_update(view_id)
    if view.person_id is None and not by.may("registers.write"):
        raise Forbidden("registers.write")
    if view.person_id not in (None, by.person_id):
        raise SavedView.DoesNotExist
    view.delete()
