"""Suspicious patterns among the certificates that the scope's organisation issued, from its own records.

Only what is decided counts; the newest grant or renewal of each certificate is looked at with its audits and its team.
Who decided and who audited are records of the body: nobody outside its scope gets them (ISO/IEC 17021-1:2015, 8.4).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from uuid import UUID

from assaymark.core.attestation import AttestationKind
from assaymark.core.competence import AUDITING
from assaymark.core.programme import DecisionKind
from assaymark.core.suspicion import Case, Suspicion, suspicions
from assaymark.core.trust import ANY
from assaymark.records.assessments.audit_time import times_of
from assaymark.records.assessments.models import Decision, Stage, TeamMember
from assaymark.records.attestations.models import Attestation
from assaymark.records.attestations.queries import current_above, with_parts
from assaymark.records.scope import current_scope

_FIRST_STAGE = "stage_1"


def suspicious() -> tuple[Suspicion, ...]:
    """What is suspicious about the certificates that the scope's organisation issued."""
    return suspicions(cases())


def cases() -> list[Case]:
    """The facts of each certificate that the scope's organisation issued."""
    scope = current_scope()
    assert scope is not None and scope.organisation_id is not None
    rows = list(
        with_parts(
            Attestation.objects.filter(organisation_id=scope.organisation_id, kind=AttestationKind.CERTIFICATE)
        ).order_by("number")
    )
    decisions = _decisions(row.pk for row in rows)
    times = times_of(row.pk for row in rows)
    assessments = {d.assessment_id for d in decisions.values()}
    stages: dict[UUID, list[Stage]] = defaultdict(list)
    for stage in Stage.objects.filter(assessment_id__in=assessments):
        stages[stage.assessment_id].append(stage)
    team: dict[UUID, list[TeamMember]] = defaultdict(list)
    for member in TeamMember.objects.filter(assessment_id__in=assessments, role__in=AUDITING).select_related("person"):
        team[member.assessment_id].append(member)
    above: dict[date, Attestation | None] = {}
    found = []
    for row in rows:
        decision = decisions.get(row.pk)
        on = decision.decided_at.date() if decision else row.valid_from
        if on not in above:
            above[on] = current_above(organisation_id=row.organisation_id, kind=AttestationKind.ACCREDITATION, on=on)
        own = decision.assessment_id if decision else None
        case = _case(row, decision, stages[own] if own else [], team[own] if own else [], above[on])
        found.append(replace(case, times=times.get(row.pk, ())))
    return found


def _decisions(attestations: Iterable[UUID]) -> dict[UUID, Decision]:
    rows = Decision.objects.filter(
        attestation_id__in=list(attestations), kind__in=[DecisionKind.GRANT, DecisionKind.RENEW]
    )
    newest = {}
    for row in rows.select_related("decided_by").order_by("decided_at", "id"):
        if row.attestation_id is not None:
            newest[row.attestation_id] = row
    return newest


def _case(
    row: Attestation,
    decision: Decision | None,
    stages: list[Stage],
    team: list[TeamMember],
    above: Attestation | None,
) -> Case:
    decided_on = decision.decided_at.date() if decision else None
    first = [stage.ends for stage in stages if stage.kind == _FIRST_STAGE and stage.ends]
    allowed = frozenset(code for scope in above.scopes.all() for code in scope.iaf) if above else None
    return Case(
        key=str(row.pk),
        number=row.number,
        holder=row.holder.name,
        body=row.organisation.name,
        decided_on=decided_on,
        audit_ended=max((stage.ends for stage in stages if stage.ends), default=None),
        first_stage_on=max(first, default=None),
        # Two people may share a name, so people are told apart by their record first.
        auditors=frozenset(m.person.name for m in team if decision and m.person_id == decision.decided_by_id),
        decided_by=decision.decided_by.name if decision else "",
        codes=frozenset(code for scope in row.scopes.all() for code in scope.iaf if code != ANY),
        allowed_codes=None if allowed is None or ANY in allowed else allowed,
        accreditation=f"{above.number} by {above.organisation.name}" if above else "",
    )
