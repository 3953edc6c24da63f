"""Home: who lands where, what stands there, and what it costs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assaymark.core.assessment import State
from assaymark.core.parties import Actor
from assaymark.records.assessments import actions
from assaymark.records.findings.models import Nonconformity
from assaymark.records.parties.models import Person
from assaymark.records.registers import actions as registers
from tests import audit_cast
from tests.readiness_cast import finding, instrument
from tests.register_cast import Company

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Numbers in the rail are kept in the cache."""
    cache.clear()


def signed_in(person: Any) -> Client:
    """A browser of somebody."""
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def home(company: Company, query: str = "", *, who: str = "anna") -> str:
    """The home page as somebody of the company sees it."""
    answer = signed_in(company.people[who]).get(f"/o/{company.slug}/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def process(company: Company, title: str) -> Any:
    """A process in use."""
    owner = str(company.anna.person_id)
    row = company.add("processes", title, owner=owner, inputs="Bars", outputs="Shafts", measures="Scrap")
    registers.move(register="processes", row_id=row.pk, to="active", by=company.anna, at=timezone.now())
    return row


class TestWhoLandsWhere:
    def test_a_contributor_lands_on_my_work(self, halden: Company) -> None:
        answer = signed_in(halden.people["carl"]).get(f"/o/{halden.slug}/")
        assert (answer.status_code, answer.url) == (302, f"/o/{halden.slug}/work/")  # type: ignore[attr-defined]

    def test_a_viewer_sees_the_matrix(self, halden: Company) -> None:
        assert "Interested parties and what they need" in home(halden, who="vera")

    def test_an_outsider_finds_nothing(self, halden: Company, elsewhere: Company) -> None:
        assert signed_in(elsewhere.people["anna"]).get(f"/o/{halden.slug}/").status_code == 404


class TestTheMatrixOnThePage:
    def test_says_where_the_system_stands(self, halden: Company) -> None:
        assert "0 of 11 recorded clauses conform." in home(halden)

    def test_has_a_row_for_every_clause_that_opens_without_scripts(self, halden: Company) -> None:
        assert home(halden).count('<details id="clause-') == 35

    def test_names_the_check_and_links_to_the_record(self, halden: Company) -> None:
        row = instrument(halden, "Micrometer M-07", calibrated=500)
        page = home(halden)
        assert "Measuring equipment in use is within calibration." in page
        assert f'<a href="/o/{halden.slug}/r/measuring-equipment/{row.pk}/">ME-0001 Micrometer M-07</a>' in page

    def test_says_plainly_what_nothing_records(self, halden: Company) -> None:
        assert "No register records this yet" in home(halden)

    def test_escapes_what_people_wrote(self, halden: Company) -> None:
        instrument(halden, "<script>alert(1)</script>", calibrated=500)
        assert "<script>alert(1)" not in home(halden)


class TestTheTabs:
    def test_needs_attention_shows_those_clauses_opened(self, halden: Company) -> None:
        page = home(halden, "?view=attention")
        assert 'id="clause-4.2" open' in page
        assert 'id="clause-8.5"' not in page

    def test_by_process_counts_what_belongs_to_it(self, halden: Company) -> None:
        turning = process(halden, "Turning")
        halden.add("risks", "Furnace fails", likelihood="5", impact="5", process=str(turning.pk))
        page = home(halden, "?view=processes")
        assert "P-0001 Turning" in page
        assert "1 high, untreated" in page
        assert "never" in page

    def test_an_unknown_tab_is_the_first(self, halden: Company) -> None:
        assert home(halden, "?view=%00x").count('<details id="clause-') == 35


class TestTheCards:
    def test_my_work_shows_what_is_late_first(self, halden: Company) -> None:
        finding(halden, "Shaft too thick", at=timezone.now() - 90 * DAY, owner_id=halden.anna.person_id)
        page = home(halden)
        assert "Deal with the finding: NC-0001 Shaft too thick" in page
        assert 'class="when late"' in page

    def test_news_are_what_others_did(self, halden: Company) -> None:
        finding(halden, "Label missing", at=timezone.now())
        halden.add("risks", "My own risk", at=timezone.now())
        page = home(halden)
        assert "NC-0001 Label missing: raised" in page
        assert "My own risk: " not in page

    def test_news_begin_at_the_last_look(self, halden: Company) -> None:
        finding(halden, "Old news", at=timezone.now() - 3 * DAY)
        client = signed_in(halden.people["anna"])
        client.cookies["looked"] = f"|{(timezone.now() - DAY).isoformat()}"
        page = client.get(f"/o/{halden.slug}/").content.decode()
        assert "Since you last looked, " in page
        assert "Old news: raised" not in page

    def test_looking_writes_no_record(self, halden: Company) -> None:
        client = signed_in(halden.people["anna"])
        with CaptureQueriesContext(connection) as queried:
            answer = client.get(f"/o/{halden.slug}/")
        assert [q["sql"] for q in queried if not q["sql"].lstrip("(").startswith("SELECT")] == []
        assert answer.cookies["looked"]["path"] == f"/o/{halden.slug}/"


class TestTheRail:
    def test_counts_what_is_open_by_chapter(self, halden: Company) -> None:
        for n in range(3):
            instrument(halden, f"Micrometer {n}", calibrated=500)
        home(halden)
        page = signed_in(halden.people["anna"]).get(f"/o/{halden.slug}/work/").content.decode()
        support = page[page.index("<span>Support</span>") :]
        assert support.startswith('<span>Support</span><span class="count">4')  # and documents are missing

    def test_shows_the_numbers_of_one_organisation_only(self, halden: Company, elsewhere: Company) -> None:
        instrument(halden, "Micrometer", calibrated=500)
        home(halden)
        page = signed_in(elsewhere.people["anna"]).get(f"/o/{elsewhere.slug}/work/").content.decode()
        assert '<span class="count">' not in page


class TestWhatItCosts:
    def fill(self, company: Company, number: int) -> None:
        """So many nonconformities more, all late."""
        start, at = Nonconformity.objects.count(), timezone.now()
        person: Actor = company.anna
        Nonconformity.objects.bulk_create(
            Nonconformity(
                organisation=company.organisation, number=f"NC-{start + n}", title="x", grade="minor", raised_at=at,
                raised_by_id=person.person_id, raised_by_organisation=company.organisation, owner_id=person.person_id,
                due=(at - DAY).date(), requirement="8.6",
            )
            for n in range(number)
        )  # fmt: skip

    def cost(self, company: Company) -> int:
        """Queries of one look, as long as the number at the rail's watch list is kept."""
        client = signed_in(company.people["anna"])
        client.get(f"/o/{company.slug}/")
        with CaptureQueriesContext(connection) as queried:
            client.get(f"/o/{company.slug}/")
        return len(queried)

    def test_is_the_same_with_ten_and_with_a_thousand_records(self, halden: Company) -> None:
        self.fill(halden, 10)
        few = self.cost(halden)
        self.fill(halden, 1000)
        assert self.cost(halden) == few

    def test_is_at_most_fifteen_queries(self, halden: Company) -> None:
        self.fill(halden, 10)
        assert self.cost(halden) <= 15


class TestTheHomeOfABody:
    @pytest.fixture
    def cast(self, db: None) -> audit_cast.Cast:
        return audit_cast.cast()

    def page(self, cast: audit_cast.Cast, who: Actor) -> str:
        """Home of Northfield."""
        answer = signed_in(Person.objects.get(pk=who.person_id)).get("/o/northfield/")
        assert answer.status_code == 200
        return answer.content.decode()

    def test_says_that_nothing_waits(self, cast: audit_cast.Cast) -> None:
        assert "Nothing is late and nothing waits for a decision." in self.page(cast, cast.office)

    def test_shows_what_waits_for_a_decision(self, cast: audit_cast.Cast) -> None:
        at = audit_cast.NOW - 60 * DAY
        audit_cast.walk_to(audit_cast.planned_certification(cast, at=at), State.REVIEWED, cast, at=at)
        page = self.page(cast, cast.decider)
        assert "1 audit to decide on." in page
        assert "Halden Precision Ltd" in page

    def test_shows_applications_that_nobody_reviewed(self, cast: audit_cast.Cast) -> None:
        actions.apply(body_id=cast.northfield.pk, content=audit_cast.CONTENT, by=cast.novak, at=audit_cast.NOW)
        page = self.page(cast, cast.office)
        assert "1 application to review." in page
        assert "AP-0001 ISO 9001:2015" in page

    def test_shows_the_next_audits(self, cast: audit_cast.Cast) -> None:
        audit_cast.planned_certification(cast, at=timezone.now() + DAY)
        assert "Initial certification: Halden Precision Ltd" in self.page(cast, cast.office)

    def test_costs_at_most_fifteen_queries(self, cast: audit_cast.Cast) -> None:
        audit_cast.planned_certification(cast, at=timezone.now() + DAY)
        client = signed_in(Person.objects.get(pk=cast.office.person_id))
        client.get("/o/northfield/")  # the number at the rail's watch list is kept from now on
        with CaptureQueriesContext(connection) as queried:
            client.get("/o/northfield/")
        assert len(queried) <= 15

    def test_shows_the_client_its_own_matrix(self, cast: audit_cast.Cast) -> None:
        audit_cast.planned_certification(cast, at=timezone.now() + DAY)
        page = signed_in(Person.objects.get(pk=cast.novak.person_id)).get("/o/halden/").content.decode()
        assert "Stage 1 by Northfield Certification" in page
        assert "Next: Stage 1 by Northfield Certification, " in page
