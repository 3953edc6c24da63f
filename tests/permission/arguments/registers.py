"""Arguments of the pages of registers and of what hangs on a row: entries, views, files, comments, links."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone

from assaymark.core.evidence import RequirementRef
from assaymark.records.evidence import actions as evidence
from assaymark.records.registers import actions, views
from assaymark.records.standards.actions import load_catalogue
from tests.permission.house import House, arguments_for

_PAGES = [
    "chapter",
    "list",
    "bulk",
    "keep_view",
    "drop_view",
    "new",
    "import",
    "template",
    "export",
    "record",
    "edit",
    "move",
    "review",
    "retire",
    "bring_back",
    "add_entry",
    "remove_entry",
]


def _objective(house: House) -> UUID:
    def make() -> UUID:
        row = actions.create(
            register="objectives",
            values={"title": f"{house.word} on time", "why": house.word, "target": "97"},
            by=house.actors["quality_manager"],
            at=timezone.now(),
        )
        return row.pk

    pk: UUID = house.once("objective", make)
    return pk


@arguments_for("registers:choices")
def among_people(house: House) -> dict[str, Any]:
    return {"kind": "people"}


@arguments_for(*(f"registers:{page}" for page in _PAGES))
def objective(house: House) -> dict[str, Any]:
    manager, now = house.actors["quality_manager"], timezone.now()
    row_id = _objective(house)
    entry = actions.add_entry(
        register="objectives",
        row_id=row_id,
        child="measurements",
        values={"measured_on": now.date().isoformat(), "value": "95", "note": house.word},
        by=manager,
        at=now,
    )
    view = views.keep(
        register="objectives", name=house.word, query="state=planned", for_everybody=True, by=manager, at=now
    )
    return {
        "register": "objectives",
        "row_id": row_id,
        "child": "measurements",
        "entry_id": entry.pk,
        "view_id": view.pk,
        "kind": "csv",
        "chapter": "planning",
    }


@arguments_for("api:row-entries", "api:remove-row-entry")
def objective_over_the_wire(house: House) -> dict[str, Any]:
    return {"slug": "objectives", **house.once(f"arguments of {__name__}.objective", lambda: objective(house))}


@arguments_for(*(f"evidence:{page}" for page in ["file", "detach", "take_back", "unlink", "attach", "comment", "link"]))
def evidence_of_an_objective(house: House) -> dict[str, Any]:
    manager, now = house.actors["quality_manager"], timezone.now()
    load_catalogue(at=now)
    about: dict[str, Any] = {"subject_kind": "registers.objective", "subject_id": _objective(house)}
    file = evidence.attach(**about, name="note.txt", content=house.word.encode(), by=manager, at=now)
    comment = evidence.comment(**about, text=house.word, by=manager, at=now)
    link = evidence.link(**about, ref=RequirementRef("iso-9001-2015", "6.2"), by=manager, at=now)
    return {
        "kind": about["subject_kind"],
        "subject_id": about["subject_id"],
        "attachment_id": file.pk,
        "comment_id": comment.pk,
        "link_id": link.pk,
    }
