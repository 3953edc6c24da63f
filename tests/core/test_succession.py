"""Anchors over time: on both sides of a succession, through several, and what cannot be in a list."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from assaymark.core.succession import Predecessors, Standing, problems, standing_of
from assaymark.core.trust import Anchor

OLD, NEW, NEWEST = "did:key:zOld", "did:key:zNew", "did:key:zNewest"
LAST, FIRST = dt.date(2025, 12, 31), dt.date(2026, 1, 1)
TODAY = dt.date(2026, 11, 24)
FORUM = Anchor(OLD, "Forum", valid_from=dt.date(1998, 1, 22), valid_until=LAST)
COOPERATION = Anchor(NEW, "Cooperation", valid_from=FIRST, succeeds=OLD)
BOTH = (FORUM, COOPERATION)


def ask(
    did: str,
    on: dt.date,
    *anchors: Anchor,
    stated: dt.date = dt.date(2020, 1, 1),
    activities: tuple[str, ...] = ("ms-certification",),
    predecessors: Predecessors = Predecessors.TRANSITIONAL,
) -> Standing:
    """Ask how a party stands, with a statement of 2020 unless said otherwise."""
    return standing_of(did, anchors=anchors, on=on, stated_on=stated, activities=activities, predecessors=predecessors)


class TestWithinItsInterval:
    def test_the_predecessor_counts_on_its_last_day(self) -> None:
        found = ask(OLD, LAST, *BOTH)
        assert found.counts
        assert found.reason == (
            "Forum is in your trust list as arrangement until 31 Dec 2025, succeeded by Cooperation."
        )

    def test_the_successor_counts_from_its_first_day(self) -> None:
        assert ask(NEW, FIRST, *BOTH).counts
        found = ask(NEW, LAST, *BOTH)
        assert not found.counts
        assert found.reason == "Cooperation is in your trust list from 1 Jan 2026 only."

    def test_an_end_without_successor_is_told(self) -> None:
        assert ask(OLD, LAST, FORUM).reason == "Forum is in your trust list as arrangement until 31 Dec 2025."

    def test_one_without_end_is_told_plainly(self) -> None:
        assert ask(NEW, TODAY, *BOTH).reason == "Cooperation is in your trust list as arrangement."

    def test_a_stranger_has_no_standing_and_no_reason(self) -> None:
        assert ask("did:key:zX", TODAY, *BOTH) == Standing(False, "")

    def test_another_activity_is_named(self) -> None:
        narrow = replace(COOPERATION, kinds=frozenset({"testing"}))
        found = ask(NEW, TODAY, narrow)
        assert not found.counts
        assert found.reason == "Cooperation is in your trust list, but not for ms-certification."

    def test_of_two_entries_of_one_party_the_one_that_holds_counts(self) -> None:
        again = Anchor(OLD, "Forum", valid_from=dt.date(2026, 6, 1))
        assert ask(OLD, TODAY, FORUM, again).counts
        assert not ask(OLD, dt.date(2026, 3, 1), FORUM, again).counts


class TestAfterItsEnd:
    def test_what_it_stated_before_counts_on_under_its_successor(self) -> None:
        found = ask(OLD, TODAY, *BOTH)
        assert found.counts
        assert found.holder is COOPERATION
        assert found.reason == (
            "Forum was in your trust list as arrangement until 31 Dec 2025, succeeded by Cooperation; what it stated "
            "before still counts."
        )

    def test_what_it_stated_on_its_last_day_counts_and_a_day_later_no_more(self) -> None:
        assert ask(OLD, TODAY, *BOTH, stated=LAST).counts
        found = ask(OLD, TODAY, *BOTH, stated=FIRST)
        assert not found.counts
        assert found.reason.endswith("; its statement of 1 Jan 2026 was made after that.")

    def test_a_policy_without_predecessors_counts_none(self) -> None:
        found = ask(OLD, TODAY, *BOTH, predecessors=Predecessors.NEVER)
        assert not found.counts
        assert found.reason.endswith("succeeded by Cooperation; you count no predecessor after its end.")

    def test_such_a_policy_leaves_the_days_before_alone(self) -> None:
        assert ask(OLD, LAST, *BOTH, predecessors=Predecessors.NEVER).counts

    def test_without_successor_nothing_counts(self) -> None:
        found = ask(OLD, TODAY, FORUM)
        assert not found.counts
        assert found.reason.endswith("until 31 Dec 2025, and nobody who holds on this day succeeds it.")

    def test_a_successor_that_has_not_begun_does_not_help(self) -> None:
        late = replace(COOPERATION, valid_from=dt.date(2026, 3, 1))
        assert not ask(OLD, dt.date(2026, 2, 1), FORUM, late).counts
        assert ask(OLD, dt.date(2026, 3, 1), FORUM, late).counts

    def test_a_successor_for_other_activities_does_not_help(self) -> None:
        assert not ask(OLD, TODAY, FORUM, replace(COOPERATION, kinds=frozenset({"testing"}))).counts

    def test_the_transition_ends_on_its_last_day(self) -> None:
        ending = replace(COOPERATION, transition_until=dt.date(2026, 6, 30))
        assert ask(OLD, dt.date(2026, 6, 30), FORUM, ending).counts
        found = ask(OLD, dt.date(2026, 7, 1), FORUM, ending)
        assert not found.counts
        assert found.reason.endswith("; the transition ended on 30 Jun 2026.")

    def test_to_be_named_as_predecessor_is_not_to_be_trusted(self) -> None:
        assert not ask(OLD, TODAY, COOPERATION).counts
        assert not ask(OLD, LAST, COOPERATION).counts


class TestASuccessorOfTheSuccessor:
    ended = replace(COOPERATION, valid_until=dt.date(2026, 6, 30), transition_until=dt.date(2027, 1, 1))
    newest = Anchor(NEWEST, "Union", valid_from=dt.date(2026, 7, 1), succeeds=NEW)

    def test_takes_over_from_both(self) -> None:
        found = ask(OLD, TODAY, FORUM, self.ended, self.newest)
        assert found.counts
        assert found.successor is self.newest

    def test_keeps_every_end_of_a_transition_on_the_way(self) -> None:
        found = ask(OLD, dt.date(2027, 1, 2), FORUM, self.ended, self.newest)
        assert not found.counts
        assert "the transition ended on 1 Jan 2027" in found.reason

    def test_is_found_in_a_circle_too_without_end(self) -> None:
        circle = (replace(FORUM, succeeds=NEW), replace(COOPERATION, valid_until=dt.date(2026, 1, 2)))
        assert not ask(OLD, TODAY, *circle).counts


class TestWhatCannotBeInAList:
    def test_nothing_is_wrong_with_a_plain_succession(self) -> None:
        assert problems(BOTH) == []

    def test_a_predecessor_that_is_not_in_the_list_is_a_mere_mention(self) -> None:
        assert problems([COOPERATION]) == []

    @pytest.mark.parametrize(
        ("anchors", "number", "why"),
        [
            ([replace(FORUM, succeeds=OLD)], 1, "it succeeds itself"),
            ([replace(FORUM, valid_until=dt.date(1990, 1, 1))], 1, "it ends before it begins"),
            ([FORUM, replace(COOPERATION, valid_from=dt.date(1990, 1, 1))], 2, "before the one it succeeds"),
            ([FORUM, Anchor(NEW, "N", transition_until=LAST)], 2, "nobody whom it succeeds"),
        ],
    )
    def test_what_is_wrong_is_named_with_its_place(self, anchors: list[Anchor], number: int, why: str) -> None:
        ((place, reason),) = problems(anchors)
        assert place == number
        assert why in reason

    def test_every_member_of_a_circle_is_named(self) -> None:
        circle = [
            Anchor(OLD, "A", succeeds=NEWEST),
            Anchor(NEW, "B", succeeds=OLD),
            Anchor(NEWEST, "C", succeeds=NEW),
            Anchor("did:key:zD", "D", succeeds=OLD),
        ]
        found = problems(circle)
        assert [number for number, _ in found] == [1, 2, 3]
        assert all("a circle" in why for _, why in found)
