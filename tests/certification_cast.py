"""Halden certified by Northfield through the whole engine, Northfield accredited by Meridian, Meridian recognised.

Everything rests on decisions, so that it can be suspended, restored, reduced and withdrawn as people do it. `began` is
the day of the certificate; the bodies above were attested a year before.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from assaymark.core.assessment import State
from assaymark.core.attestation import AttestationKind, Site
from assaymark.core.parties import Actor, Role
from assaymark.core.programme import DecisionKind
from assaymark.core.trust import ScopeRow
from assaymark.records.assessments import actions
from assaymark.records.assessments.models import Assessment, Decision
from assaymark.records.attestations import actions as attestations
from assaymark.records.attestations.models import Attestation
from assaymark.records.parties.actions import add_organisation
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import organisation_scope
from tests.audit_cast import Cast, actor, cast, planned_certification, walk_to

NUMBER = "NC-26-00417"


def row(**changes: object) -> ScopeRow:
    """A row of a scope for certification of quality management systems; everything unless told."""
    values: dict[str, object] = {
        "activity": "ms-certification",
        "competence": "urn:iso:std:iso-iec:17021:-1",
        "standard": "urn:iso:std:iso:9001",
    }
    return ScopeRow(**(values | changes))  # type: ignore[arg-type]


@dataclass
class Certified:
    """The audit cast, the bodies above, and what they attested."""

    cast: Cast
    meridian: Organisation
    arrangement: Organisation
    accreditor: Actor
    recogniser: Actor
    recognition: Attestation
    accreditation: Attestation
    certificate: Attestation

    def decide(self, decision: DecisionKind, *, at: dt.datetime, **more: object) -> Decision:
        """Northfield's decision maker decides about the certificate."""
        return actions.decide_about(
            attestation_id=self.certificate.pk,
            decision=decision,
            by=self.cast.decider,
            at=at,
            **({"reasons": "Surveillance was not allowed"} | more),  # type: ignore[arg-type]
        )


def attest_by_decision(
    by: Actor, holder: Organisation, *, kind: str, attests: AttestationKind, at: dt.datetime, **grant: object
) -> Attestation:
    """A decided assessment of a body, and the attestation that carries its decision out."""
    standard = str(grant["edition_key"])
    with transaction.atomic(), organisation_scope(by.organisation_id):
        assessment = Assessment.objects.create(
            organisation_id=by.organisation_id,
            client_id=holder.pk,
            number=f"A-{grant['number']}",
            kind=kind,
            title=f"Assessment of {holder.name}",
            standard=standard,
            state=State.DECIDED,
            starts=at.date(),
            ends=at.date(),
            planned_at=at,
        )
        decision = Decision.objects.create(
            organisation_id=by.organisation_id,
            client_id=holder.pk,
            number=f"D-{grant['number']}",
            assessment=assessment,
            kind=DecisionKind.GRANT,
            assessment_kind=kind,
            standard=standard,
            decided_at=at,
            decided_by_id=by.person_id,
            effective_from=at.date(),
        )
        values = {"decided_on": at.date(), "effective_from": at.date(), "expires": None, "statement": ""} | grant
        made = attestations.issue(
            grant=attestations.Grant(decision_id=decision.pk, kind=attests, holder_id=holder.pk, **values),  # type: ignore[arg-type]
            by=by,
            at=at,
        )
        decision.attestation_id = made.pk
        decision.save(update_fields=["attestation_id"])
    return made


def certified(*, began: dt.datetime) -> Certified:
    """Everybody, and everything in order since that moment. Nothing is certified before `began`."""
    house = cast()
    above = began - dt.timedelta(days=365)
    meridian = add_organisation(slug="meridian", name="Meridian Accreditation Service", country="GB", at=above)
    arrangement = add_organisation(slug="arrangement", name="Mutual recognition arrangement", at=above)
    accreditor = actor(meridian, "T. Vidal", Role.DECISION_MAKER)
    recogniser = actor(arrangement, "F. Lopes", Role.DECISION_MAKER)
    attestations.trust_anchor(organisation=arrangement, valid_from=above.date())
    recognition = attest_by_decision(
        recogniser,
        meridian,
        kind="peer_assessment",
        attests=AttestationKind.RECOGNITION,
        at=above,
        edition_key="iso-iec-17011-2017",
        number="MRA-0007",
        scope=(row(),),
    )
    accreditation = attest_by_decision(
        accreditor,
        house.northfield,
        kind="accreditation",
        attests=AttestationKind.ACCREDITATION,
        at=above,
        edition_key="iso-iec-17021-1-2015",
        number="MAS-0042",
        scope=(row(iaf=frozenset({"17", "18"}), countries=frozenset({"GB"}), row="qms"),),
        expires=began.date() + dt.timedelta(days=1400),
    )
    return Certified(
        house, meridian, arrangement, accreditor, recogniser, recognition, accreditation, _certificate(house, began)
    )


def _certificate(house: Cast, began: dt.datetime) -> Attestation:
    audited = began - dt.timedelta(days=30)
    audit = walk_to(planned_certification(house, at=audited), State.REVIEWED, house, at=audited)
    granted = actions.decide(assessment_id=audit.pk, decision=DecisionKind.GRANT, by=house.decider, at=began)
    return actions.attest(
        decision_id=granted.pk,
        by=house.office,
        at=began,
        scope=(row(iaf=frozenset({"17", "18"}), countries=frozenset({"GB"}), editions=frozenset({"2015"}), row="1"),),
        statement="Precision turning and grinding of shafts",
        sites=(Site("Works", "14 Canal Road, Leeds", "GB"),),
        exclusions=(("8.3", "Products are made to customers' drawings"),),
        number=NUMBER,
    )
