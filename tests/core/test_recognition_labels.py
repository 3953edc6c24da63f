"""Labels and marks: which was right on a day, for which activity, and which a paper of a day cannot bear."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from assaymark.core import recognition_labels
from assaymark.core.recognition_labels import (
    ENDED_MARKS,
    GLOBAL,
    LABELS,
    ended_marks,
    label_on,
    label_sentence,
    labels_out_of_use,
    labels_too_early,
)

BEFORE, AFTER = dt.date(2025, 12, 31), dt.date(2026, 1, 1)
CERTIFYING = ("ms-certification",)


class TestTheCatalogue:
    def test_names_a_source_for_every_label(self) -> None:
        assert all(label.source and label.arrangement for label in LABELS.values())

    def test_leaves_no_gap_and_no_overlap_between_a_label_and_its_successor(self) -> None:
        for label in LABELS.values():
            if label.successor:
                assert label.valid_until is not None
                assert LABELS[label.successor].valid_from == label.valid_until + dt.timedelta(days=1)

    def test_covers_under_the_successor_all_that_was_covered(self) -> None:
        assert LABELS["IAF MLA"].activities | LABELS["ILAC MRA"].activities == LABELS[GLOBAL].activities

    def test_knows_who_followed_each_ended_body(self) -> None:
        assert ENDED_MARKS["SINCERT"].successor == "ACCREDIA"


class TestTheLabelOfADay:
    @pytest.mark.parametrize(
        ("name", "on", "activities", "right"),
        [
            ("IAF MLA", BEFORE, CERTIFYING, "IAF MLA"),
            ("IAF MLA", AFTER, CERTIFYING, GLOBAL),
            ("ILAC MRA", BEFORE, ("testing",), "ILAC MRA"),
            ("ILAC MRA", AFTER, ("testing",), GLOBAL),
            (GLOBAL, AFTER, (*CERTIFYING, "testing"), GLOBAL),
            (GLOBAL, BEFORE, CERTIFYING, ""),
            ("IAF MLA", dt.date(1998, 1, 21), CERTIFYING, ""),
            ("ILAC MRA", BEFORE, CERTIFYING, ""),
            ("IAF MLA", BEFORE, ("testing",), ""),
            ("Meridian MRA", BEFORE, CERTIFYING, "Meridian MRA"),
            ("", AFTER, CERTIFYING, ""),
        ],
    )
    def test_is_the_one_in_use_then_for_these_activities(
        self, name: str, on: dt.date, activities: tuple[str, ...], right: str
    ) -> None:
        assert label_on(name, on=on, activities=activities) == right

    def test_is_told_with_what_it_was_before(self) -> None:
        assert label_sentence("IAF MLA", on=dt.date(2026, 11, 24), activities=CERTIFYING) == (
            f"Label on 24 Nov 2026: {GLOBAL} (until 31 Dec 2025: IAF MLA)"
        )
        assert label_sentence("IAF MLA", on=BEFORE, activities=CERTIFYING) == "Label on 31 Dec 2025: IAF MLA"

    def test_is_not_told_where_there_was_none(self) -> None:
        assert label_sentence("ILAC MRA", on=AFTER, activities=CERTIFYING) == ""


class TestMarksOnPaper:
    def test_of_a_body_that_ended_are_found_as_whole_words(self) -> None:
        assert [mark.name for mark in ended_marks("Accredited by SINCERT no. 012")] == ["SINCERT"]
        assert ended_marks("SINCERTA, TGA-Nord and sincert") == ()

    def test_of_an_arrangement_that_did_not_exist_yet_are_found(self) -> None:
        text = f"Accreditation 12, {GLOBAL}"
        assert [label.name for label in labels_too_early(text, on=BEFORE)] == [GLOBAL]
        assert labels_too_early(text, on=AFTER) == ()
        assert labels_too_early("no mark at all", on=BEFORE) == ()

    def test_of_the_old_arrangements_may_stay_while_no_end_is_announced(self) -> None:
        assert labels_out_of_use("IAF MLA and ILAC MRA", on=dt.date(2030, 1, 1)) == ()

    def test_are_out_of_use_the_day_after_the_announced_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        end = dt.date(2028, 12, 31)
        ended = replace(LABELS["IAF MLA"], mark_until=end)
        monkeypatch.setitem(recognition_labels.LABELS, "IAF MLA", ended)
        assert labels_out_of_use("IAF MLA", on=end) == ()
        assert labels_out_of_use("IAF MLA", on=end + dt.timedelta(days=1)) == (ended,)
