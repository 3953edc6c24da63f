"""A date is late only in a state that makes it due; elsewhere it is a date like any other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from assaymark.records.registers import declaration, queries
from assaymark.records.registers.declaration import DueField, Register
from assaymark.records.registers.queries import ListQuery
from assaymark.records.work import queries as work
from tests.register_cast import NOW, TODAY, Company

PAST = (TODAY - dt.timedelta(days=400)).isoformat()
SOON = (TODAY + dt.timedelta(days=5)).isoformat()

# register, date, states in which the date binds. Everything else the register knows must leave it alone.
DATES = [
    ("risks", "treatment_due", {"open", "treated"}),
    ("risks", "review_on", {"open", "treated", "controlled", "accepted"}),
    ("objectives", "due_on", {"planned", "pursued"}),
    ("objectives", "review_on", {"planned", "pursued"}),
    ("measuring-equipment", "calibration_due", {"in_use"}),
    ("processes", "review_on", {"planned", "active"}),
    ("interested-parties", "review_on", {"watched", "relevant"}),
]


def put(company: Company, register: str, date: str, on: str, state: str) -> Any:
    """A row with that date, in that state however it came there; its other dates are empty."""
    values: dict[str, Any] = {"owner": company.anna.person_id, date: on}
    row = company.add(register, state, **values)
    model = declaration.get(register).model
    others = {due.name: None for due in declaration.get(register).dates if due.name != date}
    model.objects.filter(pk=row.pk).update(state=state, **others)
    return model.objects.get(pk=row.pk)


def states_listed(register: Register, **asked: str) -> set[str]:
    """The states of the rows that a list shows."""
    query = ListQuery(**asked)  # type: ignore[arg-type]
    rows = queries.rows_for(register=register, query=query, at=NOW, person_id=NOW)  # type: ignore[arg-type]
    return set(rows.values_list("state", flat=True))


@pytest.mark.parametrize(("slug", "date", "binding"), DATES)
class TestADate:
    @pytest.fixture
    def rows(self, halden: Company, slug: str, date: str) -> Iterator[dict[str, Any]]:
        """One row in each state, with a date long past."""
        register = declaration.get(slug)
        yield {state.key: put(halden, slug, date, PAST, state.key) for state in register.states}

    def test_is_in_the_overdue_list_only_where_it_binds(
        self, rows: dict[str, Any], slug: str, date: str, binding: set[str]
    ) -> None:
        register = declaration.get(slug)
        assert states_listed(register, view="overdue") == binding
        assert states_listed(register, due="late") == binding
        assert states_listed(register, due="soon") == set()

    def test_is_work_only_where_it_binds(
        self, halden: Company, rows: dict[str, Any], slug: str, date: str, binding: set[str]
    ) -> None:
        late = work.work_of_all(at=NOW).late
        assert {item.label.partition(" ")[2] for item in late} == binding
        assert len(late) == len(binding)
        assert work.count_of(person_id=halden.anna.person_id, at=NOW) == len(binding)

    def test_is_shown_as_due_only_where_it_binds(
        self, rows: dict[str, Any], slug: str, date: str, binding: set[str]
    ) -> None:
        register = declaration.get(slug)
        kinds = {state: queries.cell(register, row, date).kind for state, row in rows.items()}
        assert kinds == {state: "due" if state in binding else "date" for state in rows}

    def test_of_a_retired_row_is_never_due(self, rows: dict[str, Any], slug: str, date: str, binding: set[str]) -> None:
        register = declaration.get(slug)
        register.model.objects.update(retired_at=NOW)
        assert len(work.work_of_all(at=NOW)) == 0
        assert states_listed(register, view="overdue") == set()
        retired = [queries.record(register=register, row_id=row.pk, at=NOW) for row in rows.values()]
        assert {queries.cell(register, found.row, date).kind for found in retired} == {"date"}
        assert not any(found.review_binds for found in retired)


class TestARowWithTwoDates:
    def test_is_late_by_the_one_that_binds_and_not_by_the_other(self, halden: Company) -> None:
        risk = put(halden, "risks", "treatment_due", PAST, "controlled")
        type(risk).objects.filter(pk=risk.pk).update(review_on=SOON)
        found = work.work_of_all(at=NOW)
        assert [item.what for item in found.soon] == ["Review the risk"]
        assert not found.late

    def test_counts_again_when_it_is_opened_again(self, halden: Company) -> None:
        risk = put(halden, "risks", "treatment_due", PAST, "controlled")
        type(risk).objects.filter(pk=risk.pk).update(state="open")
        assert [item.what for item in work.work_of_all(at=NOW).late] == ["Finish the treatment"]


class TestADeclaration:
    def test_that_says_nothing_means_every_state_that_leads_further(self) -> None:
        register = declaration.get("risks")
        plain = {**vars(register)}
        for made in ("dates", "by_state", "fields", "labels"):
            plain.pop(made, None)
        again = Register(**{**plain, "due": (DueField("treatment_due", "Treat it"),), "review_states": ()})
        assert {due.name: set(due.states) for due in again.dates} == {
            "treatment_due": {"open", "treated", "controlled", "accepted"},
            "review_on": {"open", "treated", "controlled", "accepted"},
        }

    def test_that_names_an_unknown_state_stops_the_start(self) -> None:
        register = declaration.get("risks")
        plain = {**vars(register)}
        for made in ("dates", "by_state", "fields", "labels"):
            plain.pop(made, None)
        wrong = Register(**{**plain, "due": (DueField("treatment_due", "Treat it", states=("mended",)),)})
        with pytest.raises(ValueError, match="treatment_due counts in state mended, which is none"):
            declaration.declare(wrong)
