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
            "acknowledge",
            "assign",
            "file",
            "pdf",
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
