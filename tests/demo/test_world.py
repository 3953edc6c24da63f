"""The demo world as it stands after loading: alive, true to the rules, and with something left to do."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from assaymark.core.documents import State as DocumentState
from assaymark.core.findings import State, reasons_not_to_close
from assaymark.core.parties import Actor
from assaymark.core.programme import DecisionKind
from assaymark.demo.cast import HOUSES, PASSWORD, sign_ins
from assaymark.demo.load import Loaded, load
from assaymark.records.assessments import queries as assessments
from assaymark.records.attestations import export
from assaymark.records.attestations import queries as attestations
from assaymark.records.documents import queries as documents
from assaymark.records.findings import actions as finding_actions
from assaymark.records.findings import queries as findings
from assaymark.records.journal.models import JournalEntry
from assaymark.records.parties.models import Organisation
from assaymark.records.parties.queries import actor_for, organisation_by_slug, person_by_email, sites
from assaymark.records.registers.declared.measuring_equipment import Calibration, MeasuringEquipment
from assaymark.records.registers.declared.objectives import Measurement
from assaymark.records.scope import organisation_scope
from assaymark.records.watch import queries as watching
from assaymark.verify import Input, verify

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.usefixtures("world")]

NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
TODAY = NOW.date()
YES = {"authentic": "yes", "in_force": "yes", "accredited": "yes", "recognised": "yes"}


@dataclass
class Told:
    """What loading came to, and what it showed on the way."""

    loaded: Loaded
    shown: list[tuple[str, int, int]]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Told]:
    """Loaded once for all of these tests, and undone after them; what a test changes is undone after the test."""
    with django_db_blocker.unblock(), transaction.atomic():
        shown: list[tuple[str, int, int]] = []
        loaded = load(on=TODAY, at=NOW, progress=lambda *step: shown.append(step))
        yield Told(loaded, shown)
        transaction.set_rollback(True)


def house(slug: str) -> Organisation:
    organisation = organisation_by_slug(slug)
    assert organisation is not None
    return organisation


def who(email: str) -> Actor:
    person = person_by_email(email)
    assert person is not None
    slug = email.partition("@")[2].removesuffix(".example")
    actor = actor_for(person_id=person.pk, organisation_slug=slug, at=NOW)
    assert actor is not None
    return actor


def answers(number: str, *, at: dt.datetime = NOW) -> dict[str, str]:
    """The four answers about a certificate, from the bundle of that moment."""
    (row,) = attestations.find_by_number(number=number)
    (verdict,) = verify(
        [Input("bundle.json", export.bundle(row, at=at))], at=at, now=at, anchors=attestations.anchors()
    )
    return {name: finding.answer.value for name, finding in verdict.findings.items()}


def finding(number: str) -> findings.Nonconformity:
    return findings.listed(day=TODAY, view="all").get(number=number)


class TestLoading:
    def test_says_what_it_did(self, world: Told) -> None:
        assert (world.loaded.on, world.loaded.fresh) == (TODAY, True)
        assert world.loaded.acts > 500

    def test_shows_its_progress_up_to_the_end(self, world: Told) -> None:
        done = [step for _, step, _ in world.shown]
        assert done == sorted(done)
        assert world.shown[0][0] == "Standards"
        assert world.shown[-1] == ("Done", 1600, 1600)

    def test_again_changes_nothing(self) -> None:
        with organisation_scope(house("halden").pk):
            before = JournalEntry.objects.count()
            assert load(on=TODAY, at=NOW) == Loaded(TODAY, fresh=False, acts=0)
            assert JournalEntry.objects.count() == before

    def test_lets_everybody_in_who_is_in_the_table(self) -> None:
        for line in sign_ins():
            person = authenticate(username=line.email, password=PASSWORD)
            assert person is not None and str(person) == line.name

    def test_lets_nobody_else_in(self) -> None:
        assert authenticate(username="k.adair@halden.example", password=PASSWORD) is None

    def test_writes_nothing_into_the_future(self) -> None:
        for one in HOUSES:
            with organisation_scope(house(one.slug).pk):
                assert not JournalEntry.objects.filter(at__gt=NOW).exists()

    def test_writes_journals_in_the_order_of_time(self) -> None:
        for one in HOUSES:
            with organisation_scope(house(one.slug).pk):
                moments = list(JournalEntry.objects.order_by("index").values_list("at", flat=True))
            assert moments == sorted(moments)


class TestTheCertificates:
    def test_of_halden_gives_four_yes_today(self) -> None:
        assert answers("NC-26-00417") == YES

    def test_of_halden_still_gives_four_yes_in_six_days(self) -> None:
        (row,) = attestations.find_by_number(number="NC-26-00417")
        later = NOW + dt.timedelta(days=6)
        (verdict,) = verify(
            [Input("bundle.json", export.bundle(row, at=NOW))], at=later, now=later, anchors=attestations.anchors()
        )
        assert {name: f.answer.value for name, f in verdict.findings.items()} == YES

    def test_of_brandt_coatings_is_suspended(self) -> None:
        assert answers("NC-25-00376") == YES | {"in_force": "no"}
        assert answers("NC-25-00376", at=NOW - dt.timedelta(days=5)) == YES

    def test_of_castell_lies_outside_the_accreditation(self) -> None:
        assert answers("NC-26-00398") == YES | {"accredited": "no"}

    def test_of_openfield_is_from_a_body_that_nobody_accredited(self) -> None:
        assert answers("CC-10093") == YES | {"accredited": "no", "recognised": "no"}

    def test_and_what_is_above_them_rest_on_decisions_of_people_outside_the_team(self) -> None:
        for slug in ("northfield", "crestline", "meridian", "arrangement"):
            with organisation_scope(house(slug).pk):
                issued = [row for row in attestations.attestations() if row.organisation.slug == slug]
                taken = list(assessments.decisions().filter(organisation__slug=slug))
                for decision in taken:
                    team = assessments.record(assessment_id=decision.assessment_id).team
                    assert decision.decided_by_id not in {member.person_id for member in team}
            assert {row.pk for row in issued} == {decision.attestation_id for decision in taken}

    def test_make_each_organisation_what_it_is(self) -> None:
        places = {one.slug: attestations.place_in_chain(organisation_id=house(one.slug).pk) for one in HOUSES}
        assert places["halden"] == {"certified"}
        assert places["northfield"] == {"certifies", "accredited"}
        assert places["crestline"] == {"certifies"}
        assert places["meridian"] == {"accredits", "recognised"}
        assert places["arrangement"] == {"recognises"}
        assert places["thornbury"] == frozenset()


class TestHalden:
    @pytest.fixture(autouse=True)
    def at_halden(self) -> Iterator[None]:
        with organisation_scope(house("halden").pk):
            yield

    def test_has_two_years_of_nonconformities_in_every_state(self) -> None:
        rows = list(findings.listed(day=TODAY, view="all"))
        states = Counter(row.state for row in rows)
        assert len(rows) == 47
        assert states[State.CLOSED] == 40
        assert {State.RAISED, State.CONTAINED, State.CAUSE_KNOWN, State.PLANNED, State.CHECK_DUE} <= set(states)
        assert min(row.raised_at for row in rows) < NOW - dt.timedelta(days=700)

    def test_closed_each_with_cause_action_and_check(self) -> None:
        closed = findings.listed(day=TODAY, view="closed").filter(grade__in=["major", "minor"])
        assert closed.count() >= 14
        for row in closed:
            full = findings.record(nonconformity_id=row.pk)
            assert full.cause and full.effective and full.actions.exists() and full.checked_at
            assert full.checked_by_id not in {action.done_by_id for action in full.actions.all()}

    def test_has_the_undersize_shafts_as_the_forty_second(self) -> None:
        row = finding("NC-0042")
        assert (row.title, row.state) == ("Shaft diameter below tolerance in lot 2291", State.CHECK_DUE)
        assert row.assessment is not None and row.line is not None
        assert [likeness.number for likeness in findings.similar_to(row)][:2] == ["NC-0018", "NC-0031"]

    def test_has_one_that_p_novak_may_not_close_and_m_halden_may(self) -> None:
        row = finding("NC-0043")
        novak, manager = who("p.novak@halden.example"), who("m.halden@halden.example")
        (refusal,) = reasons_not_to_close(row.facts(), by=novak.person_id, at=NOW)
        assert refusal.message == "You carried out an action; someone else must close."
        closed = finding_actions.close(nonconformity_id=row.pk, by=manager, at=NOW)
        assert closed.state == State.CLOSED

    def test_has_a_revision_that_waits_for_approval(self) -> None:
        drafts = documents.selected(selection="in-review", words="", order="", on=TODAY)
        assert [(row.title, row.open_label, row.open_state) for row in drafts] == [
            ("Measuring equipment", "3.0", DocumentState.IN_REVIEW)
        ]

    def test_has_documents_in_force_that_changed_over_time(self) -> None:
        def labels(day: int) -> dict[str, str]:
            return {d.title: d.revision for d in documents.in_force(on=TODAY - dt.timedelta(days=day))}

        assert labels(800) == {}
        assert labels(700)["Final inspection and release"] == "1.0"
        assert labels(0)["Final inspection and release"] == "3.0"
        assert len(labels(0)) == 12

    def test_has_46_instruments_one_past_its_date_and_one_blocked(self) -> None:
        rows = list(MeasuringEquipment.objects.all())
        assert len(rows) == 46
        late = [row.title for row in rows if row.state == "in_use" and (row.calibration_due or TODAY) < TODAY]
        assert late == ["Micrometer M-07"]
        assert [row.title for row in rows if row.state == "blocked"] == ["Dial gauge D-03"]
        assert Calibration.objects.count() > 90

    def test_measures_its_objectives_for_two_years(self) -> None:
        days = Measurement.objects.order_by("measured_on").values_list("measured_on", flat=True)
        assert (days[len(days) - 1] - days[0]).days > 680

    def test_has_an_audit_under_way_and_the_next_agreed(self) -> None:
        own = {row.title: row.state for row in assessments.listed(view="open")}
        assert own == {"Stores and dispatch": "started", "Purchasing": "agreed"}

    def test_waits_for_its_second_surveillance(self) -> None:
        ahead = assessments.listed(view="of-us").get(state="agreed")
        assert ahead.title == "Second surveillance of Halden Precision"
        assert ahead.starts == TODAY + dt.timedelta(days=45)


class TestNorthfield:
    def test_has_a_decision_waiting_that_g_marsh_may_not_take_and_v_adeyemi_may(self) -> None:
        with organisation_scope(house("northfield").pk):
            (row,) = assessments.awaiting_decision()
            assert row.client.name == "Thornbury Springs Ltd"
            facts = row.facts()
            refused = {
                name: [
                    refusal.rule
                    for refusal in assessments.refusals_to_decide(
                        facts, by=who(f"{name}@northfield.example"), at=NOW, decision=DecisionKind.GRANT
                    )
                ]
                for name in ("g.marsh", "v.adeyemi")
            }
        assert refused == {"g.marsh": ["DEC-1"], "v.adeyemi": []}

    def test_has_an_application_that_waits_for_its_review(self) -> None:
        with organisation_scope(house("northfield").pk):
            (waiting,) = assessments.applications(state="submitted")
        assert waiting.client.name == "Openfield Software"

    def test_owes_halden_no_surveillance(self) -> None:
        with organisation_scope(house("northfield").pk):
            due = {client.name: client.due for client in assessments.clients(day=TODAY)}
        assert due["Halden Precision Ltd"] == dt.date(2027, 12, 31)
        assert due["Brandt Coatings Ltd"] is not None and due["Brandt Coatings Ltd"] < TODAY


class TestTheOthers:
    def test_castell_has_twelve_sites_and_an_objective_for_each(self) -> None:
        with organisation_scope(house("castell").pk):
            assert len(sites()) == 12
            assert Measurement.objects.count() == 60

    def test_openfield_has_the_handbook(self) -> None:
        with organisation_scope(house("openfield").pk):
            assert documents.documents(on=TODAY).count() == 390
            assert len(documents.in_force(on=dt.date(2019, 7, 1))) == 73

    def test_see_nothing_of_halden(self) -> None:
        with organisation_scope(house("halden").pk):
            row = finding("NC-0042")
        with organisation_scope(house("castell").pk), pytest.raises(ObjectDoesNotExist):
            findings.record(nonconformity_id=row.pk)


class TestTheWatchListOfHalden:
    def test_heard_of_the_coaters_suspension_the_same_afternoon(self) -> None:
        with organisation_scope(house("halden").pk):
            rows = {row.listing.number: row.code for row in watching.listed()}
            (event,) = watching.all_changes()
        assert rows == {"NC-25-00376": "SUSPENDED", "NC-26-00398": "OUT_OF_SCOPE"}
        assert event.noticed_at == dt.datetime(2026, 11, 21, 14, 30, tzinfo=dt.UTC)
        assert (event.question, event.after) == ("in_force", "no")

    @pytest.mark.parametrize("slug", [one.slug for one in HOUSES if one.slug != "halden"])
    def test_is_nobody_elses(self, slug: str) -> None:
        with organisation_scope(house(slug).pk):
            assert watching.counts()["all"] == 0
