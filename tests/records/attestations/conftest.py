"""The chain of the cast: Halden certified by Northfield, accredited by Meridian, recognised by the arrangement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.db import transaction

from assaymark.core.attestation import AttestationKind, Site
from assaymark.core.parties import Actor, Role
from assaymark.core.programme import DecisionKind
from assaymark.core.trust import EVERYTHING, ScopeRow
from assaymark.records.attestations import actions
from assaymark.records.attestations.models import Attestation
from assaymark.records.parties.actions import add_member, add_organisation
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import organisation_scope

NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)
QMS = "urn:iso:std:iso:9001"
COMPETENCE = "urn:iso:std:iso-iec:17021:-1:2015"


def row(**changes: object) -> ScopeRow:
    """A scope row for certification of quality management systems; everything unless told."""
    values: dict[str, object] = {"activity": "ms-certification", "competence": COMPETENCE, "standard": QMS}
    return ScopeRow(**(values | changes))  # type: ignore[arg-type]


@dataclass
class Chain:
    """The four parties, who decides at each body, and what they attested."""

    halden: Organisation
    northfield: Organisation
    meridian: Organisation
    arrangement: Organisation
    deciders: dict[str, Actor]
    recognition: Attestation
    accreditation: Attestation
    certificate: Attestation

    def decide(
        self, which: Attestation, decision: DecisionKind, *, at: dt.datetime, reason: str = "", **more: object
    ) -> Attestation:
        """Carry out a decision of the issuer's decision maker."""
        by = self.deciders[which.organisation.slug]
        with transaction.atomic(), organisation_scope(by.organisation_id):
            return actions.carry_out(
                attestation_id=which.pk,
                decision=decision,
                decision_id=uuid4(),
                decided_on=at.date(),
                effective_from=at.date(),
                by=by,
                at=at,
                reason=reason,
                **more,  # type: ignore[arg-type]
            )


def decider(organisation: Organisation) -> Actor:
    """The body's decision maker."""
    member = add_member(
        organisation=organisation,
        email=f"decides@{organisation.slug}.example",
        name=f"Decision maker of {organisation.name}",
        roles=[Role.DECISION_MAKER],
        at=NOW,
    )
    return Actor(
        member.person_id,
        member.person.name,
        organisation.pk,
        organisation.slug,
        organisation.name,
        frozenset({Role.DECISION_MAKER}),
    )


def grant(by: Actor, holder: Organisation, kind: AttestationKind, at: dt.datetime, **changes: object) -> Attestation:
    """Carry out a grant."""
    values: dict[str, object] = {
        "decision_id": uuid4(),
        "kind": kind,
        "holder_id": holder.pk,
        "edition_key": "iso-9001-2015",
        "statement": "Precision turning and grinding of shafts",
        "scope": (row(),),
        "decided_on": at.date(),
        "effective_from": at.date(),
        "expires": at.date() + dt.timedelta(days=3 * 365),
    }
    with transaction.atomic(), organisation_scope(by.organisation_id):
        return actions.issue(grant=actions.Grant(**(values | changes)), by=by, at=at)  # type: ignore[arg-type]


@pytest.fixture
def chain(db: None, settings: LazySettings, tmp_path: object) -> Chain:
    """Everything in order since a year ago."""
    began = NOW - dt.timedelta(days=365)
    made = {
        slug: add_organisation(slug=slug, name=name, country=country, at=began)
        for slug, name, country in (
            ("halden", "Halden Precision Ltd", "GB"),
            ("northfield", "Northfield Certification", "GB"),
            ("meridian", "Meridian Accreditation Service", "GB"),
            ("arrangement", "Mutual recognition arrangement", ""),
        )
    }
    deciders = {slug: decider(made[slug]) for slug in ("northfield", "meridian", "arrangement")}
    actions.trust_anchor(organisation=made["arrangement"], valid_from=began.date())
    recognition = grant(
        deciders["arrangement"],
        made["meridian"],
        AttestationKind.RECOGNITION,
        began,
        edition_key="iso-iec-17011-2017",
        expires=None,
        number="REC-1",
    )
    accreditation = grant(
        deciders["meridian"],
        made["northfield"],
        AttestationKind.ACCREDITATION,
        began,
        edition_key="iso-iec-17021-1-2015",
        number="ACC-0042",
        scope=(row(iaf=frozenset({"17", "18"}), countries=frozenset({"GB"}), row="r1"),),
    )
    certificate = grant(
        deciders["northfield"],
        made["halden"],
        AttestationKind.CERTIFICATE,
        began,
        number="NC-26-00417",
        scope=(row(iaf=frozenset({"17"}), countries=frozenset({"GB"}), editions=EVERYTHING),),
        sites=(Site("Works", "14 Canal Road, Leeds", "GB"),),
    )
    return Chain(
        **made, deciders=deciders, recognition=recognition, accreditation=accreditation, certificate=certificate
    )


@pytest.fixture
def verdict(chain: Chain) -> Callable[..., dict[str, str]]:
    """The four answers about Halden's certificate from a bundle written then and read at another time."""
    from assaymark.records.attestations import export, queries
    from assaymark.verify import Input, verify

    def answers(written: dt.datetime, read: dt.datetime | None = None, *, pdf: bool = False) -> dict[str, str]:
        found = queries.public_attestation(issuer_slug="northfield", number="NC-26-00417")
        data = export.pdf(found, at=written) if pdf else export.bundle(found, at=written)
        (one,) = verify([Input("file", data)], at=read or written, anchors=queries.anchors())
        return {name: finding.answer.value for name, finding in one.findings.items()}

    return answers
