"""Suspicious patterns: who sees which, and what is said of them by whom."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from assaymark.core.attestation import AttestationKind
from assaymark.core.parties import Actor, Role
from assaymark.core.refusal import Forbidden, Refused
from assaymark.core.suspicion import Pattern
from assaymark.records.assessments import actions
from assaymark.records.assessments.models import Decision, Explanation, Stage, TeamMember
from assaymark.records.assessments.suspicion import Found, find, found
from assaymark.records.attestations.models import Scope
from assaymark.records.journal.models import JournalEntry
from assaymark.records.register import own
from assaymark.records.register.models import SectorOf
from assaymark.records.scope import organisation_scope
from tests.audit_cast import actor
from tests.certification_cast import NUMBER, Certified, attest_by_decision, certified, row
from tests.records.register.conftest import Take, entry
from tests.records.register.conftest import take as take

BEGAN = dt.datetime(2026, 5, 4, 9, 0, tzinfo=dt.UTC)
LATER = BEGAN + dt.timedelta(days=30)
NORTHFIELD = "Northfield Certification"


@pytest.fixture
def world(db: None) -> Certified:
    """Halden certified by Northfield, which Meridian accredited for sectors 17 and 18."""
    world = certified(began=BEGAN)
    own.refresh(at=BEGAN + dt.timedelta(days=1))
    return world


def seen(by: Actor) -> list[Found]:
    with organisation_scope(by.organisation_id):
        return found()


def patterns(by: Actor) -> list[Pattern]:
    return [one.suspicion.pattern for one in seen(by)]


def decided_by_an_auditor(world: Certified) -> Found:
    """The decision maker was in the team."""
    with organisation_scope(world.cast.northfield.pk):
        decision = Decision.objects.get(attestation_id=world.certificate.pk)
        TeamMember.objects.filter(assessment_id=decision.assessment_id, role="lead").update(
            person_id=decision.decided_by_id
        )
    (one,) = seen(world.cast.office)
    return one


def decided_early(world: Certified) -> Found:
    with organisation_scope(world.cast.northfield.pk):
        decision = Decision.objects.get(attestation_id=world.certificate.pk)
        Stage.objects.filter(assessment_id=decision.assessment_id, kind="stage_2").update(
            ends=decision.decided_at.date() + dt.timedelta(days=3)
        )
    (one,) = seen(world.cast.office)
    return one


def outside(world: Certified) -> None:
    """The accreditation covers 18 only; the certificate, also as it is listed, is for 17."""
    with organisation_scope(world.meridian.pk):
        Scope.objects.filter(attestation=world.accreditation).update(iaf=["18"])


class TestWhatABodySees:
    def test_is_nothing_when_all_is_in_order(self, world: Certified) -> None:
        assert patterns(world.cast.office) == []

    def test_names_the_records_in_which_the_facts_stand(self, world: Certified) -> None:
        (one,) = [decided_by_an_auditor(world)]
        assert one.suspicion.pattern is Pattern.OWN_DECISION
        assert [(e.kind, e.name) for e in one.suspicion.evidence] == [
            ("certificate", NUMBER), ("audit", "CA-0001"), ("decision", one.suspicion.evidence[2].name),
        ]  # fmt: skip

    def test_holds_its_number_in_another_register_against_its_own_certificate(
        self, world: Certified, take: Take
    ) -> None:
        take("2026-06-01", [entry(NUMBER, "Quite Another GmbH")], source_name="Foreign")
        facts = {one.suspicion.holder: one.suspicion.facts for one in seen(world.cast.office)}
        assert facts == {
            "Halden Precision Ltd": "The same number is on a certificate of Quite Another GmbH (Foreign).",
            "Quite Another GmbH": "The same number is on a certificate of Halden Precision Ltd.",
        }

    def test_holds_its_number_elsewhere_against_a_certificate_that_it_does_not_publish(
        self, world: Certified, take: Take
    ) -> None:
        with organisation_scope(world.cast.northfield.pk):
            type(world.certificate).objects.filter(pk=world.certificate.pk).update(public=False)
        own.refresh(at=LATER)
        take("2026-06-01", [entry(NUMBER, "Quite Another GmbH")])
        assert patterns(world.cast.office) == [Pattern.NUMBER_TWICE, Pattern.NUMBER_TWICE]
        assert patterns(world.accreditor) == []

    def test_meets_its_own_certificates_in_another_register_without_a_pattern(
        self, world: Certified, take: Take
    ) -> None:
        take("2026-06-01", [entry(NUMBER, "HALDEN PRECISION LIMITED")])
        assert patterns(world.cast.office) == []

    def test_is_not_seen_by_its_clients_nor_by_strangers(self, world: Certified) -> None:
        decided_by_an_auditor(world)
        assert patterns(world.cast.novak) == []
        assert patterns(world.recogniser) == []

    def test_takes_as_many_queries_for_three_certificates_as_for_one(self, world: Certified) -> None:
        def queries() -> int:
            with CaptureQueriesContext(connection) as told:
                seen(world.cast.office)
                seen(world.accreditor)
            return len(told)

        before = queries()
        for number, days in (("NC-2", 3), ("NC-3", 5)):
            at = BEGAN + dt.timedelta(days=days)
            attest_by_decision(
                world.cast.decider, world.cast.halden, kind="certification", attests=AttestationKind.CERTIFICATE,
                at=at, edition_key="iso-9001-2015", number=number, scope=(row(iaf=frozenset({"17"})),),
                expires=at.date() + dt.timedelta(days=1000),
            )  # fmt: skip
        assert queries() == before


class TestWhatAnAccreditationBodySees:
    def test_is_a_code_outside_its_accreditation_as_the_body_publishes_it(self, world: Certified) -> None:
        outside(world)
        (one,) = seen(world.accreditor)
        assert (one.suspicion.pattern, one.suspicion.facts, one.accredited) == (
            Pattern.OUTSIDE, "Codes that the accreditation does not cover: 17.", True,
        )  # fmt: skip
        assert (one.suspicion.body, one.suspicion.number) == (NORTHFIELD, NUMBER)
        assert [e.kind for e in one.suspicion.evidence] == ["listing"]

    def test_is_a_number_twice_in_registers(self, world: Certified, take: Take) -> None:
        take("2026-06-01", [entry(NUMBER, "Quite Another GmbH")], source_name="Foreign")
        assert patterns(world.accreditor) == [Pattern.NUMBER_TWICE, Pattern.NUMBER_TWICE]

    def test_is_an_ended_mark(self, world: Certified, take: Take) -> None:
        take("2026-06-01", [entry("NC-99", "Brinkmann", accreditation_body="SINCERT")])
        assert patterns(world.accreditor) == [Pattern.OBSOLETE_MARK]

    def test_is_nothing_of_the_bodys_own_records(self, world: Certified) -> None:
        decided_by_an_auditor(world)
        assert patterns(world.accreditor) == []

    def test_is_nothing_that_the_body_does_not_publish(self, world: Certified) -> None:
        outside(world)
        with organisation_scope(world.cast.northfield.pk):
            type(world.certificate).objects.filter(pk=world.certificate.pk).update(public=False)
        own.refresh(at=LATER)
        assert patterns(world.accreditor) == []

    def test_is_nothing_of_what_was_issued_before_it_accredited(self, world: Certified) -> None:
        with organisation_scope(world.meridian.pk):
            Scope.objects.filter(attestation=world.accreditation).update(iaf=["18"])
            type(world.accreditation).objects.filter(pk=world.accreditation.pk).update(
                original_issue=LATER.date(), valid_from=LATER.date()
            )
        assert patterns(world.accreditor) == []

    def test_is_nothing_where_it_covers_all_codes(self, world: Certified) -> None:
        with organisation_scope(world.meridian.pk):
            Scope.objects.filter(attestation=world.accreditation).update(iaf=["*"])
        SectorOf.objects.create(code="39", listing_id=SectorOf.objects.values_list("listing_id", flat=True)[0])
        assert patterns(world.accreditor) == []


class TestWhatIsExplained:
    def aside(
        self, world: Certified, one: Found, *, by: Actor | None = None, reason: str = "Typed wrongly."
    ) -> Explanation:
        return actions.put_aside(digest=one.suspicion.digest, reason=reason, by=by or world.cast.office, at=LATER)

    def test_is_put_aside_with_who_said_so_and_in_the_journal(self, world: Certified) -> None:
        self.aside(world, decided_early(world))
        (one,) = seen(world.cast.office)
        assert one.aside
        assert [(e.reason, e.by.name, e.aside) for e in one.said] == [("Typed wrongly.", "C. Office", True)]
        with organisation_scope(world.cast.northfield.pk):
            entry = JournalEntry.objects.order_by("index").last()
            assert entry is not None
            assert entry.verb == "assessments.suspicion_put_aside"

    def test_comes_back_when_its_facts_change(self, world: Certified) -> None:
        self.aside(world, decided_early(world))
        with organisation_scope(world.cast.northfield.pk):
            Stage.objects.filter(kind="stage_2").update(ends=BEGAN.date() + dt.timedelta(days=9))
        (one,) = seen(world.cast.office)
        assert (one.aside, one.said) == (False, ())

    def test_is_taken_up_again_and_keeps_all_that_was_said(self, world: Certified) -> None:
        one = decided_early(world)
        self.aside(world, one)
        actions.take_up(
            digest=one.suspicion.digest, reason="The paper says otherwise.", by=world.cast.reviewer, at=LATER
        )
        (again,) = seen(world.cast.office)
        assert not again.aside
        assert [e.reason for e in again.said] == ["Typed wrongly.", "The paper says otherwise."]

    @pytest.mark.parametrize("reason", ["", "  \n"])
    def test_needs_a_reason(self, world: Certified, reason: str) -> None:
        with pytest.raises(Refused, match="No explanation is given"):
            self.aside(world, decided_early(world), reason=reason)

    def test_is_not_put_aside_twice_nor_taken_up_when_it_is_open(self, world: Certified) -> None:
        one = decided_early(world)
        with pytest.raises(Refused, match="It is not put aside"):
            actions.take_up(digest=one.suspicion.digest, reason="Why not", by=world.cast.office, at=LATER)
        self.aside(world, one)
        with pytest.raises(Refused, match="It was put aside already"):
            self.aside(world, one)

    @pytest.mark.parametrize("spoil", [decided_by_an_auditor, decided_early])
    def test_is_not_explained_by_who_decided(self, world: Certified, spoil) -> None:  # type: ignore[no-untyped-def]
        one = spoil(world)
        both = Actor(
            person_id=world.cast.decider.person_id, name=world.cast.decider.name,
            organisation_id=world.cast.northfield.pk, organisation_slug="northfield", organisation_name=NORTHFIELD,
            roles=frozenset({Role.DECISION_MAKER, Role.CERTIFICATION_OFFICE}),
        )  # fmt: skip
        with pytest.raises(Refused, match="about your own decision"):
            self.aside(world, one, by=both)

    def test_is_explained_by_the_office_alone(self, world: Certified) -> None:
        one = decided_early(world)
        for by in (world.cast.decider, world.cast.lead):
            with pytest.raises(Forbidden):
                self.aside(world, one, by=by)

    def test_is_there_only_as_long_as_the_facts_stand(self, world: Certified) -> None:
        with pytest.raises(Explanation.DoesNotExist):
            actions.put_aside(digest="0" * 32, reason="Nothing there", by=world.cast.office, at=LATER)

    def test_by_the_body_says_nothing_to_the_accreditation_body_and_the_other_way_round(self, world: Certified) -> None:
        outside(world)
        (ours,), (theirs,) = seen(world.cast.office), seen(world.accreditor)
        assessor = actor(world.meridian, "S. Okafor", Role.ACCREDITATION_ASSESSOR)
        self.aside(world, ours)
        self.aside(world, theirs, by=assessor, reason="A pilot that we agreed to.")
        assert [e.reason for one in seen(world.cast.office) for e in one.said] == ["Typed wrongly."]
        assert [e.reason for one in seen(world.accreditor) for e in one.said] == ["A pilot that we agreed to."]
        with pytest.raises(Explanation.DoesNotExist):
            self.aside(world, theirs)

    def test_of_somebody_else_is_not_found_by_its_digest(self, world: Certified) -> None:
        one = decided_early(world)
        with organisation_scope(world.cast.halden.pk), pytest.raises(Explanation.DoesNotExist):
            find(digest=one.suspicion.digest)

    def test_stands_as_it_was_said(self, world: Certified) -> None:
        row = self.aside(world, decided_early(world))
        with organisation_scope(world.cast.northfield.pk):
            for change in (lambda: Explanation.objects.update(reason="Better"), lambda: row.delete()):
                with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                    change()
            assert Explanation.objects.get().reason == "Typed wrongly."
