"""The list of findings, what resembles one, and what is due."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assaymark.core.findings import Grade
from assaymark.records.findings import actions, due, queries
from assaymark.records.findings.models import Nonconformity
from assaymark.records.scope import organisation_scope
from tests.audit_cast import NOW, Cast

TODAY = NOW.date()


@pytest.fixture
def three(cast: Cast) -> list[Nonconformity]:
    """An old minor at 8.6, a late major at 8.5.1, an observation without clause."""
    return [
        actions.raise_finding(
            title="Shaft diameter below tolerance",
            requirement="8.6 (1)",
            process_id=cast.turning.pk,
            owner_id=cast.osei.person_id,
            by=cast.osei,
            at=NOW,
        ),
        actions.raise_finding(
            title="Setup sheet missing", requirement="8.5.1 a", grade=Grade.MAJOR, by=cast.novak, at=NOW - timedelta(40)
        ),
        actions.raise_finding(title="Larger labels", grade=Grade.OBSERVATION, by=cast.novak, at=NOW),
    ]


class TestTheList:
    def test_has_views_with_counts(self, cast: Cast, three: list[Nonconformity]) -> None:
        actions.contain(nonconformity_id=three[2].pk, containment="Done.", by=cast.novak, at=NOW)
        actions.close(nonconformity_id=three[2].pk, by=cast.novak, at=NOW)
        with organisation_scope(cast.halden.pk):
            assert queries.counts(day=TODAY) == {"open": 2, "late": 1, "check": 0, "closed": 1, "all": 3}
            for view, count in queries.counts(day=TODAY).items():
                assert queries.listed(day=TODAY, view=view).count() == count

    @pytest.mark.parametrize(
        ("filters", "titles"),
        [
            ({"search": "shaft"}, ["Shaft diameter below tolerance"]),
            ({"search": "NC-0002"}, ["Setup sheet missing"]),
            ({"grade": "observation"}, ["Larger labels"]),
            ({"clause": "8"}, ["Shaft diameter below tolerance", "Setup sheet missing"]),
            ({"clause": "8.5"}, ["Setup sheet missing"]),
            ({"sort": "title"}, ["Larger labels", "Setup sheet missing", "Shaft diameter below tolerance"]),
            ({"sort": "-title"}, ["Shaft diameter below tolerance", "Setup sheet missing", "Larger labels"]),
            ({"sort": "password"}, ["Larger labels", "Shaft diameter below tolerance", "Setup sheet missing"]),
        ],
    )
    def test_filters_and_sorts_by_names_it_knows(
        self, cast: Cast, three: list[Nonconformity], filters: dict[str, str], titles: list[str]
    ) -> None:
        with organisation_scope(cast.halden.pk):
            assert [row.title for row in queries.listed(day=TODAY, **filters)] == titles  # type: ignore[arg-type]

    def test_filters_by_process_and_owner(self, cast: Cast, three: list[Nonconformity]) -> None:
        with organisation_scope(cast.halden.pk):
            assert queries.listed(day=TODAY, process_id=cast.turning.pk).get() == three[0]
            assert queries.listed(day=TODAY, owner_id=cast.osei.person_id).get() == three[0]

    def test_shows_nothing_of_others(self, cast: Cast, three: list[Nonconformity]) -> None:
        with organisation_scope(cast.northfield.pk):
            assert queries.listed(day=TODAY, view="all").count() == 0


class TestARecord:
    def test_costs_two_queries(self, cast: Cast, three: list[Nonconformity]) -> None:
        with organisation_scope(cast.halden.pk), CaptureQueriesContext(connection) as asked:
            row = queries.record(nonconformity_id=three[0].pk)
            row.facts()
        assert len([q for q in asked if "set_config" not in q["sql"]]) == 2

    def test_names_what_resembles_it(self, cast: Cast, three: list[Nonconformity]) -> None:
        again = actions.raise_finding(
            title="Diameter of shaft below tolerance again",
            requirement="8.6 (1)",
            process_id=cast.turning.pk,
            by=cast.osei,
            at=NOW,
        )
        with organisation_scope(cast.halden.pk):
            (likeness,) = queries.similar_to(again)
        assert (likeness.number, likeness.percent) == ("NC-0001", 100)


class TestWhatIsDue:
    def test_is_told_to_owners(self, cast: Cast, three: list[Nonconformity]) -> None:
        with organisation_scope(cast.halden.pk):
            (mine,) = due.due_items(day=TODAY, person_id=cast.osei.person_id)
            everybody = list(due.due_items(day=TODAY, person_id=None))
        assert (mine.what, mine.label) == ("Deal with the finding", "NC-0001 Shaft diameter below tolerance")
        assert mine.page == "findings:record"
        assert len(everybody) == 3

    def test_lists_actions_with_their_own_dates(self, cast: Cast, three: list[Nonconformity]) -> None:
        actions.contain(nonconformity_id=three[1].pk, containment="Stopped.", by=cast.novak, at=NOW)
        actions.analyse(nonconformity_id=three[1].pk, cause="No sheet.", by=cast.novak, at=NOW)
        actions.plan_action(
            nonconformity_id=three[1].pk,
            description="Write the sheet",
            owner_id=cast.brandt.person_id,
            due=TODAY + timedelta(3),
            by=cast.novak,
            at=NOW,
        )
        with organisation_scope(cast.halden.pk):
            (task,) = due.due_items(day=TODAY, person_id=cast.brandt.person_id)
            assert (task.what, task.on) == ("Carry out the action", TODAY + timedelta(3))
            assert [row.number for row in queries.overdue(day=TODAY)] == ["NC-0002"]
