"""A list of suppliers against a register: good, look, stop; never a guess."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from assaymark.core.register import name_key, number_key
from assaymark.core.supplier_list import Checked, Listed, Near, Outcome, Supplier, check

ON = dt.date(2026, 11, 24)
YES = ("yes", "yes", "yes", "yes")
HALDEN = Listed(
    "NC-1", "Halden Machining Ltd", "ISO 9001:2015", "Northfield", "GB", dt.date(2027, 1, 1), "valid", "VALID", YES
)


@dataclass
class Shelf:
    """A register of a few listings."""

    listed: tuple[Listed, ...]
    near: dict[str, list[Near]] = field(default_factory=dict)
    coverage: str = ""

    def by_numbers(self, numbers: Sequence[str]) -> dict[str, list[Listed]]:
        found: dict[str, list[Listed]] = {}
        for one in self.listed:
            if number_key(one.number) in {number_key(n) for n in numbers}:
                found.setdefault(number_key(one.number), []).append(one)
        return found

    def by_names(self, names: Sequence[str]) -> list[list[Near]]:
        return [self.near.get(name) or self._same(name) for name in names]

    def _same(self, name: str) -> list[Near]:
        same = tuple(one for one in self.listed if name_key(one.holder) == name_key(name))
        return [Near(same[0].holder, 100.0, same)] if same else []

    def by_file(self, name: str) -> Listed | None:
        return next((one for one in self.listed if one.source == name), None)

    def complete_for(self, body: str, on: dt.date) -> str:
        return self.coverage


def answer(*listed: Listed, near: dict[str, list[Near]] | None = None, coverage: str = "", **row: str) -> Checked:
    return next(check([Supplier(2, **row)], Shelf(listed, near or {}, coverage), on=ON))  # type: ignore[arg-type]


class TestANumber:
    def test_of_a_verified_certificate_is_good(self) -> None:
        found = answer(HALDEN, number="nc 1", name="Halden Machining Ltd")
        assert (found.outcome, found.code) == (Outcome.GOOD, "VALID")

    @pytest.mark.parametrize(
        "code",
        ["SUSPENDED", "WITHDRAWN", "EXPIRED", "OUT_OF_SCOPE", "UNACCREDITED", "UNRECOGNISED", "INVALID"],
    )
    def test_of_a_certificate_that_is_not_well_stops_with_the_reason(self, code: str) -> None:
        found = answer(replace(HALDEN, code=code), number="NC-1")
        assert (found.outcome, found.code) == (Outcome.STOP, code)
        assert found.why and found.todo

    @pytest.mark.parametrize("code", ["STALE", "MISSING", "SCOPE_NOT_STATED", "NO_TRUST_LIST", "UNSUPPORTED"])
    def test_of_which_something_is_unknown_is_neither_good_nor_stopped(self, code: str) -> None:
        assert answer(replace(HALDEN, code=code), number="NC-1").outcome is Outcome.LOOK

    def test_with_a_misspelt_name_is_good_and_the_spelling_is_said(self) -> None:
        found = answer(HALDEN, number="NC-1", name="Haldon Machining Ltd")
        assert found.outcome is Outcome.GOOD
        assert "spells the name Halden Machining Ltd" in found.why

    def test_with_an_old_name_of_the_holder_is_good(self) -> None:
        found = answer(replace(HALDEN, other_names=("Drift Works Ltd",)), number="NC-1", name="Drift Works Ltd")
        assert found.outcome is Outcome.GOOD

    def test_that_belongs_to_somebody_else_stops(self) -> None:
        found = answer(HALDEN, number="NC-1", name="Openfield Software")
        assert (found.outcome, found.code) == (Outcome.STOP, "OTHER_HOLDER")

    @pytest.mark.parametrize("holder", ["Halden Machining Ltd", ""])
    @pytest.mark.parametrize(
        ("code", "outcome", "told"),
        [
            ("VALID", Outcome.LOOK, "STATUS_ONLY"),
            ("", Outcome.LOOK, "STATUS_ONLY"),
            ("STALE", Outcome.LOOK, "STATUS_ONLY"),
            ("SUSPENDED", Outcome.STOP, "SUSPENDED"),
            ("INVALID", Outcome.STOP, "INVALID"),
        ],
    )
    def test_that_is_told_on_exact_request_is_answered_alike_whatever_name_is_tried(
        self, holder: str, code: str, outcome: Outcome, told: str
    ) -> None:
        kept = replace(HALDEN, holder=holder, code=code, public=False)
        names = ("Halden Machining Ltd", "Haldon Machining Ltd", "Openfield Software", "")
        answers = [answer(kept, number="NC-1", name=name, standard="ISO 9001", country="GB") for name in names]
        answers.append(answer(kept, number="NC-1", name="Halden Machining Ltd", standard="ISO 14001", country="DE"))
        assert {(one.outcome, one.code, one.why, one.todo, one.near) for one in answers} == {
            (outcome, told, answers[0].why, answers[0].todo, ())
        }
        assert "Halden" not in answers[0].why

    def test_that_stands_twice_is_told_of_the_public_one_only_to_who_names_its_holder(self) -> None:
        kept = replace(HALDEN, holder="", public=False)
        other = replace(HALDEN, holder="Openfield Software", body="Rhein Cert")
        assert answer(kept, other, number="NC-1", name="Openfield Software").outcome is Outcome.GOOD
        assert answer(kept, other, number="NC-1", name="Halden Machining Ltd").code == "STATUS_ONLY"
        assert answer(kept, other, number="NC-1", name="Nobody").code == "STATUS_ONLY"

    def test_that_nobody_knows_is_to_be_looked_at(self) -> None:
        found = answer(HALDEN, number="NC-2", name="Halden Machining Ltd")
        assert (found.outcome, found.code) == (Outcome.LOOK, "NOT_FOUND")
        assert found.near == ("Halden Machining Ltd: NC-1",)

    def test_that_nobody_knows_stops_where_the_body_publishes_completely(self) -> None:
        found = answer(HALDEN, number="NC-2", body="Northfield", coverage="Complete since 2020.")
        assert found.outcome is Outcome.STOP
        assert "Complete since 2020." in found.why

    def test_that_was_valid_when_it_was_verified_and_expired_since_stops(self) -> None:
        found = answer(replace(HALDEN, expires=ON - dt.timedelta(days=1)), number="NC-1")
        assert found.code == "EXPIRED"

    def test_of_another_standard_than_asked_for_is_to_be_looked_at(self) -> None:
        assert answer(HALDEN, number="NC-1", standard="ISO 14001").code == "OTHER_STANDARD"
        assert answer(HALDEN, number="NC-1", standard="ISO 9001:2026").outcome is Outcome.GOOD

    def test_that_is_only_listed_and_not_signed_is_never_good(self) -> None:
        assert answer(replace(HALDEN, code="", answers=()), number="NC-1").code == "LISTED"
        assert answer(replace(HALDEN, code="", status="suspended"), number="NC-1").outcome is Outcome.STOP


class TestAName:
    def test_that_is_right_is_enough(self) -> None:
        assert answer(HALDEN, name="HALDEN MACHINING, LTD").outcome is Outcome.GOOD

    def test_that_is_nearly_right_asks_and_is_never_taken(self) -> None:
        found = answer(
            name="Haldon Machining Ltd", near={"Haldon Machining Ltd": [Near(HALDEN.holder, 95.0, (HALDEN,))]}
        )
        assert (found.outcome, found.code) == (Outcome.LOOK, "NEAR")
        assert "Did you mean Halden Machining Ltd?" in found.why

    def test_that_two_holders_have_asks_which(self) -> None:
        other = replace(HALDEN, number="X-9", country="DE")
        assert answer(HALDEN, other, name="Halden Machining Ltd").code == "SEVERAL"
        assert answer(HALDEN, other, name="Halden Machining Ltd", country="DE").found == other

    def test_that_nobody_has_is_said(self) -> None:
        assert answer(HALDEN, name="Nobody at all").code == "NOT_FOUND"


class TestAFile:
    def test_is_judged_by_itself(self) -> None:
        assert answer(replace(HALDEN, source="a.pdf"), file="a.pdf").outcome is Outcome.GOOD

    def test_that_is_not_there_is_said(self) -> None:
        assert answer(HALDEN, file="b.pdf").code == "NO_FILE"


def test_an_empty_row_is_said_to_be_empty() -> None:
    assert answer(HALDEN).code == "EMPTY"
