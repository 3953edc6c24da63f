"""Search in the register: by name however it is typed, by number, by filters; a page at a time."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assaymark.core.register import Entry
from assaymark.records.register import actions, queries
from assaymark.records.register.models import Listing, Party
from tests.records.register.conftest import AT, CAST, DAY, Take, changed, entry

pytestmark = pytest.mark.django_db


def found(text: str = "", **more: Any) -> list[str]:
    """Numbers of the first page."""
    return [hit.row.number for hit in queries.search(text=text, on=DAY, **more).hits]


class TestByName:
    @pytest.mark.parametrize(
        ("typed", "number"),
        [
            ("Müller Metallbau GmbH", "NC-26-00001"),
            ("mueller metallbau", "NC-26-00001"),
            ("MULLER", "NC-26-00001"),
            ("Metallbau", "NC-26-00001"),
            ("metallbau muller", "NC-26-00001"),
            ("Mettalbau Müler", "NC-26-00001"),
            ("haldenprecision", "NC-26-00002"),
            ("Haldne Precison", "NC-26-00002"),
            ("Zavod Zhuk", "NC-26-00003"),
            ("Жук", "NC-26-00003"),
            ("Завод Жук", "NC-26-00003"),
            ("shenzhen", "NC-26-00004"),
            ("深圳市", "NC-26-00004"),
            ("Brant Shiping", "HC-0005"),
            ("Shipping, Brandt", "HC-0005"),
        ],
    )
    def test_finds_what_is_meant(self, register: Take, typed: str, number: str) -> None:
        assert found(typed)[0] == number

    @pytest.mark.parametrize(
        ("name", "typed"),
        [
            ("深圳市海天精密机械有限公司", "深圳市海大精密机械有限公司"),
            ("深圳市海天精密机械有限公司", "深圳海天精密机械公司"),
            ("深圳市海天精密机械有限公司", "海天精密"),
            ("深圳市海天精密机械有限公司", "haitian jingmi"),
            ("深圳市海天精密机械有限公司", "深圳市海天精蜜机械有限公司"),
            ("株式会社日立製作所", "株式会社日立制作所"),
            ("トヨタ自動車株式会社", "トヨダ自動車株式会社"),
            ("トヨタ自動車株式会社", "toyota"),
            ("東京ソニーグループ", "ソニグループ東京"),
            ("삼성전자주식회사", "삼성전차주식회사"),
            ("삼성전자주식회사", "samseong jeonja"),
            ("บริษัท ปูนซิเมนต์ไทย จำกัด", "ปูนซีเมนต์ไทย"),
            ("ບໍລິສັດ ລາວອຸດສາຫະກຳ", "ບໍລິສັດ ລາວອຸດສະຫະກຳ"),
            ("شركة الفولاذ العربية", "شركه الفولاد العربيه"),
            ("شركة الفولاذ العربية", "الفولاذ"),
            ("فولاد مبارکه اصفهان", "فولاد مباركه اصفهن"),
            ("מפעלי מתכת צפון", "מפעלי מתחת צפון"),
            ("ООО Завод Жукова", "ОАО Завод Жуова"),
            ("Βιομηχανία Χάλυβα Α.Ε.", "βιομηχανια χαλιβα"),
            ("मेटल वर्क्स दिल्ली", "मेटल वर्कस दिल्ली"),
        ],
    )
    def test_meets_misspelt_names_in_every_writing(self, take: Take, name: str, typed: str) -> None:
        others = [
            "深圳市华南塑料制品有限公司", "上海东方光学科技有限公司", "大阪金属工業株式会社", "현대자동차주식회사",
            "บริษัท น้ำตาลไทย จำกัด", "شركة النسيج العربية", "מפעלי נייר דרום", "ООО Завод Ромашка",
        ]  # fmt: skip
        take("2026-01-01", [entry(f"A-{n}", one) for n, one in enumerate([*others, name])])
        assert found(typed)[0] == f"A-{len(others)}"

    def test_of_common_words_alone_still_needs_all_of_them(self, take: Take) -> None:
        names = ["Nordic Steel Ltd", "Nordic Glass Ltd", "Baltic Steel Ltd", "Nordic Steel and Glass Works of York Ltd"]
        take("2026-01-01", [entry(f"A-{n}", one) for n, one in enumerate(names)])
        assert found("steel nordic") == ["A-0", "A-3"]
        assert found("york of glass and steel works nordic") == ["A-3"]

    def test_is_the_same_after_all_words_were_made_anew(self, register: Take) -> None:
        from assaymark.records.register.models import Variant, Word, WordOf
        from assaymark.records.register.naming import rebuild

        def state() -> tuple[object, ...]:
            words = dict(Word.objects.values_list("pk", "word"))
            held = {(words[w], n) for w, n in WordOf.objects.values_list("word_id", "name_id")}
            spelt = {(v, words[w]) for v, w in Variant.objects.values_list("variant", "word_id")}
            return held, spelt, set(Word.objects.values_list("word", "names"))

        before = state()
        assert rebuild() == 7
        assert state() == before
        assert found("Mettalbau Müler")[0] == "NC-26-00001"

    @pytest.mark.parametrize(
        "typed", ["Quetzalcoatl Industries", "zzzz", "%", "'; DROP TABLE x; --", "🦊", "\x00", "*"]
    )
    def test_finds_nothing_where_nothing_is_near(self, register: Take, typed: str) -> None:
        assert found(typed) in ([], [e.number for e in CAST] if typed == "\x00" else [])

    def test_finds_old_names_and_says_so(self, register: Take) -> None:
        register("2026-02-01", changed(4, holder="Nordic Lines"))
        (hit,) = queries.search(text="Brandt Shipping", on=DAY).hits
        assert (hit.row.holder.name, hit.matched, hit.how) == ("Nordic Lines", "Brandt Shipping", "other name")

    def test_finds_trading_names(self, take: Take) -> None:
        take("2026-01-01", [entry("A-1", "深圳精密", other_names=("Precision Works",))])
        assert found("precision works") == ["A-1"]

    def test_finds_what_has_left(self, register: Take) -> None:
        register("2026-02-01", CAST[:4])
        (hit,) = queries.search(text="Brandt", on=DAY).hits
        assert hit.row.listed_until == dt.date(2026, 2, 1)

    def test_names_that_begin_with_the_text_come_first(self, take: Take) -> None:
        take("2026-01-01", [entry("A-1", "Nordic Halden"), entry("A-2", "Halden Works"), entry("A-3", "Halden")])
        assert found("halden") == ["A-3", "A-2", "A-1"]


class TestByNumber:
    @pytest.mark.parametrize("typed", ["HC-0005", "hc 0005", "HC0005"])
    def test_forgives_how_it_is_written(self, register: Take, typed: str) -> None:
        assert found(typed) == ["HC-0005"]

    def test_the_beginning_is_enough(self, register: Take) -> None:
        assert found("NC-26-0") == [e.number for e in CAST[:4]]

    def test_of_an_unlisted_certificate_must_be_exact(self, take: Take) -> None:
        take("2026-01-01", [entry("A-100", "Secretive Ltd", visibility="status-only"), entry("A-200", "Open Ltd")])
        assert found("A-100") == ["A-100"]
        assert found("A-10") == []
        assert found("Secretive") == []
        assert found() == ["A-200"]

    def test_many_are_answered_at_once(self, register: Take) -> None:
        known = queries.by_numbers(["hc 0005", "NC-26-00001", "none", ""])
        assert {key: [row.number for row in rows] for key, rows in known.items()} == {
            "HC0005": ["HC-0005"],
            "NC2600001": ["NC-26-00001"],
        }


class TestFilters:
    @pytest.mark.parametrize(
        ("filters", "numbers"),
        [
            ({"country": "se"}, ["NC-26-00002"]),
            ({"sector": "18"}, ["NC-26-00001"]),
            ({"standard": "ISO 14001"}, ["HC-0005"]),
            ({"standard": "EN ISO 9001:2026", "country": "UA"}, ["NC-26-00003"]),
            ({"status": "suspended"}, ["NC-26-00002"]),
            ({"status": "expired"}, ["NC-26-00004"]),
            ({"status": "valid", "sector": "31"}, ["HC-0005"]),
            ({"status": "delisted"}, []),
            ({"source_key": "elsewhere"}, []),
            ({"text": "halden", "country": "DE"}, []),
            ({"text": "halden", "country": "SE"}, ["NC-26-00002"]),
            ({"text": "nc-26", "country": "SE"}, ["NC-26-00002"]),
        ],
    )
    def test_narrow(self, register: Take, filters: dict[str, str], numbers: list[str]) -> None:
        assert found(**filters) == numbers

    def test_by_body(self, register: Take) -> None:
        body = Party.objects.get(role="body", name="Hanse Cert")
        assert found(body_id=body.pk) == ["HC-0005"]

    def test_delisted_are_those_that_left(self, register: Take) -> None:
        register("2026-02-01", CAST[1:])
        assert found(status="delisted") == ["NC-26-00001"]
        assert "NC-26-00001" not in found(status="valid")


class TestPages:
    @pytest.fixture
    def many(self, take: Take) -> list[Entry]:
        entries = [entry(f"P-{n:03}", f"Pagemaker {n:03}") for n in range(60)]
        take("2026-01-01", entries)
        return entries

    @pytest.mark.parametrize("text", ["", "pagemaker", "P-0"])
    def test_show_everything_once(self, many: list[Entry], text: str) -> None:
        seen: list[str] = []
        after = ""
        for _ in range(10):
            page = queries.search(text=text, on=DAY, after=after, limit=17)
            seen += [hit.row.number for hit in page.hits]
            after = page.following
            if not after:
                break
        assert seen == [e.number for e in many]

    def test_of_names_that_many_share_are_put_in_order_as_a_whole(self, take: Take) -> None:
        countries = [f"{a}{b}" for a in "ABCDEFG" for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"][:150]
        same = [entry(f"S-{n:03}", "Namesake Ltd", country=country) for n, country in enumerate(countries)]
        take("2026-01-01", [entry("A-1", "Namesake Alpha"), *same, entry("Z-9", "Namesake Zeta")])
        seen: list[str] = []
        after = ""
        while True:
            page = queries.search(text="namesake", on=DAY, after=after, limit=20)
            seen += [hit.row.number for hit in page.hits]
            after = page.following
            if not after:
                break
        assert seen == ["A-1", *(f"S-{n:03}" for n in range(150)), "Z-9"]

    def test_of_a_rare_filter_goes_on_until_it_is_met(self, take: Take) -> None:
        many = [entry(f"M-{n:03}", f"Pagemaker {n:03}") for n in range(150)]
        take("2026-01-01", [*many, entry("M-999", "Pagemaker Zeta", country="MT")])
        assert found("pagemaker", country="MT", limit=5) == ["M-999"]

    @pytest.mark.parametrize("after", ["nonsense", "W10=", "eyJhIjogMX0", "///", "WyJuYW1lIiwgMSwgMl0"])
    def test_a_cursor_that_was_tampered_with_starts_anew(self, many: list[Entry], after: str) -> None:
        assert found(after=after, limit=1) == ["P-000"]

    def test_cost_the_same_few_queries_at_any_length(self, many: list[Entry]) -> None:
        def queries_of(limit: int) -> int:
            with CaptureQueriesContext(connection) as caught:
                queries.search(text="pagemaker", on=DAY, limit=limit)
            return len(caught)

        assert queries_of(2) == queries_of(50) <= 3


class TestCandidates:
    def test_are_exact_for_the_same_name_otherwise_spelt(self, register: Take) -> None:
        ((best, *_),) = queries.candidates(["MUELLER METALLBAU GMBH"])
        assert (best.name, best.score) == ("Müller Metallbau GmbH", 100.0)

    def test_are_near_for_a_misspelt_name(self, register: Take) -> None:
        ((best, *_),) = queries.candidates(["Haldn Precsion AB"])
        assert best.name == "Halden Precision AB"
        assert 82 <= best.score < 100

    def test_are_none_for_a_stranger(self, register: Take) -> None:
        assert queries.candidates(["Quetzalcoatl Industries", "", "???"]) == [[], [], []]

    def test_come_in_the_order_of_the_names(self, register: Take) -> None:
        first, second = queries.candidates(["Brandt Shipping", "Halden Precision AB"])
        assert (first[0].name, second[0].name) == ("Brandt Shipping", "Halden Precision AB")

    def test_of_many_exact_names_cost_one_query(self, register: Take) -> None:
        with CaptureQueriesContext(connection) as caught:
            queries.candidates([e.holder for e in CAST] * 20)
        assert len(caught) == 1

    def test_lead_to_their_listings(self, register: Take) -> None:
        ((best, *_),) = queries.candidates(["Brandt Shipping"])
        assert [row.number for row in queries.held_by([best.party_id])[best.party_id]] == ["HC-0005"]


class TestParties:
    def test_are_found_by_name_and_role(self, register: Take) -> None:
        assert [p.name for p in queries.parties(text="northf", role="body")] == ["Northfield Certification"]
        assert [p.name for p in queries.parties(text="Nortfield Certifcation", role="body")] == [
            "Northfield Certification"
        ]
        assert queries.parties(text="Halden", role="body") == []

    def test_have_their_listings_by_page_and_their_counts(self, register: Take) -> None:
        body = queries.party(party_id=Party.objects.get(name="Northfield Certification").pk)
        rows, after = queries.listings_of(body, limit=3)
        rest, end = queries.listings_of(body, after=after, limit=3)
        assert [row.number for row in (*rows, *rest)] == [e.number for e in CAST[:4]]
        assert end == 0
        assert queries.statuses_of(body) == {"suspended": 1, "valid": 3}

    def test_of_two_registers_are_never_taken_for_one(self, register: Take) -> None:
        register("2026-01-01", CAST, source="other")
        assert Party.objects.filter(name="Brandt Shipping").count() == 2
        assert found("Brandt") == ["HC-0005", "HC-0005"]
        assert Listing.objects.filter(source__key="other").count() == 5


class TestCoverage:
    def test_is_what_the_register_states_of_a_body(self, register: Take) -> None:
        actions.state_coverage(source_key="foreign", body="hanse cert", since=dt.date(2024, 1, 1), at=AT)
        row = Listing.objects.get(number="HC-0005")
        (stated,) = queries.coverage_of(source_id=row.source_id, body_id=row.body_id, on=DAY)
        assert stated.statement == "Hanse Cert publishes here completely since 2024-01-01."
        assert stated.facts()["since"] == "2024-01-01"
        assert queries.coverage_of(source_id=row.source_id, body_id=row.body_id, on=dt.date(2023, 1, 1)) == []

    def test_of_the_whole_register_holds_for_each_body(self, register: Take) -> None:
        actions.state_coverage(source_key="foreign", since=dt.date(2024, 1, 1), until=dt.date(2025, 1, 1), at=AT)
        row = Listing.objects.get(number="HC-0005")
        assert len(queries.coverage_of(source_id=row.source_id, body_id=row.body_id, on=dt.date(2024, 6, 1))) == 1
        assert queries.coverage_of(source_id=row.source_id, body_id=row.body_id, on=DAY) == []

    def test_of_an_unknown_body_is_refused(self, register: Take) -> None:
        from assaymark.core.refusal import Refused

        with pytest.raises(Refused):
            actions.state_coverage(source_key="foreign", body="Nobody", since=DAY, at=AT)
