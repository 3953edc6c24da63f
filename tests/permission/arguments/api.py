"""Arguments of the REST interface: an address each, made through the actions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from assaymark.records.documents import actions as documents
from assaymark.records.documents import queries as document_queries
from assaymark.records.findings import actions as findings
from assaymark.records.registers import actions as registers
from assaymark.records.scope import organisation_scope
from tests.permission.house import House, arguments_for


@arguments_for("api:rows", "api:row", "api:move-row")
def row(house: House) -> dict[str, Any]:
    made = registers.create(
        register="risks",
        values={"title": f"{house.word} risk"},
        by=house.actors["quality_manager"],
        at=timezone.now(),
    )
    return {"slug": "risks", "row_id": made.pk}


@arguments_for(
    "api:document",
    "api:revision",
    "api:start-revision",
    "api:submit-revision",
    "api:approve-revision",
    "api:send-back-revision",
    "api:withdraw-document",
)
def document(house: House) -> dict[str, Any]:
    made = documents.create(
        title=f"{house.word} purchasing", text=house.word, by=house.actors["quality_manager"], at=timezone.now()
    )
    with organisation_scope(house.organisation.pk):
        revision = document_queries.revisions(document_id=made.pk)[0]
    return {"document_id": made.pk, "revision_id": revision.pk}


@arguments_for(
    "api:finding",
    "api:contain-finding",
    "api:analyse-finding",
    "api:plan-finding-action",
    "api:plan-finding-check",
    "api:check-finding",
    "api:close-finding",
    "api:complete-finding-action",
)
def finding(house: House) -> dict[str, Any]:
    manager = house.actors["quality_manager"]
    now = timezone.now()
    made = findings.raise_finding(title=f"{house.word} burr", happened=house.word, by=manager, at=now)
    findings.contain(nonconformity_id=made.pk, containment=house.word, by=manager, at=now)
    findings.analyse(nonconformity_id=made.pk, cause=house.word, by=manager, at=now)
    action = findings.plan_action(
        nonconformity_id=made.pk,
        description=house.word,
        owner_id=manager.person_id,
        due=(now + timedelta(days=30)).date(),
        by=manager,
        at=now,
    )
    return {"finding_id": made.pk, "action_id": action.pk}
