"""Every route × everybody → the answer that was agreed (matrix.toml). A route without its row fails.

Propose rows for new routes with `python tools/permission_matrix.py`, then read them: the tool writes what *is*.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.permission.asking import MissingArguments, arguments_of, ask
from tests.permission.house import COLUMNS, House, build_house
from tests.permission.routes import Route, all_routes

MATRIX = Path(__file__).parent / "matrix.toml"
ROUTES = all_routes()
ROWS: dict[str, str] = tomllib.loads(MATRIX.read_text(encoding="utf-8"))["rows"]


@pytest.fixture
def houses(db: None) -> tuple[House, House]:
    """The house that is asked, and the stranger's own."""
    return build_house("halden", word="HALDEN"), build_house("brandt", word="BRANDT")


class TestTheMatrix:
    def test_has_a_row_for_every_route_and_method(self) -> None:
        missing = [row for route in ROUTES for row in route.rows if row not in ROWS]
        assert missing == [], "Run: python tools/permission_matrix.py"

    def test_has_no_row_for_what_is_gone(self) -> None:
        known = {row for route in ROUTES for row in route.rows}
        assert sorted(set(ROWS) - known) == []

    def test_has_an_answer_for_everybody_and_no_failure(self) -> None:
        for row, codes in ROWS.items():
            answers = codes.split()
            assert len(answers) == len(COLUMNS), row
            assert all(200 <= int(code) < 500 for code in answers), row

    def test_every_route_has_a_name(self) -> None:
        assert [route.pattern for route in ROUTES if route.name.startswith("(nameless")] == []


def _rows_that_disagree(route: Route, houses: tuple[House, House]) -> list[str]:
    house, stranger = houses
    try:
        arguments = arguments_of(route, house)
    except MissingArguments as missing:
        return [str(missing)]
    wrong = []
    for method in route.methods:
        agreed = ROWS.get(f"{method} {route.name}", "").split()
        for who, code in zip(COLUMNS, agreed, strict=False):
            answer = ask(route, method, who, house=house, stranger=stranger, arguments=arguments)
            if answer != int(code):
                wrong.append(f"{method} {route.name} as {who}: {answer}, agreed was {code}")
    return wrong


@pytest.mark.slow
class TestEveryRoute:
    def test_answers_everybody_as_agreed(self, houses: tuple[House, House]) -> None:
        wrong = [line for route in ROUTES for line in _rows_that_disagree(route, houses)]
        assert wrong == []


def _of_an_organisation(route: Route) -> bool:
    return route.pattern.startswith(("o/<slug:organisation>", "api/v1/<slug:organisation>"))


class TestEveryRouteOfAnOrganisation:
    """What must hold whatever the matrix says: it would be a leak to agree to anything else."""

    ROWS = [row for route in ROUTES if _of_an_organisation(route) for row in route.rows]

    @pytest.mark.parametrize("row", ROWS)
    def test_is_not_there_for_an_outsider(self, row: str) -> None:
        if row in ROWS:
            assert ROWS[row].split()[COLUMNS.index("outsider")] in {"404", "405"}

    @pytest.mark.parametrize("row", ROWS)
    def test_sends_a_stranger_to_sign_in(self, row: str) -> None:
        if row in ROWS:
            assert ROWS[row].split()[COLUMNS.index("anonymous")] in {"302", "401", "405"}

    def test_names_its_permission(self) -> None:
        pages = [route for route in ROUTES if route.pattern.startswith("o/<slug:organisation>")]
        assert [route.name for route in pages if not route.permission] == []
