"""A company with something under every clause that readiness looks at: good at first, made bad by the tests.

Built by the same actions that people use; a test spoils one thing and looks at the clause.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from assaymark.core.findings import Grade
from assaymark.core.parties import Actor, Role
from assaymark.records.documents import actions as documents
from assaymark.records.documents.models import Revision
from assaymark.records.findings import actions as findings
from assaymark.records.parties.actions import add_member
from assaymark.records.parties.queries import actor_for
from assaymark.records.registers import actions as registers
from tests.register_cast import NOW, TODAY, Company

DAY = timedelta(days=1)


def approver(company: Company) -> Actor:
    """Marta, who approves what Anna writes."""
    member = add_member(
        organisation=company.organisation,
        email=f"marta@{company.slug}.example",
        name="Marta Lind",
        roles=[Role.QUALITY_MANAGER],
        at=NOW - 400 * DAY,
    )
    actor = actor_for(person_id=member.person_id, organisation_slug=company.slug, at=NOW)
    assert actor is not None
    return actor


def document(
    company: Company, title: str, *clauses: str, by: Actor | None = None, readers: tuple[str, ...] = ()
) -> Any:
    """A document in force since a week ago."""
    at = NOW - 7 * DAY
    made = documents.create(
        title=title, text=f"# {title}\n\nText.\n", clauses=list(clauses), readers=list(readers), by=company.anna, at=at
    )
    revision = Revision.objects.get(document=made)
    documents.submit(revision_id=revision.pk, by=company.anna, at=at)
    documents.approve(revision_id=revision.pk, by=by or approver(company), at=at)
    return made


def instrument(company: Company, title: str, *, calibrated: int = 30, number: str = "C-1", **values: Any) -> Any:
    """Measuring equipment in use, calibrated so many days ago."""
    row = company.add("measuring-equipment", title, owner=str(company.anna.person_id), **values)
    registers.add_entry(
        register="measuring-equipment",
        row_id=row.pk,
        child="calibrations",
        values={
            "calibrated_on": (TODAY - calibrated * DAY).isoformat(),
            "outcome": "in_tolerance",
            "certificate_number": number,
        },
        by=company.anna,
        at=NOW,
    )
    type(row).objects.filter(pk=row.pk).update(state="in_use")
    return row


def finding(
    company: Company, title: str, *, at: Any = NOW, grade: str = "minor", requirement: str = "8.6", **more: Any
) -> Any:
    """A nonconformity raised by Carl."""
    return findings.raise_finding(
        title=title,
        grade=Grade(grade),
        standard="iso-9001-2015",
        requirement=requirement,
        by=company.carl,
        at=at,
        **more,
    )
