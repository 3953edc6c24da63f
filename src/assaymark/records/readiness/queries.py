"""The clause matrix of the scope's organisation. Three queries, however many records there are."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Max, Q

from assaymark import catalogue
from assaymark.core.findings import Grade
from assaymark.core.readiness import Readiness, readiness
from assaymark.core.readiness.checks import ISO_9001
from assaymark.core.readiness.facts import Snapshot, Totals
from assaymark.records.assessments.facts import rules_for
from assaymark.records.findings.models import Nonconformity
from assaymark.records.parties import queries as parties
from assaymark.records.readiness import legs
from assaymark.records.readiness.reading import Table
from assaymark.records.scope import current_scope

STANDARD = "iso-9001-2015"
_REMARKS = Q(grade__in=[Grade.OBSERVATION, Grade.OPPORTUNITY])


def snapshot(*, at: datetime, standard: str = STANDARD) -> Snapshot:
    """The organisation as its records stand now."""
    day = at.date()
    table = Table.of(legs.rows(day=day, edition=standard))
    return Snapshot(
        day=day,
        totals=_totals(),
        members={m.person_id: m.person.name for m in parties.members(at=at)},
        dates=table.dates(day),
        audit_months=int(rules_for("internal_audit", on=day)["AUD-3"].number("months")),
        **table.facts(standard),
    )


def matrix(*, at: datetime) -> Readiness:
    """Every clause of ISO 9001 with what its checks found."""
    return readiness(edition=catalogue.edition(STANDARD), snapshot=snapshot(at=at), checks=ISO_9001)


def _totals() -> Totals:
    scope = current_scope()
    assert scope is not None and scope.organisation_id is not None
    rows = Nonconformity.objects.filter(organisation_id=scope.organisation_id)
    found = rows.aggregate(
        findings=Count("pk", filter=~_REMARKS),
        newest=Max("raised_at", filter=~_REMARKS),
        improvements=Count("pk", filter=_REMARKS),
        newest_improvement=Max("raised_at", filter=_REMARKS),
    )
    days = {name: found[name].date() if found[name] else None for name in ("newest", "newest_improvement")}
    return Totals(findings=found["findings"], improvements=found["improvements"], **days)
