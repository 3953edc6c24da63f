"""Bodies of an installation: whoever has an office; what they rest on is read from what they hold, on the day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from assaymark.core.attestation import AttestationKind
from assaymark.core.parties import Role
from assaymark.core.programme import DecisionKind
from assaymark.core.trust import ScopeRow
from assaymark.records.assessments.bodies import Body, bodies
from assaymark.records.attestations import actions as attestations
from assaymark.records.attestations.models import Attestation
from assaymark.records.parties.actions import add_organisation
from assaymark.records.parties.models import Membership, Organisation
from assaymark.records.scope import new_id, organisation_scope, system_scope
from tests.audit_cast import NOW, Cast, actor

ROW = ScopeRow("ms-certification", "urn:iso:std:iso-iec:17021:-1", "urn:iso:std:iso:9001")


def named(cast: Cast, name: str = "Northfield Certification", **asked: object) -> Body:
    """The body of that name as somebody at Halden finds it."""
    found = bodies(at=NOW, but=cast.halden.pk, **asked)  # type: ignore[arg-type]
    return next(body for body in found if body.name == name)


@pytest.fixture
def meridian(cast: Cast) -> Organisation:
    """An accreditation body with an office."""
    made = add_organisation(slug="meridian", name="Meridian Accreditation", at=NOW - timedelta(days=900))
    actor(made, "L. Brunner", Role.ACCREDITATION_ASSESSOR)
    return made


@pytest.fixture
def accredited(cast: Cast, meridian: Organisation) -> Attestation:
    """Northfield's accreditation by Meridian."""
    by = actor(meridian, "T. Vidal", Role.DECISION_MAKER)
    grant = attestations.Grant(
        decision_id=new_id(),
        kind=AttestationKind.ACCREDITATION,
        holder_id=cast.northfield.pk,
        edition_key="iso-iec-17021-1-2015",
        statement="Certification of quality management systems",
        scope=(ROW,),
        decided_on=NOW.date() - timedelta(days=100),
        effective_from=NOW.date() - timedelta(days=100),
        expires=date(2031, 1, 1),
    )
    with transaction.atomic(), organisation_scope(meridian.pk):
        return attestations.issue(grant=grant, by=by, at=NOW - timedelta(days=100))


class TestABody:
    def test_is_whoever_has_an_office(self, cast: Cast, meridian: Organisation) -> None:
        assert [body.slug for body in bodies(at=NOW)] == ["meridian", "northfield"]

    def test_is_none_any_more_when_its_office_has_gone(self, cast: Cast) -> None:
        with system_scope():
            Membership.unscoped.filter(organisation=cast.northfield).update(ended_at=NOW)
        assert bodies(at=NOW) == []

    def test_does_not_apply_to_itself(self, cast: Cast) -> None:
        assert bodies(at=NOW, but=cast.northfield.pk) == []

    def test_rests_on_nobody_until_somebody_attested_it(self, cast: Cast) -> None:
        assert named(cast).standing == ""

    def test_rests_on_who_accredited_it(self, cast: Cast, accredited: Attestation) -> None:
        assert named(cast).standing == "accredited by Meridian Accreditation"
        assert named(cast, "Meridian Accreditation").does == {"accredits"}

    @pytest.mark.parametrize("decision", [DecisionKind.SUSPEND, DecisionKind.WITHDRAW])
    def test_rests_on_nobody_while_that_is_not_in_force(
        self, cast: Cast, accredited: Attestation, decision: DecisionKind
    ) -> None:
        by = actor(accredited.organisation, "S. Econd", Role.DECISION_MAKER)
        with transaction.atomic(), organisation_scope(accredited.organisation_id):
            attestations.carry_out(
                attestation_id=accredited.pk,
                decision=decision,
                decision_id=new_id(),
                decided_on=NOW.date(),
                effective_from=NOW.date(),
                by=by,
                at=NOW,
                reason="No assessment was possible.",
            )
        assert named(cast).standing == ""

    def test_costs_the_same_for_one_and_for_many(self, cast: Cast, accredited: Attestation) -> None:
        counted = []
        for wave in range(2):
            with CaptureQueriesContext(connection) as asked:
                bodies(at=NOW)
            counted.append(len([q for q in asked if "set_config" not in q["sql"]]))
            for number in range(3):
                more = add_organisation(slug=f"b{wave}{number}", name=f"Body {wave}{number}", at=NOW)
                actor(more, "O. Ffice", Role.CERTIFICATION_OFFICE)
        assert counted[0] == counted[1] <= 8
