"""Arguments of the pages of a body: the house assesses a client of its own, and is itself the client of a body."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from assaymark.core.attestation import AttestationKind
from assaymark.core.competence import RelationKind, TeamRole
from assaymark.core.parties import Actor, Role
from assaymark.core.trust import ScopeRow
from assaymark.records.assessments import actions
from assaymark.records.assessments.actions import ApplicationContent, StagePlan
from assaymark.records.assessments.models import Application, Assessment, Decision, Stage
from assaymark.records.assessments.suspicion import found
from assaymark.records.parties.actions import add_member, add_organisation
from assaymark.records.parties.models import Organisation
from assaymark.records.parties.queries import actor_for
from assaymark.records.scope import organisation_scope
from tests.certification_cast import attest_by_decision
from tests.permission.house import House, arguments_for


def _content(house: House) -> ApplicationContent:
    return ApplicationContent(
        kind="certification",
        standard="iso-9001-2015",
        scope=f"{house.word} turning",
        sites=f"{house.word} works",
        processes=house.word,
        personnel=12,
        consultancy="none",
    )


def _other(house: House, what: str) -> Organisation:
    def founded() -> Organisation:
        slug = f"{what.replace(' ', '-')}-of-{house.organisation.slug}"
        return add_organisation(slug=slug, name=f"{house.word} {what}", at=timezone.now())

    return house.once(f"the {what}", founded)  # type: ignore[no-any-return]


def _application(house: House) -> Application:
    """A client's application to the house, waiting."""

    def entered() -> Application:
        return actions.record_application(
            client_id=_other(house, "client").pk,
            content=_content(house),
            by=house.actors["certification_office"],
            at=timezone.now(),
        )

    return house.once("an application", entered)  # type: ignore[no-any-return]


def _planned(house: House, *, client: Organisation, by: Actor) -> Assessment:
    day = timezone.localdate()
    audit = actions.plan_assessment(
        kind="certification",
        title=f"{house.word} certification",
        standard="iso-9001-2015",
        client_id=client.pk,
        scope=house.word,
        stages=[StagePlan("stage_1", day, day + timedelta(days=1))],
        by=by,
        at=timezone.now(),
    )
    actions.add_member(assessment_id=audit.pk, person_id=by.person_id, role=TeamRole.LEAD, by=by, at=timezone.now())
    return audit


def _assessment(house: House) -> Assessment:
    """The house assesses its client."""
    office = house.actors["certification_office"]
    return house.once(  # type: ignore[no-any-return]
        "an assessment of a client", lambda: _planned(house, client=_other(house, "client"), by=office)
    )


def _of_us(house: House) -> Assessment:
    """A body assesses the house."""

    def planned() -> Assessment:
        body = _other(house, "body")
        member = add_member(
            organisation=body,
            email=f"office@{body.slug}.example",
            name=f"{house.word} office",
            roles=[Role.CERTIFICATION_OFFICE],
            at=timezone.now() - timedelta(days=1),
        )
        by = actor_for(person_id=member.person_id, organisation_slug=body.slug, at=timezone.now())
        assert by is not None
        return _planned(house, client=house.organisation, by=by)

    return house.once("an assessment of the house", planned)  # type: ignore[no-any-return]


def _decision(house: House) -> Decision:
    """A grant that waits to be issued."""

    def taken() -> Decision:
        audit = _assessment(house)
        with organisation_scope(house.organisation.pk):
            return Decision.objects.create(
                organisation=house.organisation,
                client_id=audit.client_id,
                number=f"D-{house.word}",
                assessment=audit,
                kind="grant",
                assessment_kind="certification",
                standard="iso-9001-2015",
                scope=house.word,
                decided_at=timezone.now(),
                decided_by_id=house.actors["decision_maker"].person_id,
                effective_from=timezone.localdate(),
                expires=timezone.localdate() + timedelta(days=1094),
                reasons=house.word,
            )

    return house.once("a grant", taken)  # type: ignore[no-any-return]


@arguments_for("assessments:application", "assessments:change-application", "assessments:review-application")
def application(house: House) -> dict[str, Any]:
    return {"application_id": _application(house).pk}


@arguments_for("assessments:client")
def client(house: House) -> dict[str, Any]:
    return {"client_id": _assessment(house).client_id}


@arguments_for("assessments:decision", "assessments:attest", "api:attest-decision")
def decision(house: House) -> dict[str, Any]:
    return {"decision_id": _decision(house).pk}


@arguments_for(
    "assessments:dates",
    "assessments:answer",
    "assessments:review",
    "assessments:decide",
    "api:review-assessment",
)
def assessment(house: House) -> dict[str, Any]:
    return {"assessment_id": _assessment(house).pk}


@arguments_for("assessments:accept", "assessments:object")
def of_us(house: House) -> dict[str, Any]:
    return {"assessment_id": _of_us(house).pk}


@arguments_for("assessments:end-relation")
def relation(house: House) -> dict[str, Any]:
    row = actions.record_relation(
        client_id=_other(house, "client").pk,
        kind=RelationKind.CONSULTANCY,
        note=house.word,
        by=house.actors["certification_office"],
        at=timezone.now(),
    )
    return {"relation_id": row.pk}


@arguments_for("assessments:suspicion", "assessments:explain-suspicion")
def suspicion(house: House) -> dict[str, Any]:
    """A certificate that was decided before its audit ended."""
    holder, day = _other(house, "early client"), timezone.localdate()
    row = attest_by_decision(
        house.actors["decision_maker"],
        holder,
        kind="certification",
        attests=AttestationKind.CERTIFICATE,
        at=timezone.now(),
        edition_key="iso-9001-2015",
        number=f"E-{house.organisation.slug}",
        statement=f"{house.word} grinding",
        scope=(ScopeRow("ms-certification", "urn:iso:std:iso-iec:17021:-1", "urn:iso:std:iso:9001"),),
        expires=day + timedelta(days=1095),
    )
    with organisation_scope(house.organisation.pk):
        audit = Decision.objects.get(attestation_id=row.pk).assessment
        Stage.objects.create(
            organisation=house.organisation, assessment=audit, kind="stage_2", starts=day, ends=day + timedelta(days=3)
        )
        (digest,) = [one.suspicion.digest for one in found() if one.suspicion.number == row.number]
    return {"digest": digest}


@arguments_for("assessments:suspicious-export")
def table_of_suspicious(house: House) -> dict[str, Any]:
    return {"kind": "csv"}
