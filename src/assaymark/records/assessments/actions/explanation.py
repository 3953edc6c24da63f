"""What people say of a suspicious pattern: put aside because it is explained, or taken up again. Never changed."""

from __future__ import annotations

from datetime import datetime

from assaymark.core import suspicion as core
from assaymark.core.parties import Actor
from assaymark.core.refusal import refuse
from assaymark.records.actions import action
from assaymark.records.assessments.models import Explanation
from assaymark.records.assessments.planning import tell
from assaymark.records.assessments.suspicion import Found, find


@action("assessments.review")
def put_aside(*, digest: str, reason: str, by: Actor, at: datetime) -> Explanation:
    """Put a pattern aside because its facts are explained. Raises DoesNotExist when its facts are not so now."""
    found = find(digest=digest)
    refuse(
        core.reasons_not_to_put_aside(suspicion=found.suspicion, aside=found.aside, by=str(by.person_id), reason=reason)
    )
    return _said(found, aside=True, reason=reason, by=by, at=at)


@action("assessments.review")
def take_up(*, digest: str, reason: str, by: Actor, at: datetime) -> Explanation:
    """Take up again what was put aside. Raises DoesNotExist when its facts are not so now."""
    found = find(digest=digest)
    refuse(core.reasons_not_to_take_up(aside=found.aside, reason=reason))
    return _said(found, aside=False, reason=reason, by=by, at=at)


def _said(found: Found, *, aside: bool, reason: str, by: Actor, at: datetime) -> Explanation:
    suspicion = found.suspicion
    row: Explanation = Explanation.objects.create(
        organisation_id=by.organisation_id,
        pattern=suspicion.pattern.value,
        digest=suspicion.digest,
        number=suspicion.number[:100],
        aside=aside,
        reason=reason.strip(),
        at=at,
        by_id=by.person_id,
    )
    after = {"pattern": row.pattern, "certificate": row.number, "facts": row.digest}
    verb = "suspicion_put_aside" if aside else "suspicion_taken_up"
    tell(row, verb, by=by, at=at, after=after, reason=row.reason)
    return row
