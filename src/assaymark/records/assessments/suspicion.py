"""Suspicious patterns among certificates: a body's own, and those that the bodies accredited by it publish.

Rules that hold here
* Of its own certificates a body sees every pattern. Only what is decided counts; the newest grant or renewal of each
  certificate is looked at with its audits and its team.
* Of the bodies that it accredited an accreditation body sees what they publish, here and in registers that were read:
  who decided and who audited are records of the body that nobody else gets (ISO/IEC 17021-1:2015, 8.4).
* What was explained is known by its facts. When they change, it is open again.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from uuid import UUID

from assaymark.core.attestation import AttestationKind, Status
from assaymark.core.competence import AUDITING
from assaymark.core.programme import DecisionKind
from assaymark.core.suspicion import Case, Evidence, Suspicion, suspicions
from assaymark.core.trust import ANY
from assaymark.records.assessments.audit_time import times_of
from assaymark.records.assessments.models import Decision, Explanation, Stage, TeamMember
from assaymark.records.attestations.models import Attestation
from assaymark.records.attestations.queries import status_on, with_parts
from assaymark.records.parties.models import Organisation
from assaymark.records.register import suspicion as register
from assaymark.records.scope import current_scope

_FIRST_STAGE = "stage_1"


@dataclass(frozen=True, slots=True)
class Found:
    """A pattern with what was said of it, newest last. accredited: found at a body that the scope's one accredited."""

    suspicion: Suspicion
    accredited: bool = False
    said: tuple[Explanation, ...] = ()

    @property
    def aside(self) -> bool:
        """Whether it was put aside with an explanation."""
        return bool(self.said) and self.said[-1].aside


def found() -> list[Found]:
    """Every pattern that the scope's organisation may see, with what its people said of each; open ones first."""
    said: dict[str, list[Explanation]] = defaultdict(list)
    for row in Explanation.objects.filter(organisation_id=_own().pk).select_related("by").order_by("at", "id"):
        said[row.digest].append(row)
    own = [Found(s, said=tuple(said[s.digest])) for s in suspicious()]
    others = [Found(s, accredited=True, said=tuple(said[s.digest])) for s in published()]
    return sorted([*own, *others], key=lambda f: f.aside)


def find(*, digest: str) -> Found:
    """One of them as its facts stand now. Raises `Explanation.DoesNotExist`."""
    for one in found():
        if one.suspicion.digest == digest:
            return one
    raise Explanation.DoesNotExist(digest)


def suspicious() -> tuple[Suspicion, ...]:
    """What is suspicious about the certificates that the scope's organisation issued."""
    own, body = cases(), _own()
    listed: list[Case] = []
    if own:
        parties = register.parties_of(slug=body.slug, name=body.name)
        listed = register.sharing_numbers(parties=parties, body=body.name, but_own=True)
    return suspicions([*own, *listed])


def published() -> tuple[Suspicion, ...]:
    """What is suspicious about the public certificates of the bodies that the scope's organisation accredited."""
    own = _own()
    given: dict[UUID, list[Attestation]] = defaultdict(list)
    rows = Attestation.objects.filter(organisation_id=own.pk, kind=AttestationKind.ACCREDITATION)
    for row in with_parts(rows).order_by("-valid_from"):
        given[row.holder_id].append(row)
    found: list[Suspicion] = []
    for accreditations in given.values():
        found += suspicions(_published(accreditations, accreditor=own.name), public_only=True)
    return tuple(sorted(found, key=lambda s: (s.body, s.number, s.key, s.pattern)))


def _published(accreditations: list[Attestation], *, accreditor: str) -> list[Case]:
    body = accreditations[0].holder
    parties = register.parties_of(slug=body.slug, name=body.name)
    codes = [_codes(row) for row in accreditations]
    covered = frozenset.intersection(*(found for found in codes if found is not None)) if any(codes) else frozenset()

    @cache
    def allowed_on(day: date) -> frozenset[str] | None:
        newest = _counting(accreditations, on=day)
        return _codes(newest) if newest else None

    sharing = register.sharing_numbers(parties=parties, body=body.name, but_own=False)
    once = {case.key: replace(case, accreditation="") for case in sharing}
    others = register.outside_and_ended(
        parties=parties, body=body.name, accreditor=accreditor, covered=covered, allowed_on=allowed_on
    )
    return list((once | {case.key: case for case in others}).values())


def _counting(accreditations: Iterable[Attestation], *, on: date) -> Attestation | None:
    """The accreditation that counts on a day, of some that come newest first: one in force, else one that had begun."""
    at = dt.datetime.combine(on, dt.time(23, 59, 59), dt.UTC)
    begun = [row for row in accreditations if row.valid_from <= on]
    in_force = [row for row in begun if status_on(row, at=at)[0] is Status.VALID]
    return next(iter(in_force or begun), None)


def _codes(row: Attestation) -> frozenset[str] | None:
    """The sector codes of an accreditation; None when it covers all."""
    codes = frozenset(code for scope in row.scopes.all() for code in scope.iaf)
    return None if ANY in codes else codes


def _own() -> Organisation:
    scope = current_scope()
    assert scope is not None and scope.organisation_id is not None
    return Organisation.objects.get(pk=scope.organisation_id)


def cases() -> list[Case]:
    """The facts of each certificate that the scope's organisation issued."""
    issued = Attestation.objects.filter(organisation_id=_own().pk, kind=AttestationKind.CERTIFICATE)
    rows = list(with_parts(issued).order_by("number"))
    decisions = _decisions(row.pk for row in rows)
    times = times_of(row.pk for row in rows)
    assessments = {d.assessment_id for d in decisions.values()}
    stages: dict[UUID, list[Stage]] = defaultdict(list)
    for stage in Stage.objects.filter(assessment_id__in=assessments):
        stages[stage.assessment_id].append(stage)
    team: dict[UUID, list[TeamMember]] = defaultdict(list)
    for member in TeamMember.objects.filter(assessment_id__in=assessments, role__in=AUDITING).select_related("person"):
        team[member.assessment_id].append(member)
    held = Attestation.objects.filter(holder_id=_own().pk, kind=AttestationKind.ACCREDITATION)
    accreditations = list(with_parts(held).order_by("-valid_from"))
    above_on = cache(lambda day: _counting(accreditations, on=day))
    found = []
    for row in rows:
        decision = decisions.get(row.pk)
        above = above_on(decision.decided_at.date() if decision else row.valid_from)
        own = decision.assessment_id if decision else None
        case = _case(row, decision, stages[own] if own else [], team[own] if own else [], above)
        found.append(replace(case, times=times.get(row.pk, ())))
    return found


def _decisions(attestations: Iterable[UUID]) -> dict[UUID, Decision]:
    rows = Decision.objects.filter(
        attestation_id__in=list(attestations), kind__in=[DecisionKind.GRANT, DecisionKind.RENEW]
    )
    newest = {}
    for row in rows.select_related("decided_by", "assessment").order_by("decided_at", "id"):
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
        allowed_codes=_codes(above) if above else None,
        accreditation=f"{above.number} by {above.organisation.name}" if above else "",
        decider=str(decision.decided_by_id) if decision else "",
        record=(Evidence("certificate", str(row.pk), row.number),),
        audit=(Evidence("audit", str(decision.assessment_id), decision.assessment.number),) if decision else (),
        decision=(Evidence("decision", str(decision.pk), decision.number),) if decision else (),
    )
