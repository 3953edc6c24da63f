"""The pages of findings: list, reporting, record, steps, refusals beside the button."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assaymark.core.findings import Grade
from assaymark.core.parties import Actor
from assaymark.records.evidence import queries as evidence
from assaymark.records.findings import actions
from assaymark.records.findings.models import Nonconformity
from assaymark.records.parties.models import Person
from assaymark.records.scope import new_id, organisation_scope
from tests.audit_cast import Cast, cast

SHAFT = "Shaft diameter below tolerance in lot 2291"


@pytest.fixture(name="cast")
def everybody(db: None) -> Cast:
    return cast()


def as_(who: Actor) -> Client:
    client = Client()
    client.force_login(Person.objects.get(pk=who.person_id))
    return client


def raised(cast: Cast, title: str = SHAFT, **more: object) -> Nonconformity:
    return actions.raise_finding(title=title, by=cast.osei, at=timezone.now(), **more)  # type: ignore[arg-type]


def address(name: str, *args: object, slug: str = "halden") -> str:
    return reverse(f"findings:{name}", args=[slug, *args])


class TestTheList:
    def test_shows_rows_with_state_and_counts(self, cast: Cast) -> None:
        raised(cast)
        answer = as_(cast.novak).get(address("list"))
        assert answer.status_code == 200
        for words in (SHAFT, "NC-0001", "Raised", "Report a problem"):
            assert words in answer.text

    def test_says_what_it_is_for_while_empty(self, cast: Cast) -> None:
        assert "No finding yet" in as_(cast.novak).get(address("list")).text

    def test_survives_filters_that_make_no_sense(self, cast: Cast) -> None:
        raised(cast)
        answer = as_(cast.novak).get(address("list"), {"process": "x", "sort": "--", "page": "nine", "view": "?"})
        assert answer.status_code == 200

    @pytest.mark.slow
    def test_of_ten_thousand_costs_no_more_queries_than_of_ten(self, cast: Cast) -> None:
        client = as_(cast.novak)
        counted = []
        for many in (10, 9_990):
            now = timezone.now()
            with organisation_scope(cast.halden.pk):
                Nonconformity.objects.bulk_create(
                    Nonconformity(
                        organisation=cast.halden,
                        number=f"NC-{new_id()}"[:30],
                        title=f"Finding {n}",
                        grade=Grade.MINOR.value,
                        owner_id=cast.osei.person_id,
                        process=cast.turning,
                        raised_at=now - timedelta(minutes=n),
                        raised_by_id=cast.osei.person_id,
                        raised_by_organisation=cast.halden,
                    )
                    for n in range(many)
                )
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address("list")).status_code == 200
            counted.append(len([q for q in asked if "set_config" not in q["sql"]]))
        assert counted[0] == counted[1] <= 15


class TestReporting:
    def test_takes_one_sentence(self, cast: Cast) -> None:
        answer = as_(cast.osei).post(address("raise"), {"title": "Oil on the floor"}, follow=True)
        assert "NC-0001 is raised." in answer.text
        assert "Oil on the floor" in answer.text

    def test_keeps_the_photo(self, cast: Cast) -> None:
        photo = SimpleUploadedFile("shaft.jpg", b"\xff\xd8\xff\xe0 a picture", content_type="image/jpeg")
        as_(cast.osei).post(address("raise"), {"title": "Scratch", "photo": photo})
        with organisation_scope(cast.halden.pk):
            row = Nonconformity.objects.get()
            kept = evidence.of(subject_kind="findings.nonconformity", subject_id=row.pk)
        assert [file.name for file in kept.attachments] == ["shaft.jpg"]

    def test_says_beside_the_field_what_is_missing(self, cast: Cast) -> None:
        answer = as_(cast.osei).post(address("raise"), {"happened": "Everywhere"})
        assert answer.status_code == 422
        assert "Everywhere" in answer.text

    def test_is_not_for_viewers_nor_strangers(self, cast: Cast) -> None:
        assert as_(cast.visitor).get(address("raise")).status_code == 403
        assert as_(cast.lead).get(address("raise")).status_code == 404
        assert Client().get(address("raise")).status_code == 302


class TestTheRecord:
    def test_tells_all_that_keeps_it_from_closing_beside_the_button(self, cast: Cast) -> None:
        answer = as_(cast.novak).get(address("record", raised(cast).pk))
        assert "To close it" in answer.text
        for words in ("The cause is not known.", "ISO 9001:2015, 10.2.1 b", "No action against the cause is planned."):
            assert words in answer.text
        assert 'aria-describedby="refusals"' in answer.text

    def test_answers_409_with_the_reasons_when_closed_too_early(self, cast: Cast) -> None:
        answer = as_(cast.novak).post(address("close", raised(cast).pk))
        assert answer.status_code == 409
        assert "Nothing says how it was contained." in answer.text

    def test_costs_at_most_fifteen_queries(self, cast: Cast) -> None:
        row = raised(cast)
        client = as_(cast.novak)
        with CaptureQueriesContext(connection) as asked:
            client.get(address("record", row.pk))
        assert len([q for q in asked if "set_config" not in q["sql"]]) <= 15

    def test_is_404_for_another_organisation(self, cast: Cast) -> None:
        row = raised(cast)
        assert as_(cast.lead).get(address("record", row.pk, slug="northfield")).status_code == 404
        assert as_(cast.lead).get(address("record", row.pk)).status_code == 404

    def test_shows_text_as_text(self, cast: Cast) -> None:
        row = raised(cast, title="<script>alert(1)</script>")
        assert "<script>alert(1)" not in as_(cast.novak).get(address("record", row.pk)).text


class TestTheSteps:
    def walk(self, cast: Cast, row: Nonconformity) -> None:
        """From raised to checked, as people fill the forms in."""
        day = timezone.localdate()
        posts: list[tuple[Actor, str, dict[str, str]]] = [
            (cast.osei, "describe", {"title": SHAFT, "happened": "11 of 80.", "requirement": "8.6", "grade": "minor"}),
            (cast.osei, "contain", {"containment": "Lot blocked.", "correction": "11 scrapped."}),
            (
                cast.osei,
                "cause",
                {
                    "why_1": "Worn anvil",
                    "cause": "Interval by calendar",
                    "similar": "Two more.",
                    "bone_Method": "no hold\nInterval by calendar",
                },
            ),
            (
                cast.novak,
                "action",
                {"description": "Interval by use", "owner": str(cast.osei.person_id), "due": str(day)},
            ),
            (cast.novak, "check-plan", {"criterion": "20 lots", "check_due": str(day)}),
            (cast.novak, "consider", {"risks": "none", "changes": "WI-014"}),
        ]
        for who, name, data in posts:
            answer = as_(who).post(address("step", row.pk, name), data)
            assert answer.status_code == 302, (name, answer.text)
        with organisation_scope(cast.halden.pk):
            action = row.actions.get()
        as_(cast.osei).post(address("done", row.pk, action.pk))
        as_(cast.novak).post(address("step", row.pk, "check"), {"effective": "yes", "result": "20 lots, none."})

    def test_lead_to_a_closed_finding_with_its_whole_story(self, cast: Cast) -> None:
        row = raised(cast)
        self.walk(cast, row)
        page = as_(cast.novak).get(address("record", row.pk)).text
        for words in ("Lot blocked.", "Why 1:", "<svg", "Interval by use", "1 of 1 done", "20 lots, none."):
            assert words in page
        answer = as_(cast.novak).post(address("close", row.pk), follow=True)
        assert "NC-0001 is closed." in answer.text

    @pytest.mark.parametrize("name", ["describe", "contain", "cause", "action", "check-plan", "check", "consider"])
    def test_each_open_as_a_form_that_says_why(self, cast: Cast, name: str) -> None:
        answer = as_(cast.osei).get(address("step", raised(cast).pk, name))
        assert answer.status_code == 200
        assert "(10.2" in answer.text

    def test_say_what_is_missing_and_what_is_refused(self, cast: Cast) -> None:
        row = raised(cast)
        assert as_(cast.osei).post(address("step", row.pk, "contain"), {}).status_code == 422
        data = {"description": "Train", "owner": str(cast.osei.person_id), "due": "2027-01-01"}
        answer = as_(cast.osei).post(address("step", row.pk, "action"), data)
        assert answer.status_code == 409
        assert "The cause is not known yet." in answer.text
        assert 'value="Train"' in answer.text

    def test_are_not_for_viewers(self, cast: Cast) -> None:
        row = raised(cast)
        assert as_(cast.visitor).get(address("step", row.pk, "cause")).status_code == 403
        assert as_(cast.osei).post(address("close", row.pk)).status_code == 403
        assert as_(cast.novak).get(address("step", row.pk, "nonsense")).status_code == 404
