"""Names and ends of bodies: told in a sentence, read for a day, refused where they contradict each other."""

from __future__ import annotations

import datetime as dt

import pytest

from assaymark.core.body_changes import BodyChange, ChangeKind, contradictions, name_on

RENAMED = BodyChange(ChangeKind.RENAMED, dt.date(2020, 7, 1), "Hanse Register", "Hanse Cert")
AGAIN = BodyChange(ChangeKind.RENAMED, dt.date(2024, 1, 1), "Hanse Cert", "Hanse Assurance")
MERGED = BodyChange(ChangeKind.MERGED, dt.date(2026, 7, 1), "Hanse Assurance", "Baltic Cert")


class TestAChange:
    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (RENAMED, "Hanse Register is called Hanse Cert since 1 Jul 2020."),
            (MERGED, "Hanse Assurance merged into Baltic Cert on 1 Jul 2026."),
            (
                BodyChange(ChangeKind.SUCCEEDED, dt.date(2026, 7, 1), "Old Office", "New Office"),
                "New Office succeeded Old Office on 1 Jul 2026.",
            ),
        ],
    )
    def test_is_said_in_a_sentence(self, change: BodyChange, said: str) -> None:
        assert change.sentence() == said


class TestTheNameOfADay:
    @pytest.mark.parametrize(
        ("on", "name"),
        [
            (dt.date(2019, 1, 1), "Hanse Register"),
            (dt.date(2020, 6, 30), "Hanse Register"),
            (dt.date(2020, 7, 1), "Hanse Cert"),
            (dt.date(2024, 1, 1), "Hanse Assurance"),
        ],
    )
    def test_follows_every_renaming(self, on: dt.date, name: str) -> None:
        assert name_on([AGAIN, MERGED, RENAMED], current="Hanse Assurance", on=on) == name

    def test_is_the_current_one_without_any(self) -> None:
        assert name_on([], current="Hanse", on=dt.date(2000, 1, 1)) == "Hanse"


class TestContradictions:
    def test_a_life_of_names_and_one_end_is_none(self) -> None:
        assert contradictions([], RENAMED) == ()
        assert contradictions([RENAMED], AGAIN) == ()
        assert contradictions([RENAMED, AGAIN], MERGED) == ()

    def test_a_body_ends_once(self) -> None:
        other = BodyChange(ChangeKind.SUCCEEDED, dt.date(2026, 8, 1), "Hanse Assurance", "Nord")
        (why,) = contradictions([MERGED], other)
        assert why == "It has ended already: Hanse Assurance merged into Baltic Cert on 1 Jul 2026."

    def test_what_ended_gets_no_new_name_afterwards_but_an_earlier_one_may_be_told_late(self) -> None:
        late = BodyChange(ChangeKind.RENAMED, dt.date(2026, 9, 1), "Hanse Assurance", "Hanse Plus")
        (why,) = contradictions([MERGED], late)
        assert why.startswith("It had ended by then")
        assert contradictions([MERGED], AGAIN) == ()

    def test_an_end_before_a_renaming_is_refused(self) -> None:
        early = BodyChange(ChangeKind.MERGED, dt.date(2023, 1, 1), "Hanse Cert", "Baltic Cert")
        (why,) = contradictions([AGAIN], early)
        assert why.startswith("It still changed its name later")

    @pytest.mark.parametrize(("old", "new"), [("Hanse", "Hanse "), ("", "Hanse"), ("Hanse", " ")])
    def test_two_names_are_needed_that_differ(self, old: str, new: str) -> None:
        assert len(contradictions([], BodyChange(ChangeKind.RENAMED, dt.date(2020, 1, 1), old, new))) == 1
