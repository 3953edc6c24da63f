"""Findings leave as the list shows them: filtered, with known columns, harmless in a spreadsheet, only one's own."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assaymark.core.parties import Actor
from assaymark.formats import xlsx
from assaymark.records.findings import actions, tables
from assaymark.records.parties.models import Person
from assaymark.records.scope import organisation_scope
from tests.audit_cast import Cast, cast


@pytest.fixture(name="cast")
def everybody(db: None) -> Cast:
    return cast()


def as_(who: Actor) -> Client:
    client = Client()
    client.force_login(Person.objects.get(pk=who.person_id))
    return client


def raised(who: Actor, title: str, **more: Any) -> Any:
    return actions.raise_finding(title=title, by=who, at=timezone.now(), **more)


def table(who: Actor, slug: str = "halden", **asked: Any) -> list[dict[str, str]]:
    """The exported CSV, a dictionary a row."""
    answer = as_(who).get(reverse("findings:export", args=[slug, "csv"]), asked)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith(f'attachment; filename="{slug}-findings-')
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


class TestTheExport:
    def test_holds_the_rows_that_the_list_shows(self, cast: Cast) -> None:
        raised(cast.osei, "Shaft below tolerance", requirement="8.6")
        raised(cast.osei, "Coolant foams", requirement="7.1.4")
        assert {row["What"] for row in table(cast.novak)} == {"Shaft below tolerance", "Coolant foams"}
        assert [row["What"] for row in table(cast.novak, q="shaft")] == ["Shaft below tolerance"]
        assert [row["Requirement"] for row in table(cast.novak, clause="7")] == ["7.1.4"]
        assert table(cast.novak, view="closed") == []

    def test_has_the_columns_asked_for_in_the_order_of_the_table(self, cast: Cast) -> None:
        raised(cast.osei, "Shaft below tolerance")
        assert list(table(cast.novak, columns=["title", "number"])[0]) == ["Number", "What"]

    def test_has_no_column_that_is_not_listed(self, cast: Cast) -> None:
        raised(cast.osei, "Shaft below tolerance")
        everything = [heading for heading, _ in tables.COLUMNS.values()]
        for hostile in ("organisation_id", "owner__password", "pk", "__class__", ""):
            assert list(table(cast.novak, columns=hostile)[0]) == everything

    def test_is_harmless_in_a_spreadsheet(self, cast: Cast) -> None:
        raised(cast.osei, '=HYPERLINK("http://x.example";"click")', happened="@SUM(A1:A9)")
        row = table(cast.novak)[0]
        assert row["What"].startswith("'=HYPERLINK")
        assert row["What happened"].startswith("'@SUM")

    def test_is_a_workbook_too(self, cast: Cast) -> None:
        raised(cast.osei, "Shaft below tolerance")
        answer = as_(cast.novak).get(reverse("findings:export", args=["halden", "xlsx"]), {"columns": "title"})
        [sheet] = xlsx.read(content=answer.content)
        assert (sheet.name, sheet.headings, sheet.rows) == ("Findings", ("What",), (("Shaft below tolerance",),))

    def test_of_another_kind_is_not_found(self, cast: Cast) -> None:
        assert as_(cast.novak).get("/o/halden/findings/export.pdf").status_code == 404

    def test_survives_filters_that_make_no_sense(self, cast: Cast) -> None:
        raised(cast.osei, "Shaft below tolerance")
        assert len(table(cast.novak, view="?", grade="worst", process="x", owner="'", sort="--", q="")) == 1

    def test_keeps_the_good_filters_beside_a_bad_one(self, cast: Cast) -> None:
        raised(cast.osei, "Shaft below tolerance")
        raised(cast.osei, "Coolant foams")
        assert [row["What"] for row in table(cast.novak, q="coolant", process="x")] == ["Coolant foams"]

    def test_costs_as_many_queries_for_many_as_for_few(self, cast: Cast) -> None:
        client, asked = as_(cast.novak), []
        for _ in range(2):
            for n in range(10):
                raised(cast.osei, f"Finding {n}", owner_id=cast.osei.person_id, process_id=cast.turning.pk)
            with CaptureQueriesContext(connection) as captured:
                client.get(reverse("findings:export", args=["halden", "csv"]))
            asked.append(len(captured))
        assert asked[0] == asked[1]

    def test_stands_on_the_list_with_its_filters(self, cast: Cast) -> None:
        raised(cast.osei, "Shaft below tolerance")
        page = as_(cast.novak).get(reverse("findings:list", args=["halden"]), {"q": "shaft", "page": "1"}).text
        assert "/o/halden/findings/export.xlsx?q=shaft" in page
        assert "/o/halden/findings/export.csv?q=shaft" in page


class TestWhoMay:
    def test_holds_nothing_of_another_organisation(self, cast: Cast) -> None:
        raised(cast.osei, "Ours")
        with organisation_scope(cast.northfield.pk):
            raised(cast.office, "Theirs, KANARIE")
        for asked in ({}, {"view": "all"}, {"q": "KANARIE", "view": "all"}, {"columns": "happened", "view": "all"}):
            assert all("KANARIE" not in str(row) for row in table(cast.novak, **asked))
        assert as_(cast.novak).get(reverse("findings:export", args=["northfield", "csv"])).status_code == 404

    def test_asks_whoever_is_not_signed_in_to_do_so(self, cast: Cast) -> None:
        assert Client().get(reverse("findings:export", args=["halden", "csv"])).status_code == 302
