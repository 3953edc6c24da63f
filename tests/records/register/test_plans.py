"""Rare answers among many listings: each question is led by an index that holds nothing but what it asks for.

Ten thousand listings stand in the table, of which nearly all are valid ones in China; the plans are those that the
engines make for them.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assaymark.records.register import bulk, queries
from assaymark.records.register.models import Listing, Party, Source

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 24)
MANY = 10_000
_COLUMNS = (
    "id", "source_id", "identity", "kind", "number", "number_key", "body_id", "holder_id", "standard", "standard_key",
    "country", "status", "expires", "public", "listed_from", "listed_until", "changed_at", "seq", "digest",
    "verdict_code", "verdicts",
)  # fmt: skip


@pytest.fixture
def many(db: None) -> dict[str, int]:
    """Every thousandth withdrawn, three of them in Malta, one lapsed, one gone, and one accreditation."""
    source = Source.objects.create(key="many", name="Many")
    body, holder = (
        Party.objects.create(source=source, role=role, identity=role, name=role.title()) for role in ("body", "holder")
    )
    rare = {
        4321: {"country": "MT", "status": "withdrawn"},
        6543: {"country": "MT", "status": "withdrawn"},
        8765: {"country": "MT", "status": "suspended"},
        5432: {"status": "expired"},
        7654: {"expires": "2026-01-31"},
        9876: {"listed_until": "2026-02-01"},
        9999: {"kind": "accreditation"},
    }
    moment = bulk.moment(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    ordinary = {
        "source_id": source.pk, "kind": "certificate", "body_id": body.pk, "holder_id": holder.pk, "country": "CN",
        "standard": "ISO 9001:2015", "standard_key": "iso9001", "status": "valid", "expires": "2028-12-31",
        "public": True, "listed_from": "2026-01-01", "listed_until": None, "changed_at": moment, "seq": 1,
        "digest": "", "verdict_code": "", "verdicts": "",
    }  # fmt: skip
    rows = []
    for n in range(1, MANY + 1):
        own = {"id": n, "identity": f"i{n}", "number": f"N-{n}", "number_key": f"N{n}"}
        status = {"status": "withdrawn"} if n % 1000 == 0 else {}
        values = ordinary | own | status | rare.get(n, {})
        rows.append([values[name] for name in _COLUMNS])
    bulk.insert("register_listing", _COLUMNS, rows)
    bulk.analyse(["register_listing"])
    return {"body_id": body.pk}


def asked(**filters: Any) -> tuple[list[int], str]:
    """What is found, and the plans of the statements that found it."""
    with CaptureQueriesContext(connection) as caught:
        page = queries.search(on=DAY, **filters)
    plans = []
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        for one in caught.captured_queries:
            if one["sql"].startswith("SELECT l.id"):
                cursor.execute(f"{explain} {one['sql']}")
                plans.append("\n".join(str(row[-1]) for row in cursor.fetchall()))
    return [hit.row.pk for hit in page.hits], "\n".join(plans)


class TestAQuestionForWhatIsRare:
    @pytest.mark.parametrize(
        ("filters", "found", "index"),
        [
            ({"country": "MT", "status": "withdrawn"}, [4321, 6543], "register_off_country"),
            ({"country": "MT", "status": "suspended"}, [8765], "register_off_country"),
            ({"country": "CN", "status": "suspended"}, [], "register_off_country"),
            ({"standard": "ISO 9001", "status": "suspended"}, [8765], "register_off_standard"),
            ({"status": "suspended"}, [8765], "register_status"),
            ({"status": "expired"}, [5432, 7654], "register_lapsing"),
            ({"country": "CN", "status": "expired"}, [5432, 7654], "register_lapsing"),
            ({"country": "MT"}, [4321, 6543, 8765], "register_country"),
            ({"country": "CN", "status": "delisted"}, [9876], "register_gone"),
            ({"kind": "accreditation"}, [9999], "register_other_kind"),
            ({"kind": "recognition"}, [], "register_other_kind"),
        ],
    )
    def test_is_led_by_the_index_on_it(
        self, many: dict[str, int], filters: dict[str, str], found: list[int], index: str
    ) -> None:
        rows, plan = asked(**filters)
        assert rows == found
        assert index in plan

    def test_within_one_body_too(self, many: dict[str, int]) -> None:
        rows, plan = asked(status="suspended", **many)
        assert rows == [8765]
        assert "register_off_" in plan

    @pytest.mark.parametrize("filters", [{"status": "valid", "country": "CN"}, {"country": "CN"}, {}])
    def test_for_what_is_common_is_walked_in_order_until_a_page_is_full(
        self, many: dict[str, int], filters: dict[str, str]
    ) -> None:
        rows, plan = asked(limit=3, **filters)
        assert rows == [1, 2, 3]
        assert "Sort" not in plan
        assert "TEMP B-TREE" not in plan


class TestTheExpired:
    def test_are_found_page_by_page_whichever_way_they_expired(self, many: dict[str, int]) -> None:
        Listing.objects.filter(pk__lt=40).update(expires=dt.date(2026, 3, 1))
        Listing.objects.filter(pk__gte=40, pk__lt=60).update(status="expired")
        seen: list[int] = []
        after = ""
        while True:
            page = queries.search(on=DAY, status="expired", after=after, limit=7)
            seen += [hit.row.pk for hit in page.hits]
            after = page.following
            if not after:
                break
        assert seen == [*range(1, 60), 5432, 7654]

    def test_are_walked_when_they_are_many(self, many: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
        from assaymark.records.register import engines

        monkeypatch.setattr(engines, "FEW", 5)
        Listing.objects.filter(pk__lt=40).update(expires=dt.date(2026, 3, 1))
        page = queries.search(on=DAY, status="expired", limit=10)
        assert [hit.row.pk for hit in page.hits] == list(range(1, 11))
