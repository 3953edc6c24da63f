"""The register's ideas: keys of names and numbers, what cannot be true, differences, two times."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.core import register as core
from assaymark.core.register import Entry, EventKind, Version

DAY = dt.date(2026, 11, 24)
AT = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)


def entry(**changes: object) -> Entry:
    values: dict[str, object] = {
        "number": "NC-26-00417",
        "holder": "Halden Precision Ltd",
        "standard": "ISO 9001:2015",
        "status": "valid",
        "body": "Northfield Certification",
        "country": "GB",
        "issued": "2025-01-01",
        "expires": "2027-12-31",
    }
    return Entry(**(values | changes))  # type: ignore[arg-type]


class TestTheKeyOfAName:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Müller", "Mueller"),
            ("Müller", "MULLER"),
            ("Straße & Söhne", "strasse soehne"),
            ("Ørsted", "Oersted"),
            ("Åkerström AB", "Aakerstrom  ab"),
            ("Łódź Metal", "Lodz metal"),
            ("O’Brien's", "OBriens"),
            ("Жук", "Zhuk"),
            ("Halden-Precision", "Halden Precision"),
            ("Ｈａｌｄｅｎ", "Halden"),
            ("ﾄﾖﾀ", "トヨタ"),
            ("شَرِكَة", "شركة"),
            ("شـركة", "شركه"),
            ("\u200fشركة\u200e", "شركة"),
            ("فولاد مبارکه", "فولاد مباركه"),
            ("שָׁלוֹם", "שלום"),
        ],
    )
    def test_is_the_same_for_spellings_of_one_name(self, one: str, other: str) -> None:
        assert core.name_key(one) == core.name_key(other) != ""

    def test_tells_different_names_apart(self) -> None:
        assert core.name_key("Halden Precision") != core.name_key("Halden Pressing")

    @given(st.text(max_size=300))
    def test_holds_small_letters_and_digits_only_whatever_comes_in(self, text: str) -> None:
        key = core.name_key(text)
        assert len(key) <= core.LONGEST_KEY
        assert all(sign in "abcdefghijklmnopqrstuvwxyz0123456789" for sign in key)

    def test_has_each_word_once(self) -> None:
        assert core.name_words("Metall Metall Müller GmbH") == ["metall", "muller", "gmbh"]

    def test_of_chinese_letters_is_their_sound(self) -> None:
        assert core.name_key("深圳").startswith("shen")


class TestTheWordsOfAName:
    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("深圳市精密", ["shenzhen", "zhenshi", "shijing", "jingmi"]),
            ("삼성전자", ["samseong", "seongjeon", "jeonja"]),
            ("トヨタ", ["toyota"]),
            ("ソニーグループ", ["sonigurupu", "soni", "nigu", "guru", "rupu"]),
            ("ABC科技 (上海) GmbH", ["abc", "keji", "shanghai", "gmbh"]),
            ("จำกัด", ["chamka", "amkad"]),
            ("شركة الفولاذ", ["shrkh", "lfwldh"]),
            ("金", ["jin"]),
            ("々", []),
            ("", []),
        ],
    )
    def test_are_overlapping_pieces_where_nobody_writes_spaces(self, name: str, words: list[str]) -> None:
        assert core.name_words(name) == words

    @pytest.mark.parametrize(
        ("meant", "typed"),
        [
            ("深圳市海天精密机械有限公司", "深圳市海大精密机械有限公司"),
            ("株式会社日立製作所", "株式会社日立制作所"),
            ("삼성전자주식회사", "삼성전차주식회사"),
            ("ปูนซิเมนต์ไทย", "ปูนซีเมนต์ไทย"),
        ],
    )
    def test_survive_a_wrong_letter_by_more_than_half(self, meant: str, typed: str) -> None:
        there = set(core.name_words(meant))
        assert len(there & set(core.name_words(typed))) > len(there) / 2

    @given(st.text(max_size=200))
    def test_are_few_and_short_whatever_comes_in(self, text: str) -> None:
        words = core.name_words(text)
        assert len(words) <= core.MOST_WORDS
        assert all(0 < len(word) <= core.LONGEST_WORD and word.isalnum() and word.isascii() for word in words)


class TestTheKeyOfANumber:
    @pytest.mark.parametrize("written", ["NC-26-00417", "nc 26 00417", "nc/26.00417", " NC26-00417 "])
    def test_forgets_case_spaces_and_hyphens(self, written: str) -> None:
        assert core.number_key(written) == "NC2600417"

    def test_is_empty_for_signs_alone(self) -> None:
        assert core.number_key("--- /") == ""


class TestTheKeyOfAStandard:
    @pytest.mark.parametrize(
        "label", ["ISO 9001:2015", "iso9001", "ISO 9001 : 2026", "EN ISO 9001:2015", "DIN EN ISO 9001:2015-11"]
    )
    def test_forgets_the_edition_and_the_national_prefix(self, label: str) -> None:
        assert core.standard_key(label) == "iso9001"

    def test_keeps_the_part(self) -> None:
        assert core.standard_key("ISO/IEC 17021-1:2015") == "isoiec170211"

    def test_and_the_edition_is_read_apart(self) -> None:
        assert (core.edition_year("ISO 9001:2015"), core.edition_year("ISO 9001")) == ("2015", "")


class TestVariants:
    @pytest.mark.parametrize(
        ("meant", "typed"),
        [("brandt", "brant"), ("halden", "haldne"), ("halden", "haldden"), ("metall", "netall"), ("abcd", "bacd")],
    )
    def test_are_shared_with_a_word_one_error_away(self, meant: str, typed: str) -> None:
        assert set(core.variants(meant)) & set(core.variants(typed))

    def test_of_a_long_word_are_shared_by_its_end_too(self) -> None:
        assert set(core.variants("maschinenbau")) & set(core.variants("amshcinenbau")) == {"-nenbau"}

    def test_of_a_short_word_are_itself(self) -> None:
        assert core.variants("abc") == ["abc"]

    @given(st.text("abcdefgh", min_size=5, max_size=7), st.integers(0, 6))
    def test_are_shared_with_the_word_without_any_one_letter(self, word: str, place: int) -> None:
        place %= len(word)
        shorter = word[:place] + word[place + 1 :]
        assert shorter in core.variants(word)


class TestAnEntry:
    def test_says_only_what_is_said_and_can_be_read_back(self) -> None:
        said = entry(iaf=("17", "18"), sites=({"city": "Leeds"},), other_names=("Halden",))
        assert "scope" not in said.values()
        assert Entry.of(said.values()) == said

    def test_is_known_again_by_body_number_and_standard(self) -> None:
        assert entry().identity == entry(number="nc 26 00417", standard="ISO 9001:2026", holder="Other").identity
        assert entry().identity != entry(standard="ISO 14001:2015").identity
        assert entry().identity != entry(body="Hanse Cert").identity


class TestProblems:
    @pytest.mark.parametrize(
        ("changes", "field", "words"),
        [
            ({"number": " "}, "number", "missing"),
            ({"holder": ""}, "holder", "missing"),
            ({"standard": ""}, "standard", "missing"),
            ({"status": ""}, "status", "missing"),
            ({"status": "flying"}, "status", "flying"),
            ({"number": "---"}, "number", "neither letters nor digits"),
            ({"holder": "???"}, "holder", "no letters"),
            ({"expires": "2024-12-31"}, "expires", "before its issue"),
            ({"original_issue": "2025-02-01"}, "original_issue", "after its issue"),
            ({"issued": "", "original_issue": "2025-02-01", "expires": "2025-01-01"}, "expires", "first issue"),
            ({"issued": "2026-11-25"}, "issued", "after the day of the snapshot"),
            ({"issued": "1066-10-14"}, "issued", "outside"),
            ({"expires": "9999-12-31"}, "expires", "outside"),
        ],
    )
    def test_name_what_cannot_be_true(self, changes: dict[str, object], field: str, words: str) -> None:
        found = core.problems(entry(**changes), as_of=DAY)
        assert [(p.field, words in p.message) for p in found] == [(field, True)]

    def test_are_none_for_an_ordinary_entry(self) -> None:
        assert core.problems(entry(), as_of=DAY) == []

    def test_are_none_where_dates_are_not_given(self) -> None:
        assert core.problems(entry(issued="", expires=""), as_of=DAY) == []


class TestADifference:
    def test_is_listed_at_first(self) -> None:
        assert core.difference(before=None, after=entry().values()).kinds == (EventKind.LISTED,)

    def test_is_nothing_when_the_same_is_said(self) -> None:
        assert not core.difference(before=entry().values(), after=entry().values())

    def test_names_each_field_with_old_and_new(self) -> None:
        found = core.difference(before=entry().values(), after=entry(holder="Nordic Halden", scope="Shafts").values())
        assert found.kinds == (EventKind.CHANGED,)
        assert found.changes == {
            "holder": ("Halden Precision Ltd", "Nordic Halden"),
            "scope": (None, "Shafts"),
        }

    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            ("suspended", "suspended"),
            ("withdrawn", "withdrawn"),
            ("cancelled", "cancelled"),
            ("expired", "expired"),
            ("inactive", "inactive"),
        ],
    )
    def test_of_a_status_has_its_own_kind(self, status: str, kind: str) -> None:
        assert core.difference(before=entry().values(), after=entry(status=status).values()).kinds == (kind,)

    def test_back_to_valid_is_a_reinstatement(self) -> None:
        found = core.difference(before=entry(status="suspended").values(), after=entry().values())
        assert found.kinds == (EventKind.REINSTATED,)

    def test_after_a_tombstone_is_relisted_even_with_the_same_words(self) -> None:
        found = core.difference(before=entry().values(), after=entry().values(), listed=False)
        assert found.kinds == (EventKind.RELISTED,)


def version(seq: int, valid: str, recorded: int, *, kinds: tuple[str, ...] = ("changed",), status: str = "") -> Version:
    return Version(
        seq, dt.date.fromisoformat(valid), AT + dt.timedelta(days=recorded), kinds, {"status": status or str(seq)}, {}
    )


class TestTwoTimes:
    # Listed in January; on the tenth day it is learnt that it was suspended since March; on the twentieth, that it
    # was suspended since February already.
    LIFE = (
        version(1, "2026-01-01", 0, status="valid"),
        version(2, "2026-03-01", 10, status="suspended"),
        version(3, "2026-02-01", 20, status="suspended"),
    )

    @pytest.mark.parametrize(
        ("on", "known", "status"),
        [
            ("2025-12-31", 30, None),
            ("2026-02-15", 5, "valid"),
            ("2026-02-15", 15, "valid"),
            ("2026-02-15", 25, "suspended"),
            ("2026-03-15", 5, "valid"),
            ("2026-03-15", 15, "suspended"),
            ("2026-01-15", -1, None),
        ],
    )
    def test_are_asked_apart(self, on: str, known: int, status: str | None) -> None:
        found = core.version_on(self.LIFE, on=dt.date.fromisoformat(on), known_at=AT + dt.timedelta(days=known))
        assert (found and found.values["status"]) == status

    def test_without_a_moment_all_that_is_known_counts(self) -> None:
        found = core.version_on(self.LIFE, on=dt.date(2026, 2, 15))
        assert found is not None
        assert found.seq == 3

    def test_of_one_day_the_later_record_counts(self) -> None:
        twice = (version(1, "2026-01-01", 0), version(2, "2026-01-01", 1))
        found = core.version_on(twice, on=dt.date(2026, 1, 1))
        assert found is not None
        assert found.seq == 2

    def test_ends_follow_from_the_other_versions(self) -> None:
        found = [(i.version.seq, i.valid_until, i.recorded_until) for i in core.intervals(self.LIFE)]
        assert found == [(1, dt.date(2026, 2, 1), None), (3, dt.date(2026, 3, 1), None), (2, None, None)]

    def test_a_corrected_day_ends_the_record_before_it(self) -> None:
        first, _ = core.intervals((version(1, "2026-01-01", 0), version(2, "2026-01-01", 1)))
        assert first.recorded_until == AT + dt.timedelta(days=1)

    def test_a_tombstone_is_known_as_such(self) -> None:
        assert version(1, "2026-01-01", 0, kinds=("delisted",)).tombstone
        assert not version(1, "2026-01-01", 0).tombstone


class TestTheStatusOfADay:
    def test_is_expired_after_the_last_day(self) -> None:
        assert core.status_on(status="valid", expires=DAY, on=DAY) == "valid"
        assert core.status_on(status="valid", expires=DAY, on=DAY + dt.timedelta(days=1)) == "expired"
        assert core.status_on(status="suspended", expires=DAY, on=DAY + dt.timedelta(days=1)) == "expired"

    def test_stays_withdrawn_whatever_the_date(self) -> None:
        assert core.status_on(status="withdrawn", expires=DAY, on=DAY + dt.timedelta(days=1)) == "withdrawn"

    def test_without_a_date_is_what_the_register_says(self) -> None:
        assert core.status_on(status="valid", expires=None, on=DAY) == "valid"
