"""What is due: from every provider, anew each time; reminders once a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assaymark.core.work import Due
from assaymark.records.findings.models import Nonconformity
from assaymark.records.registers import actions as registers
from assaymark.records.work import actions, providers, queries, tasks
from assaymark.records.work.models import Digest
from tests.register_cast import NOW, TODAY, Company


def days(number: int) -> str:
    """The date so many days from today."""
    return (TODAY + dt.timedelta(days=number)).isoformat()


def due(company: Company, title: str, on: str, who: str = "anna") -> Any:
    """A risk whose review is due then."""
    return company.add("risks", title, review_on=on, owner=company.people[who].pk)


def titles(items: Iterable[Due]) -> list[str]:
    """The records' titles."""
    return [item.label.partition(" ")[2] for item in items]


@pytest.fixture
def handed_out(halden: Company) -> Iterator[list[Due]]:
    """A provider that gives what the test puts into the list."""
    given: list[Due] = []

    def provide(*, day: dt.date, person_id: UUID | None) -> Iterable[Due]:
        return [item for item in given if person_id in (None, item.person_id)]

    providers.add("test", provide)
    yield given
    providers.remove("test")


class TestMyWork:
    def test_is_sorted_by_urgency(self, halden: Company) -> None:
        for title, on in (
            ("later", days(8)),
            ("late", days(-1)),
            ("today", days(0)),
            ("week", days(7)),
            ("far", days(91)),
        ):
            due(halden, title, on)
        work = queries.work_of(person_id=halden.anna.person_id, at=NOW)
        assert titles(work.late) == ["late"]
        assert titles(work.soon) == ["today", "week"]
        assert titles(work.later) == ["later"]
        assert work.count == 3

    def test_is_of_the_person_and_of_everybody(self, halden: Company) -> None:
        due(halden, "hers", days(0))
        due(halden, "his", days(0), who="carl")
        halden.add("risks", "nobody's", review_on=days(0))
        assert titles(queries.work_of(person_id=halden.carl.person_id, at=NOW).soon) == ["his"]
        assert titles(queries.work_of_all(at=NOW).soon) == ["hers", "his", "nobody's"]

    def test_is_done_when_the_record_is(self, halden: Company) -> None:
        risk = due(halden, "late", days(-1))
        registers.review(register="risks", row_id=risk.pk, note="", by=halden.anna, at=NOW)
        assert queries.count_of(person_id=halden.anna.person_id, at=NOW) == 0

    def test_leaves_out_what_is_closed_or_retired(self, halden: Company) -> None:
        closed, retired = due(halden, "closed", days(-1)), due(halden, "retired", days(-1))
        registers.move(register="risks", row_id=closed.pk, to="gone", by=halden.anna, at=NOW)
        registers.retire(register="risks", row_id=retired.pk, by=halden.anna, at=NOW, reason="Sold")
        assert queries.count_of(person_id=halden.anna.person_id, at=NOW) == 0

    def test_holds_every_date_of_a_row(self, halden: Company) -> None:
        halden.add("risks", "x", review_on=days(1), treatment_due=days(2), owner=halden.anna.person_id)
        work = queries.work_of(person_id=halden.anna.person_id, at=NOW)
        assert [item.what for item in work.soon] == ["Review the risk", "Finish the treatment"]

    def test_does_not_hold_what_is_due_elsewhere(self, halden: Company, elsewhere: Company) -> None:
        due(elsewhere, "theirs", days(-1))
        assert len(queries.work_of_all(at=NOW)) == 0

    def test_asks_a_constant_number_of_queries(self, halden: Company) -> None:
        counts = []
        for _ in range(2):
            for n in range(15):
                due(halden, f"Risk {n}", days(n))
            with CaptureQueriesContext(connection) as asked:
                queries.work_of_all(at=NOW)
            counts.append(len(asked))
        assert counts[0] == counts[1]

    def test_counts_what_waits_without_a_date(self, halden: Company, handed_out: list[Due]) -> None:
        handed_out.append(Due("Read it", "QP-1 Purchasing", None, halden.anna.person_id, "documents:record"))
        work = queries.work_of(person_id=halden.anna.person_id, at=NOW)
        assert (len(work.undated), work.count) == (1, 1)
        assert queries.count_of(person_id=halden.anna.person_id, at=NOW) == 1


class TestTheNumber:
    def number(self, halden: Company) -> int:
        number = queries.count_of(person_id=halden.anna.person_id, at=NOW)
        assert number == queries.work_of(person_id=halden.anna.person_id, at=NOW).count
        return number

    def test_is_that_of_the_list(self, halden: Company) -> None:
        for name, on in (("late", -1), ("today", 0), ("week", 7), ("later", 8)):
            due(halden, name, days(on))
        due(halden, "his", days(0), who="carl")
        assert self.number(halden) == 3

    def test_counts_each_date_of_a_row(self, halden: Company) -> None:
        halden.add("risks", "x", review_on=days(1), treatment_due=days(2), owner=halden.anna.person_id)
        assert self.number(halden) == 2

    def test_counts_findings_by_the_first_of_their_dates(self, halden: Company) -> None:
        def finding(due_in: int | None, answer_in: int | None, state: str = "raised", **values: Any) -> None:
            Nonconformity.objects.create(
                organisation=halden.organisation, number=f"NC-{Nonconformity.objects.count() + 1}", title="x",
                grade="minor", state=state, raised_at=NOW, raised_by_id=halden.anna.person_id,
                raised_by_organisation=halden.organisation, owner_id=halden.anna.person_id,
                due=None if due_in is None else TODAY + dt.timedelta(days=due_in),
                answer_due=None if answer_in is None else TODAY + dt.timedelta(days=answer_in), **values,
            )  # fmt: skip

        finding(20, None)
        assert self.number(halden) == 0
        finding(20, 3)
        assert self.number(halden) == 1
        finding(20, 3, containment="Blocked")
        assert self.number(halden) == 1
        finding(None, None)
        finding(None, 30)
        assert self.number(halden) == 2
        finding(-1, None, state="planned")
        assert self.number(halden) == 2

    def test_is_one_query_and_never_more_than_a_hundred(self, halden: Company) -> None:
        row = due(halden, "late", days(-1))
        model = type(row)
        model.objects.bulk_create(
            model(
                organisation=halden.organisation, number=f"R-{n + 1000}", title="x", state="open", owner=row.owner,
                review_on=TODAY, created_at=NOW, updated_at=NOW,
            )
            for n in range(120)
        )  # fmt: skip
        with CaptureQueriesContext(connection) as asked:
            assert queries.count_of(person_id=halden.anna.person_id, at=NOW) == queries.MOST_COUNTED
        assert len(asked) == 1


class TestTheDigest:
    def test_tells_each_person_of_their_own(self, halden: Company) -> None:
        due(halden, "Furnace", days(-3))
        due(halden, "Flood", days(2), who="carl")
        assert actions.send_digests(organisation_id=halden.organisation.pk, at=NOW) == 2
        by_address = {m.to[0]: m for m in mail.outbox}
        anna = by_address["anna@halden.example"]
        assert anna.subject == "Halden Castings: 1 late"
        assert "Review the risk: R-0001 Furnace" in anna.body and "3 days late" in anna.body
        assert "/o/halden/r/risks/" in anna.body
        assert by_address["carl@halden.example"].subject == "Halden Castings: 1 due within a week"
        assert "Furnace" not in by_address["carl@halden.example"].body

    def test_is_sent_once_a_day(self, halden: Company) -> None:
        due(halden, "Furnace", days(-3))
        assert [actions.send_digests(organisation_id=halden.organisation.pk, at=NOW) for _ in range(2)] == [1, 0]
        assert actions.send_digests(organisation_id=halden.organisation.pk, at=NOW + dt.timedelta(days=1)) == 1
        assert Digest.objects.count() == 2

    def test_is_not_sent_when_nothing_is_due(self, halden: Company) -> None:
        due(halden, "Furnace", days(30))
        assert actions.send_digests(organisation_id=halden.organisation.pk, at=NOW) == 0

    def test_lets_no_name_into_the_mails_head(self, halden: Company) -> None:
        halden.organisation.name = "Evil\r\nBcc: all@example.com"
        halden.organisation.save()
        due(halden, "x\r\nBcc: y", days(-1))
        actions.send_digests(organisation_id=halden.organisation.pk, at=NOW)
        assert mail.outbox[0].subject == "Evil Bcc: all@example.com: 1 late"
        assert mail.outbox[0].bcc == []

    def test_does_not_go_to_who_has_left(self, halden: Company) -> None:
        due(halden, "Furnace", days(-3))
        halden.people["anna"].is_active = False
        halden.people["anna"].save()
        assert actions.send_digests(organisation_id=halden.organisation.pk, at=NOW) == 0


class TestTheDailyRound:
    def test_waits_once_in_the_queue(self, halden: Company) -> None:
        from django_tasks_db.models import DBTaskResult

        for _ in range(3):
            tasks.start_daily_round()
        waiting = DBTaskResult.objects.filter(task_path=tasks.daily_digests.module_path)
        assert waiting.count() == 1
        assert waiting.get().run_after.hour == 6

    def test_asks_for_the_next_one_when_it_runs(self, halden: Company) -> None:
        from django_tasks_db.models import DBTaskResult

        tasks.daily_digests.call("2026-11-24")
        assert DBTaskResult.objects.filter(task_path=tasks.daily_digests.module_path).count() == 1


class TestThePage:
    def page(self, company: Company, who: str, path: str = "") -> Any:
        """The page as that person sees it."""
        client = Client()
        client.force_login(company.people[who], backend="django.contrib.auth.backends.ModelBackend")
        return client.get(f"/o/{company.slug}/work/{path}")

    def test_leads_to_the_records(self, halden: Company) -> None:
        risk = due(halden, "Furnace", "2026-01-01")
        said = self.page(halden, "anna").content.decode()
        assert f"/o/halden/r/risks/{risk.pk}/" in said
        assert "1 thing is late." in said

    def test_says_when_there_is_nothing(self, halden: Company) -> None:
        assert "Nothing to do" in self.page(halden, "carl").content.decode()

    def test_shows_a_thing_whose_page_does_not_exist(self, halden: Company, handed_out: list[Due]) -> None:
        handed_out.append(Due("Do it", "X-1 thing", None, halden.anna.person_id, "nonsense:record"))
        assert "X-1 thing" in self.page(halden, "anna").content.decode()

    def test_of_everybody_names_who(self, halden: Company) -> None:
        due(halden, "Furnace", "2026-01-01", who="carl")
        assert "Carl of Halden Castings" in self.page(halden, "anna", "all/").content.decode()
