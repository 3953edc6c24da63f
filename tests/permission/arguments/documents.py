"""Arguments of the pages of documents: a draft, and a document in force that a reader was asked to read."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from assaymark.records.documents import actions, queries
from assaymark.records.scope import organisation_scope
from tests.permission.house import House, arguments_for


@arguments_for(
    *(
        f"documents:{name}"
        for name in [
            "record",
            "facts",
            "compare",
            "start",
            "withdraw",
            "review",
            "edit",
            "upload",
            "submit",
            "approve",
            "send-back",
            "take-back",
            "discard",
            "acknowledge",
            "assign",
            "file",
        ]
    )
)
def draft(house: House) -> dict[str, Any]:
    made = actions.create(
        title=f"{house.word} welding", text=f"# {house.word}", by=house.actors["quality_manager"], at=timezone.now()
    )
    with organisation_scope(house.organisation.pk):
        revision = queries.revisions(document_id=made.pk)[0]
    return {"document_id": made.pk, "revision_id": revision.pk}


@arguments_for("documents:pdf")
def approved(house: House) -> dict[str, Any]:
    """In force, and to be read by contributors; written by one, approved by another."""
    now = timezone.now()
    made = actions.create(
        title=f"{house.word} grinding",
        text=f"# {house.word} in force",
        readers=["contributor"],
        by=house.actors["quality_manager"],
        at=now,
    )
    with organisation_scope(house.organisation.pk):
        revision = queries.revisions(document_id=made.pk)[0]
    actions.submit(revision_id=revision.pk, by=house.actors["quality_manager"], at=now)
    actions.approve(revision_id=revision.pk, by=house.actors["decision_maker"], at=now)
    return {"document_id": made.pk, "revision_id": revision.pk}
